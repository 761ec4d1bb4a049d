import Bytes
import Findings
import Kube

/// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
///
/// Source: the Cilium documentation and cilium/cilium `pkg/policy/api`. Deny beats every allow; an endpoint denies by
/// default in a direction once a rule with such a section selects it; NetworkPolicies are rules among the others; a rule
/// of layer 7 is a condition on its ports, which a rule without one on the same ports lifts.
enum CiliumPolicy: PolicyDialect {
  static let policyKinds = [
    GroupKind("cilium.io", "CiliumNetworkPolicy"), GroupKind("cilium.io", "CiliumClusterwideNetworkPolicy"),
  ]
  private static let cidrGroup = GroupKind("cilium.io", "CiliumCIDRGroup")
  static let otherKinds = [cidrGroup]

  static let vocabulary = PolicyVocabulary([
    "matchLabels": .init { node, relevance in for label in node.entries { add(label.key, to: &relevance) } },
    "matchExpressions": .init { node, relevance in
      for key in node.elements.compactMap({ $0["key"]?.string }) { add(key, to: &relevance) }
    },
    "cidr": .block, "except": .blocks, "toCIDR": .blocks, "fromCIDR": .blocks, "externalCIDRs": .blocks,
    "toServices": .services, "toEntities": .services, "fromEntities": .services,
    "toFQDNs": .init { node, relevance in
      let names = node.elements.compactMap { $0["matchName"]?.string ?? $0["matchPattern"]?.string }
      relevance.names.formUnion(names.map(DNSName.normalised))
    },
  ])

