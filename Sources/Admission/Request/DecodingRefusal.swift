import Bytes
package import Kube
import Validation

extension AdmissionCluster {
  /// Why the server cannot even read a new object: values of the wrong type. Nil where it can; fields that it does not know it
  /// drops with a warning.
  ///
  /// - Parameter object: as it was sent.
  package func decodingRefusal(_ request: AdmissionRequest, of object: KubeObject) -> AdmissionRefusal? {
    if let admission = customResource(request.kind) {
      let refusal = admission.admit(object.root, namespace: request.namespace).refusal
      return refusal?.status == AdmissionRefusal.Reason.invalid.status ? nil : refusal
    }
    let faults = ObjectValidator.decodingFaults(object).filter { $0.kind == .wrongType }
    guard let first = faults.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) else { return nil }
    return .undecodable(request.kind.kind, version: request.kind.version, Self.words(first, in: object.root))
  }

  /// A wrong type as Go's decoder names it, with the structure and the field.
  private static func words(_ fault: SchemaViolation, in root: DocumentNode) -> String {
    // Numbers, texts and moments with a grammar of their own are told without a place.
    let plain = fault.message.hasPrefix(fault.path + ": ") ? String(fault.message.dropFirst(fault.path.count + 2)) : ""
    guard let type = ServerObject.type(of: root) else { return fault.message }
    let mismatches = ObjectDecoder.decode(root, as: type, options: .init(isStored: false)).mismatches
    let same = mismatches.first { mismatch in
      let place = root.place(of: mismatch.path)
      return place.line == fault.line && place.column == fault.column
    }
    guard let mismatch = same ?? (mismatches.count == 1 ? mismatches.first : nil) else { return fault.message }
    switch mismatch.expected {
    case .quantity, .bytes, .time, .microTime, .duration: return plain.isEmpty ? fault.message : plain
    default: return GoDecoding.mismatch(mismatch, in: root, root: type)
    }
  }
}
