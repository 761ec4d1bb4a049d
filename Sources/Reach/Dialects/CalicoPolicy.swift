import Bytes
import Findings
import Kube

/// Calico NetworkPolicy and GlobalNetworkPolicy with tiers, orders, network sets and service accounts.
///
/// Source: the Calico API reference (v3) and projectcalico/calico `felix/rules`. Staged policies never enforce. Host
/// endpoints are subjects of GlobalNetworkPolicies: untracked ones (`doNotTrack`) go first, then those before address
/// translation (`preDNAT`), which say nothing of pods; what a host forwards (`applyOnForward`) is not told apart from what
/// ends there.
enum CalicoPolicy: PolicyDialect {
  private static let groups = ["projectcalico.org", "crd.projectcalico.org"]
  static func all(_ kind: String) -> [GroupKind] { groups.map { GroupKind($0, kind) } }
  static let policyKinds = all("NetworkPolicy") + all("GlobalNetworkPolicy")
  static let otherKinds = all("NetworkSet") + all("GlobalNetworkSet")

  private static let expression = PolicyVocabulary.Field(hasFieldsWithin: true) { node, relevance in
    if let text = node.string { relevance.labelKeys.formUnion(CalicoSelector.labels(text)) }
  }

  private static let accounts = PolicyVocabulary.Field(hasFieldsWithin: true) { node, relevance in
    relevance.accounts = true
    expression.read(node, &relevance)
  }

  static let vocabulary = PolicyVocabulary([
    "selector": expression, "notSelector": expression, "namespaceSelector": expression, "serviceAccounts": accounts,
    "serviceAccountSelector": accounts, "nets": .blocks, "notNets": .blocks, "services": .services,
    "allowedEgressDomains": .names,
  ])

  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {
    relevance.addresses = true
  }

  static func isEnforced(_ kind: GroupKind, by plugin: NetworkPlugin) -> Bool { plugin.name == "calico" }

