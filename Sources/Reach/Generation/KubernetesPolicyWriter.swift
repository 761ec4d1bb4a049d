package import Bytes

/// networking.k8s.io/v1 NetworkPolicy.
package enum KubernetesPolicyWriter: PolicyWriter {
  package static let name = "kubernetes"

  package static func write(_ policy: GeneratedPolicy) -> DocumentNode {
    var spec: [(String, DocumentNode)] = [("podSelector", matchLabels(policy.labels)), ("policyTypes", types(policy))]
    for (key, peerKey, rules) in [("ingress", "from", policy.ingress), ("egress", "to", policy.egress)] {
      guard let rules, !rules.isEmpty else { continue }
      let items = rules.map { rule -> DocumentNode in
        var fields: [(String, DocumentNode)] = []
        if !rule.peers.isEmpty { fields.append((peerKey, list(rule.peers.map { peer($0, policy.namespace) }))) }
        fields.append(("ports", list(rule.ports.map(port))))
        return object(fields)
      }
      spec.append((key, list(items)))
    }
    return manifest("networking.k8s.io/v1", "NetworkPolicy", policy, spec)
  }

  private static func peer(_ peer: PolicyPeer, _ home: String) -> DocumentNode {
    func place(_ namespace: String) -> (String, DocumentNode) {
      ("namespaceSelector", matchLabels(["kubernetes.io/metadata.name": namespace]))
    }
    switch peer {
    case .anyone: return object([])
    case .cluster: return object([("namespaceSelector", object([]))])
    case .namespace(let name): return object(name == home ? [("podSelector", object([]))] : [place(name)])
    case .pods(let namespace, let labels):
      return object((namespace == home ? [] : [place(namespace)]) + [("podSelector", matchLabels(labels))])
    case .block(let cidr): return object([("ipBlock", object([("cidr", text(cidr))]))])
    // Never asked for: it can name neither.
    case .name, .apiServer, .nodes: return object([])
    }
  }

  private static func port(_ port: PolicyPort) -> DocumentNode {
    object([("protocol", text(port.transport.name)), ("port", DocumentNode(.int(Int64(port.port))))])
  }
}
