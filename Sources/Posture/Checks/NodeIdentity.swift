import Bytes
import Findings
import Kube

/// User and group ids that may also exist on the node.
enum NodeIdentity {
  /// Evidence from a field of the security contexts whose value is above 0 and below 10,000. That of the pod counts where a
  /// container has none of its own.
  static func low(_ field: String, in workload: Workload) -> [Evidence] {
    func isLow(_ context: DocumentNode?) -> Bool { context?[field]?.int.map { $0 > 0 && $0 < 10_000 } ?? false }
    let pod = workload.template
    let isInherited = workload.containers.contains { $0.securityContext?[field] == nil }
    return (isLow(pod.securityContext) && isInherited ? [pod.evidence("securityContext", field)] : [])
      + workload.containers.filter { isLow($0.securityContext) }.map { $0.evidence("securityContext", field) }
  }
}
