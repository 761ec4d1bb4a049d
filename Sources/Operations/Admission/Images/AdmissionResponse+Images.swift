import Admission
import Bytes
import Kube

extension AdmissionResponse {
  /// Has what was decided about images stand in the response.
  mutating func settle(_ decisions: [ImageGate.Decision], _ request: AdmissionRequest) {
    var refusals: [String] = []
    for (index, decision) in decisions.enumerated() where !decision.text.isEmpty {
      auditAnnotations.append(("\(ImageGate.policyName)/\(index)", decision.text))
      switch decision.mode {
      case .enforce: refusals.append(decision.text)
      case .warn: warnings.append(decision.text)
      case .audit, .off: continue
      }
    }
    guard !refusals.isEmpty else { return }
    refuse(AdmissionRefusal(.forbidden, request.refusalPrefix + refusals.joined(separator: "; ")))
  }

  /// The answer where there was no time to ask about images.
  mutating func settleLate(_ images: [AskedImage], _ mode: PolicyMode, _ request: AdmissionRequest) {
    guard let first = images.first else { return }
    let text = "\(first.field): who signed \(first.text) could not be verified in time"
    switch mode {
    case .enforce: refuse(AdmissionRefusal(.timeout, request.refusalPrefix + text))
    case .warn: warnings.append(text)
    case .audit, .off: auditAnnotations.append(("\(ImageGate.policyName)/late", text))
    }
  }

  /// Has pods name the digests that were verified.
  mutating func pin(_ decisions: [ImageGate.Decision]) {
    var operations = patch?.operations ?? []
    let count = operations.count
    for decision in decisions {
      guard let pinned = decision.pinned else { continue }
      operations.append(
        JSONPatch.Operation(name: "replace", path: decision.asked.pointer, value: DocumentNode(.string(pinned))))
    }
    if operations.count > count { patch = JSONPatch(operations) }
  }
}

extension AskedImage {
  /// Its place as a JSON pointer. Keys on the way to an image of a pod hold no character that has to be escaped.
  fileprivate var pointer: String {
    "/" + field.replacing(".", with: "/").replacing("[", with: "/").replacing("]", with: "")
  }
}
