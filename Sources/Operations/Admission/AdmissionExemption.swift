package import Admission
package import Bytes
package import Findings

/// Requests that a policy is not asked about, with the reason, and for how long.
package struct AdmissionExemption: Sendable {
  package let policies: [String]
  /// Nil: every one. `*` at the end stands for anything.
  package let namespace: String?
  package let kind: String?
  package let name: String?
  package let user: String?
  package let reason: String
  /// The last day, `YYYY-MM-DD`.
  package let expires: String

  private static let keys: Set<String> = [
    "policy", "policies", "namespace", "kind", "name", "user", "reason", "expires",
  ]

  /// - Parameter node: of a configuration file, for messages with its place.
  package init(_ node: DocumentNode, file: String) throws(BartizanError) {
    func fail(_ text: String, at node: DocumentNode) -> BartizanError {
      BartizanError(.input, "\(file):\(max(1, node.line)): an exemption: \(text)")
    }
    for entry in node.entries where !Self.keys.contains(entry.key) {
      throw fail("unknown field \"\(entry.key)\"", at: entry.value)
    }
    policies = (node["policies"]?.strings ?? []) + (node["policy"]?.string.map { [$0] } ?? [])
    guard !policies.isEmpty else { throw fail("policy names the policy that is not asked", at: node) }
    reason = node["reason"]?.string ?? ""
    guard !reason.isEmpty else { throw fail("it has no reason", at: node) }
    expires = node["expires"]?.text ?? ""
    guard Waiver.isDate(expires) else { throw fail("expires is its last day, such as 2027-03-31", at: node) }
    namespace = node["namespace"]?.string
    kind = node["kind"]?.string
    name = node["name"]?.string
    user = node["user"]?.string
    guard [namespace, kind, name, user].contains(where: { $0 != nil }) else {
      throw fail("it names no namespace, kind, name or user: for everything, set the mode of the policy", at: node)
    }
  }

  /// - Parameter today: `YYYY-MM-DD`.
  package func isExpired(_ today: String) -> Bool { expires < today }

  package func covers(_ request: AdmissionRequest, today: String) -> Bool {
    func matches(_ pattern: String?, _ text: String) -> Bool {
      guard let pattern else { return true }
      return pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : pattern == text
    }
    let own = request.object["metadata"] ?? request.oldObject["metadata"]
    let name = request.name.isEmpty ? own?["name"]?.string ?? own?["generateName"]?.string ?? "" : request.name
    return !isExpired(today) && matches(namespace, request.namespace) && matches(kind, request.kind.kind)
      && matches(self.name, name) && matches(user, request.user.name)
  }
}
