package import Bytes
package import Findings
package import Kube

/// Services, the endpoints behind them and the ports that they lead to.
package struct ServiceIndex: Sendable {
  /// A Service with what its selector matches.
  package struct Service: Sendable {
    package let object: KubeObject
    /// Empty where nothing of the input matches, and for Services without a selector.
    package let endpoints: [EndpointID]

    package var namespace: String { object.effectiveNamespace }
    package var name: String { object.name }
    package var subject: Subject { Subject(workload: object) }
    package var hasSelector: Bool { !(object.spec?["selector"]?.entries ?? []).isEmpty }
    /// Its name leads to the pods themselves.
    package var isHeadless: Bool { object.spec?["clusterIP"]?.text == "None" }
    /// The DNS name that it stands for, of type ExternalName.
    package var externalName: String? {
      object.spec?["type"]?.string == "ExternalName" ? object.spec?["externalName"]?.text : nil
    }
    package var ports: [DocumentNode] { object.spec?["ports"]?.elements ?? [] }

    /// Its own addresses inside the cluster.
    var clusterAddresses: [IPAddress] {
      let nodes = (object.spec?["clusterIPs"]?.elements ?? []) + [object.spec?["clusterIP"]].compactMap { $0 }
      return nodes.compactMap { $0.text.flatMap { IPAddress($0) } }
    }

    /// Addresses at which it is asked for, inside the cluster and at its nodes and load balancers.
    var addresses: [IPAddress] {
      let spec = object.spec
      var texts = (spec?["clusterIPs"]?.elements ?? []) + (spec?["externalIPs"]?.elements ?? [])
      for key in ["clusterIP", "loadBalancerIP"] { if let node = spec?[key] { texts.append(node) } }
      for item in object.root[path: "status", "loadBalancer"]?["ingress"]?.elements ?? [] {
        if let node = item["ip"] { texts.append(node) }
      }
      return texts.compactMap { $0.text.flatMap { IPAddress($0) } }
    }
  }

  private struct Name: Hashable {
    let namespace: String
    let name: String
  }

  /// In the order of the input.
  package let all: [Service]
  private let byName: [Name: Int]
  private let endpoints: [Endpoint]

  init(_ snapshot: ClusterSnapshot, _ endpoints: [Endpoint]) {
    self.endpoints = endpoints
    let byNamespace = Dictionary(grouping: endpoints.indices) { endpoints[$0].namespace }
    let all = snapshot.objects(.service).map { object in
      let selector = object.spec?["selector"]?.stringMap ?? [:]
      let matched =
        selector.isEmpty
        ? []
        : (byNamespace[object.effectiveNamespace] ?? []).filter { index in
          selector.allSatisfy { endpoints[index].labels[$0.key] == $0.value }
        }
      return Service(object: object, endpoints: matched.map { EndpointID($0) })
    }
    self.all = all
    byName = Dictionary(
      all.enumerated().map { (Name(namespace: $1.namespace, name: $1.name), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  package func find(_ namespace: String, _ name: String) -> Service? {
    byName[Name(namespace: namespace, name: name)].map { all[$0] }
  }

  /// Whether a name is one that DNS of the cluster gives out: `NAME.NAMESPACE.svc` or `POD.NAME.NAMESPACE.svc`, with or
  /// without its zone.
  static func isInside(_ host: String) -> Bool {
    let labels = DNSName.normalised(host).split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 2 && (labels[2] == "svc" || labels.count > 3 && labels[3] == "svc")
  }

  /// What a name of the cluster's DNS leads to.
  package struct Found: Sendable {
    package let service: Service
    /// Of all that are behind the Service the pods that the name means; all of them where it names none.
    package let endpoints: [EndpointID]
    /// Whether the name is that of a pod behind the Service.
    package let isOfPod: Bool
  }

  /// The Service, or the pod behind one, that DNS of the cluster leads to by the search domains of a pod: `service`,
  /// `service.namespace`, `pod.service`, `pod.service.namespace`, and each with `svc` and the zone.
  ///
  /// - Parameter home: the namespace from which a name without one is asked for; nil where there is none.
  package func resolve(host: String, home: String? = nil) -> Found? {
    let labels = DNSName.normalised(host).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let first = labels.first, !first.isEmpty else { return nil }
    func service(_ name: String, _ namespace: String?) -> Found? {
      namespace.flatMap { find($0, name) }.map { Found(service: $0, endpoints: $0.endpoints, isOfPod: false) }
    }
    func pod(_ namespace: String?, isCertain: Bool = false) -> Found? {
      guard let found = namespace.flatMap({ find($0, labels[1]) }) else { return nil }
      let own = found.endpoints.filter { isPod(first, endpoints[$0.index]) }
      // A pod may be given a name of its own (`hostname`).
      guard !own.isEmpty || isCertain || found.isHeadless else { return nil }
      return Found(service: found, endpoints: own.isEmpty ? found.endpoints : own, isOfPod: true)
    }
    switch labels.count {
    case 1: return service(first, home)
    case 2: return pod(home) ?? service(first, labels[1])
    case _ where labels[2] == "svc": return service(first, labels[1])
    case 3: return pod(labels[2])
    default: return labels[3] == "svc" ? pod(labels[2], isCertain: true) : nil
    }
  }

  /// Whether a name is that of a pod, or of one that a StatefulSet makes.
  private func isPod(_ name: String, _ endpoint: Endpoint) -> Bool {
    if endpoint.isPod { return endpoint.name == name }
    return endpoint.isReplica(name)
  }

  /// The Service that DNS of the cluster leads to; see `resolve`.
  package func find(host: String, home: String? = nil) -> Service? { resolve(host: host, home: home)?.service }

  /// Addresses that EndpointSlices or Endpoints give a Service.
  static func addresses(of name: String, in namespace: String, _ snapshot: ClusterSnapshot) -> [IPAddress] {
    backends(of: name, in: namespace, snapshot).map(\.address)
  }

  /// Addresses and ports that EndpointSlices or Endpoints give a Service: its own ports by name.
  static func backends(of name: String, in namespace: String, _ snapshot: ClusterSnapshot) -> [(
    address: IPAddress, ports: [DocumentNode]
  )] {
    var result: [(address: IPAddress, ports: [DocumentNode])] = []
    for slice in snapshot.objects(GroupKind("discovery.k8s.io", "EndpointSlice"))
    where slice.effectiveNamespace == namespace && slice.labels["kubernetes.io/service-name"] == name {
      let ports = slice.root["ports"]?.elements ?? []
      for endpoint in slice.root["endpoints"]?.elements ?? [] {
        result += (endpoint["addresses"]?.strings ?? []).compactMap { IPAddress($0) }.map { ($0, ports) }
      }
    }
    for object in snapshot.objects(GroupKind("", "Endpoints"))
    where object.effectiveNamespace == namespace && object.name == name {
      for subset in object.root["subsets"]?.elements ?? [] {
        let ports = subset["ports"]?.elements ?? []
        result += (subset["addresses"]?.elements ?? []).compactMap { item in
          item["ip"]?.string.flatMap { IPAddress($0) }.map { ($0, ports) }
        }
      }
    }
    return result
  }

  // MARK: Ports

  /// The protocol of a port of a Service.
  package static func transport(_ port: DocumentNode) -> ConnectionSet.TransportProtocol? {
    ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
  }

  /// Ports of an endpoint that a service, or one port of it, leads to.
  ///
  /// - Parameter wanted: number or name of a port of the Service; nil for all of them.
  package func ports(_ service: Service, _ endpoint: EndpointID, _ wanted: DocumentNode?) -> ConnectionSet {
    service.ports.filter { port in
      guard let wanted else { return true }
      return wanted.int != nil
        ? port["port"]?.int == wanted.int
        : port["name"]?.text == wanted.text || port["targetPort"]?.text == wanted.text
    }.reduce(ConnectionSet.none) { $0.union(ports(endpoint, behind: $1)) }
  }

  /// Ports of an endpoint that one port of a service leads to: none where no container has a port of the name.
  package func ports(_ endpoint: EndpointID, behind port: DocumentNode) -> ConnectionSet {
    guard let transport = Self.transport(port) else { return .none }
    let target = port["targetPort"] ?? port["port"]
    if let number = target?.int.flatMap({ UInt16(exactly: $0) }) {
      return number > 0 ? ConnectionSet(transport, number...number) : .none
    }
    return endpoints[endpoint.index].namedPorts.filter { $0.name == target?.text && $0.transport == transport }
      .reduce(ConnectionSet.none) { $0.union(ConnectionSet(transport, $1.port...$1.port)) }
  }
}
