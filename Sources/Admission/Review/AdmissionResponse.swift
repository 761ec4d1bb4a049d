package import Bytes
package import Kube

/// What is answered to an admission request, as the API server's client would see it, or as a webhook would.
package struct AdmissionResponse: Sendable {
  package var uid: String
  package var isAllowed: Bool
  /// HTTP status: of the refusal; 201 for what is made, 200 for everything else that passes.
  package var status: Int
  /// Empty where the request passes.
  package var message = ""
  /// As the Status of the API has it; empty where the request passes.
  package var reason = ""
  package var causes: [AdmissionRefusal.Cause] = []
  /// As they reach the client.
  package var warnings: [String] = []
  package var auditAnnotations: [(key: String, value: String)] = []
  /// What policies changed; nil where they changed nothing.
  package var patch: JSONPatch?
  /// Policies whose verdict is not in this, each with the reason.
  package var notEvaluated: [PolicyReport.NotEvaluated] = []

  package init(_ request: AdmissionRequest, _ verdict: PolicyVerdict) {
    uid = request.uid
    auditAnnotations = verdict.report.auditAnnotations
    notEvaluated = verdict.notEvaluated
    var recorder = WarningRecorder()
    for warning in verdict.report.warnings { recorder.add(warning) }
    warnings = recorder.warnings
    if let refusal = verdict.refusal {
      isAllowed = false
      status = refusal.status
      message = refusal.message
      reason = refusal.reason
      causes = refusal.causes
    } else {
      isAllowed = true
      status = request.operation == .create ? 201 : 200
      patch = verdict.patch
    }
  }

  /// Has the failurePolicy of each policy that could not be asked decide in its place, as where an expression fails.
  package mutating func settleGaps(_ request: AdmissionRequest, _ policies: PolicySet) {
    for gap in notEvaluated {
      let text = "policy '\(gap.policy)' could not be evaluated: \(gap.reason)"
      auditAnnotations.append(("\(gap.policy)/not-evaluated", gap.reason))
      let actions = policies.actions(onFailureOf: gap.policy, binding: gap.binding)
      if actions.contains(.warn) { warnings.append(text) }
      guard actions.contains(.deny), isAllowed else { continue }
      refuse(AdmissionRefusal(.internalError, request.refusalPrefix + text))
    }
  }

  /// Makes a refusal of it: nothing is changed then.
  package mutating func refuse(_ refusal: AdmissionRefusal) {
    isAllowed = false
    status = refusal.status
    message = refusal.message
    reason = refusal.reason
    causes = refusal.causes
    patch = nil
  }

  /// The answer where there was no time to ask any policy: refused, unless every policy that is about the request would have its
  /// own failure passed over.
  package init(
    late request: AdmissionRequest, _ policies: PolicySet, _ phase: PolicyJudge.Phase, _ resources: ResourceTable
  ) {
    uid = request.uid
    isAllowed = true
    status = request.operation == .create ? 201 : 200
    let failing = policies.failingClosed(on: request, phase, resources)
    guard policies.concerns(request, resources) else { return }
    let text = "no policy was evaluated in time"
    if let first = failing.first {
      refuse(AdmissionRefusal(.timeout, request.refusalPrefix + "\(text), and '\(first)' fails closed"))
    } else {
      warnings = [text]
    }
  }

  /// As an `AdmissionReview` of `admission.k8s.io/v1` with a response.
  package var review: DocumentNode { review(apiVersion: "admission.k8s.io/v1") }

  /// Keys of audit annotations of a webhook: the server puts the webhook's name and a slash before each, and drops what is no
  /// qualified name then.
  ///
  /// Source: k8s.io/apiserver `pkg/admission/attributes.go`, `checkKeyFormat`.
  private static func webhookKey(_ key: String) -> String {
    let plain = key.utf8.map { byte -> UInt8 in
      let isLetter = (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
      return isLetter || [0x2D, 0x2E, 0x5F].contains(byte) ? byte : 0x2E
    }
    // A qualified name has at most 63 characters, and a letter or digit at either end.
    func isEdge(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 }
    let tail = plain.suffix(63).drop { !isEdge($0) }
    guard let last = tail.lastIndex(where: isEdge) else { return "annotation" }
    return String(decoding: tail[...last], as: UTF8.self)
  }

  /// As an `AdmissionReview` with a response.
  ///
  /// - Parameter apiVersion: that of the review which asked.
  package func review(apiVersion: String) -> DocumentNode {
    func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
    var entries: [Mapping.Entry] = []
    func add(_ key: String, _ value: DocumentNode) { entries.append(Mapping.Entry(key: key, value: value)) }
    add("uid", text(uid))
    add("allowed", DocumentNode(.bool(isAllowed)))
    if !isAllowed {
      var status: DocumentNode = [
        "status": "Failure", "message": text(message), "reason": text(reason),
        "code": DocumentNode(.int(Int64(status))),
      ]
      if !causes.isEmpty {
        let list = causes.map { cause -> DocumentNode in
          var node: DocumentNode = ["message": text(cause.message)]
          if !cause.reason.isEmpty { node = node.setting("reason", text(cause.reason)) }
          if !cause.field.isEmpty { node = node.setting("field", text(cause.field)) }
          return node
        }
        status = status.setting("details", ["causes": DocumentNode(.array(list))])
      }
      add("status", status)
    }
    if let patch {
      add("patch", text(Base64.encode(JSONWriter.compact(patch.document, escapesHTML: false).utf8)))
      add("patchType", "JSONPatch")
    }
    if !auditAnnotations.isEmpty {
      var keys = Set<String>()
      let pairs = auditAnnotations.map { (key: Self.webhookKey($0.key), value: $0.value) }
        .filter { keys.insert($0.key).inserted }.map { Mapping.Entry(key: $0.key, value: text($0.value)) }
      add("auditAnnotations", DocumentNode(.object(Mapping(pairs))))
    }
    if !warnings.isEmpty { add("warnings", DocumentNode(.array(warnings.map(text)))) }
    return [
      "apiVersion": text(apiVersion), "kind": "AdmissionReview",
      "response": DocumentNode(.object(Mapping(entries))),
    ]
  }
}
