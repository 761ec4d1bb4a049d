import Bytes
package import Findings
package import Kube

/// What is reachable from outside the cluster, and through what.
package struct Exposure: Sendable {
  package struct EntryPoint: Sendable {
    package let workload: String
    /// `LoadBalancer Service shop/web`, `Ingress shop/web (shop.example.com)`, `hostPort 9100`, …
    package let through: String
    package let ports: ConnectionSet
    /// Whether traffic comes by the pods of a controller (Ingress, Route, Gateway) and not from outside itself.
    package var isRouted = false
    /// False when network policies stop what the door would let in.
    package let open: Bool
    package let location: Location
  }

  package let entryPoints: [EntryPoint]

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    self.init(ReachModel(snapshot, profile: profile))
  }

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    var entryPoints: [EntryPoint] = []
    var ignored: [ReachModel.Remark] = []
    func external(_ unit: Int) -> ConnectionSet {
      var set = ConnectionSet.none
      for position in cluster.ranges.indices {
        set = set.union(model.ports(unit, .ingress, cluster.units.count + position, &ignored))
      }
      return set
    }
    func add(_ index: Int, _ through: String, _ ports: ConnectionSet, from: [Int]?, _ location: Location) {
      let endpoint = cluster.endpoints[index]
      let inside =
        from.map { units in
          units.reduce(ConnectionSet.none) { $0.union(model.ports(endpoint.unit, .ingress, $1, &ignored)) }
        } ?? external(endpoint.unit)
      let left = ports.intersection(inside)
      entryPoints.append(
        EntryPoint(
          workload: endpoint.workloadText, through: through, ports: left.hasPorts ? left : ports,
          isRouted: from != nil, open: left.hasPorts, location: location))
    }
    let snapshot = cluster.snapshot
    let controllers = cluster.ingressControllerUnits
    let services = ServiceIndex(snapshot, cluster)
    for service in services.services {
      let type = service.object.spec?["type"]?.string ?? "ClusterIP"
      let external = !(service.object.spec?["externalIPs"]?.elements ?? []).isEmpty
      guard type == "LoadBalancer" || type == "NodePort" || external else { continue }
      let word = type == "ClusterIP" ? "externalIPs of Service" : "\(type) Service"
      for index in service.endpoints {
        add(
          index, "\(word) \(service.object.effectiveNamespace)/\(service.object.name)",
          services.ports(service, index, nil), from: nil, service.object.location)
      }
    }
    for route in services.routes(snapshot) {
      guard let service = services.find(route.namespace, route.service) else { continue }
      for index in service.endpoints {
        add(index, route.text, services.ports(service, index, route.port), from: controllers, route.location)
      }
    }
    for (index, endpoint) in cluster.endpoints.enumerated() where endpoint.hostNetwork {
      entryPoints.append(
        EntryPoint(
          workload: cluster.endpoints[index].workloadText, through: "the node's network", ports: .all, open: true,
          location: endpoint.location))
    }
    let byName = Dictionary(
      cluster.endpoints.indices.map { ("\(cluster.endpoints[$0].namespace)/\(cluster.endpoints[$0].ownerName)", $0) },
      uniquingKeysWith: { first, _ in first })
    for workload in snapshot.workloads where !workload.template.hostNetwork {
      for container in workload.containers {
        for port in container.node["ports"]?.elements ?? [] {
          guard let host = port["hostPort"]?.int.flatMap({ UInt16(exactly: $0) }), host > 0,
            let number = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
            let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
          else { continue }
          let name = "\(workload.object.effectiveNamespace)/\(workload.object.name)"
          guard let index = byName[name] else { continue }
          add(
            index, "hostPort \(host)", ConnectionSet(transport, number...number), from: nil,
            workload.object.location(of: port))
        }
      }
    }
    var seen = Set<String>()
    self.entryPoints = entryPoints.filter { seen.insert("\($0.workload)|\($0.through)|\($0.ports.text)").inserted }
      .sorted { ($0.workload, $0.through) < ($1.workload, $1.through) }
  }
}

/// Services, the endpoints behind them and the ports that they lead to.
struct ServiceIndex {
  struct Service {
    let object: KubeObject
    let endpoints: [Int]
  }

  struct Route {
    let namespace: String
    let service: String
    /// Number or name of the service's port; nil for all.
    let port: DocumentNode?
    let text: String
    let location: Location
  }

  /// Those with a selector.
  private(set) var services: [Service] = []
  private(set) var all: [Service] = []
  private let cluster: ReachCluster

  init(_ snapshot: ClusterSnapshot, _ cluster: ReachCluster) {
    self.cluster = cluster
    let byNamespace = Dictionary(grouping: cluster.endpoints.indices) { cluster.endpoints[$0].namespace }
    for object in snapshot.objects(.service) {
      let selector = object.spec?["selector"]?.stringMap ?? [:]
      guard !selector.isEmpty else {
        all.append(Service(object: object, endpoints: []))
        continue
      }
      let endpoints = (byNamespace[object.effectiveNamespace] ?? []).filter { index in
        selector.allSatisfy { cluster.endpoints[index].labels[$0.key] == $0.value }
      }
      services.append(Service(object: object, endpoints: endpoints))
      all.append(Service(object: object, endpoints: endpoints))
    }
  }

