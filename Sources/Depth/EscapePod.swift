import Bytes
package import Kube
import PodSecurity

/// The pod that an attacker would start to take over a node: privileged, in the node's namespaces, with its disk.
package enum EscapePod {
  private static let spec = spec(
    ["hostPID": true, "hostNetwork": true], context: ["privileged": true], path: "/")

  private static func spec(_ fields: DocumentNode, context: DocumentNode, path: String?) -> DocumentNode {
    var container: DocumentNode = ["name": "probe", "image": "busybox", "securityContext": context]
    guard let path else { return fields.setting("containers", DocumentNode(.array([container]))) }
    container = container.setting("volumeMounts", [["name": "root", "mountPath": "/host"]])
    return fields.setting("containers", DocumentNode(.array([container]))).setting(
      "volumes", [["name": "root", "hostPath": ["path": DocumentNode(.string(path))]]])
  }

  /// Pods each of which takes over its node by one thing alone: a policy that refuses one of them may let another in.
  private static let variants: [DocumentNode] = [
    spec,
    spec([:], context: ["privileged": true], path: nil),
    spec([:], context: [:], path: "/"), spec([:], context: [:], path: "/etc/kubernetes"),
    spec([:], context: [:], path: "/var/lib/kubelet"), spec([:], context: [:], path: "/run/containerd/containerd.sock"),
    spec([:], context: ["capabilities": ["add": ["SYS_ADMIN"]]], path: nil),
    spec([:], context: ["capabilities": ["add": ["SYS_MODULE"]]], path: nil),
    spec([:], context: ["capabilities": ["add": ["ALL"]]], path: nil),
    spec(["hostPID": true], context: ["capabilities": ["add": ["SYS_PTRACE"]]], path: nil),
  ]

  /// The one that has all of it, then those that have one thing.
  static func objects(inNamespace namespace: String) -> [KubeObject] {
    variants.compactMap { object($0, inNamespace: namespace) }
  }

  /// Nil never: it has all that an object needs.
  package static func object(inNamespace namespace: String) -> KubeObject? { object(spec, inNamespace: namespace) }

  private static func object(_ spec: DocumentNode, inNamespace namespace: String) -> KubeObject? {
    KubeObject(
      [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": ["name": "probe", "namespace": DocumentNode(.string(namespace))], "spec": spec,
      ], file: "")
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
