import Bytes
import Kube

/// The kinds of Istio and what they share.
enum IstioMesh {
  /// Policies of this namespace are for the whole mesh.
  static let rootNamespace = "istio-system"

  static let authorization = GroupKind("security.istio.io", "AuthorizationPolicy")
  static let peerAuthentication = GroupKind("security.istio.io", "PeerAuthentication")
  static let sidecar = GroupKind("networking.istio.io", "Sidecar")
  static let serviceEntry = GroupKind("networking.istio.io", "ServiceEntry")
  static let kinds = [authorization, peerAuthentication, sidecar, serviceEntry]

  /// Stages of the mesh's proxies. They see TCP only.
  static func stages(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    IstioPeerAuthentication.stages(&compiler) + IstioAuthorizationPolicy.stages(&compiler)
      + IstioSidecar.stages(&compiler)
  }

  /// Pods that a policy of the mesh is for: those of its namespace, or of all in the root namespace, with the labels.
  static func subjects(_ object: KubeObject, labels: DocumentNode?, _ compiler: inout PolicyCompiler) -> Bitset? {
    var result: Bitset
    if let labels, !labels.entries.isEmpty {
      let selector = LabelSelector(equalTo: labels.stringMap)
      result = compiler.pods(selector)
    } else {
      result = compiler.selectable
    }
    if object.effectiveNamespace != rootNamespace {
      result.formIntersection(compiler.namespace(object.effectiveNamespace))
    }
    return result
  }
}
