import Bytes
import Kube

/// Contour's HTTPProxies.
enum ContourRoutes: RouteSource {
  static let kinds = [GroupKind("projectcontour.io", "HTTPProxy")]

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      let hosts = object.spec?[path: "virtualhost", "fqdn"]?.text.map { [$0] } ?? []
      let nodes =
        (object.spec?["routes"]?.elements ?? []).flatMap { $0["services"]?.elements ?? [] }
        + (object.spec?[path: "tcpproxy", "services"]?.elements ?? [])
      return nodes.compactMap { node in
        guard let name = node["name"]?.text else { return nil }
        return Route(
          via: .route(object.subject, namespace: object.effectiveNamespace, hosts: hosts),
          namespace: object.effectiveNamespace, service: name, port: node["port"], source: .controller(.envoy),
          location: object.location(of: node))
      }
    }
  }
}