  /// The source of a label is written before its key, and the account of a pod is a label.
  private static func add(_ key: String, to relevance: inout Relevance) {
    relevance.labelKeys.insert(key)
    if let colon = key.firstIndex(of: ":") { relevance.labelKeys.insert(String(key[key.index(after: colon)...])) }
    if key.hasSuffix("policy.serviceaccount") { relevance.accounts = true }
  }

  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {
    relevance.addresses = true
  }

  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    plugin.isSame(as: .cilium) ? .enforced : .notEnforced
  }

  private static let allowOrder: Double = 1000

  /// Denials before everything else; NetworkPolicies stand among the rules that allow.
  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let snapshot = compiler.cluster.snapshot
    let objects = policyKinds.flatMap(snapshot.objects)
    guard !objects.isEmpty else { return [] }
    var policies: [PolicyProgram.Policy] = []
    let view = EndpointView(compiler)
    for object in compiler.lastOfEqualNames(objects) {
      let specs = [object.spec].compactMap { $0 } + (object.root["specs"]?.elements ?? [])
      if specs.isEmpty { compiler.refuse(object, nil, "neither spec nor specs is set") }
      // The agent takes all of a policy or nothing.
      var mine: [PolicyProgram.Policy] = []
      var isRefused = false
      for (index, spec) in specs.enumerated() {
        let isSingle = index == 0 && object.spec != nil
        compiler.check(object, fields, spec, at: isSingle ? "spec" : "specs[\(index - (object.spec == nil ? 0 : 1))]")
        isRefused = true
        var subjects: PeerSet
        var doubt: PolicyProgram.Doubt?
        if let nodes = spec.mapping?["nodeSelector"] {
          guard object.kind != "CiliumNetworkPolicy" else {
            compiler.refuse(object, nodes, "nodeSelector is only allowed in a CiliumClusterwideNetworkPolicy")
            break
          }
          guard let selector = compiler.selector(nodes.isNull ? nil : nodes, object) else { break }
          // Nodes are subjects by the pods on their network.
          let found = compiler.nodes(selector)
          subjects = found.possible.subtracting(compiler.external)
          doubt = found.uncertain.map { PolicyProgram.Doubt($0, found.missing) }
          compiler.report(
            object, nodes, "host policies need Cilium's host firewall; the result assumes that it is enabled",
            code: "host-firewall", hides: false)
        } else {
          guard let endpoints = spec.mapping?["endpointSelector"] else {
            compiler.refuse(object, spec, "endpointSelector is missing")
            break
          }
          guard let found = view.select(endpoints, object, nil, &compiler) else { break }
          subjects = found
          subjects.formIntersection(compiler.selectable)
          if object.kind == "CiliumNetworkPolicy" {
            subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
          }
        }
        let deny = section(spec, "Deny", .deny, object, view, &compiler)
        let allow = section(spec, "", .allow, object, view, &compiler)
        guard let deny, let allow else { break }
        isRefused = false
        func isolates(_ direction: String) -> Bool {
          let lists = (spec[direction]?.elements.count ?? 0) + (spec[direction + "Deny"]?.elements.count ?? 0)
          return spec[path: "enableDefaultDeny", direction]?.bool ?? (lists > 0)
        }
        let isolation = PerDirection { isolates($0.rawValue) }
        mine.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: deny.ingress, egress: deny.egress, isolates: false,
            order: -.infinity, doubt: doubt))
        mine.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: allow.ingress ?? (isolation.ingress ? [] : nil),
            egress: allow.egress ?? (isolation.egress ? [] : nil), isolates: isolation, order: allowOrder,
            doubt: doubt))
      }
      if !isRefused { policies += mine }
    }
    return [.init(.networkPolicies, policies)]
  }

  /// Those of a policy as a whole; rules are looked at where they are read.
  private static let fields = PolicyFields.fields([
    "endpointSelector": .labelSelector, "nodeSelector": .labelSelector, "ingress": .any, "ingressDeny": .any,
    "egress": .any, "egressDeny": .any, "labels": .any, "description": .any, "log": .any,
    "enableDefaultDeny": .values("ingress", "egress"),
  ])

  /// Members of one rule that name the other end, of which the agent takes one kind alone.
  ///
  /// Source: cilium/cilium `pkg/policy/api/rule_validation.go` ("combining %s and %s is not supported yet").
  private static func members(_ rule: DocumentNode, _ prefix: String) -> [String] {
    (["Endpoints", "Entities", "CIDR", "CIDRSet", "Nodes", "Groups", "FQDNs", "Services"].map { prefix + $0 }).filter {
      !(rule[$0]?.elements ?? []).isEmpty
    }
  }

  private static func section(
    _ spec: DocumentNode, _ suffix: String, _ action: PolicyProgram.Action, _ object: KubeObject, _ view: EndpointView,
    _ compiler: inout PolicyCompiler
  ) -> (ingress: [PolicyProgram.Rule]?, egress: [PolicyProgram.Rule]?)? {
    guard let ingress = rules(spec, "ingress" + suffix, "from", action, object, view, &compiler),
      let egress = rules(spec, "egress" + suffix, "to", action, object, view, &compiler)
    else { return nil }
    return (ingress.isEmpty ? nil : ingress, egress.isEmpty ? nil : egress)
  }

  private static func rules(
    _ spec: DocumentNode, _ key: String, _ prefix: String, _ action: PolicyProgram.Action, _ object: KubeObject,
    _ view: EndpointView,
    _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var result: [PolicyProgram.Rule] = []
    for (index, rule) in (spec[key]?.elements ?? []).enumerated() {
      let members = members(rule, prefix)
      if members.count > 1 {
        compiler.refuse(
          object, rule, "\(key)[\(index)]: combining \(members[0]) and \(members[1]) in one rule is not supported")
        return nil
      }
      if rule["icmps"] != nil, rule["toPorts"] != nil {
        compiler.refuse(object, rule, "\(key)[\(index)]: icmps and toPorts cannot be combined in one rule")
        return nil
      }
      guard var peers = peers(rule, prefix, object, view, &compiler), var ports = ports(rule, object, &compiler) else {
        return nil
      }
      if rule["authentication"]?["mode"]?.text == "required" {
        ports.refine(by: opaque("mutual authentication"))
      }
      if let field = strange(rule) {
        compiler.report(
          object, rule, "\(key)[\(index)].\(field) is not understood; what depends on the rule is unknown",
          code: .notEvaluated, hides: false)
        var open = PolicyProgram.Peers(compiler.none)
        open.add(uncertain: peers.possible, .other("what the field \(field) of \(key)[\(index)] means"))
        peers = open
      }
      // An item without any member selects nothing: the opposite of what it means in a NetworkPolicy.
      if rule.entries.isEmpty { continue }
      result.append(
        PolicyProgram.Rule(action: action, peers: peers, ports: ports, path: "\(key)[\(index)]", node: rule))
    }
    return result
  }

  private static func peers(
    _ rule: DocumentNode, _ prefix: String, _ object: KubeObject, _ view: EndpointView, _ compiler: inout PolicyCompiler
  ) -> PolicyProgram.Peers? {
    var peers = PolicyProgram.Peers(compiler.none)
    var restricted = false
    if let list = rule.mapping?[prefix + "Endpoints"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard
          let found = view.select(
            node, object, object.kind == "CiliumNetworkPolicy" ? object.effectiveNamespace : nil, &compiler)
        else { return nil }
        peers.matched.formUnion(found)
      }
    }
    if let list = rule.mapping?[prefix + "Entities"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard let found = view.entity(node.text ?? "", compiler) else {
          compiler.refuse(object, node, "\"\(node.text ?? "")\" is not an entity")
          return nil
        }
        peers.matched.formUnion(found)
        if node.text == "kube-apiserver", found.isEmpty {
          peers.add(uncertain: compiler.external, .apiServerAddresses)
          peers.add(uncertain: compiler.placeless, .apiServerNodes)
        }
      }
    }
    if let list = rule.mapping?[prefix + "CIDR"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard let block = node.text.flatMap({ IPRange(cidr: $0) }) else {
          compiler.refuse(object, node, "\"\(node.text ?? "")\" is not a CIDR block")
          return nil
        }
        compiler.add(block, except: [], pods: .none, to: &peers)
      }
    }
    if let list = rule.mapping?[prefix + "CIDRSet"], list.array != nil {
      restricted = true
      for node in list.elements {
        var blocks: [IPRange] = []
        if let selector = node.mapping?["cidrGroupSelector"] {
          guard let wanted = compiler.selector(selector.isNull ? nil : selector, object) else { return nil }
          for item in compiler.cluster.snapshot.objects(cidrGroup) where wanted.matches(item.labels) {
            blocks += (item.spec?["externalCIDRs"]?.strings ?? []).compactMap { IPRange(cidr: $0) }
          }
        } else if let group = node["cidrGroupRef"]?.string {
          for item in compiler.cluster.snapshot.objects(cidrGroup) where item.name == group {
            blocks += (item.spec?["externalCIDRs"]?.strings ?? []).compactMap { IPRange(cidr: $0) }
          }
        } else if let block = node["cidr"]?.text.flatMap({ IPRange(cidr: $0) }) {
          blocks = [block]
        } else {
          compiler.refuse(object, node, "a CIDR set needs cidr, cidrGroupRef or cidrGroupSelector")
          return nil
        }
        let except = (node["except"]?.strings ?? []).compactMap { IPRange(cidr: $0) }
        for block in blocks {
          compiler.add(block, except: except, pods: .none, to: &peers)
        }
      }
    }
    if let list = rule.mapping?["toFQDNs"], list.array != nil {
      restricted = true
      let names = list.elements.compactMap { $0["matchName"]?.string ?? $0["matchPattern"]?.string }
      for name in names { peers.matched.formUnion(compiler.names(matching: name)) }
      peers.add(uncertain: compiler.external, .resolution(names: Array(names.prefix(3))))
    }
    if let list = rule.mapping?["toServices"], list.array != nil {
      restricted = true
      peers.matched.formUnion(view.services(list.elements, object, compiler))
    }
    if let list = rule.mapping?[prefix + "Nodes"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard let selector = compiler.selector(node, object) else { return nil }
        peers = peers.union(compiler.nodes(selector))
      }
    }
    if rule.mapping?[prefix + "Groups"] != nil {
      restricted = true
      peers.add(uncertain: compiler.external, .cloudGroups)
    }
    if !restricted { peers.matched = compiler.everything }
    return peers
  }

  private static func ports(_ rule: DocumentNode, _ object: KubeObject, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Ports?
  {
    if let icmps = rule["icmps"], rule["toPorts"] == nil {
      var set = ConnectionSet.none
      for field in icmps.elements.flatMap({ $0["fields"]?.elements ?? [] }) {
        let isV6 = field["family"]?.string == "IPv6"
        guard let type = icmpType(field["type"], isV6) else {
          compiler.refuse(object, field, "\"\(field["type"]?.text ?? "")\" is not an ICMP type")
          return nil
        }
        set = set.union(.icmp(isV6: isV6, type: type))
      }
      return PolicyProgram.Ports(fixed: set)
    }
    let lists = rule["toPorts"]?.elements ?? []
    if lists.isEmpty { return .all }
    var ports = PolicyProgram.Ports(fixed: .none)
    for list in lists {
      guard var condition = condition(list["rules"], object, &compiler) else { return nil }
      let names = list["serverNames"]?.strings ?? []
      if !names.isEmpty {
        condition = condition.intersection(
          .any(.serverName, names.map { ConditionTest.Pattern.fromName(DNSName.normalised($0)) }))
      }
      if let listener = list["listener"]?["name"]?.text {
        condition = condition.intersection(opaque("what Envoy listener \(listener) lets through"))
      }
      var open = ConnectionSet.none
      let items = list["ports"]?.elements ?? []
      if items.isEmpty { open = .all }
      for node in items {
        let word = node["protocol"]?.string ?? "ANY"
        let transports =
          word.uppercased() == "ANY"
          ? ConnectionSet.TransportProtocol.allCases
          : [ConnectionSet.TransportProtocol(name: word)].compactMap { $0 }
        if word.uppercased().hasPrefix("ICMP") { open = open.union(.icmp(isV6: word.uppercased() == "ICMPV6")) }
        guard !transports.isEmpty || word.uppercased().hasPrefix("ICMP") else {
          compiler.refuse(object, node, "unknown protocol \"\(word)\"")
          return nil
        }
        let text = node["port"]?.text ?? "0"
        guard let low = UInt16(text) else {
          for transport in transports {
            ports.named.append(.init(name: text, transport: transport, condition: condition))
          }
          continue
        }
        let high = node["endPort"]?.int.flatMap { UInt16(exactly: $0) } ?? low
        guard high == 0 || high >= low else {
          compiler.refuse(object, node, "endPort \(high) is below port \(low)")
          return nil
        }
        // Port 0 stands for all of them.
        for transport in transports {
          open = open.union(low == 0 ? ConnectionSet(transport) : ConnectionSet(transport, low...max(low, high)))
        }
      }
      ports.fixed = ports.fixed.union(open.refined(by: condition))
    }
    return ports
  }

  private static func opaque(_ text: String) -> Condition { Condition(ConditionTest(.opaque, .exact(text))) }

  /// Fields of rules that are understood, or narrow nothing.
  private static let ruleFields: Set<String> = {
    let ends = ["Endpoints", "Entities", "CIDR", "CIDRSet", "Nodes", "Groups"]
    return Set(
      ["from", "to"].flatMap { prefix in ends.map { prefix + $0 } }
        + ["toPorts", "toFQDNs", "toServices", "icmps", "authentication"])
  }()
  private static let portFields: Set<String> = [
    "ports", "rules", "serverNames", "listener", "terminatingTLS", "originatingTLS",
  ]

  /// A field that is not understood, and may narrow what a rule matches.
  private static func strange(_ rule: DocumentNode) -> String? {
    rule.entries.first { !ruleFields.contains($0.key) }?.key
      ?? (rule["toPorts"]?.elements ?? []).flatMap(\.entries).first { !portFields.contains($0.key) }?.key
  }

  /// Names of ICMP types as Cilium's `pkg/policy/api/icmp.go` has them.
  private static let icmpTypes: [String: (v4: Int?, v6: Int?)] = [
    "EchoReply": (0, 129), "DestinationUnreachable": (3, 1), "Redirect": (5, nil), "Echo": (8, nil),
    "EchoRequest": (8, 128), "RouterAdvertisement": (9, 134), "RouterSelection": (10, nil), "TimeExceeded": (11, 3),
    "ParameterProblem": (12, 4), "Timestamp": (13, nil), "TimestampReply": (14, nil), "Photuris": (40, nil),
    "ExtendedEchoRequest": (42, nil), "ExtendedEcho Reply": (43, nil), "PacketTooBig": (nil, 2),
    "MulticastListenerQuery": (nil, 130), "MulticastListenerReport": (nil, 131), "MulticastListenerDone": (nil, 132),
    "RouterSolicitation": (nil, 133), "NeighborSolicitation": (nil, 135), "NeighborAdvertisement": (nil, 136),
    "RedirectMessage": (nil, 137),
  ]

  private static func icmpType(_ node: DocumentNode?, _ isV6: Bool) -> Int? {
    guard let node else { return nil }
    if let number = node.int ?? node.text.flatMap({ Int64($0) }) {
      return (0...255).contains(number) ? Int(number) : nil
    }
    let known = icmpTypes[node.text ?? ""]
    return isV6 ? known?.v6 : known?.v4
  }

  /// What the rules of layer 7 ask of a connection.
  private static func condition(_ rules: DocumentNode?, _ object: KubeObject, _ compiler: inout PolicyCompiler)
    -> Condition?
  {
    guard let rules, !rules.entries.isEmpty else { return .always }
    var result: [Condition] = []
    func test(_ property: ConditionTest.Property, _ node: DocumentNode?) -> Condition {
      guard let text = node?.text, !text.isEmpty else { return .always }
      return .any(property, ConditionTest.Pattern.fromRegex(text))
    }
    for entry in rules.entries {
      let items = entry.value.elements
      // A parser without rules lets everything of its protocol through.
      if items.isEmpty { result.append(.always) }
      for item in items {
        switch entry.key {
        case "http":
          for key in ["method", "path", "host"] {
            if let text = item[key]?.text, case .regex(let pattern)? = ConditionTest.Pattern.fromRegex(text).first {
              do throws(LinearRegex.Invalid) {
                _ = try LinearRegex(pattern)
              } catch {
                compiler.refuse(
                  object, item[key],
                  "\"\(pattern)\" is not a regular expression: \(error.message)")
                return nil
              }
            }
          }
          var one = test(.method, item["method"]).intersection(test(.path, item["path"]))
          one = one.intersection(test(.host, item["host"]))
          for header in item["headers"]?.strings ?? [] { one = one.intersection(self.header(header)) }
          for match in item["headerMatches"]?.elements ?? [] {
            let name = match["name"]?.text ?? ""
            one = one.intersection(header(match["value"]?.text.map { "\(name): \($0)" } ?? name))
          }
          result.append(one)
        case "dns":
          let text = item["matchName"]?.text ?? item["matchPattern"]?.text ?? "*"
          let name = DNSName.normalised(text)
          result.append(name == "*" ? .always : Condition(ConditionTest(.query, .fromName(name))))
        default:
          let fields = item.entries.map { "\($0.key)=\($0.value.text ?? "…")" }.sorted().joined(separator: " ")
          result.append(Condition(ConditionTest(.opaque, .exact("\(entry.key) \(fields)"))))
        }
      }
    }
    return .any(of: result)
  }

  /// `Name: value`, `Name value` or `Name` alone for its presence.
  private static func header(_ text: String) -> Condition {
    let split = text.firstIndex { $0 == ":" || $0 == " " }
    guard let split else { return Condition(ConditionTest(.header, .prefix(text.lowercased() + ":"))) }
    let value = text[text.index(after: split)...].drop { $0 == " " }
    return Condition(ConditionTest(.header, .exact("\(text[..<split].lowercased()): \(value)")))
  }

  /// Pods with the labels that Cilium gives them.
  private struct EndpointView {
    /// By class of pods.
    private let labels: [[String: String]]
    private let namespaceKey = "io.kubernetes.pod.namespace"

    init(_ compiler: PolicyCompiler) {
      labels = compiler.cluster.podClasses.map { podClass in
        var labels = podClass.labels
        labels["io.kubernetes.pod.namespace"] = podClass.namespace
        labels["io.cilium.k8s.policy.serviceaccount"] = podClass.serviceAccount
        for (key, value) in compiler.cluster.namespaces[podClass.namespace] ?? [:] {
          labels["io.cilium.k8s.namespace.labels." + key] = value
        }
        return labels
      }
    }

    /// Label keys with the prefix of their source: `k8s:`, `any:`; `reserved:` names entities.
    private static func plain(_ key: String) -> String {
      for prefix in ["k8s:", "any:", "k8s.", "any."] where key.hasPrefix(prefix) { return String(key.dropFirst(4)) }
      return key
    }

    /// - Parameter namespace: to which a selector without a namespace label is limited; nil for none.
    func select(_ node: DocumentNode, _ object: KubeObject, _ namespace: String?, _ compiler: inout PolicyCompiler)
      -> PeerSet?
    {
      guard let selector = compiler.selector(node.isNull ? nil : node, object) else { return nil }
      let requirements = selector.requirements.map {
        LabelSelector.Requirement(key: Self.plain($0.key), comparison: $0.comparison, values: $0.values)
      }
      var result = compiler.none
      if let entity = requirements.first(where: { $0.key.hasPrefix("reserved:") }) {
        return self.entity(String(entity.key.dropFirst(9)), compiler) ?? result
      }
      let namesNamespace = requirements.contains {
        $0.key == namespaceKey || $0.key.hasPrefix("io.cilium.k8s.namespace.labels.")
          || $0.key.hasPrefix("io.kubernetes.pod.namespace.labels.")
      }
      for id in compiler.cluster.podClassIDs where compiler.selectable.contains(id) {
        let labels = labels[id.index]
        if let namespace, !namesNamespace, labels[namespaceKey] != namespace { continue }
        if requirements.allSatisfy({ $0.matches(labels) }) { result.insert(id) }
      }
      return result
    }

    func entity(_ name: String, _ compiler: PolicyCompiler) -> PeerSet? {
      var hosts = compiler.none
      for id in compiler.cluster.podClassIDs where compiler.cluster[id].hostNetwork { hosts.insert(id) }
      var ingress = compiler.none
      if let id = compiler.cluster.unseen(.ciliumIngress) { ingress.insert(id) }
      func family(_ isV6: Bool) -> PeerSet {
        var result = compiler.none
        for (index, range) in compiler.cluster.ranges.enumerated() where range.isV6 == isV6 {
          result.insert(compiler.cluster.peer(ofRange: index))
        }
        return result
      }
      switch name {
      case "all": return compiler.everything
      case "world": return compiler.external
      case "world-ipv4": return family(false)
      case "world-ipv6": return family(true)
      case "cluster": return compiler.pods.union(ingress)
      case "ingress": return ingress
      case "host", "remote-node": return hosts
      case "kube-apiserver": return apiServers(compiler)
      case "health", "init", "unmanaged", "none": return compiler.none
      default: return nil
      }
    }

    /// Where the default Service leads, as its EndpointSlices or Endpoints tell.
    private func apiServers(_ compiler: PolicyCompiler) -> PeerSet {
      var result = compiler.none
      for address in ServiceIndex.addresses(of: "kubernetes", in: "default", compiler.cluster.snapshot) {
        let block = IPRange(isV6: address.isV6, low: address.value, high: address.value)
        result.formUnion(compiler.block(block, pods: .all).matched)
      }
      return result
    }

    func services(_ list: [DocumentNode], _ object: KubeObject, _ compiler: PolicyCompiler) -> PeerSet {
      var result = compiler.none
      for node in list {
        for service in compiler.cluster.services.all {
          let byName =
            node["k8sService"].map {
              $0["serviceName"]?.string == service.object.name
                && ($0["namespace"]?.string ?? object.effectiveNamespace) == service.object.effectiveNamespace
            } ?? false
          let bySelector =
            node["k8sServiceSelector"]?["selector"].flatMap { try? LabelSelector($0) }?.matches(service.object.labels)
            ?? false
          guard byName || bySelector else { continue }
          result.formUnion(compiler.classes(of: service.endpoints))
          if service.endpoints.isEmpty {
            for address in ServiceIndex.addresses(
              of: service.object.name, in: service.object.effectiveNamespace, compiler.cluster.snapshot)
            {
              let block = IPRange(isV6: address.isV6, low: address.value, high: address.value)
              result.formUnion(compiler.block(block, pods: .none).matched)
            }
          }
        }
      }
      return result
    }
  }

  static func peerSelectors(_ snapshot: ClusterSnapshot) -> [PotentialExposure.Peer] {
    snapshot.objects(policyKinds[0]).flatMap { object in
      ([object.spec].compactMap { $0 } + (object.root["specs"]?.elements ?? [])).flatMap { spec in
        [("ingress", "fromEndpoints"), ("egress", "toEndpoints")].flatMap { rules, key in
          (spec[rules]?.elements ?? []).flatMap { $0[key]?.elements ?? [] }
        }
      }.compactMap { peer -> PotentialExposure.Peer? in
        // Keys with a source before them, and those of namespaces, are no labels of pods.
        guard let pods = LabelSelector(ofPeer: peer),
          !pods.requirements.contains(where: { $0.key.contains(":") || $0.key.hasPrefix("io.") })
        else { return nil }
        return .pods(namespace: .named(object.effectiveNamespace), selector: pods)
      }
    }
  }
}
