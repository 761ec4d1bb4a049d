import Bytes
import Findings
import Kube

/// In front of which pods Istio stands, and what of their traffic it sees.
///
/// Source: istio.io, "Installing the sidecar" (the order of its labels), "Ambient / Add workloads to the mesh" and "Use
/// waypoint proxies"; "Protocol selection".
struct IstioProxies {
  enum Proxy: Sendable {
    /// Nothing acts by the policies of Istio.
    case none
    /// A proxy in the pod, which sees what HTTP carries.
    case sidecar
    /// The proxy of the node, which sees addresses, ports and identities alone.
    case ztunnel
    /// The input does not tell.
    case unknown
  }

  /// Pods that a policy's rules mean the same for.
  struct Group {
    let pods: PeerSet
    let proxy: Proxy
    /// Ports that do not speak HTTP, as Services say.
    let opaque: ConnectionSet
    /// Ports that the proxy does not see.
    let bypassed: ConnectionSet
  }

  private let proxies: [Proxy]
  private let compiler: PolicyCompiler
  let services: ServiceIndex
  let settings: IstioMeshSettings
  /// By class of pods: Services that select them.
  private var servicesOf: [PodClassID: [ServiceIndex.Service]] = [:]
  /// Pods with a proxy, or maybe with one.
  let governed: PeerSet
  /// Pods of which it is not known.
  let doubtful: PeerSet
  let ztunnel: PeerSet

  init(_ compiler: PolicyCompiler) {
    self.compiler = compiler
    let cluster = compiler.cluster
    services = cluster.services
    settings = IstioMeshSettings(cluster.snapshot)
    for service in services.all {
      for podClass in Set(service.endpoints.map({ cluster[$0].podClass })) {
        servicesOf[podClass, default: []].append(service)
      }
    }
    let declared = Set(cluster.snapshot.objects(.namespace).map(\.name))
    let namespaces = cluster.namespaces
    func isSign(_ labels: [String: String]) -> Bool {
      labels["istio-injection"] != nil || labels["istio.io/rev"] != nil || labels["istio.io/dataplane-mode"] != nil
    }
    let classes = cluster.podClasses
    let isShown =
      namespaces.values.contains(where: isSign)
      || classes.contains { $0.mesh.hasProxy || $0.mesh.wantsSidecar == true || $0.mesh.hasRevision }
    let hasAmbient =
      namespaces.values.contains { $0["istio.io/dataplane-mode"] == "ambient" }
      || classes.contains { $0.mesh.isRedirected || $0.mesh.dataplaneMode == "ambient" }
    proxies = classes.map { podClass in
      let traits = podClass.mesh
      let labels = namespaces[podClass.namespace] ?? [:]
      let isDeclared = declared.contains(podClass.namespace)
      if !podClass.role.selects { return .none }
      if traits.hasProxy { return .sidecar }
      if podClass.hostNetwork { return .none }
      if !traits.isMade, traits.wantsSidecar != false, labels["istio-injection"] != "disabled" {
        if traits.wantsSidecar == true || traits.hasRevision { return .sidecar }
        if labels["istio-injection"] == "enabled" { return .sidecar }
        if labels["istio-injection"] == nil, labels["istio.io/rev"] != nil { return .sidecar }
      }
      let mode = traits.dataplaneMode ?? labels["istio.io/dataplane-mode"]
      if traits.isRedirected || mode == "ambient" { return .ztunnel }
      if isDeclared || mode == "none" { return isShown ? .none : .unknown }
      // Whoever applies the manifests may have labelled the namespace.
      if traits.isMade || traits.wantsSidecar == false { return hasAmbient ? .unknown : isShown ? .none : .unknown }
      return .unknown
    }
    var governed = compiler.none
    var doubtful = compiler.none
    var ztunnel = compiler.none
    for id in cluster.podClassIDs {
      switch proxies[id.index] {
      case .none: break
      case .sidecar: governed.insert(id)
      case .ztunnel:
        governed.insert(id)
        ztunnel.insert(id)
      case .unknown:
        governed.insert(id)
        doubtful.insert(id)
      }
    }
    self.governed = governed
    self.doubtful = doubtful
    self.ztunnel = ztunnel
  }

