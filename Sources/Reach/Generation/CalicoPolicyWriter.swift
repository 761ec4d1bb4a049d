package import Bytes

/// projectcalico.org/v3 NetworkPolicy.
package enum CalicoPolicyWriter: PolicyWriter {
  package static let name = "calico"
  package static let namesAPIServer = true

  package static func write(_ policy: GeneratedPolicy) -> DocumentNode {
    var spec: [(String, DocumentNode)] = [("selector", text(selector(policy.labels))), ("types", types(policy))]
    for (key, rules) in [("ingress", policy.ingress), ("egress", policy.egress)] {
      guard let rules, !rules.isEmpty else { continue }
      spec.append((key, list(rules.flatMap { self.rules($0, isIngress: key == "ingress", policy.namespace) })))
    }
    return manifest("projectcalico.org/v3", "NetworkPolicy", policy, spec)
  }

  /// A rule of Calico has one peer and one protocol.
  private static func rules(_ rule: GeneratedPolicy.Rule, isIngress: Bool, _ home: String) -> [DocumentNode] {
    let peers = rule.peers.isEmpty ? [PolicyPeer.anyone] : rule.peers
    return peers.flatMap { peer -> [DocumentNode] in
      ConnectionSet.TransportProtocol.allCases.compactMap { transport -> DocumentNode? in
        let ports = rule.ports.filter { $0.transport == transport }.map { DocumentNode(.int(Int64($0.port))) }
        guard !ports.isEmpty else { return nil }
        var fields: [(String, DocumentNode)] = [("action", text("Allow")), ("protocol", text(transport.name))]
        let far = entity(peer, home)
        if isIngress {
          if !far.isEmpty { fields.append(("source", object(far))) }
          fields.append(("destination", object([("ports", list(ports))])))
        } else {
          // A Service brings its ports along, and may not be narrowed by others.
          fields.append(("destination", object(peer == .apiServer ? far : far + [("ports", list(ports))])))
        }
        return object(fields)
      }
    }
  }

  private static func entity(_ peer: PolicyPeer, _ home: String) -> [(String, DocumentNode)] {
    func place(_ namespace: String) -> (String, DocumentNode) {
      ("namespaceSelector", text("projectcalico.org/name == \(quoted(namespace))"))
    }
    switch peer {
    case .anyone: return []
    case .cluster: return [("namespaceSelector", text("all()"))]
    case .namespace(let name): return [place(name)]
    case .pods(let namespace, let labels):
      return (namespace == home ? [] : [place(namespace)]) + [("selector", text(selector(labels)))]
    case .block(let cidr): return [("nets", list([text(cidr)]))]
    // Never asked for: names are for its commercial edition.
    case .name, .nodes: return []
    case .apiServer: return [("services", object([("name", text("kubernetes")), ("namespace", text("default"))]))]
    }
  }

  private static func selector(_ labels: [String: String]) -> String {
    labels.isEmpty
      ? "all()"
      : labels.sorted { $0.key < $1.key }.map { "\($0.key) == \(quoted($0.value))" }.joined(separator: " && ")
  }

  /// Values of labels hold no quotes.
  private static func quoted(_ value: String) -> String { "'\(value)'" }
}
