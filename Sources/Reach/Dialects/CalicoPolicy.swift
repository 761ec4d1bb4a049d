import Bytes
import Findings
import Kube

/// Calico NetworkPolicy and GlobalNetworkPolicy with tiers, orders, network sets and service accounts.
///
/// Source: the Calico API reference (v3) and projectcalico/calico `felix/rules`. Staged policies never enforce. Host
/// endpoints are subjects of GlobalNetworkPolicies: untracked ones (`doNotTrack`) go first, then those before address
/// translation (`preDNAT`), which say nothing of pods; what a host forwards (`applyOnForward`) is not told apart from what
/// ends there. Their failsafe ports are open before all of that.
enum CalicoPolicy: PolicyDialect {
  private static let groups = ["projectcalico.org", "crd.projectcalico.org"]
  static func all(_ kind: String) -> [GroupKind] { groups.map { GroupKind($0, kind) } }
  static let policyKinds = all("NetworkPolicy") + all("GlobalNetworkPolicy")
  static let otherKinds = all("NetworkSet") + all("GlobalNetworkSet") + CalicoFailsafePorts.kinds

  private static let expression = PolicyVocabulary.Field(hasFieldsWithin: true) { node, relevance in
    if let text = node.string { relevance.labelKeys.formUnion(CalicoSelector.labels(text)) }
  }

  private static let accounts = PolicyVocabulary.Field(hasFieldsWithin: true) { node, relevance in
    relevance.accounts = true
    expression.read(node, &relevance)
  }

