import Bytes
import Kube
import PodSecurity

/// Volumes that lie on the node behind a claim: Pod Security does not look through a PersistentVolumeClaim.
struct ClaimedVolumes {
  /// Paths of nodes by `NAMESPACE/CLAIM`.
  private let paths: [String: String]
  private let volumes: NodeVolumes

  init(_ snapshot: ClusterSnapshot) {
    let volumes = NodeVolumes(snapshot)
    self.volumes = volumes
    paths = volumes.claims(snapshot)
  }

  /// The template of a workload with the paths of nodes in the place of claims on them: those that exist, those that the pod brings
  /// itself (`ephemeral`), and those of a StatefulSet (`volumeClaimTemplates`).
  func resolved(_ workload: Workload) -> PodTemplate {
    let template = workload.template
    guard !volumes.isEmpty else { return template }
    let namespace = workload.object.effectiveNamespace
    var changed = false
    var resolved = template.volumes.map { volume -> DocumentNode in
      let path =
        if let claim = volume[path: "persistentVolumeClaim", "claimName"]?.text {
          paths[namespace + "/" + claim]
        } else {
          volume[path: "ephemeral", "volumeClaimTemplate", "spec"].flatMap { volumes.path(for: $0) }
        }
      guard let path else { return volume }
      changed = true
      return Self.volume(volume["name"] ?? DocumentNode(.string("")), path, at: volume)
    }
    for claim in workload.object.spec?["volumeClaimTemplates"]?.elements ?? [] {
      guard let name = claim[path: "metadata", "name"]?.text else { continue }
      let beginning = "\(namespace)/\(name)-\(workload.object.name)-"
      let bound = paths.filter { $0.key.hasPrefix(beginning) }.min { $0.key < $1.key }?.value
      guard let path = bound ?? claim["spec"].flatMap({ volumes.path(for: $0) }) else { continue }
      changed = true
      resolved.append(Self.volume(DocumentNode(.string(name)), path, at: claim))
    }
    return changed ? template.replacingVolumes(with: resolved) : template
  }

  private static func volume(_ name: DocumentNode, _ path: String, at place: DocumentNode) -> DocumentNode {
    let host: DocumentNode = ["path": DocumentNode(.string(path))]
    return DocumentNode(
      .object(Mapping([.init(key: "name", value: name), .init(key: "hostPath", value: host)])), line: place.line,
      column: place.column)
  }
}

/// PersistentVolumes that are a path of a node (`hostPath`, `local`), and which claims have them or may have them.
///
/// Source: kubernetes.io, "Persistent Volumes": binding.
struct NodeVolumes {
  private struct Volume {
    let object: KubeObject
    let path: String
    /// `NAMESPACE/CLAIM` that it is kept for; nil: whoever asks first.
    let holder: String?
    let isFree: Bool
  }

  private let volumes: [Volume]
  private let defaultClass: String

  var isEmpty: Bool { volumes.isEmpty }

  init(_ snapshot: ClusterSnapshot) {
    volumes = snapshot.objects(GroupKind("", "PersistentVolume")).compactMap { object in
      guard let path = object.spec?[path: "hostPath", "path"]?.string ?? object.spec?[path: "local", "path"]?.string
      else { return nil }
      let claim = object.spec?["claimRef"]
      let holder = claim?["name"]?.text.map { (claim?["namespace"]?.text ?? "default") + "/" + $0 }
      let phase = object.root[path: "status", "phase"]?.string ?? "Available"
      return Volume(
        object: object, path: path, holder: holder, isFree: holder == nil && ["Available", "Pending"].contains(phase))
    }
    let key = "storageclass.kubernetes.io/is-default-class"
    defaultClass =
      volumes.isEmpty
      ? ""
      : snapshot.objects(GroupKind("storage.k8s.io", "StorageClass")).last { $0.annotations[key] == "true" }?.name ?? ""
  }