  subscript(podClass: PodClassID) -> Proxy { proxies[podClass.index] }

  /// Pods without a proxy, and whatever else has none.
  var outsiders: PolicyProgram.Peers { identified(governed).inverted }

  /// Those of some pods that show an identity: what has no proxy speaks plain text, and policies compare its identity with an
  /// empty one (ISTIO-SECURITY-2021-004).
  func identified(_ pods: PeerSet) -> PolicyProgram.Peers {
    var peers = PolicyProgram.Peers(pods.intersection(governed))
    peers.doubt(doubtful, .meshProxy)
    return peers
  }

  /// Of policies: whether there is a proxy, and, behind a waypoint, whose identity it sees.
  func doubt(_ subjects: PeerSet) -> PolicyProgram.Doubt? {
    var found = subjects.intersection(doubtful)
    var facts: [MissingFact] = found.isEmpty ? [] : [.meshProxy]
    var names = Set<String>()
    subjects.intersection(ztunnel).visit { peer in
      guard let id = compiler.cluster.podClass(peer), let waypoint = waypoint(of: id) else { return }
      found.insert(peer)
      names.insert(waypoint.name)
    }
    if !names.isEmpty { facts.append(.waypoint(name: names.sorted().joined(separator: ", "))) }
    return facts.isEmpty ? nil : .init(found, facts)
  }

  // MARK: What is seen of traffic

  /// The pods of a policy by what their proxies see.
  ///
  /// - Parameter proxy: whose eyes count where it is not the pods' own.
  func groups(_ subjects: PeerSet, seenBy proxy: Proxy? = nil) -> [Group] {
    struct Key: Hashable {
      let proxy: Proxy
      let opaque: ConnectionSet
      let bypassed: ConnectionSet
    }
    var groups: [Key: PeerSet] = [:]
    var order: [Key] = []
    subjects.visit { peer in
      guard let id = compiler.cluster.podClass(peer) else { return }
      let own = proxy ?? self[id]
      let key = Key(proxy: own, opaque: opaquePorts(id), bypassed: own == .ztunnel ? .none : bypassedPorts(id))
      if groups[key] == nil { order.append(key) }
      groups[key, default: compiler.none].insert(peer)
    }
    return order.map { key in
      Group(pods: groups[key] ?? compiler.none, proxy: key.proxy, opaque: key.opaque, bypassed: key.bypassed)
    }
  }

  /// Ports that every Service which leads to them says to carry something else than HTTP.
  private func opaquePorts(_ podClass: PodClassID) -> ConnectionSet {
    guard let endpoint = compiler.cluster[podClass].endpoints.first else { return .none }
    var opaque = ConnectionSet.none
    var other = ConnectionSet.none
    for service in servicesOf[podClass] ?? [] {
      for port in service.ports {
        let set = services.ports(endpoint, behind: port)
        if Self.isOpaque(port) { opaque = opaque.union(set) } else { other = other.union(set) }
      }
    }
    return opaque.subtracting(other).intersection(ConnectionSet(.tcp))
  }

