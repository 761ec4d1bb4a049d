import Access
import Bytes
package import Findings
import Kube
import Reach

/// What a probe says of the graph's picture.
package struct ProbeBelief: Sendable {
  /// How the two compare.
  package enum Verdict: String, Sendable {
    /// The graph has it as the probe found it.
    case confirmed
    /// The graph counts on something that is not so.
    case disproved
    /// There is something that the graph does not know of.
    case missed
    /// The input does not tell what is to be compared.
    case notComparable
  }

  package let verdict: Verdict
  package let probe: String
  package let target: String
  /// Nil where nothing is wrong.
  package let severity: Severity?
  /// A sentence.
  package let text: String
}

extension DepthGraph {
  /// - Parameter start: where the probes were sent from.
  package func beliefs(about results: [ProbeResult], from start: DepthPosition) -> [ProbeBelief] {
    results.compactMap { belief(about: $0, from: start) }
  }

  private func belief(about result: ProbeResult, from start: DepthPosition) -> ProbeBelief? {
    func say(_ verdict: ProbeBelief.Verdict, _ severity: Severity?, _ text: String) -> ProbeBelief {
      ProbeBelief(
        verdict: verdict, probe: result.probe.id, target: result.target.text, severity: severity, text: text)
    }
    let isOpen = result.outcome.severity != nil
    switch result.probe.claim {
    case nil: return nil
    case .anonymousRequests:
      if isOpen { return say(.confirmed, nil, "anybody may call the API server as system:anonymous") }
      guard result.exchanges.first?.response.answer?.status == 401 else { return nil }
      return say(
        .disproved, .info,
        "the graph lets anybody call the API server as system:anonymous, and the server asks for credentials: what it grants to system:anonymous leads nowhere"
      )
    case .anonymousMay(let request):
      let decision = Authorizer(input.inventory).decide(request)
      let deed = "\(request.verb) \(request.target.text)"
      guard case .open(let severity, _) = result.outcome else {
        guard case .closed = result.outcome, let answer = result.exchanges.first?.response.answer,
          answer.status == 401 || answer.isStatus
        else { return nil }
        return decision.isAllowed
          ? say(.disproved, .low, "by the input, system:anonymous may \(deed), and the API server refuses it")
          : say(.confirmed, nil, "system:anonymous may not \(deed)")
      }
      if decision.isAllowed { return say(.confirmed, nil, "system:anonymous may \(deed)") }
      return say(.missed, severity, "system:anonymous may \(deed), and no grant of the input says so")
    case .opens(let gain):
      guard case .open(let severity, _) = result.outcome else { return nil }
      return say(.missed, severity, missing(gain, at: result.target, from: start))
    case .entry: return entryBelief(result, from: start, say)
    case .authenticationAtEntry: return authenticationBelief(result, say)
    case .rightsOfAccount: return rightsBelief(result, say)
    }
  }

  /// The sentence about a door that no step of the graph stands for.
  private func missing(_ gain: ProbeClaim.Gain, at target: ProbeTarget, from start: DepthPosition) -> String {
    let goal: DepthPosition
    let thing: String
    switch gain {
    case .cloudIdentity: return "the graph knows no way from here to the cloud identity of the node"
    case .clusterAdmin: (goal, thing) = (.clusterAdmin, "cluster-admin")
    case .node:
      let node = nodes(at: target.host).first
      (goal, thing) = node.map { (.node($0), "node:\($0)") } ?? (.anyNode, "node")
    }
    let depth = field(from: start, solver()).flatMap { answer($0, goal).depth }
    let known = depth.map { $0.lower == $0.upper ? "\($0.upper) deep" : "\($0.lower) to \($0.upper) deep" }
    return
      "the graph has \(thing) \(known ?? "out of reach") from \(start.text), and this door leads there without a control"
  }

  /// Names of nodes with an address.
  private func nodes(at host: String) -> [String] {
    input.inventory.snapshot.objects(GroupKind("", "Node")).filter { node in
      (node.root["status"]?["addresses"]?.elements ?? []).contains { $0["address"]?.string?.lowercased() == host }
        || node.name == host
    }.map(\.name)
  }

  // MARK: Entry points

  private struct Entries {
    var found: [EntryPoint] = []
    /// Whether the address of some entry point is not in the input.
    var isPartial = false
  }

