import Bytes
import Findings
import Kube

/// Numbers of users and groups that are the node's own as well.
enum NodeIdentity {
  /// Proof from a field of the security contexts that holds a number between root and 10,000.
  static func low(_ field: String, in workload: Workload) -> [Evidence] {
    func isLow(_ context: DocumentNode?) -> Bool { context?[field]?.int.map { $0 > 0 && $0 < 10_000 } ?? false }
    let pod = workload.template
    return (isLow(pod.securityContext) ? [pod.evidence("securityContext", field)] : [])
      + workload.containers.filter { isLow($0.securityContext) }.map { $0.evidence("securityContext", field) }
  }
}