  /// Stages of all tiers; NetworkPolicies stand in the tier `default` among its own.
  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let snapshot = compiler.cluster.snapshot
    let objects = policyKinds.flatMap(snapshot.objects)
    guard !objects.isEmpty || !compiler.hosts.isEmpty else { return [] }
    let sets = NetworkSets(snapshot)
    var tiers: [String: [PolicyProgram.Policy]] = [:]
    // Untracked ones before those that come before address translation, and both before the tiers.
    let early = [
      ("doNotTrack", PolicyProgram.Place(order: -.infinity, name: "1 untracked")),
      ("preDNAT", PolicyProgram.Place(order: -.infinity, name: "2 before address translation")),
    ]
    var stages: [PolicyProgram.Stage] = []
    for object in compiler.lastOfEqualNames(objects) {
      guard let policy = policy(object, sets, &compiler) else { continue }
      if let place = early.first(where: { object.spec?[$0.0]?.bool == true })?.1 {
        stages.append(.init(place, [policy], breaksTiesByName: true, passesByDefault: true))
      } else {
        tiers[object.spec?["tier"]?.string ?? PolicyProgram.Place.networkPolicies.name, default: []].append(policy)
      }
    }
    var orders: [String: Double] = [:]
    for place in [PolicyProgram.Place.admin, .networkPolicies, .baseline] { orders[place.name] = place.order }
    var passing = Set<String>()
    for object in all("Tier").flatMap(snapshot.objects) {
      orders[object.name] = number(object.spec?["order"]) ?? orders[object.name]
      if object.spec?["defaultAction"]?.string == "Pass" { passing.insert(object.name) }
      if tiers[object.name] == nil { tiers[object.name] = [] }
    }
    for (tier, list) in tiers.sorted(by: { $0.key < $1.key }) {
      stages.append(
        .init(
          .init(order: orders[tier] ?? lastOrder, name: tier), list, breaksTiesByName: true,
          passesByDefault: passing.contains(tier)))
    }
    // NetworkPolicies are in it, whether a policy of Calico is or not.
    let own = PolicyProgram.Place.networkPolicies
    if tiers[own.name] == nil { stages.append(.init(own, [], breaksTiesByName: true)) }
    return stages + hostProfiles(compiler)
  }

  /// Of tiers and policies without an order, which go last.
  private static let lastOrder = Double.greatestFiniteMagnitude

  /// Policies of one order go by name, which nobody who wrote them may have had in mind.
  static func ties(in stage: PolicyProgram.Stage) -> [PolicyRemark] {
    guard stage.place.order.isFinite else { return [] }
    func actions(_ policy: PolicyProgram.Policy, _ direction: TrafficDirection) -> Set<PolicyProgram.Action> {
      Set((policy.rules[direction] ?? []).map(\.action))
    }
    var remarks: [PolicyRemark] = []
    for (_, same) in Dictionary(grouping: stage.policies, by: \.order) where (2...200).contains(same.count) {
      for (index, later) in same.enumerated() {
        for earlier in same[..<index] {
          let differ = TrafficDirection.allCases.contains { direction in
            let a = actions(earlier, direction)
            let b = actions(later, direction)
            return !a.isEmpty && !b.isEmpty && a.union(b).count > 1
          }
          guard differ, !later.subjects.intersection(earlier.subjects).isEmpty else { continue }
          remarks.append(
            PolicyRemark(
              code: .sameOrder, object: later.object.subject,
              location: later.object.location(of: later.object.spec?["order"]),
              detail:
                "same order as \(earlier.object.subject.text) in tier \(stage.place.name), with different actions for some of the same pods; their names decide which applies first"
            ))
          break
        }
      }
    }
    return remarks
  }

  /// What no policy decides is denied at a host endpoint, unless its profile allows it.
  private static func hostProfiles(_ compiler: PolicyCompiler) -> [PolicyProgram.Stage] {
    let policies = all("HostEndpoint").flatMap(compiler.cluster.snapshot.objects).filter {
      !($0.spec?["profiles"]?.strings ?? []).contains("projectcalico-default-allow")
    }.map { object in
      PolicyProgram.Policy(
        object: object,
        subjects: compiler.classes(
          of: compiler.cluster.endpointIDs.filter {
            compiler.cluster[$0].isHost && compiler.cluster[$0].name == object.name
          }), ingress: [], egress: [], isolates: true)
    }
    return [PolicyProgram.Stage(.init(order: .infinity, name: "host endpoints"), policies)]
  }

  private static func number(_ node: DocumentNode?) -> Double? {
    switch node?.content {
    case .int(let value)?: Double(value)
    case .double(let value)?: value
    case .string(let text)?: Double(text)
    default: nil
    }
  }

  /// Labels of pods and namespaces as Calico sees them, and blocks by label.
  private struct NetworkSets {
    var sets: [(namespace: String?, labels: [String: String], blocks: [IPRange], names: [String])] = []

    init(_ snapshot: ClusterSnapshot) {
      for object in all("NetworkSet").flatMap(snapshot.objects) + all("GlobalNetworkSet").flatMap(snapshot.objects) {
        let blocks = (object.spec?["nets"]?.elements ?? []).compactMap { $0.text.flatMap { IPRange(cidr: $0) } }
        let names = object.spec?["allowedEgressDomains"]?.strings ?? []
        sets.append(
          (
            object.kind == "NetworkSet" ? object.effectiveNamespace : nil, object.labels, blocks,
            names.map(DNSName.normalised)
          ))
      }
    }
  }

  private static func policy(_ object: KubeObject, _ sets: NetworkSets, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Policy?
  {
    guard let spec = object.spec else { return nil }
    let isGlobal = object.kind == "GlobalNetworkPolicy"
    let hostsOnly = ["doNotTrack", "preDNAT"].contains { spec[$0]?.bool == true }
    var subjects: PeerSet
    do throws(CalicoSelector.Invalid) {
      let selector = try CalicoSelector(spec["selector"]?.string ?? "")
      subjects = pods(selector, compiler)
      var hosts = isGlobal ? self.hosts(selector, compiler) : compiler.none
      if !isGlobal {
        subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
      } else if let text = spec["namespaceSelector"]?.string, !text.isEmpty {
        subjects.formIntersection(namespaces(try CalicoSelector(text), compiler))
        hosts = compiler.none
      }
      if let text = spec["serviceAccountSelector"]?.string, !text.isEmpty {
        subjects.formIntersection(accounts(try CalicoSelector(text), [], compiler))
        hosts = compiler.none
      }
      if hostsOnly { subjects = compiler.none }
      subjects.formUnion(hosts)
    } catch {
      compiler.refuse(object, spec, "invalid selector: \(error.message)")
      return nil
    }
    let hasIngress = spec["ingress"] != nil
    let hasEgress = spec["egress"] != nil
    var types = Set(spec["types"]?.strings ?? [])
    if types.isEmpty { types = hasEgress ? (hasIngress ? ["Ingress", "Egress"] : ["Egress"]) : ["Ingress"] }
    var ingress: [PolicyProgram.Rule]?
    var egress: [PolicyProgram.Rule]?
    if types.contains("Ingress") {
      guard let rules = rules(spec["ingress"], "ingress", object, isGlobal, sets, &compiler) else { return nil }
      ingress = rules
    }
    if types.contains("Egress") {
      guard let rules = rules(spec["egress"], "egress", object, isGlobal, sets, &compiler) else { return nil }
      egress = rules
    }
    return PolicyProgram.Policy(
      object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: true,
      order: number(spec["order"]) ?? lastOrder, orderName: object.name)
  }

  private static func rules(
    _ list: DocumentNode?, _ key: String, _ object: KubeObject, _ isGlobal: Bool, _ sets: NetworkSets,
    _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var rules: [PolicyProgram.Rule] = []
    for (index, rule) in (list?.elements ?? []).enumerated() {
      let action: PolicyProgram.Action
      switch rule["action"]?.string {
      case "Allow": action = .allow
      case "Deny": action = .deny
      case "Pass": action = .pass
      case "Log": continue
      default:
        compiler.refuse(
          object, rule, "\(key)[\(index)]: \"\(rule["action"]?.text ?? "")\" is not an action")
        return nil
      }
      do throws(CalicoSelector.Invalid) {
        let isIngress = key == "ingress"
        guard var peers = try entity(rule[isIngress ? "source" : "destination"], object, isGlobal, sets, compiler),
          var ports = try ports(rule, rule["destination"], object, compiler)
        else { continue }
        if !isIngress, let service = rule["destination"]?["services"] {
          ports = servicePorts(service, object, compiler).restricting(ports)
        }
        // The pod's own end may be restricted too; on ingress that is the destination.
        let nearNode = rule[isIngress ? "destination" : "source"]
        var near: PeerSet?
        if let nearNode, nearNode.entries.contains(where: { $0.key != "ports" && $0.key != "notPorts" }) {
          near = try entity(nearNode, object, isGlobal, sets, compiler)?.matched
        }
        for key in ["ports", "notPorts"] {
          guard let list = rule["source"]?[key]?.elements, !list.isEmpty else { continue }
          let text = list.compactMap(\.text).joined(separator: ",")
          let test = Condition(ConditionTest(.opaque, .exact("source port \(text)")))
          ports.refine(by: key == "ports" ? test : test.inverted)
        }
        if let http = rule["http"] { ports.refine(by: self.http(http)) }
        switch rule["ipVersion"]?.int {
        case 4?, 6?:
          let wanted = rule["ipVersion"]?.int == 6
          for (index, range) in compiler.cluster.ranges.enumerated() where range.isV6 != wanted {
            peers.matched.remove(compiler.cluster.peer(ofRange: index))
          }
        default: break
        }
        rules.append(
          PolicyProgram.Rule(
            action: action, peers: peers, ports: ports, path: "\(key)[\(index)]", node: rule, near: near)
        )
      } catch {
        compiler.refuse(object, rule, "\(key)[\(index)]: \(error.message)")
        return nil
      }
    }
    return rules
  }

  private static func http(_ node: DocumentNode) -> Condition {
    func any(_ property: ConditionTest.Property, _ patterns: [ConditionTest.Pattern]) -> Condition {
      patterns.isEmpty ? .always : .any(property, patterns)
    }
    let methods = (node["methods"]?.strings ?? []).filter { $0 != "*" }
    let paths = (node["paths"]?.elements ?? []).compactMap { path -> ConditionTest.Pattern? in
      path["exact"]?.string.map { .exact($0) } ?? path["prefix"]?.string.map { .prefix($0) }
    }
    return any(.method, methods.map { .exact($0) }).intersection(any(.path, paths))
  }

  private static func servicePorts(_ node: DocumentNode, _ object: KubeObject, _ compiler: PolicyCompiler)
    -> PolicyProgram.Ports
  {
    let index = ServiceIndex(compiler.cluster.snapshot, compiler.cluster)
    guard
      let service = index.find(node["namespace"]?.string ?? object.effectiveNamespace, node["name"]?.string ?? "")
    else { return PolicyProgram.Ports(fixed: .none) }
    return PolicyProgram.Ports(
      fixed: service.endpoints.reduce(ConnectionSet.none) { $0.union(index.ports(service, $1, nil)) })
  }

  private static func entity(
    _ node: DocumentNode?, _ object: KubeObject, _ isGlobal: Bool, _ sets: NetworkSets, _ compiler: PolicyCompiler
  ) throws(CalicoSelector.Invalid) -> PolicyProgram.Peers? {
    guard let node else { return .init(compiler.everything) }
    var matched = compiler.everything
    var uncertain: [(peers: PeerSet, fact: MissingFact)] = []
    if let service = node["services"] {
      let index = ServiceIndex(compiler.cluster.snapshot, compiler.cluster)
      let namespace = service["namespace"]?.string ?? object.effectiveNamespace
      let found = index.find(namespace, service["name"]?.string ?? "")
      matched.formIntersection(compiler.classes(of: found?.endpoints ?? []))
    }
    let selectorText = node["selector"]?.string
    let namespaceText = node["namespaceSelector"]?.string
    let accountsNode = node["serviceAccounts"]
    if selectorText != nil || namespaceText != nil || accountsNode != nil {
      let selector = try CalicoSelector(selectorText ?? "")
      var pods = self.pods(selector, compiler)
      var others = compiler.none
      var wantsGlobal = false
      var inNamespace: CalicoSelector?
      if let namespaceText, !namespaceText.isEmpty {
        let parsed = try CalicoSelector(namespaceText)
        wantsGlobal = parsed == .global
        inNamespace = parsed
        pods.formIntersection(wantsGlobal ? compiler.none : namespaces(parsed, compiler))
      } else if !isGlobal {
        pods.formIntersection(compiler.namespace(object.effectiveNamespace))
      }
      if accountsNode == nil {
        let isEverywhere = wantsGlobal || inNamespace == nil && isGlobal
        if isEverywhere { others.formUnion(hosts(selector, compiler)) }
        for set in sets.sets where selector.matches(set.labels) {
          let reachable: Bool
          if let namespace = set.namespace {
            reachable =
              inNamespace.map { !wantsGlobal && $0.matches(namespaceLabels(namespace, compiler)) }
              ?? (isGlobal || namespace == object.effectiveNamespace)
          } else {
            reachable = isEverywhere
          }
          guard reachable else { continue }
          for block in set.blocks { others.formUnion(compiler.block(block, matchesPods: true)) }
          for name in set.names {
            others.formUnion(compiler.names(matching: name))
            uncertain.append((compiler.external, .resolution(names: [name])))
          }
        }
      }
      if let accountsNode {
        let text = accountsNode["selector"]?.string ?? ""
        if !text.isEmpty {
          let known = accountLabels(compiler)
          let unlabelled = compiler.selectable { known[Account(of: $0)] == nil }
          uncertain.append((unlabelled.intersection(pods), .serviceAccountLabels))
        }
        pods.formIntersection(accounts(try CalicoSelector(text), accountsNode["names"]?.strings ?? [], compiler))
      }
      pods.formUnion(others)
      matched.formIntersection(pods)
    }
    if let text = node["notSelector"]?.string, !text.isEmpty {
      let selector = try CalicoSelector(text)
      matched.subtract(pods(selector, compiler))
      matched.subtract(hosts(selector, compiler))
    }
    var limit = compiler.everything
    if let nets = node["nets"]?.elements, !nets.isEmpty {
      var found = PolicyProgram.Peers(compiler.none)
      for net in nets {
        if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
          compiler.add(block, except: [], matchesPods: true, nodesMatch: true, to: &found)
        }
      }
      for fact in found.missing { if let peers = found.uncertain { uncertain.append((peers, fact)) } }
      limit = found.matched
    }
    for net in node["notNets"]?.elements ?? [] {
      if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
        limit.subtract(compiler.block(block, matchesPods: true))
      }
    }
    var peers = PolicyProgram.Peers(matched.intersection(limit))
    for (found, fact) in uncertain { peers.add(uncertain: found, fact) }
    return peers
  }

  private static func namespaceLabels(_ name: String, _ compiler: PolicyCompiler) -> [String: String] {
    var labels = compiler.cluster.namespaces[name] ?? [:]
    labels["projectcalico.org/name"] = name
    return labels
  }

  /// Pods by label, with the labels that Calico adds.
  private static func pods(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> PeerSet {
    compiler.selectable { podClass in
      var labels = podClass.labels
      labels["projectcalico.org/namespace"] = podClass.namespace
      labels["projectcalico.org/orchestrator"] = "k8s"
      labels["projectcalico.org/serviceaccount"] = podClass.serviceAccount
      return selector.matches(labels)
    }
  }

  private static func hosts(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> PeerSet {
    var result = compiler.none
    compiler.hosts.visit { host in
      if let id = compiler.cluster.podClass(host), selector.matches(compiler.cluster[id].labels) { result.insert(host) }
    }
    return result
  }

  private static func namespaces(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> PeerSet {
    var result = compiler.none
    for name in compiler.cluster.namespaces.keys where selector.matches(namespaceLabels(name, compiler)) {
      result.formUnion(compiler.namespace(name))
    }
    return result
  }

  private struct Account: Hashable {
    let namespace: String
    let name: String

    init(of podClass: ReachCluster.PodClass) {
      namespace = podClass.namespace
      name = podClass.serviceAccount
    }

    init(_ object: KubeObject) {
      namespace = object.effectiveNamespace
      name = object.name
    }
  }

  private static func accountLabels(_ compiler: PolicyCompiler) -> [Account: [String: String]] {
    Dictionary(
      compiler.cluster.snapshot.objects(.serviceAccount).map { (Account($0), $0.labels) },
      uniquingKeysWith: { _, last in last })
  }

  private static func accounts(_ selector: CalicoSelector, _ names: [String], _ compiler: PolicyCompiler) -> PeerSet {
    let labels = accountLabels(compiler)
    return compiler.selectable { podClass in
      (names.isEmpty || names.contains(podClass.serviceAccount))
        && selector.matches(labels[Account(of: podClass)] ?? [:])
    }
  }

  private static func ports(
    _ rule: DocumentNode, _ destination: DocumentNode?, _ object: KubeObject, _ compiler: PolicyCompiler
  ) throws(CalicoSelector.Invalid) -> PolicyProgram.Ports? {
    var wanted = ConnectionSet.TransportProtocol.allCases
    var other = Condition.always
    if let only = try transport(rule["protocol"]) {
      wanted = only.transport.map { [$0] } ?? []
      other = only.other
    }
    if let without = try transport(rule["notProtocol"]) {
      wanted.removeAll { $0 == without.transport }
      other = other.subtracting(without.other)
    }
    func types(_ node: DocumentNode) -> Condition {
      var result = Condition.always
      for (key, property) in [("type", ConditionTest.Property.icmpType), ("code", .icmpCode)] {
        if let value = node[key]?.int {
          result = result.intersection(Condition(ConditionTest(property, .exact(String(value)))))
        }
      }
      return result
    }
    if let icmp = rule["icmp"] { other = other.intersection(types(icmp)) }
    if let icmp = rule["notICMP"] { other = other.subtracting(types(icmp)) }
    let list = destination?["ports"]?.elements ?? []
    var result = PolicyProgram.Ports(fixed: .none)
    if list.isEmpty {
      for transport in wanted { result.fixed = result.fixed.union(ConnectionSet(transport)) }
      result.fixed = result.fixed.union(ConnectionSet(other: other))
    } else {
      for node in list {
        if let range = try interval(node) {
          for transport in wanted { result.fixed = result.fixed.union(ConnectionSet(transport, range)) }
        } else if let name = node.string {
          for transport in wanted { result.named.append(.init(name: name, transport: transport)) }
        }
      }
    }
    for node in destination?["notPorts"]?.elements ?? [] {
      guard let range = try interval(node) else { continue }
      for transport in wanted { result.fixed = result.fixed.subtracting(ConnectionSet(transport, range)) }
    }
    return result
  }

  /// A protocol by name or number.
  private static func transport(_ node: DocumentNode?) throws(CalicoSelector.Invalid) -> (
    transport: ConnectionSet.TransportProtocol?, other: Condition
  )? {
    guard let text = node?.text else { return nil }
    switch text.uppercased() {
    case "TCP", "6": return (.tcp, .never)
    case "UDP", "17": return (.udp, .never)
    case "SCTP", "132": return (.sctp, .never)
    case "ICMP", "1": return (nil, Condition(ConditionTest(.ipProtocol, .exact("ICMP"))))
    case "ICMPV6", "58": return (nil, Condition(ConditionTest(.ipProtocol, .exact("ICMPv6"))))
    case "UDPLITE": return (nil, Condition(ConditionTest(.ipProtocol, .exact("136"))))
    default:
      guard let number = UInt8(text), number > 0 else {
        throw CalicoSelector.Invalid(message: "\"\(text)\" is not a protocol")
      }
      return (nil, Condition(ConditionTest(.ipProtocol, .exact(text))))
    }
  }

  /// A number or `a:b`; nil for a name.
  private static func interval(_ node: DocumentNode) throws(CalicoSelector.Invalid) -> ConnectionSet.Interval? {
    if let number = node.int {
      guard let port = UInt16(exactly: number) else {
        throw CalicoSelector.Invalid(message: "port \(number) is not between 0 and 65535")
      }
      return max(port, 1)...max(port, 1)
    }
    guard let text = node.text else { throw CalicoSelector.Invalid(message: "port must be between 1 and 65535") }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let low = UInt16(parts[0]), let high = UInt16(parts[1]), low <= high else {
        throw CalicoSelector.Invalid(message: "\"\(text)\" is not a port range")
      }
      return max(low, 1)...max(high, 1)
    }
    return UInt16(text).map { max($0, 1)...max($0, 1) }
  }
}
