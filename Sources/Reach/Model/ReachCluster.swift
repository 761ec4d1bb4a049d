package import Bytes
import Findings
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
    /// What of the pods a mesh looks at; nothing where no policy is of a mesh.
    package let mesh: MeshTraits
    /// `pod` for all that policies select as pods.
    package let role: Endpoint.Role
    /// Ascending; empty for a class of nothing that the input holds.
    package internal(set) var endpoints: [EndpointID]
  }

  package private(set) var snapshot: ClusterSnapshot
  /// By `EndpointID`.
  package private(set) var endpoints: [Endpoint] = []
  package private(set) var services: ServiceIndex
  /// What the input does not hold though a cluster has it; see `Endpoint.unseen`.
  private(set) var unseen: [Endpoint] = []
  /// Pods that the input does not hold but a question needs.
  private(set) var extras: [Endpoint] = []
  /// By `PodClassID`.
  package private(set) var podClasses: [PodClass] = []
  /// Whether the input seems to be all of a cluster, and no folder of manifests.
  let isWhole: Bool
  /// Namespaces whose pods are on a network of their own in place of the cluster's (OVN-Kubernetes' user-defined networks).
  let isolatedNamespaces: Set<String>
  /// Labels of every namespace that is declared or used, with the one that the server adds.
  package let namespaces: [String: [String: String]]
  /// Namespaces in which the input, or the question, has a pod. Another's pods may be in manifests that are elsewhere.
  let populatedNamespaces: Set<String>
  /// External addresses, cut at the borders of all blocks that policies name: IPv4 in ascending order, then IPv6.
  package let ranges: [IPRange]
  /// Where the IPv6 ranges begin.
  let firstV6: Int
  /// DNS names that policies name, `*` for labels of any text.
  package let names: [String]

  /// The class of something that the input does not hold; nil where it holds it.
  func unseen(_ role: Endpoint.Role) -> PodClassID? { unseen.first { $0.role == role }?.podClass }

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
    isWhole =
      !snapshot.objects(GroupKind("", "Node")).isEmpty
      || snapshot.objects(.namespace).contains { $0.name == "kube-system" }
    var namespaces: [String: [String: String]] = [:]
    for object in snapshot.objects(.namespace) {
      var labels = object.labels
      labels["kubernetes.io/metadata.name"] = object.name
      namespaces[object.name] = labels
    }
    var endpoints = Endpoint.all(
      in: snapshot, dividingReplicas: ControllerLabels.dividesReplicas(snapshot, relevance))
    let count = endpoints.count
    services = ServiceIndex(snapshot, endpoints)
    let unseen = Endpoint.unseen(beside: endpoints)
    populatedNamespaces = Set((endpoints + extra).map(\.namespace))
    endpoints += unseen + extra
    for (name, labels) in namespaceLabels where namespaces[name] == nil { namespaces[name] = labels }
    for endpoint in endpoints where namespaces[endpoint.namespace] == nil {
      namespaces[endpoint.namespace] = ["kubernetes.io/metadata.name": endpoint.namespace]
    }
    self.namespaces = namespaces
    var isolated = Set(namespaces.filter { $0.value["k8s.ovn.org/primary-user-defined-network"] != nil }.keys)
    for object in snapshot.objects(GroupKind("k8s.ovn.org", "UserDefinedNetwork")) {
      let isPrimary = ["layer2", "layer3"].contains { object.spec?[path: $0, "role"]?.text == "Primary" }
      if isPrimary { isolated.insert(object.effectiveNamespace) }
    }
    isolatedNamespaces = isolated
    ranges = Self.cut(relevance.blocks)
    firstV6 = ranges.firstIndex(where: \.isV6) ?? ranges.count
    names = relevance.names.sorted()
    struct Key: Hashable {
      let namespace: String
      let labels: [String: String]
      let account: String
      let hostNetwork: Bool
      let role: Endpoint.Role
      let node: String?
      let addresses: [IPAddress]
      let ports: [NamedPort]
      let mesh: MeshTraits
    }
    var known: [Key: PodClassID] = [:]
    for index in endpoints.indices {
      let endpoint = endpoints[index]
      let labels = endpoint.labels.filter { relevance.labelKeys.contains($0.key) }
      let key = Key(
        namespace: endpoint.namespace, labels: labels, account: relevance.accounts ? endpoint.serviceAccount : "",
        hostNetwork: endpoint.hostNetwork, role: endpoint.role.selects ? .pod : endpoint.role,
        node: endpoint.hostNetwork ? endpoint.node : nil,
        addresses: relevance.addresses || endpoint.hostNetwork ? endpoint.addresses : [],
        ports: endpoint.namedPorts, mesh: relevance.mesh ? endpoint.mesh : MeshTraits())
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
            namedPorts: endpoint.namedPorts, mesh: key.mesh, role: key.role,
            endpoints: index < count ? [EndpointID(index)] : []))
      }
    }
    self.unseen = Array(endpoints[count..<count + unseen.count])
    extras = Array(endpoints[(count + unseen.count)...])
    endpoints.removeSubrange(count...)
    self.endpoints = endpoints
  }

  /// Takes the Services of another snapshot, whose pods are the same.
  mutating func replaceEntryPoints(with snapshot: ClusterSnapshot) {
    self.snapshot = snapshot
    services = ServiceIndex(snapshot, endpoints)
  }
}
