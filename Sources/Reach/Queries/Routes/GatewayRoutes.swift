import Bytes
import Kube

/// Routes of the Gateway API, with the consent of the Gateway and of the Service's namespace that they need.
///
/// Source: gateway-api.sigs.k8s.io, "Security model": a route is attached where a listener allows its kind, namespace and
/// host; a backend in another namespace needs a ReferenceGrant there (GEP-709).
enum GatewayRoutes: RouteSource {
  private static let group = "gateway.networking.k8s.io"
  static let kinds = ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"].map { GroupKind(group, $0) }

  static func routes(_ snapshot: ClusterSnapshot, _ services: ServiceIndex) -> [Route] {
    let gateways = Gateways(snapshot)
    let grants = snapshot.objects(GroupKind(group, "ReferenceGrant"))
    return kinds.flatMap(snapshot.objects).flatMap { object -> [Route] in
      // What is bound to Services alone is for the mesh (GAMMA), and lets nothing in.
      let parents = object.spec?["parentRefs"]?.elements ?? []
      if !parents.isEmpty, parents.allSatisfy({ isOfMesh($0) }) { return [] }
      let (controller, refusal, reach) = gateways.attachment(of: object)
      let hosts = object.spec?["hostnames"]?.strings ?? []
      // A weight of zero gets nothing, even alone.
      return (object.spec?["rules"]?.elements ?? []).flatMap { $0["backendRefs"]?.elements ?? [] }
        .filter { $0["weight"]?.int != 0 }.compactMap { backend -> Route? in
          guard let name = backend["name"]?.text, (backend["kind"]?.text ?? "Service") == "Service" else { return nil }
          let namespace = backend["namespace"]?.text ?? object.effectiveNamespace
          let isGranted =
            namespace == object.effectiveNamespace || grants.contains { allows($0, object, namespace, name) }
          return Route(
            via: .route(object.subject, namespace: object.effectiveNamespace, hosts: hosts), namespace: namespace,
            service: name, port: backend["port"], source: .controller(controller), reach: reach,
            obstacle: refusal ?? (isGranted ? nil : .noReferenceGrant(namespace: namespace)),
            location: object.location(of: backend))
        }
    }
  }

  private static func isOfMesh(_ parent: DocumentNode) -> Bool {
    ["Service", "ServiceEntry"].contains(parent["kind"]?.text ?? "Gateway")
  }

  private static func allows(_ grant: KubeObject, _ route: KubeObject, _ namespace: String, _ service: String) -> Bool {
    guard grant.effectiveNamespace == namespace else { return false }
    let isFrom = (grant.spec?["from"]?.elements ?? []).contains {
      $0["group"]?.text == route.groupKind.group && $0["kind"]?.text == route.kind
        && $0["namespace"]?.text == route.effectiveNamespace
    }
    let isTo = (grant.spec?["to"]?.elements ?? []).contains {
      ($0["group"]?.text ?? "").isEmpty && $0["kind"]?.text == "Service" && ($0["name"]?.text ?? service) == service
    }
    return isFrom && isTo
  }

  /// Gateways of the input, and which routes they take.
  private struct Gateways {
    private let gateways: [KubeObject]
    private let classes: [String: String]
    private let namespaces: [String: [String: String]]

    init(_ snapshot: ClusterSnapshot) {
      gateways = snapshot.objects(GroupKind(group, "Gateway"))
      classes = Dictionary(
        snapshot.objects(GroupKind(group, "GatewayClass")).map {
          ($0.name, $0.spec?["controllerName"]?.string ?? "")
        }, uniquingKeysWith: { first, _ in first })
      namespaces = Dictionary(
        snapshot.objects(.namespace).map { object in
          (object.name, object.labels.merging(["kubernetes.io/metadata.name": object.name]) { _, new in new })
        }, uniquingKeysWith: { first, _ in first })
    }

