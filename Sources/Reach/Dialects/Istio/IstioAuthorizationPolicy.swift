import Bytes
import Findings
import Kube

/// Istio AuthorizationPolicy.
///
/// Source: the reference of `security.istio.io/v1` and "Authorization policy precedence": denials first; then, if any ALLOW
/// policy is for the workload, what none of them matches is denied. What an external authorizer decides (CUSTOM) is not
/// known. The proxies check inbound TCP; identities are those of service accounts in the mesh's trust domain.
///
/// What a rule asks of HTTP means something else where no HTTP is seen (istio.io, "Authorization for TCP traffic"; for the
/// proxy of the node `ambient/authorization.go` and ztunnel's `rbac.rs`): in an ALLOW rule it makes the rule match nothing,
/// in a DENY rule it is dropped, so that the rule matches more. The node's proxy sees no HTTP at all, and skips a part of a
/// DENY rule in which nothing is left.
enum IstioAuthorizationPolicy {
  private enum Action: String {
    case allow = "ALLOW"
    case deny = "DENY"
    case custom = "CUSTOM"
  }

  private enum Order: Double {
    case denials
    case permissions
    case whatNoneAllows
  }

  static func stage(
    _ proxies: IstioProxies, _ destinations: IstioDestinationRules, _ compiler: inout PolicyCompiler
  ) -> PolicyProgram.Stage {
    var policies: [PolicyProgram.Policy] = []
    let view = View(compiler, proxies)
    for object in compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.authorization)) {
      compiler.check(object, fields)
      let word = object.spec?["action"]?.text ?? Action.allow.rawValue
      // What only watches (AUDIT), or is only tried, decides nothing.
      guard word != "AUDIT", object.annotations["istio.io/dry-run"]?.lowercased() != "true" else { continue }
      guard let action = Action(rawValue: word) else {
        compiler.refuse(object, object.spec?["action"], "\"\(word)\" is not an action")
        continue
      }
      guard let targets = targets(object, proxies, &compiler), let rules = rules(object, view, &compiler) else {
        continue
      }
      for target in targets {
        policies += self.policies(object, action, rules, target, proxies, destinations, &compiler)
      }
    }
    return .init(IstioMesh.Place.authorization, policies)
  }

  private static func policies(
    _ object: KubeObject, _ action: Action, _ rules: [Rule], _ target: Target, _ proxies: IstioProxies,
    _ destinations: IstioDestinationRules, _ compiler: inout PolicyCompiler
  ) -> [PolicyProgram.Policy] {
    var result: [PolicyProgram.Policy] = []
    let groups = proxies.groups(target.subjects, seenBy: target.isWaypoint ? .sidecar : nil)
    let everywhere = groups.count == 1
    var made: [PolicyProgram.Rule] = []
    var ends: [PolicyProgram.Rule] = []
    var isBlind = false
    for group in groups {
      let seen = ConnectionSet(.tcp).subtracting(group.bypassed)
      // The node's proxy asks no external authorizer.
      if group.proxy == .ztunnel, action == .custom { continue }
      for rule in rules {
        let matches = rule.matches(group, action == .allow, unidentified: destinations.unidentified(at: group.pods))
        if group.proxy == .ztunnel, rule.asksForHTTP { isBlind = true }
        for match in matches {
          var peers = match.peers
          if action == .custom {
            let provider = object.spec?[path: "provider", "name"]?.text ?? ""
            var open = PolicyProgram.Peers(compiler.none)
            open.add(uncertain: peers.possible, .externalAuthoriser(name: provider))
            peers = open
          }
          made.append(
            PolicyProgram.Rule(
              action: action == .allow ? .allow : .deny, peers: peers,
              ports: .init(fixed: match.ports.intersection(seen)), path: rule.path, node: rule.node,
              near: everywhere ? nil : group.pods))
        }
      }
      ends.append(
        PolicyProgram.Rule(
          action: .deny, peers: .init(compiler.everything), ports: .init(fixed: seen), path: "", node: object.root,
          near: everywhere ? nil : group.pods))
    }
    if isBlind {
      compiler.report(
        object, object.spec?["rules"],
        action == .allow
          ? "ztunnel sees no HTTP: rules that ask for it allow nothing in ambient mode; a waypoint is needed"
          : "ztunnel sees no HTTP: what rules ask of it is ignored in ambient mode, and a rule that asks for nothing else matches nothing; a waypoint is needed",
        code: .unseenAttributes, hides: false)
    }
    func add(_ rules: [PolicyProgram.Rule], _ order: Order) {
      result.append(
        PolicyProgram.Policy(
          object: object, subjects: target.subjects, ingress: rules, egress: nil, isolates: false,
          order: order.rawValue, doubt: target.doubt))
    }
    add(made, action == .allow ? .permissions : .denials)
    if action == .allow { add(ends, .whatNoneAllows) }
    return result
  }

  /// Source: the reference of `security.istio.io/v1`.
  private static let fields: PolicyFields = {
    func both(_ names: String...) -> [String: PolicyFields] {
      Dictionary(
        uniqueKeysWithValues: names.flatMap { name in
          [(name, PolicyFields.any), ("not" + name.prefix(1).uppercased() + name.dropFirst(), .any)]
        })
    }
    let reference = PolicyFields.values("group", "kind", "name", "namespace")
    return .fields([
      "selector": .values("matchLabels"), "targetRef": reference, "targetRefs": reference, "action": .any,
      "provider": .values("name"),
      "rules": .fields([
        "from": .fields([
          "source": .fields(
            both(
              "principals", "requestPrincipals", "namespaces", "serviceAccounts", "ipBlocks", "remoteIpBlocks",
              "trustDomains"))
        ]),
        "to": .fields(["operation": .fields(both("hosts", "ports", "methods", "paths"))]),
        "when": .values("key", "values", "notValues"),
      ]),
    ])
  }()

  // MARK: Whom it is for

  private struct Target {
    let subjects: PeerSet
    /// A waypoint acts by it, which sees HTTP.
    var isWaypoint = false
    let doubt: PolicyProgram.Doubt?
  }

  /// - Returns: nil where it cannot be understood.
  private static func targets(_ object: KubeObject, _ proxies: IstioProxies, _ compiler: inout PolicyCompiler)
    -> [Target]?
  {
    let spec = object.spec
    let references = (spec?["targetRefs"]?.elements ?? []) + [spec?["targetRef"]].compactMap { $0 }
    guard !references.isEmpty else {
      guard
        let wanted = IstioMesh.subjects(
          object, labels: spec?[path: "selector", "matchLabels"], proxies.settings, &compiler)
      else { return nil }
      let subjects = wanted.intersection(proxies.governed)
      if subjects.isEmpty, !wanted.isEmpty {
        compiler.report(
          object, object.metadata, "none of the pods that it selects has an Istio proxy, so nothing enforces it",
          code: .noProxy, hides: false)
      }
      return [Target(subjects: subjects, doubt: proxies.doubt(subjects))]
    }
    var gateways = compiler.none
    var behind = compiler.none
    for reference in references {
      let name = reference["name"]?.string ?? ""
      switch reference["kind"]?.string {
      case "Service":
        let service = proxies.services.find(object.effectiveNamespace, name)
        let pods = compiler.classes(of: service?.endpoints ?? [])
        // Sidecars do not act by policies for Services; waypoints do.
        pods.visit { peer in
          guard let id = compiler.cluster.podClass(peer) else { return }
          if proxies.waypoint(of: id) != nil || proxies[id] == .unknown { behind.insert(peer) }
        }
        if behind.isEmpty, !pods.isEmpty {
          compiler.report(
            object, reference, "no waypoint is in front of Service \(name), so nothing enforces it", code: .noProxy,
            hides: false)
        }
      case "Gateway":
        gateways.formUnion(
          compiler.pods(LabelSelector(equalTo: [IstioMesh.gatewayLabel: name]))
            .intersection(compiler.namespace(object.effectiveNamespace)))
        let waypoint = IstioProxies.Waypoint(namespace: object.effectiveNamespace, name: name)
        behind.formUnion(proxies.pods(behind: waypoint))
        if proxies.handling(waypoint) == IstioProxies.Handling.none {
          compiler.report(
            object, reference, "no traffic goes through waypoint \(name), so nothing enforces it", code: .noProxy,
            hides: false)
        }
      default:
        compiler.report(
          object, reference, "targets of kind \(reference["kind"]?.text ?? "(none)") are not evaluated",
          code: .notEvaluated, hides: false)
      }
    }
    return [
      Target(subjects: gateways, isWaypoint: true, doubt: nil),
      Target(subjects: behind, isWaypoint: true, doubt: proxies.doubt(behind)),
    ].filter { !$0.subjects.isEmpty }
  }

  // MARK: Rules

  /// A part of a rule: what it asks of the other end, of the port, and of HTTP.
  private struct Part {
    var peers: PolicyProgram.Peers?
    var ports: ConnectionSet?
    var http = Condition.always
    /// What it asks of the connection that neither is, such as the name that TLS asks for.
    var other = Condition.always
    /// Whether the peers are told by the identity that mutual TLS shows.
    var asksForIdentity = false

    /// Whether it asks for something that the node's proxy sees.
    var isSeenByZtunnel: Bool { peers != nil || ports != nil }

    /// - Parameter isNot: the peers are those that do not match.
    mutating func restrict(_ found: PolicyProgram.Peers, isNot: Bool) {
      let wanted = isNot ? found.inverted : found
      peers = peers.map(wanted.intersection) ?? wanted
    }
  }

  private struct Rule {
    let path: String
    let node: DocumentNode
    /// One of them has to match, if there are any.
    let sources: [Part]
    let operations: [Part]
    /// Each has to match.
    let conditions: [Part]

    var asksForHTTP: Bool { (sources + operations + conditions).contains { $0.http != .always } }

    /// - Parameter unidentified: clients that may show no identity to the pods of the group.
    func matches(_ group: IstioProxies.Group, _ isAllow: Bool, unidentified: PolicyProgram.Peers?) -> [(
      peers: PolicyProgram.Peers, ports: ConnectionSet
    )] {
      let isZtunnel = group.proxy == .ztunnel
      if isZtunnel {
        if isAllow, asksForHTTP { return [] }
        if conditions.contains(where: { !$0.isSeenByZtunnel }) { return [] }
      }
      func parts(_ list: [Part]) -> [Part] {
        list.isEmpty ? [Part()] : isZtunnel ? list.filter(\.isSeenByZtunnel) : list
      }
      return parts(sources).flatMap { source in
        parts(operations).compactMap { operation -> (peers: PolicyProgram.Peers, ports: ConnectionSet)? in
          let all = [source, operation] + conditions
          var peers = IstioAuthorizationPolicy.everyone(group.pods)
          for part in all { if let wanted = part.peers { peers = peers.intersection(wanted) } }
          if let unidentified, all.contains(where: \.asksForIdentity) {
            let clients = unidentified.possible
            peers.add(uncertain: clients.subtracting(peers.matched), .clientIdentity)
            peers.doubt(clients, .clientIdentity)
          }
          var ports = all.reduce(ConnectionSet(.tcp)) { known, part in part.ports.map(known.intersection) ?? known }
          for part in all { ports = ports.refined(by: part.other) }
          guard !isZtunnel else { return (peers, ports) }
          let http = all.reduce(Condition.always) { $0.intersection($1.http) }
          if http == .always { return (peers, ports) }
          let plain = isAllow ? ConnectionSet.none : ports.intersection(group.opaque)
          return (peers, ports.subtracting(group.opaque).refined(by: http).union(plain))
        }
      }
    }
  }

  private static func everyone(_ like: PeerSet) -> PolicyProgram.Peers { .init(like.everything) }

  /// - Returns: nil where the API server would refuse it.
  private static func rules(_ object: KubeObject, _ view: View, _ compiler: inout PolicyCompiler) -> [Rule]? {
    var result: [Rule] = []
    for (index, rule) in (object.spec?["rules"]?.elements ?? []).enumerated() {
      let path = "rules[\(index)]"
      var sources: [Part] = []
      for from in rule["from"]?.elements ?? [] {
        guard let source = from["source"] else { continue }
        guard !source.entries.isEmpty else {
          compiler.refuse(object, from, "\(path): source must not be empty")
          return nil
        }
        sources.append(view.source(source, object.effectiveNamespace, compiler))
      }
      var operations: [Part] = []
      for to in rule["to"]?.elements ?? [] {
        guard let operation = to["operation"] else { continue }
        guard !operation.entries.isEmpty else {
          compiler.refuse(object, to, "\(path): operation must not be empty")
          return nil
        }
        operations.append(view.operation(operation))
      }
      let conditions = (rule["when"]?.elements ?? []).map {
        view.condition($0, object.effectiveNamespace, compiler)
      }
      result.append(
        Rule(path: path, node: rule, sources: sources, operations: operations, conditions: conditions))
    }
    return result
  }

  /// Sources as the proxies know them.
  private struct View {
    private struct Account: Hashable {
      let namespace: String
      let name: String
    }

    /// All by class of pods.
    /// As those of the trust domain `cluster.local`.
    private let principals: [String]
    private let accounts: [Account]
    private let namespaces: [String]
    private let proxies: IstioProxies

    init(_ compiler: PolicyCompiler, _ proxies: IstioProxies) {
      self.proxies = proxies
      let classes = compiler.cluster.podClasses
      namespaces = classes.map(\.namespace)
      accounts = classes.map { Account(namespace: $0.namespace, name: $0.serviceAccount) }
      principals = classes.map { "cluster.local/ns/\($0.namespace)/sa/\($0.serviceAccount)" }
    }

    private func pods(_ values: [String], of texts: [String], _ compiler: PolicyCompiler) -> PolicyProgram.Peers {
      let patterns = values.map(ConditionTest.Pattern.fromWildcard)
      var result = compiler.none
      compiler.pods.visit { pod in
        if patterns.contains(where: { $0.matches(texts[pod.index]) }) { result.insert(pod) }
      }
      return proxies.identified(result)
    }

    private func pods(withPrincipals values: [String], _ compiler: PolicyCompiler) -> PolicyProgram.Peers {
      let settings = proxies.settings
      var result = pods(values.compactMap(settings.local), of: principals, compiler)
      let open = pods(values.compactMap(settings.perhapsLocal), of: principals, compiler)
      result.add(uncertain: open.possible.subtracting(result.matched), .trustDomain)
      return result
    }

    /// `namespace/account`, or an account of the policy's own namespace; there are no wildcards.
    private func pods(withAccounts values: [String], _ home: String, _ compiler: PolicyCompiler)
      -> PolicyProgram.Peers
    {
      let wanted = Set(
        values.map { value in
          let parts = value.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
          return parts.count == 2
            ? Account(namespace: String(parts[0]), name: String(parts[1])) : Account(namespace: home, name: value)
        })
      var result = compiler.none
      compiler.pods.visit { if wanted.contains(accounts[$0.index]) { result.insert($0) } }
      return proxies.identified(result)
    }

    private func blocks(_ values: [String], _ compiler: PolicyCompiler) -> PolicyProgram.Peers {
      values.compactMap { IPRange(cidr: $0) }.reduce(PolicyProgram.Peers(compiler.none)) {
        $0.union(compiler.block($1, pods: .all))
      }
    }

    func source(_ source: DocumentNode, _ home: String, _ compiler: PolicyCompiler) -> Part {
      var part = Part()
      for entry in source.entries {
        let values = entry.value.strings
        let found: PolicyProgram.Peers
        switch entry.key {
        case "principals", "notPrincipals": found = pods(withPrincipals: values, compiler)
        case "namespaces", "notNamespaces": found = pods(values, of: namespaces, compiler)
        case "serviceAccounts", "notServiceAccounts": found = pods(withAccounts: values, home, compiler)
        case "ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks": found = blocks(values, compiler)
        case "trustDomains", "notTrustDomains":
          let domains = values.map { proxies.settings.trustDomains.contains($0) ? "cluster.local" : $0 }
          var peers = pods(domains, of: namespaces.map { _ in "cluster.local" }, compiler)
          if !proxies.settings.isKnown, domains.contains(where: { $0 != "cluster.local" }) {
            peers.add(uncertain: proxies.identified(compiler.pods).possible.subtracting(peers.matched), .trustDomain)
          }
          found = peers
        case "requestPrincipals", "notRequestPrincipals":
          part.http = part.http.intersection(IstioAuthorizationPolicy.opaque(entry.key, values))
          continue
        // No field of it; what it means is not known.
        default: continue
        }
        if !entry.key.lowercased().hasSuffix("ipblocks") { part.asksForIdentity = true }
        part.restrict(found, isNot: entry.key.hasPrefix("not"))
      }
      return part
    }

    func operation(_ operation: DocumentNode) -> Part {
      var part = Part()
      for (key, property) in [("methods", ConditionTest.Property.method), ("paths", .path), ("hosts", .host)] {
        if let values = operation[key]?.strings { part.http = part.http.intersection(any(property, values)) }
        let not = "not" + key.prefix(1).uppercased() + key.dropFirst()
        if let values = operation[not]?.strings { part.http = part.http.intersection(any(property, values).inverted) }
      }
      if let list = operation["ports"] { part.ports = ports(list.elements) }
      if let list = operation["notPorts"] {
        part.ports = (part.ports ?? ConnectionSet(.tcp)).subtracting(ports(list.elements))
      }
      return part
    }

    func condition(_ condition: DocumentNode, _ home: String, _ compiler: PolicyCompiler) -> Part {
      var part = Part()
      let key = condition["key"]?.string ?? ""
      for (field, isNot) in [("values", false), ("notValues", true)] {
        guard let node = condition[field] else { continue }
        let values = node.elements.compactMap(\.text)
        if ["source.namespace", "source.principal", "source.serviceAccount"].contains(key) {
          part.asksForIdentity = true
        }
        switch key {
        case "source.ip", "remote.ip": part.restrict(blocks(values, compiler), isNot: isNot)
        case "source.namespace": part.restrict(pods(values, of: namespaces, compiler), isNot: isNot)
        case "source.principal": part.restrict(pods(withPrincipals: values, compiler), isNot: isNot)
        case "source.serviceAccount":
          part.restrict(pods(withAccounts: values, home, compiler), isNot: isNot)
        case "destination.port":
          let set = ports(node.elements)
          let known = part.ports ?? ConnectionSet(.tcp)
          part.ports = isNot ? known.subtracting(set) : known.intersection(set)
        case "destination.ip", "connection.sni":
          let test = IstioAuthorizationPolicy.opaque(key, values)
          part.other = part.other.intersection(isNot ? test.inverted : test)
        default:
          var test = IstioAuthorizationPolicy.opaque(key, values)
          if key.hasPrefix("request.headers["), key.hasSuffix("]") {
            let name = key.dropFirst("request.headers[".count).dropLast().lowercased()
            test = .any(.header, values.map { .fromWildcard("\(name): \($0)") })
          }
          part.http = part.http.intersection(isNot ? test.inverted : test)
        }
      }
      return part
    }

    private func any(_ property: ConditionTest.Property, _ values: [String]) -> Condition {
      .any(
        property, values.map(property == .path ? ConditionTest.Pattern.fromPath : ConditionTest.Pattern.fromWildcard))
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