  /// Whether a port of a Service is taken for TCP without a look at what it carries: by `appProtocol`, by the first part of
  /// its name, or by its number, where a server speaks first there.
  private static func isOpaque(_ port: DocumentNode) -> Bool {
    let opaque: Set<String> = ["tcp", "tls", "https", "mongo", "mysql", "redis"]
    let http: Set<String> = ["http", "http2", "grpc", "grpc-web", "http_proxy"]
    if let word = port["appProtocol"]?.text?.lowercased() {
      if opaque.contains(word) { return true }
      if http.contains(word) || word.hasPrefix("kubernetes.io/") { return false }
    } else if let name = port["name"]?.text?.lowercased() {
      if name == "grpc-web" || name.hasPrefix("grpc-web-") { return false }
      let word = String(name.prefix { $0 != "-" })
      if opaque.contains(word) { return true }
      if http.contains(word) { return false }
    }
    let serversSpeakFirst: Set<Int64> = [25, 53, 3306, 27017]
    return port["port"]?.int.map(serversSpeakFirst.contains) ?? false
  }

  private func bypassedPorts(_ podClass: PodClassID) -> ConnectionSet {
    let traits = compiler.cluster[podClass].mesh
    func set(_ ports: [UInt16]) -> ConnectionSet {
      ports.filter { $0 > 0 }.reduce(ConnectionSet.none) { $0.union(ConnectionSet(.tcp, $1...$1)) }
    }
    let excluded = set(traits.excludedInbound)
    return traits.includedInbound.map { excluded.union(ConnectionSet(.tcp).subtracting(set($0))) } ?? excluded
  }

  /// Ports to which pods connect past their own proxies.
  func bypassedOutbound(_ podClass: PodClassID) -> ConnectionSet {
    compiler.cluster[podClass].mesh.excludedOutbound.filter { $0 > 0 }.reduce(ConnectionSet.none) {
      $0.union(ConnectionSet(.tcp, $1...$1))
    }
  }

  // MARK: Waypoints

  struct Waypoint: Hashable {
    let namespace: String
    let name: String
  }

  /// What traffic a waypoint takes, by a label of its Gateway.
  ///
  /// Source: istio.io, "Configure waypoint proxies", `istio.io/waypoint-for`.
  enum Handling: String {
    case service
    case workload
    case all
    case none
  }

  private static let gateway = GroupKind("gateway.networking.k8s.io", "Gateway")

  /// Nil where the input does not hold the Gateway.
  func handling(_ waypoint: Waypoint) -> Handling? {
    let found = compiler.cluster.snapshot.objects(Self.gateway).first {
      $0.name == waypoint.name && $0.effectiveNamespace == waypoint.namespace
    }
    guard let found else { return nil }
    return found.labels["istio.io/waypoint-for"].flatMap(Handling.init) ?? .service
  }

  /// The waypoint that traffic to pods may go through: by their own label, by that of a Service, by that of their namespace.
  func waypoint(of podClass: PodClassID) -> Waypoint? {
    guard self[podClass] == .ztunnel else { return nil }
    let own = compiler.cluster[podClass]
    /// - Parameter kinds: what the label is on behalf of; a waypoint for something else is none.
    func waypoint(_ name: String?, _ namespace: String?, _ kinds: Handling...) -> Waypoint?? {
      guard let name else { return nil }
      guard name != "none" else { return .some(nil) }
      let found = Waypoint(namespace: namespace ?? own.namespace, name: name)
      return handling(found).map { $0 == .all || kinds.contains($0) } ?? true ? found : nil
    }
    if let found = waypoint(own.mesh.waypoint, own.mesh.waypointNamespace, .workload) { return found }
    for service in servicesOf[podClass] ?? [] {
      let labels = service.object.labels
      if let found = waypoint(
        labels["istio.io/use-waypoint"], labels["istio.io/use-waypoint-namespace"], .service)
      {
        return found
      }
    }
    let labels = compiler.cluster.namespaces[own.namespace] ?? [:]
    return waypoint(
      labels["istio.io/use-waypoint"], labels["istio.io/use-waypoint-namespace"], .service, .workload) ?? nil
  }

  /// Pods behind a waypoint.
  func pods(behind waypoint: Waypoint) -> PeerSet {
    var result = compiler.none
    for id in compiler.cluster.podClassIDs where self.waypoint(of: id) == waypoint { result.insert(id) }
    return result
  }
}
