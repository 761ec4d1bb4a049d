import Bytes
import Findings
import Kube

/// Istio AuthorizationPolicy.
///
/// Source: the reference of `security.istio.io/v1` and "Authorization policy precedence": denials first; then, if any ALLOW
/// policy is for the workload, what none of them matches is denied. What an external authoriser decides (CUSTOM) is not
/// known. The proxies check inbound TCP; identities are those of service accounts in the trust domain `cluster.local`.
enum IstioAuthorizationPolicy {
  static func stages(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    var denies: [PolicyProgram.Policy] = []
    var allows: [PolicyProgram.Policy] = []
    var ends: [PolicyProgram.Policy] = []
    let view = View(compiler)
    for object in compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.authorization)) {
      guard let subjects = subjects(object, &compiler) else { continue }
      let spec = object.spec
      let word = spec?["action"]?.string ?? "ALLOW"
      guard let list = rules(spec?["rules"], word, object, view, &compiler) else { continue }
      let policy = PolicyProgram.Policy(
        object: object, subjects: subjects, ingress: list, egress: nil, isolates: false)
      switch word {
      case "DENY", "CUSTOM": denies.append(policy)
      case "ALLOW":
        allows.append(policy)
        let end = PolicyProgram.Rule(
          action: .deny, peers: .init(units: compiler.everything), ports: .init(fixed: ConnectionSet(.tcp)), path: "",
          node: object.root)
        ends.append(
          PolicyProgram.Policy(object: object, subjects: subjects, ingress: [end], egress: nil, isolates: false))
      default: break
      }
    }
    let policies = denies + allows + ends
    return policies.isEmpty ? [] : [.init(name: "Istio authorization", layer: .mesh, policies: policies)]
  }

  private static func subjects(_ object: KubeObject, _ compiler: inout PolicyCompiler) -> Bitset? {
    let spec = object.spec
    let references = (spec?["targetRefs"]?.elements ?? []) + [spec?["targetRef"]].compactMap { $0 }
    guard !references.isEmpty else {
      return IstioMesh.subjects(object, labels: spec?[path: "selector", "matchLabels"], &compiler)
    }
    var result = compiler.none
    let services = ServiceIndex(compiler.cluster.snapshot, compiler.cluster)
    for reference in references {
      let name = reference["name"]?.string ?? ""
      switch reference["kind"]?.string {
      case "Service":
        for endpoint in services.find(object.effectiveNamespace, name)?.endpoints ?? [] {
          result.insert(compiler.cluster.endpoints[endpoint].unit)
        }
      case "Gateway":
        var pods = compiler.pods(LabelSelector(equalTo: ["gateway.networking.k8s.io/gateway-name": name]))
        pods.formIntersection(compiler.namespace(object.effectiveNamespace))
        result.formUnion(pods)
      default:
        compiler.report(
          object, reference, "a target of kind \(reference["kind"]?.text ?? "none") is not looked at",
          code: "not-evaluated",
          hides: false)
      }
    }
    return result
  }

  private static func rules(
    _ list: DocumentNode?, _ word: String, _ object: KubeObject, _ view: View, _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Rule]? {
    var result: [PolicyProgram.Rule] = []
    for (index, rule) in (list?.elements ?? []).enumerated() {
      let path = "rules[\(index)]"
      var when = Match(peers: .init(units: compiler.everything), ports: .init(fixed: ConnectionSet(.tcp)))
      for condition in rule["when"]?.elements ?? [] { view.restrict(&when, by: condition, object, &compiler) }
      let froms = rule["from"]?.elements ?? []
      let tos = rule["to"]?.elements ?? []
      for from in froms.isEmpty ? [nil] : froms.map(Optional.some) {
        var match = when
        if let source = from?["source"] {
          guard !source.entries.isEmpty else {
            compiler.report(object, from, "\(path): source may not be empty; the policy was left out")
            return nil
          }
          view.restrict(&match, from: source, compiler)
        }
        for to in tos.isEmpty ? [nil] : tos.map(Optional.some) {
          var one = match
          if let operation = to?["operation"] {
            guard !operation.entries.isEmpty else {
              compiler.report(object, to, "\(path): operation may not be empty; the policy was left out")
              return nil
            }
            view.restrict(&one, to: operation)
          }
          var peers = one.peers
          if word == "CUSTOM" {
            peers.addMaybe(
              peers.units, "what the external authoriser \(object.spec?[path: "provider", "name"]?.text ?? "") says")
            peers.units = compiler.none
          }
          result.append(
            PolicyProgram.Rule(
              action: word == "ALLOW" ? .allow : .deny, peers: peers, ports: one.ports, path: path, node: rule))
        }
      }
    }
    return result
  }

  private struct Match {
    var peers: PolicyProgram.Peers
    var ports: PolicyProgram.Ports

    /// - Parameter isNot: the units are those that do not match.
    mutating func restrict(_ found: Bitset, isNot: Bool, _ compiler: PolicyCompiler) {
      var units = found
      if isNot {
        units = compiler.everything
        units.subtract(found)
      }
      peers.units.formIntersection(units)
      peers.maybe?.formIntersection(units)
    }
  }

  /// Sources as the proxies know them.
  private struct View {
    private let principals: [String]
    private let accounts: [String]
    private let namespaces: [String]

    init(_ compiler: PolicyCompiler) {
      let units = compiler.cluster.units
      namespaces = units.map(\.namespace)
      accounts = units.map { "\($0.namespace)/\($0.serviceAccount)" }
      principals = units.map { "cluster.local/ns/\($0.namespace)/sa/\($0.serviceAccount)" }
    }

    private func units(_ values: [String], of texts: [String], _ compiler: PolicyCompiler) -> Bitset {
      let patterns = values.map(ConditionTest.Pattern.fromWildcard)
      var result = compiler.none
      compiler.pods.visit { unit in
        if patterns.contains(where: { $0.matches(texts[unit]) }) { result.insert(unit) }
      }
      return result
    }

    private func blocks(_ values: [String], _ compiler: PolicyCompiler) -> Bitset {
      var result = compiler.none
      for value in values {
        if let block = IPRange(cidr: value) {
          result.formUnion(compiler.block(block, except: [], matchesPods: true))
        }
      }
      return result
    }

    func restrict(_ match: inout Match, from source: DocumentNode, _ compiler: PolicyCompiler) {
      for entry in source.entries {
        let isNot = entry.key.hasPrefix("not")
        let values = entry.value.strings
        let found: Bitset
        switch entry.key {
        case "principals", "notPrincipals": found = units(values, of: principals, compiler)
        case "namespaces", "notNamespaces": found = units(values, of: namespaces, compiler)
        case "serviceAccounts", "notServiceAccounts": found = units(values, of: accounts, compiler)
        case "ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks": found = blocks(values, compiler)
        default:
          match.ports.refine(by: IstioAuthorizationPolicy.opaque(entry.key, values))
          continue
        }
        match.restrict(found, isNot: isNot, compiler)
      }
    }

    func restrict(_ match: inout Match, to operation: DocumentNode) {
      for (key, property) in [("methods", ConditionTest.Property.method), ("paths", .path), ("hosts", .host)] {
        if let values = operation[key]?.strings {
          match.ports.refine(by: any(property, values))
        }
        let not = "not" + key.prefix(1).uppercased() + key.dropFirst()
        if let values = operation[not]?.strings { match.ports.refine(by: any(property, values).inverted) }
      }
      if let ports = operation["ports"] {
        match.ports = match.ports.restricting(.init(fixed: self.ports(ports.elements)))
      }
      if let ports = operation["notPorts"] {
        match.ports = match.ports.restricting(
          .init(fixed: ConnectionSet(.tcp).subtracting(self.ports(ports.elements))))
      }
    }

    func restrict(
      _ match: inout Match, by condition: DocumentNode, _ object: KubeObject, _ compiler: inout PolicyCompiler
    ) {
      let key = condition["key"]?.string ?? ""
      for (field, isNot) in [("values", false), ("notValues", true)] {
        guard let node = condition[field] else { continue }
        let values = node.elements.compactMap(\.text)
        let found: Bitset
        switch key {
        case "source.ip", "remote.ip": found = blocks(values, compiler)
        case "source.namespace": found = units(values, of: namespaces, compiler)
        case "source.principal": found = units(values, of: principals, compiler)
        case "source.serviceAccount": found = units(values, of: accounts, compiler)
        case "destination.port":
          let set = ports(node.elements)
          match.ports = match.ports.restricting(
            .init(fixed: isNot ? ConnectionSet(.tcp).subtracting(set) : set))
          continue
        default:
          let test: Condition
          if key.hasPrefix("request.headers["), key.hasSuffix("]") {
            let name = key.dropFirst("request.headers[".count).dropLast().lowercased()
            test = .any(.header, values.map { .fromWildcard("\(name): \($0)") })
          } else {
            test = IstioAuthorizationPolicy.opaque(key, values)
          }
          match.ports.refine(by: isNot ? test.inverted : test)
          continue
        }
        match.restrict(found, isNot: isNot, compiler)
      }
    }

    private func any(_ property: ConditionTest.Property, _ values: [String]) -> Condition {
      .any(property, values.map(ConditionTest.Pattern.fromWildcard))
    }

    private func ports(_ list: [DocumentNode]) -> ConnectionSet {
      list.compactMap { $0.text.flatMap { UInt16($0) } }.filter { $0 > 0 }.reduce(ConnectionSet.none) {
        $0.union(ConnectionSet(.tcp, $1...$1))
      }
    }
  }

  fileprivate static func opaque(_ key: String, _ values: [String]) -> Condition {
    Condition(ConditionTest(.opaque, .exact("\(key) \(values.sorted().joined(separator: ","))")))
  }
}