  static let vocabulary = PolicyVocabulary([
    "selector": expression, "notSelector": expression, "namespaceSelector": expression, "serviceAccounts": accounts,
    "serviceAccountSelector": accounts, "nets": .blocks, "notNets": .blocks, "net": .block, "services": .services,
    "allowedEgressDomains": .names,
  ])

  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {
    relevance.addresses = true
  }

  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    plugin.isSame(as: .calico) ? .enforced : .notEnforced
  }

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
    var policies: [PolicyProgram.Policy] = []
    var failsafe: [PolicyProgram.Policy] = []
    for object in all("HostEndpoint").flatMap(compiler.cluster.snapshot.objects) {
      var subjects = PolicyProgram.Peers(
        compiler.classes(
          of: compiler.cluster.endpointIDs.filter {
            compiler.cluster[$0].isHost && compiler.cluster[$0].name == object.name
          }))
      subjects = subjects.union(pods(behind: object, compiler))
      if compiler.profile.hostsHaveFailsafePorts {
        failsafe.append(CalicoFailsafePorts.policy(object, subjects, doubt(subjects), compiler))
      }
      guard !(object.spec?["profiles"]?.strings ?? []).contains("projectcalico-default-allow") else { continue }
      policies.append(
        PolicyProgram.Policy(
          object: object, subjects: subjects.possible, ingress: [], egress: [], isolates: true, doubt: doubt(subjects)))
    }
    return [
      PolicyProgram.Stage(CalicoFailsafePorts.place, failsafe),
      PolicyProgram.Stage(.init(order: .infinity, name: "host endpoints"), policies),
    ]
  }

  private static func number(_ node: DocumentNode?) -> Double? {
    switch node?.content {
    case .int(let value)?: Double(value)
    case .double(let value)?: value
    case .string(let text)?: Double(text)
    default: nil
    }
  }

  /// Blocks and names by label.
  private struct NetworkSets {
    struct Set {
      /// Nil for a global one.
      let namespace: String?
      /// With the one that Calico adds.
      let labels: [String: String]
      let blocks: [IPRange]
      let names: [String]

      func peers(_ compiler: PolicyCompiler) -> PolicyProgram.Peers {
        var peers = PolicyProgram.Peers(compiler.none)
        for block in blocks { peers = peers.union(compiler.block(block, pods: .all)) }
        for name in names {
          peers.matched.formUnion(compiler.names(matching: name))
          peers.add(uncertain: compiler.external, .resolution(names: [name]))
        }
        return peers
      }
    }

    let sets: [Set]

    init(_ snapshot: ClusterSnapshot) {
      sets = (all("NetworkSet") + all("GlobalNetworkSet")).flatMap(snapshot.objects).map { object in
        let namespace = object.kind == "NetworkSet" ? object.effectiveNamespace : nil
        var labels = object.labels
        labels["projectcalico.org/namespace"] = namespace
        return Set(
          namespace: namespace, labels: labels,
          blocks: (object.spec?["nets"]?.elements ?? []).compactMap { $0.text.flatMap { IPRange(cidr: $0) } },
          names: (object.spec?["allowedEgressDomains"]?.strings ?? []).map(DNSName.normalised))
      }
    }
  }

  private static func policy(_ object: KubeObject, _ sets: NetworkSets, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Policy?
  {
    guard let spec = object.spec else { return nil }
    compiler.check(object, fields)
    let isGlobal = object.kind == "GlobalNetworkPolicy"
    let hostsOnly = ["doNotTrack", "preDNAT"].contains { spec[$0]?.bool == true }
    var subjects: PeerSet
    var hosts = PolicyProgram.Peers(compiler.none)
    do throws(CalicoSelector.Invalid) {
      let selector = try CalicoSelector(spec["selector"]?.string ?? "")
      subjects = pods(selector, compiler)
      if isGlobal { hosts = self.hosts(selector, compiler) }
      if !isGlobal {
        subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
      } else if let text = spec["namespaceSelector"]?.string, !text.isEmpty {
        let selector = try CalicoSelector(text)
        subjects.formIntersection(namespaces(selector, compiler))
        if !selector.matches(namespace: nil) { hosts = .init(compiler.none) }
      }
      if let text = spec["serviceAccountSelector"]?.string, !text.isEmpty {
        subjects.formIntersection(accounts(try CalicoSelector(text), [], compiler))
        hosts = .init(compiler.none)
      }
      if hostsOnly { subjects = compiler.none }
      subjects.formUnion(hosts.possible)
    } catch {
      compiler.refuse(object, spec, "invalid selector: \(error.message)")
      return nil
    }
    var types = Set(spec["types"]?.strings ?? [])
    if types.isEmpty {
      // By the number of rules: an empty list is as good as none (api/pkg/defaults, `defaultPolicyTypesField`).
      let hasIngress = !(spec["ingress"]?.elements ?? []).isEmpty
      let hasEgress = !(spec["egress"]?.elements ?? []).isEmpty
      types = hasEgress ? (hasIngress ? ["Ingress", "Egress"] : ["Egress"]) : ["Ingress"]
    }
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
      order: number(spec["order"]) ?? lastOrder, orderName: object.name, doubt: doubt(hosts))
  }

  /// Of subjects of which it is not known whether they are some.
  private static func doubt(_ subjects: PolicyProgram.Peers) -> PolicyProgram.Doubt? {
    subjects.uncertain.map { PolicyProgram.Doubt($0, subjects.missing) }
  }

  /// Source: the reference of `projectcalico.org/v3`. `domains` is a field of the commercial edition.
  private static let fields: PolicyFields = {
    let icmp = PolicyFields.values("type", "code")
    let entity = PolicyFields.fields([
      "nets": .any, "notNets": .any, "selector": .any, "notSelector": .any, "namespaceSelector": .any, "ports": .any,
      "notPorts": .any, "serviceAccounts": .values("names", "selector"), "services": .values("name", "namespace"),
    ])
    let rule = PolicyFields.fields([
      "action": .any, "protocol": .any, "notProtocol": .any, "icmp": icmp, "notICMP": icmp, "ipVersion": .any,
      "source": entity, "destination": entity, "metadata": .any,
      "http": .fields(["methods": .any, "paths": .values("exact", "prefix")]),
    ])
    return .fields([
      "order": .any, "tier": .any, "selector": .any, "types": .any, "ingress": rule, "egress": rule,
      "serviceAccountSelector": .any, "namespaceSelector": .any, "doNotTrack": .any, "preDNAT": .any,
      "applyOnForward": .any, "performanceHints": .any, "stagedAction": .any,
    ])
  }()

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
          let own = try entity(nearNode, object, isGlobal, sets, compiler)
          near = own?.matched
          // Of pods whose own address is not known the rule may be or not; it is taken to be for all of them then.
          if let own, own.uncertain != nil || own.doubted != nil {
            near = own.possible
            for fact in own.missing { peers.doubt(peers.matched, fact) }
          }
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
    let index = compiler.cluster.services
    let namespace = node["namespace"]?.string ?? object.effectiveNamespace
    let name = node["name"]?.string ?? ""
    let slices = ServiceIndex.backends(of: name, in: namespace, compiler.cluster.snapshot)
    guard let service = index.find(namespace, name), slices.isEmpty, !service.endpoints.isEmpty else {
      // Of ports that are not known, any may be one.
      if slices.isEmpty { return compiler.cluster.isWhole ? PolicyProgram.Ports(fixed: .none) : .all }
      return PolicyProgram.Ports(
        fixed: slices.flatMap(\.ports).reduce(ConnectionSet.none) { known, port in
          guard let transport = ServiceIndex.transport(port),
            let number = port["port"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0
          else { return known }
          return known.union(ConnectionSet(transport, number...number))
        })
    }
    return PolicyProgram.Ports(
      fixed: service.endpoints.reduce(ConnectionSet.none) { $0.union(index.ports(service, $1, nil)) })
  }

  private static func entity(
    _ node: DocumentNode?, _ object: KubeObject, _ isGlobal: Bool, _ sets: NetworkSets, _ compiler: PolicyCompiler
  ) throws(CalicoSelector.Invalid) -> PolicyProgram.Peers? {
    guard let node else { return .init(compiler.everything) }
    var peers = PolicyProgram.Peers(compiler.everything)
    if let service = node["services"] {
      peers = peers.intersection(self.service(service, object, compiler))
    }
    let selectorText = node["selector"]?.string ?? ""
    let namespaceText = node["namespaceSelector"]?.string ?? ""
    let notText = node["notSelector"]?.string ?? ""
    let accountNames = node["serviceAccounts"]?["names"]?.strings ?? []
    let accountText = node["serviceAccounts"]?["selector"]?.string ?? ""
    let hasAccounts = !accountNames.isEmpty || !accountText.isEmpty
    // Whichever of the selectors is there, a namespaced policy means its own namespace unless it names others; without any
    // of them it means everything, inside and outside (`updateprocessors/rules.go`, `getEndpointSelector`).
    if !selectorText.isEmpty || !namespaceText.isEmpty || !notText.isEmpty && !isGlobal || hasAccounts {
      let selector = try CalicoSelector(selectorText)
      var found = PolicyProgram.Peers(pods(selector, compiler))
      let isInPlace: (String?) -> Bool
      if !namespaceText.isEmpty {
        let parsed = try CalicoSelector(namespaceText)
        isInPlace = { parsed.matches(namespace: $0.map { namespaceLabels($0, compiler) }) }
        found.formIntersection(namespaces(parsed, compiler))
      } else if isGlobal {
        isInPlace = { _ in true }
      } else {
        let own = object.effectiveNamespace
        isInPlace = { $0 == own }
        found.formIntersection(compiler.namespace(own))
      }
      if hasAccounts {
        var unlabelled = compiler.none
        // What every account has needs no object of it.
        if CalicoSelector.labels(accountText).contains(where: { $0 != accountNameLabel }) {
          let known = accountLabels(compiler)
          unlabelled = compiler.selectable { known[Account(of: $0)] == nil }.intersection(found.matched)
        }
        found.formIntersection(accounts(try CalicoSelector(accountText), accountNames, compiler))
        found.add(uncertain: unlabelled, .serviceAccountLabels)
      } else {
        if isInPlace(nil) { found = found.union(hosts(selector, compiler)) }
        for set in sets.sets where selector.matches(set.labels) && isInPlace(set.namespace) {
          found = found.union(set.peers(compiler))
        }
      }
      peers = peers.intersection(found)
    }
    if !notText.isEmpty {
      let selector = try CalicoSelector(notText)
      var others = PolicyProgram.Peers(pods(selector, compiler)).union(hosts(selector, compiler))
      for set in sets.sets where selector.matches(set.labels) { others = others.union(set.peers(compiler)) }
      peers = peers.intersection(others.inverted)
    }
    if let nets = node["nets"]?.elements, !nets.isEmpty {
      var found = PolicyProgram.Peers(compiler.none)
      for net in nets {
        if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
          compiler.add(block, except: [], pods: .all, to: &found)
        }
      }
      peers = peers.intersection(found)
    }
    for net in node["notNets"]?.elements ?? [] {
      if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
        peers = peers.intersection(compiler.block(block, pods: .all).inverted)
      }
    }
    return peers
  }

  /// What is behind a Service: its pods, or what EndpointSlices put there.
  private static func service(_ node: DocumentNode, _ object: KubeObject, _ compiler: PolicyCompiler)
    -> PolicyProgram.Peers
  {
    let namespace = node["namespace"]?.string ?? object.effectiveNamespace
    let name = node["name"]?.string ?? ""
    let found = compiler.cluster.services.find(namespace, name)
    var peers = PolicyProgram.Peers(compiler.classes(of: found?.endpoints ?? []))
    let backends = ServiceIndex.addresses(of: name, in: namespace, compiler.cluster.snapshot)
    for address in backends where found?.hasSelector != true {
      let one = IPRange(isV6: address.isV6, low: address.value, high: address.value)
      peers.matched.formUnion(compiler.block(one, pods: .all).matched)
    }
    guard backends.isEmpty, found?.endpoints.isEmpty ?? true, !compiler.cluster.isWhole else { return peers }
    if namespace == "default", name == "kubernetes" {
      // Every cluster has it, and no manifest.
      peers.add(uncertain: compiler.external, .apiServerAddresses)
      peers.add(uncertain: compiler.placeless, .apiServerNodes)
    } else {
      peers.add(uncertain: compiler.everything, .backends(service: "\(namespace)/\(name)[Service]"))
    }
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

  /// Host endpoints by label, with the pods whose traffic passes them.
  private static func hosts(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> PolicyProgram.Peers {
    var result = PolicyProgram.Peers(compiler.none)
    compiler.hosts.visit { host in
      guard let id = compiler.cluster.podClass(host), selector.matches(compiler.cluster[id].labels) else { return }
      result.matched.insert(host)
    }
    for object in all("HostEndpoint").flatMap(compiler.cluster.snapshot.objects) where selector.matches(object.labels) {
      result = result.union(pods(behind: object, compiler))
    }
    return result
  }

  /// Pods on the network of the node of a host endpoint. One for all interfaces sees all of their traffic; one for a single
  /// interface does not see what stays on the node.
  private static func pods(behind host: KubeObject, _ compiler: PolicyCompiler) -> PolicyProgram.Peers {
    var peers = PolicyProgram.Peers(compiler.none)
    var open = compiler.none
    let node = host.spec?["node"]?.string
    let isForAll = host.spec?["interfaceName"]?.string == "*"
    compiler.hostPods.visit { peer in
      guard let id = compiler.cluster.podClass(peer) else { return }
      if let own = compiler.cluster[id].node, let node {
        guard own == node else { return }
        if isForAll { peers.matched.insert(peer) } else { open.insert(peer) }
      } else {
        open.insert(peer)
      }
    }
    peers.add(uncertain: open, .other("whether traffic of the pod passes the host endpoint \(host.name)"))
    return peers
  }

  private static func namespaces(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> PeerSet {
    var result = compiler.none
    for name in compiler.cluster.namespaces.keys where selector.matches(namespace: namespaceLabels(name, compiler)) {
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

  /// The label that Calico gives every account.
  private static let accountNameLabel = "projectcalico.org/name"

  private static func accountLabels(_ compiler: PolicyCompiler) -> [Account: [String: String]] {
    Dictionary(
      compiler.cluster.snapshot.objects(.serviceAccount).map { (Account($0), $0.labels) },
      uniquingKeysWith: { _, last in last })
  }

  private static func accounts(_ selector: CalicoSelector, _ names: [String], _ compiler: PolicyCompiler) -> PeerSet {
    let labels = accountLabels(compiler)
    return compiler.selectable { podClass in
      (names.isEmpty || names.contains(podClass.serviceAccount))
        && selector.matches(
          (labels[Account(of: podClass)] ?? [:]).merging([accountNameLabel: podClass.serviceAccount]) { _, own in own })
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
