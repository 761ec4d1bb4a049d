import Bytes
import Kube

/// Ports of host endpoints that Calico leaves open whatever its policies say, so that nobody shuts himself out of a node.
///
/// Source: the Calico reference, FelixConfiguration (`failsafeInboundHostPorts`, `failsafeOutboundHostPorts`) and "Failsafe
/// rules"; a configuration named `node.NAME` is for one node, `default` for all others.
enum CalicoFailsafePorts {
  static let kinds = CalicoPolicy.all("FelixConfiguration")

  /// Where the configuration says nothing: SSH, DHCP, BGP, etcd, Typha and the API server.
  private static let usual = PerDirection<[(String, UInt16)]>(
    ingress: [
      ("TCP", 22), ("UDP", 68), ("TCP", 179), ("TCP", 2379), ("TCP", 2380), ("TCP", 5473), ("TCP", 6443),
      ("TCP", 6666), ("TCP", 6667),
    ],
    egress: [
      ("UDP", 53), ("UDP", 67), ("TCP", 179), ("TCP", 2379), ("TCP", 2380), ("TCP", 5473), ("TCP", 6443),
      ("TCP", 6666), ("TCP", 6667),
    ])

  /// Before all others, untracked ones included.
  static let place = PolicyProgram.Place(order: -.infinity, name: "0 failsafe ports")

  /// - Parameter subjects: of a host endpoint itself and of the pods whose traffic passes it.
  static func policy(
    _ host: KubeObject, _ subjects: PolicyProgram.Peers, _ doubt: PolicyProgram.Doubt?, _ compiler: PolicyCompiler
  ) -> PolicyProgram.Policy {
    let all = kinds.flatMap(compiler.cluster.snapshot.objects)
    let own = host.spec?["node"]?.text.flatMap { node in all.first { $0.name == "node." + node } }
    let common = all.first { $0.name == "default" }
    func rules(_ key: String, _ direction: TrafficDirection) -> [PolicyProgram.Rule] {
      guard let object = [own, common].compactMap({ $0 }).first(where: { $0.spec?[key] != nil }) else {
        var set = ConnectionSet.none
        for (name, port) in usual[direction] {
          guard let transport = ConnectionSet.TransportProtocol(name: name) else { continue }
          set = set.union(ConnectionSet(transport, port...port))
        }
        return [
          PolicyProgram.Rule(
            action: .allow, peers: .init(compiler.everything), ports: .init(fixed: set), path: key, node: host.root)
        ]
      }
      return (object.spec?[key]?.elements ?? []).compactMap { item in
        guard let port = item["port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0,
          let transport = ConnectionSet.TransportProtocol(name: item["protocol"]?.text ?? "TCP")
        else { return nil }
        let block = item["net"]?.text.flatMap { $0.isEmpty ? nil : IPRange(cidr: $0) }
        return PolicyProgram.Rule(
          action: .allow, peers: block.map { compiler.block($0, pods: .all) } ?? .init(compiler.everything),
          ports: .init(fixed: ConnectionSet(transport, port...port)), path: key, node: host.root)
      }
    }
    return PolicyProgram.Policy(
      object: host, subjects: subjects.possible, ingress: rules("failsafeInboundHostPorts", .ingress),
      egress: rules("failsafeOutboundHostPorts", .egress), isolates: false, doubt: doubt)
  }
}
