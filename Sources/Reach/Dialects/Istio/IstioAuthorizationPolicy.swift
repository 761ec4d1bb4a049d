import Bytes
import Findings
import Kube

/// Istio AuthorizationPolicy.
///
/// Source: the reference of `security.istio.io/v1` and "Authorization policy precedence": denials first; then, if any ALLOW
/// policy is for the workload, what none of them matches is denied. What an external authoriser decides (CUSTOM) is not
/// known. The proxies check inbound TCP; identities are those of service accounts in the trust domain `cluster.local`.
enum IstioAuthorizationPolicy {
  static func stage(_ compiler: inout PolicyCompiler) -> PolicyProgram.Stage {
    var policies: [PolicyProgram.Policy] = []
    let view = View(compiler)
    for object in compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.authorization)) {
      guard let subjects = subjects(object, &compiler) else { continue }
      let spec = object.spec
      let word = spec?["action"]?.string ?? "ALLOW"
      guard let list = rules(spec?["rules"], word, object, view, &compiler) else { continue }
      func add(_ rules: [PolicyProgram.Rule], _ order: Order) {
        policies.append(
          PolicyProgram.Policy(
            object: object, subjects: subjects, ingress: rules, egress: nil, isolates: false, order: order.rawValue))
      }
      switch word {
      case "DENY", "CUSTOM": add(list, .denials)
      case "ALLOW":
        add(list, .permissions)
        let end = PolicyProgram.Rule(
          action: .deny, peers: .init(compiler.everything), ports: .init(fixed: ConnectionSet(.tcp)), path: "",
          node: object.root)
        add([end], .whatNoneAllows)
      default: break
      }
    }
    return .init(IstioMesh.Place.authorization, policies)
  }

  private enum Order: Double {
    case denials
    case permissions
    case whatNoneAllows
  }

  private static func subjects(_ object: KubeObject, _ compiler: inout PolicyCompiler) -> PeerSet? {
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
        let service = services.find(object.effectiveNamespace, name)
        result.formUnion(compiler.classes(of: service?.endpoints ?? []))
      case "Gateway":
        var pods = compiler.pods(LabelSelector(equalTo: [IstioMesh.gatewayLabel: name]))
        pods.formIntersection(compiler.namespace(object.effectiveNamespace))
        result.formUnion(pods)
      default:
        compiler.report(
          object, reference, "targets of kind \(reference["kind"]?.text ?? "(none)") are not evaluated",
          code: .notEvaluated, hides: false)
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
      var when = Match(peers: .init(compiler.everything), ports: .init(fixed: ConnectionSet(.tcp)))
      for condition in rule["when"]?.elements ?? [] { view.restrict(&when, by: condition, object, &compiler) }
      let froms = rule["from"]?.elements ?? []
      let tos = rule["to"]?.elements ?? []
      for from in froms.isEmpty ? [nil] : froms.map(Optional.some) {
        var match = when
        if let source = from?["source"] {
          guard !source.entries.isEmpty else {
            compiler.refuse(object, from, "\(path): source must not be empty")
            return nil
          }
          view.restrict(&match, from: source, compiler)
        }
        for to in tos.isEmpty ? [nil] : tos.map(Optional.some) {
          var one = match
          if let operation = to?["operation"] {
            guard !operation.entries.isEmpty else {
              compiler.refuse(object, to, "\(path): operation must not be empty")
              return nil
            }
            view.restrict(&one, to: operation)
          }
          var peers = one.peers
          if word == "CUSTOM" {
            peers.add(
              uncertain: peers.matched,
              .externalAuthoriser(name: object.spec?[path: "provider", "name"]?.text ?? ""))
            peers.matched = compiler.none
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

    /// - Parameter isNot: the peers are those that do not match.
    mutating func restrict(_ found: PeerSet, isNot: Bool, _ compiler: PolicyCompiler) {
      peers.formIntersection(isNot ? compiler.everything.subtracting(found) : found)
    }
  }

  /// Sources as the proxies know them.
  private struct View {
    /// All by class of pods.
    private let principals: [String]
    private let accounts: [String]
    private let namespaces: [String]

    init(_ compiler: PolicyCompiler) {
      let classes = compiler.cluster.podClasses
      namespaces = classes.map(\.namespace)
      accounts = classes.map { "\($0.namespace)/\($0.serviceAccount)" }
      principals = classes.map { "cluster.local/ns/\($0.namespace)/sa/\($0.serviceAccount)" }
    }

    private func pods(_ values: [String], of texts: [String], _ compiler: PolicyCompiler) -> PeerSet {
      let patterns = values.map(ConditionTest.Pattern.fromWildcard)
      var result = compiler.none
      compiler.pods.visit { pod in
        if patterns.contains(where: { $0.matches(texts[pod.index]) }) { result.insert(pod) }
      }
      return result
    }

    private func blocks(_ values: [String], _ compiler: PolicyCompiler) -> PeerSet {
      var result = compiler.none
      for value in values {
        if let block = IPRange(cidr: value) {
          result.formUnion(compiler.block(block, matchesPods: true))
        }
      }
      return result
    }

    func restrict(_ match: inout Match, from source: DocumentNode, _ compiler: PolicyCompiler) {
      for entry in source.entries {
        let isNot = entry.key.hasPrefix("not")
        let values = entry.value.strings
        let found: PeerSet
        switch entry.key {
        case "principals", "notPrincipals": found = pods(values, of: principals, compiler)
        case "namespaces", "notNamespaces": found = pods(values, of: namespaces, compiler)
        case "serviceAccounts", "notServiceAccounts": found = pods(values, of: accounts, compiler)
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
        let found: PeerSet
        switch key {
        case "source.ip", "remote.ip": found = blocks(values, compiler)
        case "source.namespace": found = pods(values, of: namespaces, compiler)
        case "source.principal": found = pods(values, of: principals, compiler)
        case "source.serviceAccount": found = pods(values, of: accounts, compiler)
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