    /// Who serves a route, and why no Gateway takes it. A Gateway that the input does not hold may take it.
    func attachment(of route: KubeObject) -> (
      controller: IngressController?, refusal: EntryPoint.Obstacle?, reach: EntryPoint.Reach
    ) {
      var refusal: EntryPoint.Obstacle?
      for parent in route.spec?["parentRefs"]?.elements ?? [] where !isOfMesh(parent) {
        guard (parent["kind"]?.text ?? "Gateway") == "Gateway",
          let gateway = gateways.first(where: {
            $0.name == parent["name"]?.text
              && $0.effectiveNamespace == (parent["namespace"]?.text ?? route.effectiveNamespace)
          })
        else { return (nil, nil, .anyone) }
        if let reason = self.refusal(of: route, parent, by: gateway) {
          refusal = refusal ?? .notAttached(gateway: gateway.subject, reason)
        } else {
          let name = gateway.spec?["gatewayClassName"]?.text ?? ""
          return (IngressController.named(classes[name] ?? name), nil, reach(of: gateway))
        }
      }
      return (nil, refusal, .anyone)
    }

    /// By its class, and by the annotations that it hands on to the Service of its balancer.
    private func reach(of gateway: KubeObject) -> EntryPoint.Reach {
      let name = gateway.spec?["gatewayClassName"]?.text ?? ""
      if name.contains("-rilb") || name.contains("-internal") { return .internalNetwork }
      let annotations = gateway.spec?[path: "infrastructure", "annotations"]?.stringMap ?? [:]
      return LoadBalancer.isInternal(annotations.merging(gateway.annotations) { own, _ in own })
        ? .internalNetwork : .anyone
    }

    private func refusal(of route: KubeObject, _ parent: DocumentNode, by gateway: KubeObject)
      -> EntryPoint.Obstacle.Refusal?
    {
      var reason = EntryPoint.Obstacle.Refusal.noListener
      for listener in gateway.spec?["listeners"]?.elements ?? [] {
        if let name = parent["sectionName"]?.text, name != listener["name"]?.text { continue }
        if let port = parent["port"]?.int, port != listener["port"]?.int { continue }
        guard takesKind(route, listener) else {
          reason = max(reason, .kind)
          continue
        }
        guard takesNamespace(route, listener, gateway) else {
          reason = max(reason, .namespace)
          continue
        }
        guard takesHosts(route, listener) else {
          reason = max(reason, .host)
          continue
        }
        return nil
      }
      return reason
    }

    private func takesKind(_ route: KubeObject, _ listener: DocumentNode) -> Bool {
      let kinds = listener["allowedRoutes"]?["kinds"]?.elements ?? []
      if !kinds.isEmpty {
        return kinds.contains { $0["kind"]?.text == route.kind && ($0["group"]?.text ?? group) == group }
      }
      switch listener["protocol"]?.text {
      case "HTTP"?, "HTTPS"?: return route.kind == "HTTPRoute" || route.kind == "GRPCRoute"
      case "TLS"?: return route.kind == "TLSRoute" || route.kind == "TCPRoute"
      case "TCP"?: return route.kind == "TCPRoute"
      case "UDP"?: return route.kind == "UDPRoute"
      // Protocols of an implementation's own take what it says.
      default: return true
      }
    }

    private func takesNamespace(_ route: KubeObject, _ listener: DocumentNode, _ gateway: KubeObject) -> Bool {
      let rule = listener["allowedRoutes"]?["namespaces"]
      switch rule?["from"]?.text ?? "Same" {
      case "All": return true
      case "Selector":
        guard let selector = rule?["selector"].flatMap({ try? LabelSelector($0) }) else { return false }
        // Labels of a namespace that the input does not hold are not known.
        return namespaces[route.effectiveNamespace].map(selector.matches) ?? true
      case "None": return false
      default: return route.effectiveNamespace == gateway.effectiveNamespace
      }
    }

    private func takesHosts(_ route: KubeObject, _ listener: DocumentNode) -> Bool {
      let hosts = route.spec?["hostnames"]?.strings ?? []
      guard let own = listener["hostname"]?.text, !own.isEmpty, !hosts.isEmpty else { return true }
      return hosts.contains { Hostname.meet($0, own) }
    }
  }
}

/// Host names of routes, of which the first label may be a star for any number of them.
enum Hostname {
  /// Whether some name is of both.
  static func meet(_ a: String, _ b: String) -> Bool {
    let a = DNSName.normalised(a)
    let b = DNSName.normalised(b)
    if a == b || a == "*" || b == "*" { return true }
    func covers(_ pattern: String, _ name: String) -> Bool {
      pattern.hasPrefix("*.") && name.hasSuffix(pattern.dropFirst())
    }
    return covers(a, b) || covers(b, a)
  }
}
