package import Admission
package import Bytes
package import Findings
import PodSecurity
import Posture

/// Checks of the catalogue as policies of the API server.
package enum PolicyGeneration {
  /// - Parameters:
  ///   - checks: ids and aliases.
  ///   - exempt: namespaces that the bindings leave alone.
  /// - Returns: a policy and a binding for each check, once, in the order of the ids.
  /// - Throws: `BartizanError` for what is no check, and for checks that need more than the object.
  package static func documents(
    checks: [String], action: PolicyBinding.Action, exempt: [String]
  ) throws(BartizanError) -> [DocumentNode] {
    var seen = Set<String>()
    var documents: [DocumentNode] = []
    for name in checks {
      guard let check = CheckCatalogue.check(name) else {
        throw BartizanError(.usage, "--check \(name): no such check; `bartizan checks list` names them")
      }
      let metadata = check.metadata
      guard let policy = WorkloadPolicies.policy(of: metadata.id.rawValue) else {
        throw BartizanError(
          .usage,
          "--check \(name): no policy can stand for it. These can be policies: "
            + WorkloadPolicies.all.map(\.check).sorted().joined(separator: ", "))
      }
      guard seen.insert(policy.check).inserted else { continue }
      documents += policy.documents(
        title: metadata.title, severity: metadata.severity.name, remediation: metadata.remediation, action: action,
        exempt: exempt)
    }
    return documents
  }
}
