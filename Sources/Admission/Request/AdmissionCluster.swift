package import Bytes
import Findings
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
  let assumesNamespaces: Bool
  private let refused: @Sendable (GroupKind) -> String?
  /// Of what the built-in plugins look for, the kinds whose absence from files says nothing.
  private let unlisted: Set<GroupKind>
  package let resources: ResourceTable
  /// Made when they are asked for: most definitions of a cluster are about kinds that no question is about.
  private var customResources: [GroupKind: Lazy<CustomResourceAdmission?>] = [:]

  /// Namespaces that every server makes when it starts, and makes again.
  static let everpresent: Set<String> = ["default", "kube-system", "kube-public", "kube-node-lease"]

  /// - Parameters:
  ///   - objects: of the cluster.
  ///   - ignorance: why there may be more than these; nil where these are all.
  ///   - assumesNamespaces: whether a namespace that is not among them is taken to exist, with labels that are not known.
  package init(_ objects: [DocumentNode] = [], ignorance: String? = nil, assumesNamespaces: Bool = false) {
    self.ignorance = ignorance
    self.assumesNamespaces = assumesNamespaces
    refused = { _ in nil }
    unlisted = []
    resources = ResourceTable(customResources: objects)
    for object in objects { add(object) }
  }

  /// What every cluster has at least one of, so that files without any were not written with this kind in mind.
  private static let everywhere: Set<GroupKind> = [.serviceAccount, GroupKind("scheduling.k8s.io", "PriorityClass")]
  /// What many clusters have none of.
  private static let optional: Set<GroupKind> = [
    GroupKind("", "LimitRange"), GroupKind("", "ResourceQuota"), GroupKind("node.k8s.io", "RuntimeClass"),
    GroupKind("storage.k8s.io", "StorageClass"), GroupKind("networking.k8s.io", "IngressClass"),
  ]

  /// - Parameter isLive: whether the snapshot is all of a cluster; manifests are a part of one.
  /// - Parameter assumesNamespaces: whether a namespace that is not in it is taken to exist, with labels that are not known.
  package init(_ snapshot: ClusterSnapshot, isWhole: Bool, assumesNamespaces: Bool = false) {
    let hidden = snapshot.problems.filter(\.hidesInput)
    ignorance =
      isWhole
      ? hidden.first.map { "it may stand in what could not be read (\($0.location.text))" } : "no cluster is given"
    self.assumesNamespaces = assumesNamespaces
    let blindness = Dictionary(
      uniqueKeysWithValues: snapshot.refused.keys.compactMap { kind in snapshot.refusal(of: kind).map { (kind, $0) } })
    refused = { blindness[$0] ?? blindness[GroupKind($0.group, "*")] ?? blindness[GroupKind("*", "*")] }
    let present = Set(snapshot.kinds)
    // A live cluster lists what it has. Files that hold the namespace of the system are taken for all of a cluster.
    let isListed = snapshot.serverMinor != nil
    let isCluster = snapshot.objects(.namespace).contains { $0.name == "kube-system" }
    unlisted = isListed ? [] : (isCluster ? Self.everywhere : Self.everywhere.union(Self.optional)).subtracting(present)
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
    guard kind == GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
      let group = stored[path: "spec", "group"]?.string, let name = stored[path: "spec", "names", "kind"]?.string,
      customResources[GroupKind(group, name)] == nil
    else { return }
    customResources[GroupKind(group, name)] = Lazy {
      CustomResourceDefinition(stored).map { CustomResourceAdmission($0) }
    }
  }

  package func knowledge(of kind: GroupKind) -> Knowledge {
    if let reason = refused(kind) ?? ignorance { return .part(reason) }
    if unlisted.contains(kind) { return .part("the input holds no \(kind.kind) at all") }
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
    customResource(kind)?.definition
  }

  /// What the server makes of custom resources of a kind; nil where no definition of it is given.
  package func customResource(_ kind: AdmissionRequest.Kind) -> CustomResourceAdmission? {
    customResources[kind.groupKind]?.value
  }
}

extension DocumentNode {
  /// `metadata.name`
  var metadataName: String { self[path: "metadata", "name"]?.string ?? "" }
  var metadataLabels: [String: String] { self[path: "metadata", "labels"]?.stringMap ?? [:] }
  var metadataAnnotations: [String: String] { self[path: "metadata", "annotations"]?.stringMap ?? [:] }
}
