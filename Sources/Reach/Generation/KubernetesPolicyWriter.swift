package import Bytes

/// networking.k8s.io/v1 NetworkPolicy.
package enum KubernetesPolicyWriter: PolicyWriter {
  package static let name = "kubernetes"

  package static func write(_ policy: GeneratedPolicy) -> Node {
    var spec: [(String, Node)] = [("podSelector", matchLabels(policy.labels)), ("policyTypes", types(policy))]
    for (key, peerKey, rules) in [("ingress", "from", policy.ingress), ("egress", "to", policy.egress)] {
      guard let rules, !rules.isEmpty else { continue }
      let items = rules.map { rule -> Node in
        var fields: [(String, Node)] = []
        if !rule.peers.isEmpty { fields.append((peerKey, list(rule.peers.map { peer($0, policy.namespace) }))) }
        fields.append(("ports", list(rule.ports.map(port))))
        return object(fields)
      }
      spec.append((key, list(items)))
    }
    return manifest("networking.k8s.io/v1", "NetworkPolicy", policy, spec)
  }

  private static func peer(_ peer: PolicyPeer, _ home: String) -> Node {
    func place(_ namespace: String) -> (String, Node) {
      ("namespaceSelector", matchLabels(["kubernetes.io/metadata.name": namespace]))
    }
    switch peer {
    case .anyone: return object([])
    case .cluster: return object([("namespaceSelector", object([]))])
    case .namespace(let name): return object(name == home ? [("podSelector", object([]))] : [place(name)])
    case .pods(let namespace, let labels):
      return object((namespace == home ? [] : [place(namespace)]) + [("podSelector", matchLabels(labels))])
    case .block(let cidr): return object([("ipBlock", object([("cidr", text(cidr))]))])
    }
  }

  private static func port(_ port: PolicyPort) -> Node {
    object([("protocol", text(port.transport.name)), ("port", Node(.int(Int64(port.port))))])
  }
}
