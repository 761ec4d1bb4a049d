package import Bytes

/// cilium.io/v2 CiliumNetworkPolicy.
package enum CiliumPolicyWriter: PolicyWriter {
  package static let name = "cilium"
  package static let namesHosts = true
  package static let namesAPIServer = true
  package static let namesNodes = true
  private static let namespaceKey = "k8s:io.kubernetes.pod.namespace"

  package static func write(_ policy: GeneratedPolicy) -> DocumentNode {
    var spec: [(String, DocumentNode)] = [("endpointSelector", matchLabels(policy.labels))]
    for (key, prefix, rules) in [("ingress", "from", policy.ingress), ("egress", "to", policy.egress)] {
      guard let rules else { continue }
      // An empty rule matches nothing and closes the direction.
      let items = rules.isEmpty ? [object([])] : rules.flatMap { self.rules($0, prefix, policy.namespace) }
      spec.append((key, list(items)))
    }
    return manifest("cilium.io/v2", "CiliumNetworkPolicy", policy, spec)
  }

  private static func rules(_ rule: GeneratedPolicy.Rule, _ prefix: String, _ home: String) -> [DocumentNode] {
    let ports = rule.ports.map { port in
      object([("port", text(String(port.port))), ("protocol", text(port.transport.name))])
    }
    let everyName = object([("dns", list([object([("matchPattern", text("*"))])]))])
    let toPorts = (
      "toPorts", list([object([("ports", list(ports))] + (rule.watchesNames ? [("rules", everyName)] : []))])
    )
    var result: [DocumentNode] = []
    let pods = rule.peers.compactMap { peer -> DocumentNode? in
      switch peer {
      case .anyone, .block, .name, .apiServer, .nodes: return nil
      case .cluster:
        let exists = object([("key", text(namespaceKey)), ("operator", text("Exists"))])
        return object([("matchExpressions", list([exists]))])
      case .namespace(let name): return matchLabels([namespaceKey: name])
      case .pods(let namespace, let labels):
        var labels = labels
        if namespace != home { labels[namespaceKey] = namespace }
        return matchLabels(labels)
      }
    }
    if !pods.isEmpty { result.append(object([(prefix + "Endpoints", list(pods)), toPorts])) }
    let blocks = rule.peers.compactMap { if case .block(let cidr) = $0 { text(cidr) } else { nil } }
    if !blocks.isEmpty { result.append(object([(prefix + "CIDR", list(blocks)), toPorts])) }
    let names = rule.peers.compactMap { peer -> DocumentNode? in
      if case .name(let name) = peer { object([("matchName", text(name))]) } else { nil }
    }
    if !names.isEmpty { result.append(object([("toFQDNs", list(names)), toPorts])) }
    // Its port is that of its endpoints, which differs from the Service's.
    if rule.peers.contains(.apiServer) {
      result.append(object([(prefix + "Entities", list([text("kube-apiserver")]))]))
    }
    if rule.peers.contains(.nodes) {
      result.append(object([(prefix + "Entities", list([text("host"), text("remote-node")])), toPorts]))
    }
    if rule.peers.isEmpty || rule.peers.contains(.anyone) {
      result.append(object([(prefix + "Entities", list([text("all")])), toPorts]))
    }
    return result
  }
}
