import Bytes
import Kube

/// Traefik's IngressRoutes.
enum TraefikRoutes: RouteSource {
  private static let groups = ["traefik.io", "traefik.containo.us"]
  static let kinds = groups.flatMap { group in
    ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"].map { GroupKind(group, $0) }
  }

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    let splits = groups.flatMap { snapshot.objects(GroupKind($0, "TraefikService")) }
    return kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      (object.spec?["routes"]?.elements ?? []).flatMap { route -> [Route] in
        let hosts = Self.hosts(route["match"]?.text ?? "")
        let (blocks, missing) = RouteReach.middlewares(
          route["middlewares"]?.elements ?? [], home: object.effectiveNamespace, snapshot)
        let reach = RouteReach.ranges(blocks) ?? .anyone
        return RouteSources.weighted(route["services"]?.elements ?? []).flatMap {
          targets($0, object.effectiveNamespace, splits)
        }
        .compactMap { node, home in
          guard let name = node["name"]?.text else { return nil }
          return Route(
            via: .route(object.subject, namespace: object.effectiveNamespace, hosts: hosts), namespace: home,
            service: name, port: node["port"], source: .controller(.traefik), reach: reach,
            missing: missing, location: object.location(of: node))
        }
      }
    }
  }

  /// Services that a reference leads to, through those that only share out.
  private static func targets(_ node: DocumentNode, _ home: String, _ splits: [KubeObject], depth: Int = 0) -> [(
    node: DocumentNode, namespace: String
  )] {
    let namespace = node["namespace"]?.text ?? home
    guard node["kind"]?.text == "TraefikService" else { return [(node, namespace)] }
    guard depth < 4,
      let split = splits.first(where: { $0.name == node["name"]?.text && $0.effectiveNamespace == namespace })
    else { return [] }
    let weighted = RouteSources.weighted(split.spec?[path: "weighted", "services"]?.elements ?? [])
    let mirroring =
      [split.spec?["mirroring"]].compactMap { $0 } + (split.spec?[path: "mirroring", "mirrors"]?.elements ?? [])
    return (weighted + mirroring).flatMap { targets($0, namespace, splits, depth: depth + 1) }
  }

  /// Of a rule such as ``Host(`a.example`) && PathPrefix(`/x`)``.
  private static func hosts(_ rule: String) -> [String] {
    var hosts: [String] = []
    var rest = rule[...]
    while let start = rest.firstRange(of: "Host(") ?? rest.firstRange(of: "HostSNI(") {
      rest = rest[start.upperBound...]
      let arguments = rest.prefix { $0 != ")" }
      hosts += arguments.split { "`\", ".contains($0) }.map(String.init)
      rest = rest[arguments.endIndex...]
    }
    return hosts
  }
}
