package import Bytes
package import Kube

/// What admission asks the cluster for: namespaces, params, policies, classes, quotas.
package struct AdmissionCluster: Sendable {
  /// Whether an object that is not found does not exist, or was only not given.
  package enum Knowledge: Sendable, Equatable {
    case all
    /// Nothing can be said about the absence of an object, because …
    case part(String)
  }

  private struct Key: Hashable {
    let kind: GroupKind
    let namespace: String
    let name: String
  }

  private var byKey: [Key: DocumentNode] = [:]
  private var byKind: [GroupKind: [DocumentNode]] = [:]
  private let ignorance: String?
  private let refused: @Sendable (GroupKind) -> String?
  package let resources: ResourceTable

  /// - Parameters:
  ///   - objects: of the cluster.
  ///   - ignorance: why there may be more than these; nil where these are all.
  package init(_ objects: [DocumentNode] = [], ignorance: String? = nil) {
    self.ignorance = ignorance
    refused = { _ in nil }
    resources = ResourceTable(customResources: objects)
    for object in objects { add(object) }
  }

  /// - Parameter isLive: whether the snapshot is all of a cluster; manifests are a part of one.
  package init(_ snapshot: ClusterSnapshot, isWhole: Bool) {
    ignorance = isWhole ? nil : "only manifests are given"
    let blindness = Dictionary(
      uniqueKeysWithValues: snapshot.refused.keys.compactMap { kind in snapshot.refusal(of: kind).map { (kind, $0) } })
    refused = { blindness[$0] ?? blindness[GroupKind($0.group, "*")] ?? blindness[GroupKind("*", "*")] }
    let objects = snapshot.objects.map(\.root)
    resources = ResourceTable(customResources: objects)
    for object in objects { add(object) }
  }

  private mutating func add(_ object: DocumentNode) {
    guard let kind = ServerObject.kind(of: object) else { return }
    let metadata = object["metadata"]
    let stored = ServerObject.normalized(object)
    byKind[kind, default: []].append(stored)
    let key = Key(
      kind: kind, namespace: metadata?["namespace"]?.string ?? "", name: metadata?["name"]?.string ?? "")
    byKey[key] = stored
  }

  package func knowledge(of kind: GroupKind) -> Knowledge {
    if let reason = refused(kind) ?? ignorance { return .part(reason) }
    return .all
  }

  package func object(_ kind: GroupKind, namespace: String = "", name: String) -> DocumentNode? {
    byKey[Key(kind: kind, namespace: namespace, name: name)]
  }

  /// - Parameter namespace: nil for those of all.
  package func objects(_ kind: GroupKind, namespace: String? = nil) -> [DocumentNode] {
    let all = byKind[kind] ?? []
    guard let namespace else { return all }
    return all.filter { $0[path: "metadata", "namespace"]?.string ?? "" == namespace }
  }

  package var kinds: [GroupKind] { byKind.keys.sorted() }

  /// The definition of a custom resource.
  package func definition(_ kind: AdmissionRequest.Kind) -> CustomResourceDefinition? {
    for object in objects(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")) {
      if object[path: "spec", "group"]?.string == kind.group,
        object[path: "spec", "names", "kind"]?.string == kind.kind
      {
        return CustomResourceDefinition(object)
      }
    }
    return nil
  }
}

extension DocumentNode {
  /// `metadata.name`
  var metadataName: String { self[path: "metadata", "name"]?.string ?? "" }
  var metadataLabels: [String: String] { self[path: "metadata", "labels"]?.stringMap ?? [:] }
  var metadataAnnotations: [String: String] { self[path: "metadata", "annotations"]?.stringMap ?? [:] }
}
