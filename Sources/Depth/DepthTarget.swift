import Access
package import Findings
import Kube

/// A thing worth protecting.
package struct DepthTarget: Sendable, Hashable {
  /// What people call it.
  package let name: String
  package let position: DepthPosition
  /// What it is worth to its owner, from a file of crown jewels; nil where nobody said.
  package let value: String?
  /// Why it was found; nil for those of a file.
  package let reason: Reason?

  /// Why something is worth protecting without anybody saying so.
  package enum Reason: Sendable, Hashable {
    case clusterAdmin
    case node
    /// Signs that the workload keeps data.
    case keepsData([String])
    /// A Secret that such a workload is given.
    case secretOf(Subject)
    case cloudIdentity

    package var text: String {
      switch self {
      case .clusterAdmin: "everything in the cluster"
      case .node: "every pod on it"
      case .keepsData(let signs): signs.joined(separator: ", ")
      case .secretOf(let workload): "given to \(workload.text)"
      case .cloudIdentity: "an identity of the cloud"
      }
    }
  }

  package init(name: String, position: DepthPosition, value: String? = nil, reason: Reason? = nil) {
    self.name = name
    self.position = position
    self.value = value
    self.reason = reason
  }
}

extension DepthGraph {
  /// What is worth protecting, found by itself: cluster admin, the nodes, workloads that keep data with their Secrets, and cloud
  /// identities.
  package var targets: [DepthTarget] {
    var found = [
      DepthTarget(name: "cluster-admin", position: .clusterAdmin, reason: .clusterAdmin),
      DepthTarget(name: "node", position: .anyNode, reason: .node),
    ]
    var seen = Set(found.map(\.position))
    func add(_ position: DepthPosition, _ reason: DepthTarget.Reason) {
      guard seen.insert(position).inserted else { return }
      found.append(DepthTarget(name: position.text, position: position, reason: reason))
    }
    let stores = workloads.indices.filter { !facts[$0].dataReasons.isEmpty }
    for index in stores.sorted(by: { subjects[$0] < subjects[$1] }) {
      add(.pod(subjects[index]), .keepsData(facts[index].dataReasons))
      for secret in workloads[index].template.secretNames {
        let namespace = workloads[index].object.effectiveNamespace
        add(.rights(.secret(namespace: namespace, name: secret)), .secretOf(subjects[index]))
      }
    }
    let clouds = positions.filter { if case .cloudIdentity = $0 { true } else { false } }
    for position in clouds.sorted(by: { $0.text < $1.text }) { add(position, .cloudIdentity) }
    return found
  }
}
