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

  package init(metadata: DocumentNode?, spec: DocumentNode, path: String, layout: Layout = .podSpec) {
    self.metadata = metadata
    self.spec = spec
    self.path = path
    var containers: [Container] = []
    for (key, role) in layout.fields {
      guard let list = spec[key] else { continue }
      let fieldPath = path.isEmpty ? key : "\(path).\(key)"
      if list.mapping != nil {
        containers.append(Container(list, path: fieldPath, role: role))
        continue
      }
      for (index, node) in list.elements.enumerated() where node.mapping != nil {
        let sidecar = role == .initial && node["restartPolicy"]?.string == "Always"
        containers.append(Container(node, path: "\(fieldPath)[\(index)]", role: sidecar ? .sidecar : role))
      }
    }
    self.containers = containers
  }

  /// The fields that hold containers, in visiting order.
  package struct Layout: Sendable {
    let fields: [(key: String, role: Container.Role)]

    package static let podSpec = Layout(fields: [
      ("initContainers", .initial), ("containers", .regular), ("ephemeralContainers", .ephemeral),
    ])
    /// Tasks of Tekton.
    package static let steps = Layout(fields: [("steps", .regular), ("sidecars", .regular)])
    /// Templates of Argo Workflows.
    package static let workflow = Layout(fields: [
      ("initContainers", .initial), ("container", .regular), ("script", .regular), ("sidecars", .regular),
    ])
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
  package func evidence(_ keys: String...) -> Evidence { Evidence(in: spec, path: path, keys) }

  package func volumePath(_ index: Int) -> String { (path.isEmpty ? "" : path + ".") + "volumes[\(index)]" }
}
