import Bytes
import Kube

/// Contour's HTTPProxies.
enum ContourRoutes: RouteSource {
  static let kinds = [GroupKind("projectcontour.io", "HTTPProxy")]

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      let hosts = object.spec?[path: "virtualhost", "fqdn"]?.text.map { [$0] } ?? []
      func blocks(_ node: DocumentNode?) -> [String] {
        (node?["ipAllowPolicy"]?.elements ?? []).compactMap { $0["cidr"]?.text }
      }
      let ofHost = blocks(object.spec?["virtualhost"])
      func routes(_ node: DocumentNode) -> [Route] {
        let own = blocks(node)
        let reach = RouteReach.ranges(own.isEmpty ? ofHost : own) ?? .anyone
        return RouteSources.weighted(node["services"]?.elements ?? []).compactMap { node in
          guard let name = node["name"]?.text else { return nil }
          return Route(
            via: .route(object.subject, namespace: object.effectiveNamespace, hosts: hosts),
            namespace: object.effectiveNamespace, service: name, port: node["port"], source: .controller(.envoy),
            reach: reach, location: object.location(of: node))
        }
      }
      return ((object.spec?["routes"]?.elements ?? []) + [object.spec?["tcpproxy"]].compactMap { $0 }).flatMap(routes)
    }
  }
}