  /// Addresses that EndpointSlices or Endpoints give a Service.
  static func addresses(of name: String, in namespace: String, _ snapshot: ClusterSnapshot) -> [IPAddress] {
    var result: [IPAddress] = []
    for slice in snapshot.objects(GroupKind("discovery.k8s.io", "EndpointSlice"))
    where slice.effectiveNamespace == namespace && slice.labels["kubernetes.io/service-name"] == name {
      for endpoint in slice.root["endpoints"]?.elements ?? [] {
        result += (endpoint["addresses"]?.strings ?? []).compactMap { IPAddress($0) }
      }
    }
    for object in snapshot.objects(GroupKind("", "Endpoints"))
    where object.effectiveNamespace == namespace && object.name == name {
      for subset in object.root["subsets"]?.elements ?? [] {
        result += (subset["addresses"]?.elements ?? []).compactMap { $0["ip"]?.string.flatMap { IPAddress($0) } }
      }
    }
    return result
  }

  func find(_ namespace: String, _ name: String) -> Service? {
    services.first { $0.object.effectiveNamespace == namespace && $0.object.name == name }
  }

  /// Ports of an endpoint that a service, or one port of it, leads to.
  func ports(_ service: Service, _ index: Int, _ wanted: DocumentNode?) -> ConnectionSet {
    var set = ConnectionSet.none
    for port in service.object.spec?["ports"]?.elements ?? [] {
      if let wanted {
        let matches =
          wanted.int != nil
          ? port["port"]?.int == wanted.int
          : port["name"]?.text == wanted.text || port["targetPort"]?.text == wanted.text
        if !matches { continue }
      }
      let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP") ?? .tcp
      let target = port["targetPort"] ?? port["port"]
      if let number = target?.int.flatMap({ UInt16(exactly: $0) }), number > 0 {
        set = set.union(ConnectionSet(transport, number...number))
      } else if let name = target?.text {
        for named in cluster.endpoints[index].namedPorts where named.name == name && named.transport == transport {
          set = set.union(ConnectionSet(transport, named.port...named.port))
        }
      }
    }
    return set
  }

  /// Backends of Ingresses, OpenShift Routes and Gateway API routes.
  func routes(_ snapshot: ClusterSnapshot) -> [Route] {
    var routes: [Route] = []
    for kind in [GroupKind.ingress, GroupKind("extensions", "Ingress")] {
      for object in snapshot.objects(kind) {
        func add(_ backend: DocumentNode?, _ host: String) {
          guard let backend else { return }
          let service = backend["service"]?["name"]?.text ?? backend["serviceName"]?.text
          let port =
            backend["service"]?["port"]?["number"] ?? backend["service"]?["port"]?["name"] ?? backend["servicePort"]
          guard let service else { return }
          routes.append(
            Route(
              namespace: object.effectiveNamespace, service: service, port: port,
              text: "Ingress \(object.effectiveNamespace)/\(object.name) (\(host))",
              location: object.location(of: backend)))
        }
        add(object.spec?["defaultBackend"] ?? object.spec?["backend"], "any host")
        for rule in object.spec?["rules"]?.elements ?? [] {
          for path in rule[path: "http", "paths"]?.elements ?? [] {
            add(path["backend"], rule["host"]?.text ?? "any host")
          }
        }
      }
    }
    for object in snapshot.objects(GroupKind("route.openshift.io", "Route")) {
      let backends = [object.spec?["to"]].compactMap { $0 } + (object.spec?["alternateBackends"]?.elements ?? [])
      for backend in backends {
        guard let name = backend["name"]?.text else { continue }
        routes.append(
          Route(
            namespace: object.effectiveNamespace, service: name, port: object.spec?[path: "port", "targetPort"],
            text: "Route \(object.effectiveNamespace)/\(object.name) (\(object.spec?["host"]?.text ?? "any host"))",
            location: object.location(of: backend)))
      }
    }
    for kind in ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"] {
      for object in snapshot.objects(GroupKind("gateway.networking.k8s.io", kind)) {
        for rule in object.spec?["rules"]?.elements ?? [] {
          for backend in rule["backendRefs"]?.elements ?? [] {
            guard let name = backend["name"]?.text else { continue }
            let hosts = object.spec?["hostnames"]?.strings ?? []
            routes.append(
              Route(
                namespace: backend["namespace"]?.text ?? object.effectiveNamespace, service: name,
                port: backend["port"],
                text:
                  "\(kind) \(object.effectiveNamespace)/\(object.name) (\(hosts.isEmpty ? "any host" : hosts.joined(separator: ", ")))",
                location: object.location(of: backend)))
          }
        }
      }
    }
    return routes
  }
}
