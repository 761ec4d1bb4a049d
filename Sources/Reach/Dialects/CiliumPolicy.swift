import Bytes
import Findings
import Kube

/// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
///
/// Source: the Cilium documentation and cilium/cilium `pkg/policy/api`. Deny beats every allow; an endpoint denies by
/// default in a direction once a rule with such a section selects it; NetworkPolicies are rules among the others. Layer 7
/// conditions and DNS names are not evaluated: a rule with them is shown as what it lets through at layer 4.
enum CiliumPolicy {
  static let policyKinds = [
    GroupKind("cilium.io", "CiliumNetworkPolicy"), GroupKind("cilium.io", "CiliumClusterwideNetworkPolicy"),
  ]
  static let kinds = policyKinds + [GroupKind("cilium.io", "CiliumCIDRGroup")]

  /// One stage with all of them, denials first; none when there is no Cilium policy.
  static func stages(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let snapshot = compiler.cluster.snapshot
    let objects = policyKinds.flatMap(snapshot.objects)
    guard !objects.isEmpty else { return [] }
    var denies: [PolicyProgram.Policy] = []
    var allows: [PolicyProgram.Policy] = []
    let view = EndpointView(compiler)
    for object in compiler.lastOfEqualNames(objects) {
      let specs = [object.spec].compactMap { $0 } + (object.root["specs"]?.elements ?? [])
      if specs.isEmpty { compiler.report(object, nil, "it has neither spec nor specs; it was left out") }
      for spec in specs {
        // Host policies say nothing of pods.
        if spec["nodeSelector"] != nil { continue }
        guard let endpoints = spec.mapping?["endpointSelector"] else {
          compiler.report(object, spec, "it has no endpointSelector; it was left out")
          continue
        }
        guard var subjects = view.select(endpoints, object, nil, &compiler) else { continue }
        subjects.formIntersection(compiler.selectable)
        if object.kind == "CiliumNetworkPolicy" {
          subjects.formIntersection(compiler.namespace(object.effectiveNamespace))
        }
        let deny = section(spec, "Deny", .deny, object, view, &compiler)
        let allow = section(spec, "", .allow, object, view, &compiler)
        guard let deny, let allow else { continue }
        func isolates(_ direction: String) -> Bool {
          let lists = (spec[direction]?.elements.count ?? 0) + (spec[direction + "Deny"]?.elements.count ?? 0)
          return spec[path: "enableDefaultDeny", direction]?.bool ?? (lists > 0)
        }
        let isolation = [isolates("ingress"), isolates("egress")]
        denies.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: deny.ingress, egress: deny.egress, isolates: [false, false]))
        allows.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: allow.ingress ?? (isolation[0] ? [] : nil),
            egress: allow.egress ?? (isolation[1] ? [] : nil), isolates: isolation))
      }
    }
    for object in compiler.lastOfEqualNames(snapshot.objects(.networkPolicy)) {
      if let policy = KubernetesNetworkPolicy.policy(object, &compiler) { allows.append(policy) }
    }
    return [PolicyProgram.Stage(name: "Cilium", policies: denies + allows)]
  }

  private static func section(
    _ spec: Node, _ suffix: String, _ action: PolicyProgram.Action, _ object: KubeObject, _ view: EndpointView,
    _ compiler: inout PolicyCompiler
  ) -> (ingress: [PolicyProgram.Rule]?, egress: [PolicyProgram.Rule]?)? {
    guard let ingress = rules(spec, "ingress" + suffix, "from", action, object, view, &compiler),
      let egress = rules(spec, "egress" + suffix, "to", action, object, view, &compiler)
    else { return nil }
    return (ingress.isEmpty ? nil : ingress, egress.isEmpty ? nil : egress)
  }

  private static func rules(
    _ spec: Node, _ key: String, _ prefix: String, _ action: PolicyProgram.Action, _ object: KubeObject,
    _ view: EndpointView,
    _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var result: [PolicyProgram.Rule] = []
    for (index, rule) in (spec[key]?.elements ?? []).enumerated() {
      guard let peers = peers(rule, prefix, object, view, &compiler), let ports = ports(rule, object, &compiler) else {
        return nil
      }
      // An item without any member selects nothing: the opposite of what it means in a NetworkPolicy.
      if rule.entries.isEmpty { continue }
      result.append(
        PolicyProgram.Rule(action: action, peers: peers, ports: ports, path: "\(key)[\(index)]", node: rule))
    }
    return result
  }

  private static func peers(
    _ rule: Node, _ prefix: String, _ object: KubeObject, _ view: EndpointView, _ compiler: inout PolicyCompiler
  ) -> PolicyProgram.Peers? {
    var units = compiler.none
    var names: [String] = []
    var restricted = false
    if let list = rule.mapping?[prefix + "Endpoints"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard
          let found = view.select(
            node, object, object.kind == "CiliumNetworkPolicy" ? object.effectiveNamespace : nil, &compiler)
        else { return nil }
        units.formUnion(found)
      }
    }
    if let list = rule.mapping?[prefix + "Entities"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard let found = view.entity(node.text ?? "", compiler) else {
          compiler.report(object, node, "\"\(node.text ?? "")\" is no entity; the policy was left out")
          return nil
        }
        units.formUnion(found)
      }
    }
    if let list = rule.mapping?[prefix + "CIDR"], list.array != nil {
      restricted = true
      for node in list.elements {
        guard let block = node.text.flatMap({ IPRange(cidr: $0) }) else {
          compiler.report(object, node, "\"\(node.text ?? "")\" is no CIDR block; the policy was left out")
          return nil
        }
        units.formUnion(compiler.block(block, except: [], matchesPods: false))
      }
    }
    if let list = rule.mapping?[prefix + "CIDRSet"], list.array != nil {
      restricted = true
      for node in list.elements {
        var blocks: [IPRange] = []
        if let group = node["cidrGroupRef"]?.string {
          for item in compiler.cluster.snapshot.objects(GroupKind("cilium.io", "CiliumCIDRGroup"))
          where item.name == group {
            blocks += (item.spec?["externalCIDRs"]?.strings ?? []).compactMap { IPRange(cidr: $0) }
          }
        } else if let block = node["cidr"]?.text.flatMap({ IPRange(cidr: $0) }) {
          blocks = [block]
        } else {
          compiler.report(object, node, "a CIDR set without cidr or cidrGroupRef; the policy was left out")
          return nil
        }
        let except = (node["except"]?.strings ?? []).compactMap { IPRange(cidr: $0) }
        for block in blocks { units.formUnion(compiler.block(block, except: except, matchesPods: false)) }
      }
    }
    if let list = rule.mapping?["toFQDNs"], list.array != nil {
      restricted = true
      names = list.elements.compactMap { $0["matchName"]?.string ?? $0["matchPattern"]?.string }
      compiler.report(
        object, list,
        "names (\(names.prefix(3).joined(separator: ", "))) are known to a resolver only; the addresses behind them are shown as closed",
        code: "unresolved-names", hides: false)
    }
    if let list = rule.mapping?["toServices"], list.array != nil {
      restricted = true
      units.formUnion(view.services(list.elements, object, compiler))
    }
    for key in [prefix + "Nodes", prefix + "Groups"] where rule.mapping?[key] != nil {
      restricted = true
      compiler.report(
        object, rule, "\(key) is not evaluated; the rule is shown as matching nothing by it", code: "not-evaluated",
        hides: false)
    }
    return PolicyProgram.Peers(units: restricted ? units : compiler.everything, names: names)
  }

  private static func ports(_ rule: Node, _ object: KubeObject, _ compiler: inout PolicyCompiler) -> PolicyProgram
    .Ports?
  {
    if rule["icmps"] != nil, rule["toPorts"] == nil { return PolicyProgram.Ports(fixed: .icmp) }
    let lists = rule["toPorts"]?.elements ?? []
    if lists.isEmpty { return .all }
    var ports = PolicyProgram.Ports(fixed: .none)
    for list in lists {
      if list["rules"] != nil {
        compiler.report(
          object, list, "its layer 7 conditions are not evaluated; the ports are shown as open without them",
          code: "layer-7", hides: false)
      }
      let items = list["ports"]?.elements ?? []
      if items.isEmpty { ports.fixed = .all }
      for node in items {
        let word = node["protocol"]?.string ?? "ANY"
        let transports =
          word.uppercased() == "ANY"
          ? PortSet.TransportProtocol.allCases : [PortSet.TransportProtocol(name: word)].compactMap { $0 }
        guard !transports.isEmpty || word.uppercased().hasPrefix("ICMP") else {
          compiler.report(object, node, "protocol \"\(word)\" is not known; the policy was left out")
          return nil
        }
        let text = node["port"]?.text ?? "0"
        guard let low = UInt16(text) else {
          for transport in transports { ports.named.append((text, transport)) }
          continue
        }
        let high = node["endPort"]?.int.flatMap { UInt16(exactly: $0) } ?? low
        guard high == 0 || high >= low else {
          compiler.report(object, node, "endPort \(high) is below port \(low); the policy was left out")
          return nil
        }
        // Port 0 stands for all of them.
        for transport in transports {
          ports.fixed = ports.fixed.union(low == 0 ? PortSet(transport) : PortSet(transport, low...max(low, high)))
        }
      }
    }
    return ports
  }

  /// Pods with the labels that Cilium gives them.
  private struct EndpointView {
    private let labels: [[String: String]]
    private let namespaceKey = "io.kubernetes.pod.namespace"

    init(_ compiler: PolicyCompiler) {
      labels = compiler.cluster.units.map { unit in
        var labels = unit.labels
        labels["io.kubernetes.pod.namespace"] = unit.namespace
        labels["io.cilium.k8s.policy.serviceaccount"] = unit.serviceAccount
        for (key, value) in compiler.cluster.namespaces[unit.namespace] ?? [:] {
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
    func select(_ node: Node, _ object: KubeObject, _ namespace: String?, _ compiler: inout PolicyCompiler) -> Bitset? {
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
      for (index, labels) in labels.enumerated() where compiler.selectable[index] {
        if let namespace, !namesNamespace, labels[namespaceKey] != namespace { continue }
        if requirements.allSatisfy({ $0.matches(labels) }) { result.insert(index) }
      }
      return result
    }

    func entity(_ name: String, _ compiler: PolicyCompiler) -> Bitset? {
      var hosts = compiler.pods
      hosts.subtract(compiler.selectable)
      func family(_ isV6: Bool) -> Bitset {
        var result = compiler.none
        for (index, range) in compiler.cluster.ranges.enumerated() where range.isV6 == isV6 {
          result.insert(compiler.cluster.units.count + index)
        }
        return result
      }
      switch name {
      case "all": return compiler.everything
      case "world": return compiler.external
      case "world-ipv4": return family(false)
      case "world-ipv6": return family(true)
      case "cluster": return compiler.pods
      case "host", "remote-node": return hosts
      case "kube-apiserver", "ingress", "health", "init", "unmanaged", "none": return compiler.none
      default: return nil
      }
    }

    func services(_ list: [Node], _ object: KubeObject, _ compiler: PolicyCompiler) -> Bitset {
      var result = compiler.none
      let index = ServiceIndex(compiler.cluster.snapshot, compiler.cluster)
      for node in list {
        for service in index.services {
          let byName =
            node["k8sService"].map {
              $0["serviceName"]?.string == service.object.name
                && ($0["namespace"]?.string ?? object.effectiveNamespace) == service.object.effectiveNamespace
            } ?? false
          let bySelector =
            node["k8sServiceSelector"]?["selector"].flatMap { try? LabelSelector($0) }?.matches(service.object.labels)
            ?? false
          guard byName || bySelector else { continue }
          for endpoint in service.endpoints { result.insert(compiler.cluster.endpoints[endpoint].unit) }
        }
      }
      return result
    }
  }
}
