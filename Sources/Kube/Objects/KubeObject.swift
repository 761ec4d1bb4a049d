package import Bytes
package import Findings

/// One object of the Kubernetes API, of any kind, as a view of its document.
package struct KubeObject: Sendable {
  package let root: DocumentNode
  /// The name of the source, as the user gave it.
  package let file: String
  package let groupKind: GroupKind
  package let version: String
  package let name: String
  /// Nil where the manifest names none.
  package let namespace: String?
  /// Where an object without a namespace lands.
  private var defaultNamespace = "default"

  /// - Returns: nil for a document that is not a Kubernetes object, which is a mapping with `apiVersion` and `kind`.
  package init?(_ root: DocumentNode, file: String, defaults: (apiVersion: String, kind: String)? = nil) {
    guard root.mapping != nil, let kind = root["kind"]?.string ?? defaults?.kind,
      let apiVersion = root["apiVersion"]?.text ?? defaults?.apiVersion, !kind.isEmpty
    else { return nil }
    self.root = Self.whole(root, apiVersion, kind)
    self.file = file
    let metadata = root["metadata"]
    if let slash = apiVersion.firstIndex(of: "/") {
      groupKind = GroupKind(String(apiVersion[..<slash]), kind)
      version = String(apiVersion[apiVersion.index(after: slash)...])
    } else {
      groupKind = GroupKind("", kind)
      version = apiVersion
    }
    name = metadata?["name"]?.text ?? metadata?["generateName"]?.text ?? ""
    namespace = metadata?["namespace"]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The document with apiVersion and kind, which the items of a list that a server sends leave out.
  private static func whole(_ root: DocumentNode, _ apiVersion: String, _ kind: String) -> DocumentNode {
    guard let mapping = root.mapping, mapping["kind"] == nil || mapping["apiVersion"] == nil else { return root }
    let head = [
      Mapping.Entry(key: "apiVersion", value: root.with(.string(apiVersion))),
      Mapping.Entry(key: "kind", value: root.with(.string(kind))),
    ]
    return root.with(
      .object(Mapping(head + mapping.entries.filter { $0.key != "apiVersion" && $0.key != "kind" })))
  }

  private init(_ root: DocumentNode, like other: KubeObject) {
    self.root = root
    file = other.file
    groupKind = other.groupKind
    version = other.version
    name = other.name
    namespace = other.namespace
    defaultNamespace = other.defaultNamespace
  }

  /// The same where it is applied with another namespace of the request.
  func inNamespace(_ namespace: String) -> KubeObject {
    var object = self
    object.defaultNamespace = namespace
    return object
  }

  /// The same object with another document, which may lack what the list says of its items.
  func with(_ root: DocumentNode) -> KubeObject { KubeObject(root, like: self) }

  package var kind: String { groupKind.kind }
  package var metadata: DocumentNode? { root["metadata"] }
  package var spec: DocumentNode? { root["spec"] }
  package var labels: [String: String] { metadata?["labels"]?.stringMap ?? [:] }
  package var annotations: [String: String] { metadata?["annotations"]?.stringMap ?? [:] }
  /// Nil for an object that was not read from a cluster.
  package var uid: String? { metadata?["uid"]?.string }

  /// Whether SOPS has encrypted values of it: what they are is only known to who applies it.
  ///
  /// Source: getsops.io, "Encrypting": a key `sops` at the root, with the authentication code of the document.
  package var isEncrypted: Bool { root[path: "sops", "mac"] != nil }

  /// The namespace of the object when it is applied without naming one.
  package var effectiveNamespace: String { namespace ?? defaultNamespace }

  package var subject: Subject { Subject(group: groupKind.group, kind: kind, namespace: namespace, name: name) }

  package var location: Location { Location(file: file, line: Int(root.line), column: Int(root.column)) }

  /// The position of a node; that of the object for nil and for a node that was not read from text.
  package func location(of node: DocumentNode?) -> Location {
    guard let node, node.line > 0 else { return location }
    return Location(file: file, line: Int(node.line), column: Int(node.column))
  }

  /// What another object says of its owner.
  struct Owner: Sendable {
    let kind: GroupKind
    let name: String
    /// Nil where the reference does not tell.
    let uid: String?
  }

  /// The owner that controls the object: the one with `controller: true` or, in references that were written by hand, the first
  /// that makes pods; for a pod the first of all. Nil where there is none.
  var owner: Owner? {
    let references = metadata?["ownerReferences"]?.elements ?? []
    guard !references.isEmpty else { return nil }
    let controller = references.first { $0["controller"]?.bool == true }
    if let controller { return Self.owner(controller) }
    let owners = references.filter { $0["controller"]?.bool == nil }.compactMap(Self.owner)
    return owners.first { PodTemplateCatalogue.makesPods($0.kind) } ?? (groupKind == .pod ? owners.first : nil)
  }

  private static func owner(_ reference: DocumentNode) -> Owner? {
    guard let kind = reference["kind"]?.string, let name = reference["name"]?.text else { return nil }
    let parts = (reference["apiVersion"]?.string ?? "").split(separator: "/")
    let written = GroupKind(parts.count > 1 ? String(parts[0]) : "", kind)
    let uid = reference["uid"]?.string
    return Owner(
      kind: KnownKinds.group(wrongly: written).map { GroupKind($0, kind) } ?? written, name: name,
      uid: uid?.isEmpty == true ? nil : uid)
  }
}
