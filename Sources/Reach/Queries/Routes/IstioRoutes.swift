import Bytes
import Kube

/// Istio VirtualServices that are bound to a Gateway.
///
/// Source: the reference of `networking.istio.io/v1`: without `gateways` a VirtualService is for the mesh alone.
enum IstioRoutes: RouteSource {
  static let kinds = [GroupKind("networking.istio.io", "VirtualService")]
  private static let gateway = GroupKind("networking.istio.io", "Gateway")

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    let gateways = snapshot.objects(gateway)
    let all = kinds.flatMap(snapshot.objects)
    return all.flatMap { object -> [Route] in
      let hosts = object.spec?["hosts"]?.strings ?? []
      return (object.spec?["gateways"]?.strings ?? []).filter { $0 != "mesh" }.flatMap { name -> [Route] in
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let home = parts.count == 2 ? parts[0] : object.effectiveNamespace
        let found = gateways.first { $0.name == parts.last && $0.effectiveNamespace == home }
        let selector = (found?.spec?["selector"]?.stringMap).map(LabelSelector.init(equalTo:))
        let isServed =
          found.map { gateway in
            (gateway.spec?["servers"]?.elements ?? []).contains { takes($0, hosts, object, gateway) }
          } ?? true
        return destinations(object, all).compactMap { node -> Route? in
          guard let host = node["host"]?.text,
            let service = services.find(host: host, home: object.effectiveNamespace)
          else { return nil }
          return Route(
            via: .route(object.subject, namespace: object.effectiveNamespace, hosts: hosts),
            namespace: service.namespace, service: service.name, port: node["port"]?["number"],
            source: selector.map { .pods($0) } ?? .controller(.istio),
            obstacle: isServed ? nil : found.map { .notAttached(gateway: $0.subject, .host) },
            location: object.location(of: node))
        }
      }
    }
  }

  /// Where its routes lead, with those of VirtualServices that it hands on to.
  private static func destinations(_ object: KubeObject, _ all: [KubeObject], depth: Int = 0) -> [DocumentNode] {
    guard depth < 2 else { return [] }
    var result: [DocumentNode] = []
    for key in ["http", "tcp", "tls"] {
      for route in object.spec?[key]?.elements ?? [] {
        result += RouteSources.weighted(route["route"]?.elements ?? []).compactMap { $0["destination"] }
        if let name = route["delegate"]?["name"]?.text {
          let home = route["delegate"]?["namespace"]?.text ?? object.effectiveNamespace
          for other in all where other.name == name && other.effectiveNamespace == home {
            result += destinations(other, all, depth: depth + 1)
          }
        }
      }
    }
    return result
  }

  /// A server names hosts as `NAMESPACE/HOST` or `HOST`, `.` for the Gateway's own namespace.
  private static func takes(_ server: DocumentNode, _ hosts: [String], _ object: KubeObject, _ gateway: KubeObject)
    -> Bool
  {
    (server["hosts"]?.strings ?? []).contains { text in
      let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2, parts[0] != "*" {
        let wanted = parts[0] == "." ? gateway.effectiveNamespace : parts[0]
        guard wanted == object.effectiveNamespace else { return false }
      }
      return hosts.contains { Hostname.meet($0, parts.last ?? "") }
    }
  }
}
