import Findings

/// Which workload an object belongs to. Owner references form a chain: Pod, ReplicaSet, Deployment; Pod, Job, CronJob.
///
/// Whatever names a workload asks here, so that a cluster is called the same when it is read from files, from a dump and
/// live. The chain ends at the last object that makes pods; an operator's object above it is not a workload.
struct OwnerChains: Sendable {
  private struct Key: Hashable {
    let kind: GroupKind
    let namespace: String
    let name: String
  }

  /// A longer or circular chain makes no sense: whoever stands in one is a workload of its own.
  private static let length = 8

  private let objects: [KubeObject]
  /// Objects that make pods and are none, by their names.
  private let makers: [Key: Int]

  init(_ objects: [KubeObject]) {
    self.objects = objects
    var makers: [Key: Int] = [:]
    for (index, object) in objects.enumerated()
    where PodTemplateCatalogue.makesPods(object.groupKind) && object.groupKind != .pod {
      makers[Key(kind: object.groupKind, namespace: object.effectiveNamespace, name: object.name)] = index
    }
    self.makers = makers
  }

  private func index(_ owner: KubeObject.Owner, of object: KubeObject) -> Int? {
    guard let found = makers[Key(kind: owner.kind, namespace: object.effectiveNamespace, name: owner.name)]
    else { return nil }
    // Another object of the same name, made after the owner was deleted, owns nothing of what the owner left behind.
    if let uid = owner.uid, let present = objects[found].uid, uid != present { return nil }
    return found
  }

  /// The object at the end of an object's chain, as far as the input holds it; the object itself where nothing owns it.
  func root(_ index: Int) -> Int {
    var root = index
    for _ in 0..<Self.length {
      guard let owner = objects[root].owner, let next = self.index(owner, of: objects[root]) else { return root }
      root = next
    }
    return index
  }

  /// The workload that an object is or belongs to, even where the input names it only.
  func workload(of object: KubeObject) -> Subject {
    var last = object
    for _ in 0..<Self.length {
      guard let owner = last.owner else { return Subject(workload: last) }
      if let next = index(owner, of: last) {
        last = objects[next]
        continue
      }
      // A node owns the pods of its static manifests, and is no workload.
      guard PodTemplateCatalogue.makesPods(owner.kind) || last.groupKind == .pod && owner.kind != Self.node else {
        return Subject(workload: last)
      }
      let (kind, name) = beyond(owner, of: last) ?? (owner.kind, owner.name)
      return Subject(group: kind.group, kind: kind.kind, namespace: last.effectiveNamespace, name: name)
    }
    return Subject(workload: object)
  }

  private static let node = GroupKind("", "Node")

  /// The owner of an owner that the input does not hold, where its name tells.
  ///
  /// Source: kubernetes.io, "Deployments", "pod-template-hash label"; Argo Rollouts, "Rollout label"; the CronJob controller
  /// calls its Jobs by the minute of their schedule.
  private func beyond(_ owner: KubeObject.Owner, of object: KubeObject) -> (kind: GroupKind, name: String)? {
    switch owner.kind.kind {
    case "ReplicaSet":
      for (label, kind) in Self.makersOfReplicaSets {
        guard let hash = object.labels[label], !hash.isEmpty, owner.name.hasSuffix("-" + hash) else { continue }
        let name = owner.name.dropLast(hash.utf8.count + 1)
        if !name.isEmpty { return (kind, String(name)) }
      }
    case "Job":
      guard let dash = owner.name.lastIndex(of: "-"),
        owner.name[owner.name.index(after: dash)...].allSatisfy({ $0.isASCII && $0.isNumber })
      else { return nil }
      let name = String(owner.name[..<dash])
      let kind = GroupKind("batch", "CronJob")
      if makers[Key(kind: kind, namespace: object.effectiveNamespace, name: name)] != nil { return (kind, name) }
    default: break
    }
    return nil
  }

  private static let makersOfReplicaSets = [
    ("rollouts-pod-template-hash", GroupKind("argoproj.io", "Rollout")),
    ("pod-template-hash", GroupKind("apps", "Deployment")),
  ]
}
