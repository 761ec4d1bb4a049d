import Bytes
package import Kube

/// From which release on a server has policies of a version, and what it must be told to have them.
///
/// Source: kubernetes.io "Validating Admission Policy", "Mutating Admission Policy", "Deprecated API Migration Guide"; KEP 3488
/// and KEP 3962.
package enum PolicyVersions {
  private struct Row {
    let kinds: [String]
    let version: String
    /// The minor release that has the version first, where it is told to.
    let since: Int
    let gate: String
    /// The minor release that serves v1 as it comes.
    let stable: Int
  }

  private static let validating = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"]
  private static let mutating = ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]
  private static let webhooks = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]

  private static let rows = [
    Row(kinds: validating, version: "v1alpha1", since: 26, gate: "ValidatingAdmissionPolicy", stable: 30),
    Row(kinds: validating, version: "v1beta1", since: 28, gate: "ValidatingAdmissionPolicy", stable: 30),
    Row(kinds: mutating, version: "v1alpha1", since: 32, gate: "MutatingAdmissionPolicy", stable: 36),
    Row(kinds: mutating, version: "v1beta1", since: 34, gate: "MutatingAdmissionPolicy", stable: 36),
  ]

  /// What a server must be told before it takes the object; nil where it takes it as it comes, and for what a server holds already.
  ///
  /// - Parameter minor: the minor version of the server that is meant; nil where it is not known.
  package static func remark(_ object: KubeObject, minor: Int? = nil) -> String? {
    guard object.groupKind.group == PolicySet.group, object.uid == nil else { return nil }
    let apiVersion = "\(PolicySet.group)/\(object.version)"
    if object.version == "v1beta1", webhooks.contains(object.kind) {
      return "no server from 1.22 on serves \(object.kind) in \(apiVersion); write v1"
    }
    if object.version == "v1" {
      guard let minor, let row = rows.first(where: { $0.kinds.contains(object.kind) }), minor < row.stable else {
        return nil
      }
      return "a server of release 1.\(minor) does not serve \(object.kind) in v1: that begins with 1.\(row.stable)"
    }
    guard let row = rows.first(where: { $0.kinds.contains(object.kind) && $0.version == object.version }) else {
      return nil
    }
    return """
      a server serves \(apiVersion) only where it is told to, from 1.\(row.since) on: \
      --runtime-config=\(apiVersion)=true, and before 1.\(row.stable) --feature-gates=\(row.gate)=true; \
      v1 it serves as it comes from 1.\(row.stable) on
      """
  }
}
