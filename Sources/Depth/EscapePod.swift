import Bytes
package import Kube
import PodSecurity

/// The pod that an attacker would start to take over a node: privileged, in the node's namespaces, with its disk.
package enum EscapePod {
  private static let spec: DocumentNode = [
    "hostPID": true, "hostNetwork": true,
    "containers": [
      [
        "name": "probe", "image": "busybox", "securityContext": ["privileged": true],
        "volumeMounts": [["name": "root", "mountPath": "/host"]],
      ]
    ],
    "volumes": [["name": "root", "hostPath": ["path": "/"]]],
  ]

  /// Nil never: it has all that an object needs.
  package static func object(inNamespace namespace: String) -> KubeObject? {
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
