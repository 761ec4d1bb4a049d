import Bytes
import Findings
import Kube

/// Calico NetworkPolicy and GlobalNetworkPolicy with tiers, orders, network sets and service accounts.
///
/// Source: the Calico API reference (v3) and projectcalico/calico `felix/rules`. Staged policies never enforce; policies
/// for host endpoints (`doNotTrack`, `preDNAT`, `applyOnForward`) say nothing of pods.
enum CalicoPolicy {
  private static let groups = ["projectcalico.org", "crd.projectcalico.org"]
  private static func all(_ kind: String) -> [GroupKind] { groups.map { GroupKind($0, kind) } }
  static let policyKinds = all("NetworkPolicy") + all("GlobalNetworkPolicy")
  static let kinds = policyKinds + all("NetworkSet") + all("GlobalNetworkSet")

  private struct Ordered {
    let policy: PolicyProgram.Policy
    let order: Double
    let name: String
  }

  /// Stages of all tiers, NetworkPolicies among them; none when there is no Calico policy.
  static func stages(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let snapshot = compiler.cluster.snapshot
    let objects = policyKinds.flatMap(snapshot.objects)
    guard !objects.isEmpty else { return [] }
    let sets = NetworkSets(snapshot)
    var tiers: [String: [Ordered]] = [:]
    for object in compiler.lastOfEqualNames(objects) {
      guard let policy = policy(object, sets, &compiler) else { continue }
      let tier = object.spec?["tier"]?.string ?? "default"
      let order = number(object.spec?["order"]) ?? .infinity
      tiers[tier, default: []].append(Ordered(policy: policy, order: order, name: object.name))
    }
    for object in compiler.lastOfEqualNames(snapshot.objects(.networkPolicy)) {
      guard let policy = KubernetesNetworkPolicy.policy(object, &compiler) else { continue }
      tiers["default", default: []].append(Ordered(policy: policy, order: 1000, name: "knp.default." + object.name))
    }
    var orders: [String: Double] = ["kube-admin": 1000, "default": 1_000_000, "kube-baseline": 10_000_000]
    var passing = Set<String>()
    for object in all("Tier").flatMap(snapshot.objects) {
      orders[object.name] = number(object.spec?["order"]) ?? orders[object.name] ?? .infinity
      if object.spec?["defaultAction"]?.string == "Pass" { passing.insert(object.name) }
    }
    return tiers.sorted { (orders[$0.key] ?? .infinity, $0.key) < (orders[$1.key] ?? .infinity, $1.key) }.map {
      tier, list in
      let sorted = list.sorted { ($0.order, $0.name) < ($1.order, $1.name) }.map(\.policy)
      guard passing.contains(tier) else { return PolicyProgram.Stage(name: "tier \(tier)", policies: sorted) }
      return PolicyProgram.Stage(
        name: "tier \(tier)",
        policies: sorted.map {
          PolicyProgram.Policy(
            object: $0.object, subjects: $0.subjects, ingress: $0.rules[0], egress: $0.rules[1], isolates: false)
        })
    }
  }

  private static func number(_ node: Node?) -> Double? {
    switch node?.content {
    case .int(let value)?: Double(value)
    case .double(let value)?: value
    case .string(let text)?: Double(text)
    default: nil
    }
  }

  /// Labels of pods and namespaces as Calico sees them, and blocks by label.
  private struct NetworkSets {
    var sets: [(namespace: String?, labels: [String: String], blocks: [IPRange])] = []

    init(_ snapshot: ClusterSnapshot) {
      for object in all("NetworkSet").flatMap(snapshot.objects) + all("GlobalNetworkSet").flatMap(snapshot.objects) {
        let blocks = (object.spec?["nets"]?.elements ?? []).compactMap { $0.text.flatMap { IPRange(cidr: $0) } }
        sets.append((object.kind == "NetworkSet" ? object.effectiveNamespace : nil, object.labels, blocks))
      }
    }
  }

