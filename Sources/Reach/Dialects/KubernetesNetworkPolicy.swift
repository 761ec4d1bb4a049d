import Bytes
import Findings
import Kube

/// networking.k8s.io/v1 NetworkPolicy. Source: the API reference and k8s.io/kubernetes `pkg/apis/networking/validation`.
enum KubernetesNetworkPolicy: PolicyDialect {
  static let policyKinds: [GroupKind] = [.networkPolicy, GroupKind("extensions", "NetworkPolicy")]

  private static let fields: PolicyFields = {
    let port = PolicyFields.values("protocol", "port", "endPort")
    let peer = PolicyFields.fields([
      "podSelector": .labelSelector, "namespaceSelector": .labelSelector, "ipBlock": .values("cidr", "except"),
    ])
    return .fields([
      "podSelector": .labelSelector, "policyTypes": .any, "ingress": .fields(["from": peer, "ports": port]),
      "egress": .fields(["to": peer, "ports": port]),
    ])
  }()

  static let vocabulary = PolicyVocabulary.labelSelectors.adding(["cidr": .block, "except": .blocks])

  /// By every plugin that has an eye for policies at all. The VPC CNI wants to be told so, by its agent for them.
  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    if plugin.isSame(as: .flannel) { return .notEnforced }
    return plugin.isSame(as: .aws) ? .setting("enable-network-policy", plugin) : .enforced
  }

  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let objects = policyKinds.flatMap(compiler.cluster.snapshot.objects)
    return [.init(.networkPolicies, compiler.lastOfEqualNames(objects).compactMap { policy($0, &compiler) })]
  }

  static func policy(_ object: KubeObject, _ compiler: inout PolicyCompiler) -> PolicyProgram.Policy? {
    guard let spec = object.spec else {
      compiler.refuse(object, nil, "spec is missing")
      return nil
    }
    compiler.check(object, fields)
    guard let selector = compiler.selector(spec["podSelector"], object) else { return nil }
    var subjects = compiler.pods(selector)
    subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
    if compiler.profile.namedPortDropsPolicy, hasNamedPort(spec) {
      compiler.report(
        object, spec, "Weave Net ignores a policy that has a named port, which leaves its pods open",
        code: "weave-named-port",
        hides: false)
      return nil
    }
    var types = Set(spec["policyTypes"]?.strings ?? [])
    for type in types where type != "Ingress" && type != "Egress" {
      compiler.refuse(
        object, spec["policyTypes"],
        "policyTypes: unknown type \"\(type)\"; use Ingress or Egress")
      return nil
    }
    if types.isEmpty {
      types = ["Ingress"]
      if !(spec["egress"]?.elements ?? []).isEmpty { types.insert("Egress") }
    }
    var ingress: [PolicyProgram.Rule]?
    var egress: [PolicyProgram.Rule]?
    if types.contains("Ingress") {
      guard let rules = rules(spec["ingress"], "ingress", "from", object, &compiler) else { return nil }
      ingress = rules
    }
    if types.contains("Egress") {
      guard let rules = rules(spec["egress"], "egress", "to", object, &compiler) else { return nil }
      egress = rules
    }
    return PolicyProgram.Policy(
      object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: true,
      // As Calico names it among its own.
      orderName: "knp.default." + object.name)
  }

  /// Selectors of pods, wherever the policy has one.
  static func podSelectors(_ object: KubeObject) -> [DocumentNode] {
    let peers = [("ingress", "from"), ("egress", "to")].flatMap { rules, key in
      (object.spec?[rules]?.elements ?? []).flatMap { $0[key]?.elements ?? [] }
    }
    return ([object.spec] + peers).compactMap { $0?["podSelector"] }
  }

  private static func hasNamedPort(_ spec: DocumentNode) -> Bool {
    ["ingress", "egress"].contains { key in
      (spec[key]?.elements ?? []).contains { rule in
        (rule["ports"]?.elements ?? []).contains { $0["port"]?.string.map { Int($0) == nil } ?? false }
      }
    }
  }

  private static func rules(
    _ list: DocumentNode?, _ key: String, _ peerKey: String, _ object: KubeObject, _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var rules: [PolicyProgram.Rule] = []
    for (index, rule) in (list?.elements ?? []).enumerated() {
      guard let peers = peers(rule[peerKey]?.elements ?? [], object, &compiler),
        let ports = ports(rule["ports"]?.elements ?? [], object, &compiler)
      else { return nil }
      rules.append(
        PolicyProgram.Rule(
          action: .allow, peers: peers, ports: ports, path: "\(key)[\(index)]", node: rule))
    }
    return rules
  }

  private static func peers(_ list: [DocumentNode], _ object: KubeObject, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Peers?
  {
    if list.isEmpty { return .init(compiler.everything) }
    var result = PolicyProgram.Peers(compiler.none)
    for peer in list {
      if let block = peer["ipBlock"] {
        guard peer["podSelector"] == nil, peer["namespaceSelector"] == nil else {
          compiler.refuse(object, peer, "a peer cannot have both ipBlock and selectors")
          return nil
        }
        guard let cidr = block["cidr"]?.text.flatMap({ IPRange(cidr: $0) }), block["cidr"]?.text?.contains("/") == true
        else {
          compiler.refuse(object, block, "\"\(block["cidr"]?.text ?? "")\" is not a CIDR block")
          return nil
        }
        var except: [IPRange] = []
        for node in block["except"]?.elements ?? [] {
          guard let inner = node.text.flatMap({ IPRange(cidr: $0) }), cidr.contains(inner) else {
            compiler.refuse(
              object, node,
              "except \"\(node.text ?? "")\" is not within \(block["cidr"]?.text ?? "")")
            return nil
          }
          except.append(inner)
        }
        if compiler.profile.plugin == nil, compiler.holdsPods(cidr, except: except) {
          compiler.report(
            object, block,
            "\(block["cidr"]?.text ?? "") contains pod addresses: Calico and Weave Net apply it to pods, Cilium does not; select pods by label instead",
            code: .differsByPlugin, hides: false)
        }
        compiler.add(
          cidr, except: except,
          pods: compiler.profile.ipBlockMatchesPods ? .all : compiler.profile.ipBlockMatchesNodes ? .onNodes : .none,
          to: &result)
        if compiler.profile.ipBlockOnPodsIsOpen {
          let pods = compiler.block(cidr, except: except, pods: .all).possible.intersection(compiler.pods)
          result.add(uncertain: pods.subtracting(result.matched), .blocksOfPods)
        }
        continue
      }
      let namespaces = peer.mapping?["namespaceSelector"]
      guard peer.mapping?["podSelector"] != nil || namespaces != nil else {
        compiler.refuse(object, peer, "a peer needs podSelector, namespaceSelector or ipBlock")
        return nil
      }
      guard let podSelector = compiler.selector(peer["podSelector"], object) else { return nil }
      var pods = compiler.pods(podSelector)
      if namespaces != nil {
        guard let selector = compiler.selector(peer["namespaceSelector"], object) else { return nil }
        pods.formIntersection(compiler.namespaces(selector))
        if let elsewhere = compiler.elsewhere({ selector.matches($1) }) {
          result.add(uncertain: elsewhere, .namespaces(selector: selector.text))
        }
      } else {
        pods.formIntersection(compiler.namespace(object.effectiveNamespace))
      }
      result.matched.formUnion(pods)
    }
    return result
  }

  static func ports(_ list: [DocumentNode], _ object: KubeObject, _ compiler: inout PolicyCompiler) -> PolicyProgram
    .Ports?
  {
    if list.isEmpty { return .all }
    var ports = PolicyProgram.Ports(fixed: .none)
    for node in list {
      let word = node["protocol"]?.text ?? "TCP"
      guard ["TCP", "UDP", "SCTP"].contains(word), let transport = ConnectionSet.TransportProtocol(name: word) else {
        compiler.refuse(object, node, "protocol \"\(word)\" is not TCP, UDP or SCTP")
        return nil
      }
      guard let port = node["port"] else {
        guard node["endPort"] == nil else {
          compiler.refuse(object, node, "endPort needs port")
          return nil
        }
        ports.fixed = ports.fixed.union(ConnectionSet(transport))
        continue
      }
      if let name = port.string {
        guard node["endPort"] == nil, isPortName(name) else {
          compiler.refuse(
            object, node,
            node["endPort"] == nil
              ? "\"\(name)\" is not a port name"
              : "endPort cannot be combined with a named port")
          return nil
        }
        ports.named.append(.init(name: name, transport: transport))
        continue
      }
      guard let low = port.int.flatMap({ UInt16(exactly: $0) }), low > 0 else {
        compiler.refuse(object, port, "port \(port.text ?? "") is not between 1 and 65535")
        return nil
      }
      var high = low
      if let end = node["endPort"] {
        guard let value = end.int.flatMap({ UInt16(exactly: $0) }), value >= low else {
          compiler.refuse(
            object, end, "endPort \(end.text ?? "") is not between \(low) and 65535")
          return nil
        }
        if compiler.profile.endPortIgnored {
          compiler.report(
            object, end, "Weave Net ignores endPort; only port \(low) of the range is open", code: "weave-end-port",
            hides: false)
        } else {
          high = value
        }
      }
      ports.fixed = ports.fixed.union(ConnectionSet(transport, low...high))
    }
    return ports
  }

  /// IANA service names: at most 15 characters of lower-case letters, digits and dashes, one letter at least.
  private static func isPortName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return (1...15).contains(bytes.count) && bytes.contains { $0 &- 0x61 < 26 }
      && bytes.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D } && bytes.first != 0x2D
      && bytes.last != 0x2D
      && !name.contains("--")
  }

  static func peerSelectors(_ snapshot: ClusterSnapshot) -> [PotentialExposure.Peer] {
    policyKinds.flatMap(snapshot.objects).flatMap { object in
      [("ingress", "from"), ("egress", "to")].flatMap { rules, key in
        (object.spec?[rules]?.elements ?? []).flatMap { $0[key]?.elements ?? [] }
      }.compactMap { peer -> PotentialExposure.Peer? in
        guard peer["ipBlock"] == nil, let pods = LabelSelector(ofPeer: peer.mapping?["podSelector"]) else { return nil }
        guard let namespaces = peer.mapping?["namespaceSelector"] else {
          return .pods(namespace: .named(object.effectiveNamespace), selector: pods)
        }
        return LabelSelector(ofPeer: namespaces).map { .pods(namespace: .matching($0), selector: pods) }
      }
    }
  }

  // MARK: Lint

  /// Rules that another policy says for all of the same pods. Within a policy the shadowed rule is told already.
  static func lint(_ policies: [PolicyProgram.Policy]) -> [PolicyRemark] {
    var remarks: [PolicyRemark] = []
    for (_, list) in Dictionary(grouping: policies, by: { $0.object.effectiveNamespace }) where list.count <= 200 {
      for (index, policy) in list.enumerated() where !policy.subjects.isEmpty {
        for direction in TrafficDirection.allCases {
          for rule in policy.rules[direction] ?? [] where !rule.peers.matched.isEmpty && rule.ports.named.isEmpty {
            let found = list.enumerated().first { position, other in
              guard position != index, let rules = other.rules[direction],
                policy.subjects.subtracting(other.subjects).isEmpty, let same = rules.first(where: { $0.covers(rule) })
              else { return false }
              // Of two that say the same the later one is redundant.
              return position < index || other.subjects != policy.subjects || !rule.covers(same)
            }
            if let found {
              remarks.append(
                PolicyRemark(
                  code: .redundantRule, object: policy.object.subject,
                  location: policy.object.location(of: rule.node),
                  detail: "\(rule.path) is redundant: \(found.element.object.name) already allows the same"))
            }
          }
        }
      }
    }
    return remarks
  }
}

extension PolicyProgram.Rule {
  /// Whether it is for all pods of its policy, and says of all of another's peers and ports what that one could say.
  func covers(_ other: PolicyProgram.Rule) -> Bool {
    near == nil && other.ports.fixed.subtracting(ports.fixed).isEmpty
      && other.peers.matched.subtracting(peers.matched).isEmpty && other.peers.uncertain == nil
  }
}
