import Findings
import Kube
import PodSecurity

/// What the template of a workload says by itself, whatever else is in the cluster.
struct WorkloadFacts: Sendable {
  /// Ways to its node, through claims on volumes of the node as well.
  let escapes: [NodeEscape.Match]
  /// Whether it has files of its node on which keys of the control plane lie, if the node is one of it.
  let holdsControlPlaneKeys: Bool
  /// Whether it has files of its node in which people who work there keep theirs.
  let holdsKeysOfPeople: Bool
  /// Signs that it keeps data.
  let dataReasons: [String]

  /// Of each workload; those of objects that are as they were in another graph are taken from there.
  static func all(
    _ workloads: [Workload], _ volumes: ClaimedVolumes, known old: AccessPart?, _ kept: DepthGraph.Kept
  ) -> [WorkloadFacts] {
    var places: [Key: Int] = [:]
    // Files may hold an object twice, with other contents: such are not told apart.
    var twice = Set<Key>()
    if let old, case .facts(let changed) = kept {
      for (index, workload) in old.workloads.all.enumerated() where !changed.contains(workload.object.subject) {
        let key = Key(workload)
        if places.updateValue(index, forKey: key) != nil { twice.insert(key) }
      }
    }
    return workloads.map { workload in
      if let old, !places.isEmpty {
        let key = Key(workload)
        if let index = places[key], !twice.contains(key) { return old.facts[index] }
      }
      let template = volumes.resolved(workload)
      return WorkloadFacts(
        escapes: NodeEscapes.open(to: template), holdsControlPlaneKeys: holds(.controlPlane, template),
        holdsKeysOfPeople: holds(.people, template), dataReasons: HighValueAssets.dataReasons(workload))
    }
  }

  /// - Parameter template: with the paths of nodes in the place of claims on them.
  static func holds(_ keys: HostPathMount.Keys, _ template: PodTemplate) -> Bool {
    HostPathMount.all(in: template).contains { $0.holds(keys) }
  }

  private struct Key: Hashable {
    let object: Subject
    let path: String

    init(_ workload: Workload) {
      object = workload.object.subject
      path = workload.template.path
    }
  }
}
