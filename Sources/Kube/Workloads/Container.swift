package import Bytes
package import Findings

/// A container of a pod template, with its place in the object.
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
  /// What the controller of the object calls it where it has no name.
  private let usualName: String

  package init(_ node: DocumentNode, path: String, role: Role, usualName: String = "") {
    self.node = node
    self.path = path
    self.role = role
    self.usualName = usualName
  }

  package var name: String {
    let own = node["name"]?.text ?? ""
    return own.isEmpty ? usualName : own
  }
  /// As written; nil where a custom resource leaves it to a controller.
  package var image: String? { node["image"]?.string }
  package var securityContext: DocumentNode? { node["securityContext"] }

  /// Evidence from a field of the container, present or absent. For an absent field the position is that of the nearest
  /// parent.
  package func evidence(_ keys: String...) -> Evidence {
    Evidence(in: node, path: path, keys)
  }
}

extension Evidence {
  /// Evidence from the field at `keys` below `node`; for an absent field the position is that of the nearest parent.
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
