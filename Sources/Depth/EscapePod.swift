import Bytes
package import Kube
import PodSecurity

/// The pod that an attacker would start to take over a node: privileged, in the node's namespaces, with its disk.
package enum EscapePod {
  private static func node(_ entries: [(String, DocumentNode)]) -> DocumentNode {
    DocumentNode(.object(Mapping(entries.map { Mapping.Entry(key: $0.0, value: $0.1) })))
  }
  private static func text(_ text: String) -> DocumentNode { DocumentNode(.string(text)) }

  private static let spec = node([
    ("hostPID", DocumentNode(.bool(true))), ("hostNetwork", DocumentNode(.bool(true))),
    (
      "containers",
      DocumentNode(
        .array([
          node([
            ("name", text("probe")), ("image", text("busybox")),
            ("securityContext", node([("privileged", DocumentNode(.bool(true)))])),
            (
              "volumeMounts",
              DocumentNode(.array([node([("name", text("root")), ("mountPath", text("/host"))])]))
            ),
          ])
        ]))
    ),
    (
      "volumes",
      DocumentNode(.array([node([("name", text("root")), ("hostPath", node([("path", text("/"))]))])]))
    ),
  ])

  /// Nil never: it has all that an object needs.
  package static func object(inNamespace namespace: String) -> KubeObject? {
    let root = node([
      ("apiVersion", text("v1")), ("kind", text("Pod")),
      ("metadata", node([("name", text("probe")), ("namespace", text(namespace))])), ("spec", spec),
    ])
    return KubeObject(root, file: "")
  }

  private static let template = PodTemplate(metadata: nil, spec: spec, path: "spec")

  /// Whether Pod Security refuses it in a namespace with these labels.
  static func isRefused(inNamespaceWith labels: [String: String], serverMinor: Int?) -> Bool {
    guard let enforce = NamespacePodSecurity(labels).enforce else { return false }
    return !PodSecurityStandard.violations(
      template, level: enforce.level, version: enforce.version.served(by: serverMinor)
    ).isEmpty
  }
}
