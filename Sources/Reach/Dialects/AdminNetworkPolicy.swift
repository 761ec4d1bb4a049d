import Bytes
import Findings
import Kube

/// policy.networking.k8s.io AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy.
/// Source: sigs.k8s.io/network-policy-api, v1alpha1 (with the shapes of v0.1.1) and v1alpha2.
enum AdminNetworkPolicy: PolicyDialect {
  static let admin = GroupKind("policy.networking.k8s.io", "AdminNetworkPolicy")
  static let baseline = GroupKind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy")
  static let cluster = GroupKind("policy.networking.k8s.io", "ClusterNetworkPolicy")
  static let policyKinds = [admin, baseline, cluster]

  static let vocabulary = PolicyVocabulary.labelSelectors.adding([
    "networks": .blocks,
    "domainNames": .init { node, relevance in relevance.names.formUnion(node.strings.map(pattern)) },
  ])

  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {
    // Their blocks match pods by address, whatever the profile; and their peers may be nodes.
    relevance.addresses = true
    for node in snapshot.objects(GroupKind("", "Node")) {
      for item in node.root[path: "status", "addresses"]?.elements ?? [] {
        if let address = item["address"] { relevance.addBlock(address) }
      }
    }
  }

  /// Source: the release notes of the projects, and the implementations listed by sigs.k8s.io/network-policy-api. Calico
  /// gave up the first two kinds for the third with 3.32.
  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    switch plugin.name {
    case NetworkPlugin.calico.name:
      switch kind {
      case admin: .since(.init(3, 29), before: .init(3, 32), plugin)
      case baseline: .since(.init(3, 30), before: .init(3, 32), plugin)
      default: .since(.init(3, 32), plugin)
      }
    case NetworkPlugin.cilium.name:
      kind == cluster
        ? .since(.init(1, 20), plugin).and(.setting("enable-k8s-cluster-network-policy", plugin)) : .notEnforced
    case NetworkPlugin.antrea.name:
      kind == cluster
        ? .unknown(.enforcement(plugin: plugin.title, setting: "its version"))
        : .since(.init(1, 13), plugin).and(.setting("AdminNetworkPolicy", plugin))
    case NetworkPlugin.ovn.name:
      kind == cluster ? .unknown(.enforcement(plugin: plugin.title, setting: "its version")) : .enforced
    case NetworkPlugin.kindnet.name:
      .unknown(.enforcement(plugin: plugin.title, setting: "its version and flags"))
    default: .notEnforced
    }
  }

  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    [stage(.admin, isBaseline: false, &compiler), stage(.baseline, isBaseline: true, &compiler)]
  }

  private static func stage(_ place: PolicyProgram.Place, isBaseline: Bool, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Stage
  {
    let snapshot = compiler.cluster.snapshot
    var objects = snapshot.objects(isBaseline ? baseline : admin)
    objects += snapshot.objects(cluster).filter { ($0.spec?["tier"]?.string == "Baseline") == isBaseline }
    func priority(_ object: KubeObject) -> Int { Int(object.spec?["priority"]?.int ?? 0) }
    if !isBaseline || objects.contains(where: { $0.groupKind == cluster }) {
      var seen: [Int: KubeObject] = [:]
      for object in objects where object.groupKind != baseline {
        if let other = seen[priority(object)] {
          compiler.report(
            object, object.spec?["priority"],
            "same priority \(priority(object)) as \(other.subject.text): the API does not define which of them applies first",
            code: .samePriority, hides: false)
        } else {
          seen[priority(object)] = object
        }
      }
    }
    return .init(
      place, compiler.lastOfEqualNames(objects).compactMap { policy($0, order: priority($0), &compiler) },
      breaksTiesByName: true)
  }

  private static let fields: PolicyFields = {
    let pods = PolicyFields.fields([
      "namespaceSelector": .labelSelector, "podSelector": .labelSelector, "namespaces": .any,
    ])
    // The selector itself, or one within it in old versions.
    let namespaces = PolicyFields.fields([
      "matchLabels": .any, "matchExpressions": .values("key", "operator", "values"),
      "namespaceSelector": .labelSelector, "sameLabels": .any, "notSameLabels": .any,
    ])
    let transport = PolicyFields.fields([
      "destinationPort": .fields(["number": .any, "range": .values("start", "end")])
    ])
    let port = PolicyFields.fields([
      "portNumber": .values("protocol", "port"), "portRange": .values("protocol", "start", "end"), "namedPort": .any,
      "tcp": transport, "udp": transport, "sctp": transport, "destinationNamedPort": .any,
    ])
    func rule(_ peers: String) -> PolicyFields {
      .fields([
        "name": .any, "action": .any, "ports": port, "protocols": port,
        peers: .fields([
          "namespaces": namespaces, "pods": pods, "networks": .any, "nodes": .labelSelector, "domainNames": .any,
        ]),
      ])
    }
    return .fields([
      "tier": .any, "priority": .any, "subject": .fields(["namespaces": namespaces, "pods": pods]),
      "ingress": rule("from"), "egress": rule("to"),
    ])
  }()

  private static func policy(_ object: KubeObject, order: Int, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Policy?
  {
    guard let spec = object.spec, let subject = spec["subject"] else {
      compiler.refuse(object, object.spec, "subject is missing")
      return nil
    }
    compiler.check(object, fields)
    if object.groupKind != baseline {
      let priority = spec["priority"]?.int ?? -1
      guard (0...1000).contains(priority) else {
        compiler.refuse(object, spec["priority"], "priority must be between 0 and 1000")
        return nil
      }
    } else if object.name != "default" {
      compiler.refuse(
        object, object.metadata, "a BaselineAdminNetworkPolicy must be named \"default\"")
      return nil
    }
    guard subject.entries.count == 1, case .pods(let subjects, _)? = pods(subject, object, &compiler) else {
      compiler.refuse(object, subject, "subject must have exactly one of namespaces and pods")
      return nil
    }
    guard let ingress = rules(spec, "ingress", "from", object, &compiler),
      let egress = rules(spec, "egress", "to", object, &compiler)
    else { return nil }
    return PolicyProgram.Policy(
      object: object, subjects: subjects, ingress: ingress.isEmpty ? nil : ingress,
      egress: egress.isEmpty ? nil : egress,
      isolates: false, order: Double(order), orderName: object.name)
  }

  /// A leading star of these names stands for one label or more.
  static func pattern(_ domain: String) -> String {
    let name = DNSName.normalised(domain)
    return name.hasPrefix("*.") ? "*" + name : name
  }

  private enum Peers {
    case pods(PeerSet, elsewhere: (peers: PeerSet, selector: String)?)
    case unknown
  }

  /// `namespaces` or `pods`; nil when it is neither, or a selector is refused.
  private static func pods(_ node: DocumentNode, _ object: KubeObject, _ compiler: inout PolicyCompiler) -> Peers? {
    if let namespaces = node.mapping?["namespaces"] {
      let selectorNode = namespaces["namespaceSelector"] ?? namespaces
      guard let selector = compiler.selector(selectorNode.isNull ? nil : selectorNode, object) else { return nil }
      return .pods(compiler.namespaces(selector), elsewhere: elsewhere(selector, compiler))
    }
    if let pods = node.mapping?["pods"] {
      let namespaceNode = pods["namespaceSelector"] ?? pods["namespaces"]?["namespaceSelector"] ?? pods["namespaces"]
      guard let namespaces = compiler.selector(namespaceNode, object),
        let selector = compiler.selector(pods["podSelector"], object)
      else { return nil }
      return .pods(
        compiler.pods(selector).intersection(compiler.namespaces(namespaces)),
        elsewhere: elsewhere(namespaces, compiler))
    }
    return .unknown
  }

  private static func elsewhere(_ selector: LabelSelector, _ compiler: PolicyCompiler) -> (PeerSet, String)? {
    compiler.elsewhere { selector.matches($1) }.map { ($0, selector.text) }
  }

  private static func rules(
    _ spec: DocumentNode, _ key: String, _ peerKey: String, _ object: KubeObject, _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var rules: [PolicyProgram.Rule] = []
    let list = spec[key]?.elements ?? []
    guard list.count <= 100 else {
      compiler.refuse(object, spec[key], "more than 100 \(key) rules")
      return nil
    }
    for (index, rule) in list.enumerated() {
      let word = rule["action"]?.string ?? ""
      let action: PolicyProgram.Action
      switch (word, object.groupKind) {
      case ("Allow", admin), ("Allow", baseline), ("Accept", cluster): action = .allow
      case ("Deny", _): action = .deny
      case ("Pass", admin), ("Pass", cluster): action = .pass
      default:
        compiler.refuse(
          object, rule, "\(key)[\(index)]: \"\(word)\" is not an action of \(object.kind)")
        return nil
      }
      let peerNodes = rule[peerKey]?.elements ?? []
      guard !peerNodes.isEmpty else {
        compiler.refuse(object, rule, "\(key)[\(index)] has no \(peerKey)")
        return nil
      }
      var peers = PolicyProgram.Peers(compiler.none)
      for node in peerNodes {
        guard node.entries.count == 1 else {
          compiler.refuse(object, node, "\(key)[\(index)]: a peer must have exactly one field")
          return nil
        }
        if let networks = node["networks"]?.elements {
          for block in networks {
            guard let range = block.text.flatMap({ IPRange(cidr: $0) }) else {
              compiler.refuse(object, block, "\"\(block.text ?? "")\" is not a CIDR block")
              return nil
            }
            compiler.add(range, except: [], pods: .all, to: &peers)
          }
          continue
        }
        if let domains = node["domainNames"]?.strings {
          guard action == .allow else {
            compiler.refuse(object, node, "domainNames are only allowed in Allow rules")
            return nil
          }
          for domain in domains { peers.matched.formUnion(compiler.names(matching: pattern(domain))) }
          peers.add(uncertain: compiler.external, .resolution(names: domains))
          continue
        }
        if let nodes = node["nodes"] {
          guard let selector = compiler.selector(nodes, object) else { return nil }
          peers = peers.union(compiler.nodes(selector))
          if compiler.cluster.snapshot.objects(GroupKind("", "Node")).isEmpty {
            peers.add(uncertain: compiler.external, .nodeAddresses)
          }
          continue
        }
        switch pods(node, object, &compiler) {
        case .pods(let found, let elsewhere)?:
          peers.matched.formUnion(found)
          if let elsewhere { peers.add(uncertain: elsewhere.peers, .namespaces(selector: elsewhere.selector)) }
        case .unknown?:
          compiler.report(
            object, node,
            "\(key)[\(index)]: unknown kind of peer; the rule is taken to match nothing if it allows, and everything otherwise",
            code: .unknownPeer, hides: false)
          if action != .allow { peers.matched = compiler.everything }
        case nil: return nil
        }
      }
      guard let ports = ports(rule, object, &compiler) else { return nil }
      rules.append(
        PolicyProgram.Rule(
          action: action, peers: peers, ports: ports, path: "\(key)[\(index)]", node: rule))
    }
    return rules
  }

  private static func ports(_ rule: DocumentNode, _ object: KubeObject, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Ports?
  {
    let list = (rule["ports"] ?? rule["protocols"])?.elements ?? []
    if list.isEmpty { return .all }
    var ports = PolicyProgram.Ports(fixed: .none)
    func refuse(_ node: DocumentNode, _ message: String) -> PolicyProgram.Ports? {
      compiler.refuse(object, node, message + "")
      return nil
    }
    func add(_ transport: String?, _ low: Int64?, _ high: Int64?) -> Bool {
      // An empty protocol is the default one.
      guard let kind = ConnectionSet.TransportProtocol(name: transport.flatMap { $0.isEmpty ? nil : $0 } ?? "TCP"),
        let low = low.flatMap({ UInt16(exactly: $0) }),
        let high = high.flatMap({ UInt16(exactly: $0) }), low > 0, low <= high
      else { return false }
      ports.fixed = ports.fixed.union(ConnectionSet(kind, low...high))
      return true
    }
    for node in list {
      guard node.entries.count == 1 else { return refuse(node, "a port must have exactly one field") }
      if let number = node["portNumber"] {
        guard add(number["protocol"]?.string, number["port"]?.int, number["port"]?.int) else {
          return refuse(number, "port must be between 1 and 65535")
        }
      } else if let range = node["portRange"] {
        guard add(range["protocol"]?.string, range["start"]?.int, range["end"]?.int) else {
          return refuse(range, "start and end must be ports between 1 and 65535, start first")
        }
      } else if let name = node["namedPort"]?.string ?? node["destinationNamedPort"]?.string {
        ports.named.append(.init(name: name, transport: nil))
      } else if let transport = ["tcp", "udp", "sctp"].first(where: { node[$0] != nil }), let body = node[transport] {
        guard let destination = body["destinationPort"] else {
          return refuse(node, "\(transport) needs destinationPort")
        }
        if let number = destination["number"] {
          guard add(transport, number.int, number.int) else {
            return refuse(number, "port must be between 1 and 65535")
          }
        } else {
          let range = destination["range"]
          guard add(transport, range?["start"]?.int, range?["end"]?.int) else {
            return refuse(destination, "start and end must be ports between 1 and 65535, start first")
          }
        }
      } else {
        return refuse(node, "unknown kind of port")
      }
    }
    return ports
  }

  static func peerSelectors(_ snapshot: ClusterSnapshot) -> [PotentialExposure.Peer] {
    policyKinds.flatMap(snapshot.objects).flatMap { object in
      [("ingress", "from"), ("egress", "to")].flatMap { rules, key in
        (object.spec?[rules]?.elements ?? []).flatMap { $0[key]?.elements ?? [] }
      }.compactMap { peer -> PotentialExposure.Peer? in
        if let node = peer.mapping?["namespaces"] {
          return LabelSelector(ofPeer: node["namespaceSelector"] ?? node).map {
            .pods(namespace: .matching($0), selector: .everything)
          }
        }
        guard let node = peer.mapping?["pods"] else { return nil }
        let place = node["namespaceSelector"] ?? node["namespaces"]?["namespaceSelector"] ?? node["namespaces"]
        guard let namespaces = LabelSelector(ofPeer: place), let pods = LabelSelector(ofPeer: node["podSelector"])
        else {
          return nil
        }
        return .pods(namespace: .matching(namespaces), selector: pods)
      }
    }
  }
}