  private static func policy(_ object: KubeObject, _ sets: NetworkSets, _ compiler: inout PolicyCompiler)
    -> PolicyProgram.Policy?
  {
    guard let spec = object.spec else { return nil }
    if ["doNotTrack", "preDNAT"].contains(where: { spec[$0]?.bool == true }) { return nil }
    let isGlobal = object.kind == "GlobalNetworkPolicy"
    var subjects: Bitset
    do throws(CalicoSelector.Invalid) {
      subjects = units(try CalicoSelector(spec["selector"]?.string ?? ""), compiler)
      if !isGlobal {
        subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
      } else if let text = spec["namespaceSelector"]?.string, !text.isEmpty {
        subjects.formIntersection(namespaces(try CalicoSelector(text), compiler))
      }
      if let text = spec["serviceAccountSelector"]?.string, !text.isEmpty {
        subjects.formIntersection(accounts(try CalicoSelector(text), [], compiler))
      }
    } catch {
      compiler.report(object, spec, "its selector is refused: \(error.message); the policy was left out")
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
    return PolicyProgram.Policy(object: object, subjects: subjects, ingress: ingress, egress: egress, isolates: true)
  }

  private static func rules(
    _ list: Node?, _ key: String, _ object: KubeObject, _ isGlobal: Bool, _ sets: NetworkSets,
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
        compiler.report(
          object, rule, "\(key)[\(index)]: \"\(rule["action"]?.text ?? "")\" is no action; the policy was left out")
        return nil
      }
      do throws(CalicoSelector.Invalid) {
        let isIngress = key == "ingress"
        guard let remote = try entity(rule[isIngress ? "source" : "destination"], object, isGlobal, sets, compiler),
          let ports = try ports(rule, rule["destination"], object, compiler)
        else { continue }
        // The pod's own end may be restricted too; on ingress that is the destination.
        let nearNode = rule[isIngress ? "destination" : "source"]
        var near: Bitset?
        if let nearNode, nearNode.entries.contains(where: { $0.key != "ports" && $0.key != "notPorts" }) {
          near = try entity(nearNode, object, isGlobal, sets, compiler)
        }
        if rule["source"]?["ports"] != nil || rule["source"]?["notPorts"] != nil {
          compiler.report(
            object, rule["source"],
            "\(key)[\(index)] looks at source ports; it is shown as \(action == .allow ? "allowing, which some source port does" : "absent, since other source ports remain")",
            code: "source-ports", hides: false)
          if action != .allow { continue }
        }
        if rule["http"] != nil, action == .allow {
          compiler.report(
            object, rule, "\(key)[\(index)] restricts HTTP; its ports are shown without that", code: "layer-7",
            hides: false)
        }
        rules.append(
          PolicyProgram.Rule(
            action: action, peers: .init(units: remote), ports: ports, path: "\(key)[\(index)]", node: rule, near: near)
        )
      } catch {
        compiler.report(object, rule, "\(key)[\(index)]: \(error.message); the policy was left out")
        return nil
      }
    }
    return rules
  }

  private static func entity(
    _ node: Node?, _ object: KubeObject, _ isGlobal: Bool, _ sets: NetworkSets, _ compiler: PolicyCompiler
  ) throws(CalicoSelector.Invalid) -> Bitset? {
    guard let node else { return compiler.everything }
    var units = compiler.everything
    let selectorText = node["selector"]?.string
    let namespaceText = node["namespaceSelector"]?.string
    let accountsNode = node["serviceAccounts"]
    if selectorText != nil || namespaceText != nil || accountsNode != nil {
      let selector = try CalicoSelector(selectorText ?? "")
      var pods = self.units(selector, compiler)
      var blocks = compiler.none
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
        for set in sets.sets where selector.matches(set.labels) {
          let reachable: Bool
          if let namespace = set.namespace {
            reachable =
              inNamespace.map { !wantsGlobal && $0.matches(namespaceLabels(namespace, compiler)) }
              ?? (isGlobal || namespace == object.effectiveNamespace)
          } else {
            reachable = wantsGlobal || inNamespace == nil && isGlobal
          }
          if reachable {
            for block in set.blocks { blocks.formUnion(compiler.block(block, except: [], matchesPods: true)) }
          }
        }
      }
      if let accountsNode {
        let text = accountsNode["selector"]?.string ?? ""
        pods.formIntersection(accounts(try CalicoSelector(text), accountsNode["names"]?.strings ?? [], compiler))
      }
      pods.formUnion(blocks)
      units.formIntersection(pods)
    }
    if let text = node["notSelector"]?.string, !text.isEmpty {
      units.subtract(self.units(try CalicoSelector(text), compiler))
    }
    if let nets = node["nets"]?.elements, !nets.isEmpty {
      var found = compiler.none
      for net in nets {
        if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
          found.formUnion(compiler.block(block, except: [], matchesPods: true))
        }
      }
      units.formIntersection(found)
    }
    for net in node["notNets"]?.elements ?? [] {
      if let block = net.text.flatMap({ IPRange(cidr: $0) }) {
        units.subtract(compiler.block(block, except: [], matchesPods: true))
      }
    }
    return units
  }

  private static func namespaceLabels(_ name: String, _ compiler: PolicyCompiler) -> [String: String] {
    var labels = compiler.cluster.namespaces[name] ?? [:]
    labels["projectcalico.org/name"] = name
    return labels
  }

  /// Pods by label, with the labels that Calico adds.
  private static func units(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> Bitset {
    var result = compiler.none
    for (index, unit) in compiler.cluster.units.enumerated() where compiler.selectable[index] {
      var labels = unit.labels
      labels["projectcalico.org/namespace"] = unit.namespace
      labels["projectcalico.org/orchestrator"] = "k8s"
      labels["projectcalico.org/serviceaccount"] = unit.serviceAccount
      if selector.matches(labels) { result.insert(index) }
    }
    return result
  }

  private static func namespaces(_ selector: CalicoSelector, _ compiler: PolicyCompiler) -> Bitset {
    var result = compiler.none
    for name in compiler.cluster.namespaces.keys where selector.matches(namespaceLabels(name, compiler)) {
      result.formUnion(compiler.namespace(name))
    }
    return result
  }

  private static func accounts(_ selector: CalicoSelector, _ names: [String], _ compiler: PolicyCompiler) -> Bitset {
    var labels: [String: [String: String]] = [:]
    for account in compiler.cluster.snapshot.objects(.serviceAccount) {
      labels["\(account.effectiveNamespace)/\(account.name)"] = account.labels
    }
    var result = compiler.none
    for (index, unit) in compiler.cluster.units.enumerated() where compiler.selectable[index] {
      guard names.isEmpty || names.contains(unit.serviceAccount) else { continue }
      if selector.matches(labels["\(unit.namespace)/\(unit.serviceAccount)"] ?? [:]) { result.insert(index) }
    }
    return result
  }

  private static func ports(
    _ rule: Node, _ destination: Node?, _ object: KubeObject, _ compiler: PolicyCompiler
  ) throws(CalicoSelector.Invalid) -> PolicyProgram.Ports? {
    func transports(_ node: Node?) -> (set: [PortSet.TransportProtocol], icmp: Bool)? {
      guard let node else { return nil }
      let word = node.text?.uppercased() ?? ""
      switch word {
      case "TCP", "6": return ([.tcp], false)
      case "UDP", "17": return ([.udp], false)
      case "SCTP", "132": return ([.sctp], false)
      default: return ([], true)
      }
    }
    var wanted: [PortSet.TransportProtocol] = PortSet.TransportProtocol.allCases
    var other = true
    if let only = transports(rule["protocol"]) {
      wanted = only.set
      other = only.icmp
    }
    if let without = transports(rule["notProtocol"]) {
      wanted.removeAll { without.set.contains($0) }
      if without.icmp { other = false }
    }
    let list = destination?["ports"]?.elements ?? []
    var result = PolicyProgram.Ports(fixed: .none)
    if list.isEmpty {
      for transport in wanted { result.fixed = result.fixed.union(PortSet(transport)) }
      if other { result.fixed = result.fixed.union(.icmp) }
    } else {
      for node in list {
        if let range = try interval(node) {
          for transport in wanted { result.fixed = result.fixed.union(PortSet(transport, range)) }
        } else if let name = node.string {
          for transport in wanted { result.named.append((name, transport)) }
        }
      }
    }
    for node in destination?["notPorts"]?.elements ?? [] {
      guard let range = try interval(node) else { continue }
      for transport in wanted { result.fixed = result.fixed.subtracting(PortSet(transport, range)) }
    }
    return result
  }

  /// A number or `a:b`; nil for a name.
  private static func interval(_ node: Node) throws(CalicoSelector.Invalid) -> PortSet.Interval? {
    if let number = node.int {
      guard let port = UInt16(exactly: number) else { throw CalicoSelector.Invalid(message: "port \(number) is none") }
      return max(port, 1)...max(port, 1)
    }
    guard let text = node.text else { throw CalicoSelector.Invalid(message: "a port that is none") }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let low = UInt16(parts[0]), let high = UInt16(parts[1]), low <= high else {
        throw CalicoSelector.Invalid(message: "\"\(text)\" is no range of ports")
      }
      return max(low, 1)...max(high, 1)
    }
    return UInt16(text).map { max($0, 1)...max($0, 1) }
  }
}
