import Bytes
import Kube

/// Where Istio DestinationRules tell the proxies of clients to speak something else than the mesh's mutual TLS: such a client
/// shows no identity, and a server that requires mutual TLS refuses it.
///
/// Source: the reference of `networking.istio.io/v1`, DestinationRule and ClientTLSSettings; "Destination rule resolution":
/// a client follows the rule of its own namespace, then that of the Service's, then that of the root namespace. The proxy of
/// a node follows none.
struct IstioDestinationRules {
  /// Clients that speak no mutual TLS of the mesh with some pods on some ports.
  struct PlainText {
    let object: KubeObject
    let node: DocumentNode
    let clients: PolicyProgram.Peers
    let servers: PeerSet
    let ports: ConnectionSet
  }

  let plainText: [PlainText]

  /// Modes of TLS that are not the mesh's own: certificates that somebody else issued are as good as none to it.
  private static let foreign: Set<String> = ["DISABLE", "SIMPLE", "MUTUAL"]

  init(_ proxies: IstioProxies, _ compiler: PolicyCompiler) {
    let objects = compiler.cluster.snapshot.objects(IstioMesh.destinationRule)
    guard objects.contains(where: Self.isForeign) else {
      plainText = []
      return
    }
    var found: [PlainText] = []
    for service in proxies.services.all where service.hasSelector {
      let matching = objects.filter { Self.host($0, covers: service) }
      guard matching.contains(where: Self.isForeign) else { continue }
      // By the pods whose proxies follow it, the first rule of each is the one.
      var left = compiler.none
      for id in compiler.cluster.podClassIDs where proxies[id] == .sidecar || proxies[id] == .unknown {
        left.insert(id)
      }
      for object in matching.sorted(by: { Self.rank($0, service, proxies) < Self.rank($1, service, proxies) }) {
        let clients = left.intersection(Self.clients(object, service, proxies, compiler))
        left.subtract(clients)
        guard Self.isForeign(object), !clients.isEmpty else { continue }
        var peers = PolicyProgram.Peers(clients)
        peers.doubt(proxies.doubtful, .meshProxy)
        for port in service.ports {
          guard let node = Self.tls(object, port), Self.foreign.contains(node["mode"]?.string ?? "") else { continue }
          var byPorts: [ConnectionSet: PeerSet] = [:]
          for endpoint in service.endpoints {
            let ports = proxies.services.ports(endpoint, behind: port)
            if ports.hasPorts { byPorts[ports, default: compiler.none].insert(compiler.cluster[endpoint].podClass) }
          }
          for (ports, servers) in byPorts.sorted(by: { $0.key.text < $1.key.text }) {
            var peers = peers
            // Who asks for another Service of the same pods is told something else, or nothing.
            let others = proxies.services.all.filter { other in
              other.subject != service.subject && !matching.contains { Self.host($0, covers: other) }
                && other.endpoints.contains { endpoint in
                  servers.contains(compiler.cluster[endpoint].podClass)
                    && other.ports.contains {
                      !proxies.services.ports(endpoint, behind: $0).intersection(ports).isEmpty
                    }
                }
            }
            if let other = others.first {
              peers.doubt(clients, .chosenService(names: [service.name, other.name]))
            }
            found.append(
              PlainText(
                object: object, node: node, clients: peers, servers: servers, ports: ports.intersection(.init(.tcp))))
          }
        }
      }
    }
    plainText = found
  }

  /// Clients of some pods that show them no identity, on any port.
  func unidentified(at pods: PeerSet) -> PolicyProgram.Peers? {
    plainText.filter { !$0.servers.intersection(pods).isEmpty }.map(\.clients).reduce(nil) { $0?.union($1) ?? $1 }
  }

  private static func isForeign(_ object: KubeObject) -> Bool {
    let policy = object.spec?["trafficPolicy"]
    let all = [policy?["tls"]] + (policy?["portLevelSettings"]?.elements ?? []).map { $0["tls"] }
    return all.contains { foreign.contains($0?["mode"]?.string ?? "") }
  }

  /// What it says of TLS on a port of a Service.
  private static func tls(_ object: KubeObject, _ port: DocumentNode) -> DocumentNode? {
    let policy = object.spec?["trafficPolicy"]
    let own = (policy?["portLevelSettings"]?.elements ?? []).first { $0["port"]?["number"]?.int == port["port"]?.int }
    // What is set for a port replaces the whole of what is set for all.
    return own.map { $0["tls"] } ?? policy?["tls"]
  }

  /// A name without a dot is one of the rule's own namespace; a star stands for labels.
  private static func host(_ object: KubeObject, covers service: ServiceIndex.Service) -> Bool {
    let host = DNSName.normalised(object.spec?["host"]?.text ?? "")
    let full = "\(service.name).\(service.namespace).svc.cluster.local"
    if host == "*" || host == full { return true }
    if host.hasPrefix("*") { return full.hasSuffix(host.dropFirst()) }
    return !host.contains(".") && host == service.name && object.effectiveNamespace == service.namespace
  }

  private static func rank(_ object: KubeObject, _ service: ServiceIndex.Service, _ proxies: IstioProxies) -> (
    Int, Int, Int
  ) {
    let home = object.effectiveNamespace
    let place = home == service.namespace ? 1 : home == proxies.settings.rootNamespace ? 2 : 0
    let host = object.spec?["host"]?.text ?? ""
    // One for some pods goes before one for all, a name before a pattern, a long pattern before a short one.
    return (place, object.spec?["workloadSelector"] == nil ? 1 : 0, host.contains("*") ? 1000 - host.utf8.count : 0)
  }

  /// Pods whose proxies look at a rule for the host of a Service.
  private static func clients(
    _ object: KubeObject, _ service: ServiceIndex.Service, _ proxies: IstioProxies, _ compiler: PolicyCompiler
  ) -> PeerSet {
    let home = object.effectiveNamespace
    let exported = object.spec?["exportTo"]?.strings ?? []
    let isForAll = home == service.namespace || home == proxies.settings.rootNamespace
    let labels = object.spec?[path: "workloadSelector", "matchLabels"]?.stringMap ?? [:]
    return compiler.selectable { podClass in
      let isIn = podClass.namespace == home
      guard isIn || isForAll && (exported.isEmpty || exported.contains("*") || exported.contains(podClass.namespace))
      else { return false }
      return labels.isEmpty || isIn && labels.allSatisfy { podClass.labels[$0.key] == $0.value }
    }
  }
}
