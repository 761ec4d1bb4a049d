package import Bytes
package import Findings
package import Kube

/// Pods, namespaces and external addresses of a snapshot as network policies see them, in classes of equals.
package struct ReachCluster: Sendable {
  /// Pods that no policy of the snapshot can tell apart.
  package struct PodClass: Sendable {
    package let namespace: String
    /// Those that some policy looks at.
    package let labels: [String: String]
    package let serviceAccount: String
    package let hostNetwork: Bool
    /// The node of pods on their node's network, which are the node as policies see it.
    package let node: String?
    package let addresses: [IPAddress]
    package let namedPorts: [NamedPort]
    /// An interface of a node; see `Endpoint.isHost`.
    package let isHost: Bool
    /// Ascending; empty for a class of nothing but `extras`.
    package internal(set) var endpoints: [EndpointID]
  }

  package let snapshot: ClusterSnapshot
  /// By `EndpointID`.
  package private(set) var endpoints: [Endpoint] = []
  /// Pods that the input does not hold but a question needs, such as an ingress controller.
  private(set) var extras: [Endpoint] = []
  /// Of pods that are not their own workload.
  private let owners: [Subject: Subject]
  /// By `PodClassID`.
  package private(set) var podClasses: [PodClass] = []
  /// Labels of every namespace that is declared or used, with the one that the server adds.
  package let namespaces: [String: [String: String]]
  /// External addresses, cut at the borders of all blocks that policies name: IPv4 in ascending order, then IPv6.
  package let ranges: [IPRange]
  /// Where the IPv6 ranges begin.
  let firstV6: Int
  /// DNS names that policies name, `*` for labels of any text.
  package let names: [String]

  package subscript(id: EndpointID) -> Endpoint { endpoints[id.index] }

  package subscript(id: PodClassID) -> PodClass { podClasses[id.index] }

  package var endpointIDs: ClusterNumbers<EndpointID> { .init(count: endpoints.count) }

  package var podClassIDs: ClusterNumbers<PodClassID> { .init(count: podClasses.count) }

  /// All classes, ranges and names.
  package var peerIDs: ClusterNumbers<PeerID> { .init(count: peerCount) }

  var peerCount: Int { podClasses.count + ranges.count + names.count }

  private var firstName: Int { podClasses.count + ranges.count }

  package func peer(ofRange index: Int) -> PeerID { PeerID(podClasses.count + index) }

  package func peer(ofName index: Int) -> PeerID { PeerID(firstName + index) }

  /// A range or a name; nil for pods.
  func external(_ peer: PeerID) -> ConnectionEnd? {
    if peer.index < podClasses.count { return nil }
    return peer.index < firstName
      ? .range(ranges[peer.index - podClasses.count]) : .name(names[peer.index - firstName])
  }

  /// What an object that makes pods is called at the ends of connections: a pod by its owner, where it has one.
  package func workload(of object: KubeObject) -> Subject {
    let own = Subject(workload: object)
    return object.groupKind == .pod ? owners[own] ?? own : own
  }

  /// Nil for what is outside the cluster.
  @inline(__always)
  package func podClass(_ peer: PeerID) -> PodClassID? {
    peer.index < podClasses.count ? PodClassID(peer.index) : nil
  }

  /// - Parameter namespaceLabels: of namespaces that only extras are in.
  init(
    _ snapshot: ClusterSnapshot, relevance: Relevance, extra: [Endpoint] = [],
    namespaceLabels: [String: [String: String]] = [:]
  ) {
    self.snapshot = snapshot
    var namespaces: [String: [String: String]] = [:]
    for object in snapshot.objects(.namespace) {
      var labels = object.labels
      labels["kubernetes.io/metadata.name"] = object.name
      namespaces[object.name] = labels
    }
    var endpoints = Endpoint.all(in: snapshot)
    owners = Dictionary(
      endpoints.filter { $0.isPod && ($0.workload.kind != "Pod" || $0.workload.name != $0.name) }.map {
        (Subject(kind: "Pod", namespace: $0.namespace, name: $0.name), $0.workload)
      }, uniquingKeysWith: { first, _ in first })
    let count = endpoints.count
    endpoints += extra
    for (name, labels) in namespaceLabels where namespaces[name] == nil { namespaces[name] = labels }
    for endpoint in endpoints where namespaces[endpoint.namespace] == nil {
      namespaces[endpoint.namespace] = ["kubernetes.io/metadata.name": endpoint.namespace]
    }
    self.namespaces = namespaces
    ranges = Self.cut(relevance.blocks)
    firstV6 = ranges.firstIndex(where: \.isV6) ?? ranges.count
    names = relevance.names.sorted()
    struct Key: Hashable {
      let namespace: String
      let labels: [String: String]
      let account: String
      let hostNetwork: Bool
      let isHost: Bool
      let node: String?
      let addresses: [IPAddress]
      let ports: [NamedPort]
    }
    var known: [Key: PodClassID] = [:]
    for index in endpoints.indices {
      let endpoint = endpoints[index]
      let labels = endpoint.labels.filter { relevance.labelKeys.contains($0.key) }
      let key = Key(
        namespace: endpoint.namespace, labels: labels, account: relevance.accounts ? endpoint.serviceAccount : "",
        hostNetwork: endpoint.hostNetwork, isHost: endpoint.isHost, node: endpoint.hostNetwork ? endpoint.node : nil,
        addresses: relevance.addresses ? endpoint.addresses : [],
        ports: endpoint.namedPorts)
      if let podClass = known[key] {
        if index < count { podClasses[podClass.index].endpoints.append(EndpointID(index)) }
        endpoints[index].podClass = podClass
      } else {
        let podClass = PodClassID(podClasses.count)
        known[key] = podClass
        endpoints[index].podClass = podClass
        podClasses.append(
          PodClass(
            namespace: endpoint.namespace, labels: labels, serviceAccount: endpoint.serviceAccount,
            hostNetwork: endpoint.hostNetwork, node: endpoint.node, addresses: endpoint.addresses,
            namedPorts: endpoint.namedPorts, isHost: endpoint.isHost,
            endpoints: index < count ? [EndpointID(index)] : []))
      }
    }
    extras = Array(endpoints[count...])
    endpoints.removeSubrange(count...)
    self.endpoints = endpoints
  }
}