  /// The entry points that a target may be.
  private func entries(at target: ProbeTarget) -> Entries {
    let port = target.port ?? (target.isSecure ? 443 : 80)
    let services = Dictionary(
      input.inventory.snapshot.objects(GroupKind("", "Service")).map { ($0.effectiveNamespace + "/" + $0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    let isNode = !nodes(at: target.host).isEmpty
    var entries = Entries()
    for entry in exposure.entryPoints {
      let isThere: Bool
      switch entry.via {
      case .route(_, _, let hosts):
        isThere = hosts.isEmpty || hosts.contains { Self.host($0, covers: target.host) }
      case .service(let kind, let namespace, let name):
        guard entry.outside.contains(where: { Int($0.port) == port }) else { continue }
        guard let service = services[namespace + "/" + name] else { continue }
        let addresses = Self.addresses(service)
        if kind == .loadBalancer, addresses.isEmpty { entries.isPartial = true }
        isThere = addresses.contains(target.host) || isNode && kind != .externalIPs
      case .hostPort(let number): isThere = isNode && Int(number) == port
      case .hostNetwork: isThere = isNode
      }
      if isThere { entries.found.append(entry) }
    }
    return entries
  }

  /// Where a Service answers from outside, as the input has it.
  private static func addresses(_ service: KubeObject) -> Set<String> {
    var found = Set(service.spec?["externalIPs"]?.strings ?? [])
    for ingress in service.root["status"]?["loadBalancer"]?["ingress"]?.elements ?? [] {
      for key in ["ip", "hostname"] { if let text = ingress[key]?.string { found.insert(text.lowercased()) } }
    }
    if let text = service.spec?["loadBalancerIP"]?.string, !text.isEmpty { found.insert(text) }
    return found
  }

  /// Whether a host of a route stands for a name: `*.` for one label.
  private static func host(_ pattern: String, covers name: String) -> Bool {
    let pattern = pattern.lowercased()
    if pattern == name || pattern == "*" { return true }
    guard pattern.hasPrefix("*."), let dot = name.firstIndex(of: "."), dot != name.startIndex else { return false }
    return name[dot...] == pattern.dropFirst()
  }

  private func entryBelief(
    _ result: ProbeResult, from start: DepthPosition,
    _ say: (ProbeBelief.Verdict, Severity?, String) -> ProbeBelief
  ) -> ProbeBelief? {
    let entries = entries(at: result.target)
    let open = entries.found.filter {
      $0.obstacle == nil && $0.verdict != .denied && (start == .network || $0.reach != .internalNetwork)
    }
    guard start == .internet || start == .network else { return nil }
    guard let response = result.exchanges.first?.response else { return nil }
    let names = Set(entries.found.map { "\($0.via.text) to \($0.workload.text)" }).sorted()
    switch response {
    case .answer:
      if let first = open.first {
        return say(.confirmed, nil, "\(first.via.text) leads to \(first.workload.text)")
      }
      if !names.isEmpty {
        return say(.missed, .high, "the graph has \(names[0]) closed from \(start.text), and it answers")
      }
      return entries.isPartial
        ? say(.notComparable, nil, "at which addresses load balancers answer is not in the input")
        : say(.missed, .medium, "no entry point of the input leads there, and it answers")
    case .failed(.refused, _):
      guard !open.isEmpty else { return nil }
      return say(.disproved, .info, "the graph has \(names[0]) open from \(start.text), and nothing listens there")
    case .failed, .notSent: return nil
    }
  }

  private func authenticationBelief(
    _ result: ProbeResult, _ say: (ProbeBelief.Verdict, Severity?, String) -> ProbeBelief
  ) -> ProbeBelief? {
    let demanded = IngressAuthentication(input.inventory.snapshot)
    for entry in entries(at: result.target).found {
      guard case .route(let object, let namespace, _) = entry.via else { continue }
      let counts = demanded.demand(by: object, namespace: namespace) != .no
      let name = "\(object.kind) \(namespace)/\(object.name)"
      switch result.outcome {
      case .open where counts:
        return say(
          .disproved, .high,
          "the graph counts authentication at \(name) as a control, and the service answers without: \(entry.workload.text) lies one less deep"
        )
      case .closed where !counts:
        return say(
          .missed, .info,
          "the service asks for credentials, and the graph counts none at \(name): \(entry.workload.text) may lie one deeper"
        )
      case .open: return say(.confirmed, nil, "nobody is asked who he is at \(name)")
      case .closed: return say(.confirmed, nil, "\(name) asks for credentials")
      default: continue
      }
    }
    return nil
  }

  // MARK: Rights

  private func rightsBelief(
    _ result: ProbeResult, _ say: (ProbeBelief.Verdict, Severity?, String) -> ProbeBelief
  ) -> ProbeBelief? {
    guard let rights = AccountRights(result.exchanges.map(\.response)) else { return nil }
    guard let subject = rights.subject else {
      return say(.notComparable, nil, "the server does not tell whose rights they are")
    }
    let identity = input.inventory.identity(of: subject)
    if identity.isSuperuser { return nil }
    let believed = input.inventory.rules(for: identity, namespace: rights.namespace)
    let unknown = RuleCoverage.missing(rights.rules, heldIn: believed)
    let refused = rights.isIncomplete ? [] : RuleCoverage.missing(believed, heldIn: rights.rules)
    let who = "\(subject.text) in namespace \(rights.namespace)"
    func list(_ rules: [PolicyRule]) -> String {
      let texts = rules.prefix(3).map { rule in
        let thing = (rule.nonResourceURLs + rule.resources).joined(separator: ",")
        let group = rule.apiGroups.first.map { $0.isEmpty ? "" : "." + $0 } ?? ""
        return "\(rule.verbs.joined(separator: ",")) \(thing)\(group)"
      }
      return texts.joined(separator: ", ") + (rules.count > 3 ? " and \(rules.count - 3) more" : "")
    }
    if !unknown.isEmpty {
      let worst = rights.risks(of: unknown).map(\.severity).max()
      return say(.missed, worst ?? .low, "\(who) may \(list(unknown)), and no grant of the input says so")
    }
    if !refused.isEmpty {
      return say(.disproved, .low, "by the input, \(who) may \(list(refused)), and the server does not know of it")
    }
    return say(.confirmed, nil, "\(who) has the rights that the input gives it")
  }
}
