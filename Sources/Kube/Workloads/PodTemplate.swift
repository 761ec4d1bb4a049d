package import Bytes
package import Findings

/// The pod template of a workload: the same view for a Pod, a Deployment or a custom resource.
package struct PodTemplate: Sendable {
  /// Metadata of the pods: labels and annotations.
  package let metadata: DocumentNode?
  package let spec: DocumentNode
  /// Path of `spec` from the object's root.
  package let path: String
  /// In the order in which the API server's admission visits them: init, regular, ephemeral.
  package let containers: [Container]
  /// Fields that stand elsewhere in the object, for all of its pods, each with the path of the mapping that it is a field of.
  private let elsewhere: [String: String]

  /// - Parameter common: mappings of the object with fields for all of its pods, each with its path: they count where `spec`
  ///   has none of its own, and the first of them before the others.
  package init(
    metadata: DocumentNode?, spec own: DocumentNode, path: String, layout: Layout = .podSpec,
    common: [(node: DocumentNode, path: String)] = []
  ) {
    self.metadata = metadata
    self.path = path
    var entries = own.entries
    var elsewhere: [String: String] = [:]
    for (node, place) in common {
      for entry in node.entries where PodFields.names.contains(entry.key) {
        guard own[entry.key] == nil, elsewhere[entry.key] == nil else { continue }
        elsewhere[entry.key] = place
        entries.append(entry)
      }
    }
    self.elsewhere = elsewhere
    let spec = elsewhere.isEmpty ? own : own.with(.object(Mapping(entries)))
    self.spec = spec
    var containers: [Container] = []
    for (key, role) in layout.fields {
      guard let list = spec[key] else { continue }
      let fieldPath = path.isEmpty ? key : "\(path).\(key)"
      if list.mapping != nil {
        containers.append(Container(list, path: fieldPath, role: role, usualName: layout.usualName))
        continue
      }
      for (index, node) in list.elements.enumerated() where node.mapping != nil {
        let sidecar = role == .initial && node["restartPolicy"]?.string == "Always"
        containers.append(
          Container(
            node, path: "\(fieldPath)[\(index)]", role: sidecar ? .sidecar : role,
            usualName: layout.isNumbered ? "unnamed-\(index)" : layout.usualName))
      }
    }
    self.containers = containers
  }

  private init(_ other: PodTemplate, spec: DocumentNode) {
    metadata = other.metadata
    self.spec = spec
    path = other.path
    containers = other.containers
    elsewhere = other.elsewhere
  }

  /// The same pods with other volumes.
  package func replacingVolumes(with volumes: [DocumentNode]) -> PodTemplate {
    let place = spec["volumes"] ?? spec
    let list = DocumentNode(.array(volumes), line: place.line, column: place.column)
    return PodTemplate(self, spec: spec.setting("volumes", list))
  }

  /// The fields that hold containers, in visiting order.
  package struct Layout: Sendable {
    let fields: [(key: String, role: Container.Role)]
    /// What the controller calls a container that the object gives no name.
    var usualName = ""
    /// Whether it calls such containers by their place.
    var isNumbered = false

    package static let podSpec = Layout(fields: [
      ("initContainers", .initial), ("containers", .regular), ("ephemeralContainers", .ephemeral),
    ])
    /// Tasks of Tekton.
    package static let steps = Layout(fields: [("steps", .regular), ("sidecars", .regular)], isNumbered: true)
    /// A revision of Knative, whose only container needs no name.
    package static let revision = Layout(fields: podSpec.fields, usualName: "user-container")
    /// Templates of Argo Workflows.
    package static let workflow = Layout(
      fields: [
        ("initContainers", .initial), ("container", .regular), ("script", .regular), ("sidecars", .regular),
      ], usualName: "main")
  }

  package var securityContext: DocumentNode? { spec["securityContext"] }
  package var labels: [String: String] { metadata?["labels"]?.stringMap ?? [:] }
  package var annotations: [String: String] { metadata?["annotations"]?.stringMap ?? [:] }
  package var volumes: [DocumentNode] { spec["volumes"]?.elements ?? [] }
  package var isWindows: Bool { spec[path: "os", "name"]?.string == "windows" }
  package var hostNetwork: Bool { spec["hostNetwork"]?.bool == true }
  /// The service account of the pods; `default` when none is named.
  package var serviceAccountName: String {
    let name = spec["serviceAccountName"]?.string ?? spec["serviceAccount"]?.string ?? ""
    return name.isEmpty ? "default" : name
  }

  /// Evidence from a field of the pod's spec, present or absent.
  package func evidence(_ keys: String...) -> Evidence {
    Evidence(in: spec, path: keys.first.map(place) ?? path, keys)
  }

  /// Paths of fields of the pod that stand elsewhere in the object.
  package var commonPaths: [String] { elsewhere.map { $0.value.isEmpty ? $0.key : "\($0.value).\($0.key)" }.sorted() }

  /// Path of a field of the pod from the object's root, wherever the object keeps it.
  package func fieldPath(_ field: String) -> String {
    let place = place(of: field)
    return place.isEmpty ? field : "\(place).\(field)"
  }

  package func volumePath(_ index: Int) -> String { "\(fieldPath("volumes"))[\(index)]" }

  private func place(of field: String) -> String { elsewhere[field] ?? path }
}
