import Bytes
import Findings
import Kube

/// Services, the endpoints behind them and the ports that they lead to.
struct ServiceIndex {
  struct Service {
    let object: KubeObject
    let endpoints: [EndpointID]
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
    let byNamespace = Dictionary(grouping: cluster.endpointIDs) { cluster[$0].namespace }
    for object in snapshot.objects(.service) {
      let selector = object.spec?["selector"]?.stringMap ?? [:]
      guard !selector.isEmpty else {
        all.append(Service(object: object, endpoints: []))
        continue
      }
      let endpoints = (byNamespace[object.effectiveNamespace] ?? []).filter { id in
        selector.allSatisfy { cluster[id].labels[$0.key] == $0.value }
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
  func ports(_ service: Service, _ endpoint: EndpointID, _ wanted: DocumentNode?) -> ConnectionSet {
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
        for named in cluster[endpoint].namedPorts where named.name == name && named.transport == transport {
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
