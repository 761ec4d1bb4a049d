import Bytes
import Kube

/// The tunnel in which the proxies of nodes carry what passes among pods of an ambient mesh.
///
/// Source: istio.io, "Ambient and Kubernetes NetworkPolicy": the network sees connections to port 15008 of the pod, whatever
/// port they are for; a NetworkPolicy has to let that in.
enum AmbientTunnel {
  static let port: UInt16 = 15008

  /// Connections that pass within the tunnel where a set is what the network lets through.
  static func inside(_ set: ConnectionSet) -> ConnectionSet {
    set.subtracting(ConnectionSet(.tcp)).union(ConnectionSet(.tcp).refined(by: set.condition(.tcp, port)))
  }

  /// Whether anything of a snapshot says that pods are in an ambient mesh.
  static func isShown(in snapshot: ClusterSnapshot) -> Bool {
    func isSign(_ object: KubeObject) -> Bool {
      let metadata = object.root["metadata"]
      return metadata?["labels"]?["istio.io/dataplane-mode"]?.string == "ambient"
        || metadata?["annotations"]?["ambient.istio.io/redirection"]?.string == "enabled"
    }
    return snapshot.objects(.namespace).contains(where: isSign) || snapshot.objects(.pod).contains(where: isSign)
      || snapshot.workloads.contains { $0.template.labels["istio.io/dataplane-mode"] == "ambient" }
  }
}
