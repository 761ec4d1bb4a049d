/// The name of an object of the Kubernetes API, whatever its version.
package struct ObjectKey: Sendable, Hashable {
  /// API group; empty for the core group.
  package let group: String
  package let kind: String
  /// Nil for cluster-wide objects, and for manifests that leave the namespace to whoever applies them.
  package let namespace: String?
  package let name: String

  package init(group: String = "", kind: String, namespace: String? = nil, name: String) {
    self.group = group
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }
}
