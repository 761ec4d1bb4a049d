import Bytes
import Findings
import Kube

extension NodeEscape {
  /// A privileged container has the node's devices and every capability, so it mounts the node's disk. In a user namespace its
  /// capabilities end at the namespace.
  static let privileged = NodeEscape(
    id: "privileged", title: "Privileged container", gain: .node, attack: .mitre("T1611"),
    references: [.kubeHound("CE_PRIV_MOUNT"), .kubeHound("CE_NSENTER")]
  ) { pod in
    guard !pod.isWindows, !pod.hasUserNamespace else { return [] }
    return pod.containers.filter { $0.securityContext?["privileged"]?.bool == true }.map {
      ("container \"\($0.name)\" is privileged", $0.evidence("securityContext", "privileged"))
    }
  }
}

extension PodTemplate {
  /// Whether the pod's users are not those of the node (`hostUsers: false`).
  var hasUserNamespace: Bool { spec["hostUsers"]?.bool == false }
}

extension Reference {
  /// A page of KubeHound's catalogue of attacks.
  static func kubeHound(_ id: String) -> Reference {
    Reference("KubeHound \(id)", "https://kubehound.io/reference/attacks/\(id)/")
  }
}
