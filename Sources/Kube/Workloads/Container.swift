package import Bytes
package import Findings

/// A container of a pod template with the place it stands in.
package struct Container: Sendable {
  /// When the container runs in the life of its pod.
  package enum Role: Sendable {
    case initial
    /// An init container with `restartPolicy: Always`: it runs as long as the pod does.
    case sidecar
    case regular
    case ephemeral
  }

  package let node: DocumentNode
  /// Path from the object's root, such as `spec.template.spec.containers[0]`.
  package let path: String
  package let role: Role

  package init(_ node: DocumentNode, path: String, role: Role) {
    self.node = node
    self.path = path
    self.role = role
  }

  package var name: String { node["name"]?.text ?? "" }
  package var image: String? { node["image"]?.string }
  package var securityContext: DocumentNode? { node["securityContext"] }

  /// Proof from a field below the container, present or absent. Where it is absent, the nearest parent is pointed at.
  package func evidence(_ keys: String...) -> Evidence {
    Evidence(in: node, path: path, keys)
  }
}

extension Evidence {
  /// Proof from the field that `keys` lead to below `node`.
  package init(in node: DocumentNode, path: String, _ keys: [String]) {
    var place = node
    var line = node.line
    var column = node.column
    var value: String?
    for (index, key) in keys.enumerated() {
      guard let entry = place.mapping?.entry(key) else { break }
      place = entry.value
      line = entry.line
      column = entry.column
      if index == keys.count - 1 { value = entry.value.text ?? (entry.value.isNull ? nil : "…") }
    }
    self.init(
      path: ([path] + keys).filter { !$0.isEmpty }.joined(separator: "."), value: value, line: Int(line),
      column: Int(column))
  }
}