  /// Paths by `NAMESPACE/CLAIM`. A claim that is not bound yet has the volume that it would be bound to.
  func claims(_ snapshot: ClusterSnapshot) -> [String: String] {
    guard !isEmpty else { return [:] }
    var paths: [String: String] = [:]
    for volume in volumes { if let holder = volume.holder { paths[holder] = volume.path } }
    for claim in snapshot.objects(GroupKind("", "PersistentVolumeClaim")) {
      let name = claim.effectiveNamespace + "/" + claim.name
      guard let spec = claim.spec, let path = path(for: spec, heldBy: name) else { continue }
      paths[name] = path
    }
    return paths
  }

  /// The path that a claim comes to; nil where it is not bound to a path of a node, and no free volume would do.
  ///
  /// - Parameters:
  ///   - claim: its spec.
  ///   - name: `NAMESPACE/CLAIM`; nil for one that is made with its pod.
  func path(for claim: DocumentNode, heldBy name: String? = nil) -> String? {
    if let wanted = claim["volumeName"]?.text, !wanted.isEmpty {
      return volumes.first { $0.object.name == wanted }?.path
    }
    let fitting = volumes.filter { $0.isFree && fits(claim, $0.object) }.map(\.path)
    // Of several, which it is depends on their sizes and on who asks first.
    return fitting.first { Self.gain($0) == .node } ?? fitting.first { Self.gain($0) != nil } ?? fitting.first
  }

  private func fits(_ claim: DocumentNode, _ volume: KubeObject) -> Bool {
    let spec = volume.spec
    guard (claim["storageClassName"]?.string ?? defaultClass) == (spec?["storageClassName"]?.string ?? ""),
      (claim["volumeMode"]?.string ?? "Filesystem") == (spec?["volumeMode"]?.string ?? "Filesystem"),
      Set(claim["accessModes"]?.strings ?? []).isSubset(of: spec?["accessModes"]?.strings ?? [])
    else { return false }
    if let written = claim["selector"] {
      guard let selector = try? LabelSelector(written), selector.matches(volume.labels) else { return false }
    }
    guard let wanted = claim[path: "resources", "requests", "storage"]?.text.flatMap({ Quantity($0) }),
      let capacity = spec?[path: "capacity", "storage"]?.text.flatMap({ Quantity($0) })
    else { return true }
    return wanted <= capacity
  }

  /// Whether whoever can start a pod in a namespace can have a volume by which the node falls: one that is free, or one of a claim that
  /// lies in the namespace.
  func leadsToNode(_ snapshot: ClusterSnapshot) -> (everywhere: Bool, namespaces: Set<String>) {
    var isFree = false
    var namespaces = Set<String>()
    for volume in volumes where Self.gain(volume.path) == .node {
      if volume.isFree { isFree = true }
      if let holder = volume.holder?.split(separator: "/").first { namespaces.insert(String(holder)) }
    }
    for (claim, path) in claims(snapshot) where Self.gain(path) == .node {
      if let namespace = claim.split(separator: "/").first { namespaces.insert(String(namespace)) }
    }
    return (isFree, namespaces)
  }

  /// What a pod gains that mounts the path and may write to it; nil for nothing.
  private static func gain(_ path: String) -> NodeEscape.Gain? {
    let spec: DocumentNode = [
      "containers": [["name": "probe", "volumeMounts": [["name": "volume", "mountPath": "/volume"]]]],
      "volumes": [["name": "volume", "hostPath": ["path": DocumentNode(.string(path))]]],
    ]
    return NodeEscapes.strongest(in: PodTemplate(metadata: nil, spec: spec, path: "spec"))?.escape.gain
  }
}

/// In which namespaces whoever starts a pod can give it a volume by which the node falls.
struct OpenVolumes {
  private let isFree: Bool
  private let namespaces: Set<String>

  init(_ snapshot: ClusterSnapshot) { (isFree, namespaces) = NodeVolumes(snapshot).leadsToNode(snapshot) }

  /// - Parameter namespace: nil: in any of one's choice.
  func isOpen(in namespace: String?) -> Bool {
    isFree || namespace.map(namespaces.contains) ?? !namespaces.isEmpty
  }
}
