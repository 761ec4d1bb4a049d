import Bytes
import Kube

/// What the configuration of the whole mesh says, as far as policies depend on it.
///
/// Source: istio.io, "Global Mesh Options" (`rootNamespace`, `trustDomain`, `trustDomainAliases`, `outboundTrafficPolicy`);
/// in a cluster it is the ConfigMap `istio` of the control plane's namespace.
struct IstioMeshSettings {
  /// Policies of this namespace are for the whole mesh.
  let rootNamespace: String
  /// What principals begin with; `cluster.local` stands for the mesh's own, whatever that is.
  let trustDomains: Set<String>
  /// Whether the input holds the configuration.
  let isKnown: Bool
  /// The object that keeps proxies from what the mesh does not know; nil where nothing does so for all of them.
  let registryOnly: KubeObject?

  static let usualNamespace = "istio-system"
  private static let local = "cluster.local"

  init(_ snapshot: ClusterSnapshot) {
    var found: (object: KubeObject, node: DocumentNode)?
    for object in snapshot.objects(.configMap) where found == nil && object.name == "istio" {
      guard let text = object.root[path: "data", "mesh"]?.string,
        let node = DocumentReader.read(Array(text.utf8)).documents.first
      else { continue }
      found = (object, node)
    }
    let installations = [
      (GroupKind("install.istio.io", "IstioOperator"), ["meshConfig"]),
      (GroupKind("sailoperator.io", "Istio"), ["values", "meshConfig"]),
    ]
    for (kind, path) in installations where found == nil {
      for object in snapshot.objects(kind) where found == nil {
        let node = path.reduce(object.spec) { $0?[$1] }
        found = node.map { (object, $0) }
      }
    }
    isKnown = found != nil
    rootNamespace =
      found?.node["rootNamespace"]?.text
      ?? (found?.object.groupKind == .configMap ? found?.object.effectiveNamespace : nil) ?? Self.usualNamespace
    trustDomains = Set(
      [Self.local] + [found?.node["trustDomain"]?.text].compactMap { $0 }
        + (found?.node["trustDomainAliases"]?.strings ?? []))
    let isClosed = found?.node[path: "outboundTrafficPolicy", "mode"]?.text == "REGISTRY_ONLY"
    registryOnly = isClosed ? found?.object : nil
  }

  /// A principal as the mesh's own trust domain has it; nil for one of another.
  func local(_ principal: String) -> String? {
    guard let slash = principal.firstIndex(of: "/"), !principal.hasPrefix("*") else { return principal }
    return trustDomains.contains(String(principal[..<slash])) ? Self.local + principal[slash...] : nil
  }

  /// The same of a principal whose trust domain may be the mesh's own, where the input does not tell that.
  func perhapsLocal(_ principal: String) -> String? {
    guard !isKnown, local(principal) == nil, !principal.hasPrefix("spiffe:"), let slash = principal.firstIndex(of: "/")
    else { return nil }
    return Self.local + principal[slash...]
  }
}
