import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// Random small clusters in every dialect: the model's answers and its matrix against a reading packet by packet of the rules
/// as they were drawn, not as they were written.
@Suite struct DialectPropertyTests {
  struct Pod: Sendable {
    let namespace: String
    let app: String
    let tier: String

    var name: String { "\(namespace)/\(app)" }
  }

  struct Packet {
    let source: Pod
    let destination: Pod
    let transport: ConnectionSet.TransportProtocol
    let port: Int
    let method: String
  }

  /// A way of choosing pods, with its text in a dialect.
  struct Choice {
    let text: String
    let matches: (Pod) -> Bool
  }

  struct Ports {
    let text: String
    let match: (Packet) -> Bool
  }

  enum Action { case allow, deny, pass }

  struct Rule {
    let action: Action
    /// Empty for anyone.
    let peers: [Choice]
    let ports: [Ports]
    var methods: [String] = []

    func matches(_ packet: Packet, _ peer: Pod) -> Bool {
      (peers.isEmpty || peers.contains { $0.matches(peer) }) && (ports.isEmpty || ports.contains { $0.match(packet) })
        && (methods.isEmpty || methods.contains(packet.method))
    }
  }

  struct Policy {
    let name: String
    var order = 0
    let subject: (Pod) -> Bool
    var ingress: [Rule]?
    var egress: [Rule]?
  }

  static func pods(_ random: inout SeededRandom) -> ([Pod], String) {
    var pods: [Pod] = []
    var yaml = ""
    for namespace in ["n", "m"] {
      yaml += "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(namespace), labels: {team: \(namespace)}}\n---\n"
      for app in ["a", "b", "c"] {
        let pod = Pod(namespace: namespace, app: app, tier: "t\(random.below(2))")
        pods.append(pod)
        yaml +=
          "apiVersion: v1\nkind: Pod\nmetadata: {name: \(app), namespace: \(namespace), labels: {app: \(app), tier: \(pod.tier)}}\nspec: {serviceAccountName: sa-\(app), containers: [{name: c, ports: [{name: web, containerPort: 80}]}]}\n---\n"
      }
    }
    return (pods, yaml)
  }

  /// Every packet of a small cluster, asked of the model, its matrix and the naive reading.
  static func compare(
    _ yaml: String, _ pods: [Pod], profile: ReachProfile = .spec, _ naive: (Packet) -> Bool
  ) throws -> Int {
    let snapshot = Fixtures.snapshot(yaml)
    #expect(snapshot.problems.isEmpty, "\(yaml)")
    let model = ReachModel(snapshot, profile: profile)
    #expect(
      model.remarks.allSatisfy { $0.code == .samePriority || $0.code == .replaced }, "\(model.remarks) \(yaml)")
    let matrix = Dictionary(
      uniqueKeysWithValues: Connectivity(model, granularity: .pods).connections.map {
        ("\($0.source.text) \($0.destination.text)", $0.ports)
      })
    var allowed = 0
    for source in pods {
      for destination in pods where source.name != destination.name {
        let from = try #require(model.end(source.name))
        let to = try #require(model.end(destination.name))
        for (transport, port) in [(ConnectionSet.TransportProtocol.tcp, 80), (.tcp, 81), (.udp, 80)] {
          if case .endpoint(let a) = from, case .endpoint(let b) = to {
            let short = model.isAllowed(a, b, transport, UInt16(port))
            #expect(short == model.answer(from, to, transport, UInt16(port)).allowed, "\(yaml)")
          }
          for method in ["GET", "POST"] {
            let packet = Packet(
              source: source, destination: destination, transport: transport, port: port, method: method)
            var request = ConnectionRequest()
            request.method = method
            let expected = naive(packet)
            let answer = model.answer(from, to, ReachQuestion(transport, UInt16(port), request))
            #expect(
              answer.allowed == expected,
              "\(source.name) \(destination.name) \(port) \(method): \(answer.reason)\n\(yaml)")
            let cell = matrix["\(source.name) \(destination.name)"] ?? .none
            #expect(cell.condition(transport, UInt16(port)).holds(for: request) == expected, "\(yaml)")
            if expected { allowed += 1 }
          }
        }
      }
    }
    return allowed
  }

  static func kubernetesPorts(_ random: inout SeededRandom) -> [Ports] {
    (0..<random.below(3)).map { _ in
      random.pick([
        Ports(text: "{port: 80}") { $0.transport == .tcp && $0.port == 80 },
        Ports(text: "{port: 80, endPort: 90}") { $0.transport == .tcp && (80...90).contains($0.port) },
        Ports(text: "{protocol: UDP}") { $0.transport == .udp },
        Ports(text: "{port: web}") { $0.transport == .tcp && $0.port == 80 },
      ])
    }
  }

  static func kubernetesPolicies(_ random: inout SeededRandom) -> ([Policy], String) {
    var yaml = ""
    let policies = (0..<random.below(3)).map { index -> Policy in
      let home = random.pick(["n", "m"])
      let subject = random.pick([
        Choice(text: "{}") { _ in true }, Choice(text: "{matchLabels: {app: a}}") { $0.app == "a" },
        Choice(text: "{matchExpressions: [{key: tier, operator: NotIn, values: [t0]}]}") { $0.tier != "t0" },
      ])
      func rules(_ random: inout SeededRandom) -> [Rule] {
        (0..<random.below(3)).map { _ in
          Rule(
            action: .allow,
            peers: (0..<random.below(3)).map { _ in
              random.pick([
                Choice(text: "{podSelector: {matchLabels: {app: b}}}") { $0.app == "b" && $0.namespace == home },
                Choice(text: "{namespaceSelector: {matchLabels: {team: m}}}") { $0.namespace == "m" },
                Choice(text: "{namespaceSelector: {}, podSelector: {matchLabels: {tier: t1}}}") { $0.tier == "t1" },
              ])
            }, ports: kubernetesPorts(&random))
        }
      }
      let types = random.pick(["[Ingress]", "[Egress]", "[Ingress, Egress]"])
      let ingress = types.contains("Ingress") ? rules(&random) : nil
      let egress = types.contains("Egress") ? rules(&random) : nil
      func text(_ rules: [Rule], _ key: String) -> String {
        "["
          + rules.map { rule in
            "{\(key): [\(rule.peers.map(\.text).joined(separator: ", "))], ports: [\(rule.ports.map(\.text).joined(separator: ", "))]}"
          }.joined(separator: ", ") + "]"
      }
      yaml +=
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: k\(index), namespace: \(home)}\nspec:\n  podSelector: \(subject.text)\n  policyTypes: \(types)\n"
      if let ingress { yaml += "  ingress: \(text(ingress, "from"))\n" }
      if let egress { yaml += "  egress: \(text(egress, "to"))\n" }
      yaml += "---\n"
      return Policy(
        name: "k\(index)", order: 1000, subject: { $0.namespace == home && subject.matches($0) }, ingress: ingress,
        egress: egress)
    }
    return (policies, yaml)
  }

  /// Of rules in order the first that matches; nil when none does.
  static func first(_ rules: [Rule], _ packet: Packet, _ peer: Pod) -> Action? {
    rules.first { $0.matches(packet, peer) }?.action
  }

  static func sides(_ packet: Packet) -> [(subject: Pod, peer: Pod, rules: (Policy) -> [Rule]?)] {
    [
      (packet.source, packet.destination, { $0.egress }), (packet.destination, packet.source, { $0.ingress }),
    ]
  }

  /// One policy after another, applied to a cluster read once, against the difference of two readings.
  @Test(arguments: 0..<6) func appliedPolicies(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(6000 + seed))
    var quick = 0
    for _ in 0..<10 {
      let (_, yaml) = Self.pods(&random)
      // Selects nothing, but lets labels be told apart that later policies ask for.
      let first =
        Self.kubernetesPolicies(&random).1
        + "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: wide, namespace: n}\nspec: {podSelector: {matchLabels: {app: z, tier: z}}}\n---\n"
      let second = Self.kubernetesPolicies(&random).1
      var snapshot = Fixtures.snapshot(yaml + first)
      let change = PolicyChange(ReachModel(snapshot))
      for object in Fixtures.snapshot(second).objects(.networkPolicy) {
        var builder = ClusterSnapshot.Builder()
        builder.add(object.root, file: "policy.yaml")
        let after = snapshot.applying(builder.build())
        let expected = ConnectivityDiff(ReachModel(snapshot), ReachModel(after)).changes
        guard let changes = change.apply(object) else { break }
        quick += 1
        func text(_ changes: [ConnectivityDiff.Change]) -> [String] {
          changes.map { "\($0.source.text) \($0.destination.text) +\($0.gained.text) -\($0.lost.text)" }
        }
        #expect(text(changes) == text(expected), "\(yaml)\(first)\(second)")
        snapshot = after
      }
    }
    #expect(quick > 2)
  }

  @Test(arguments: 0..<6) func adminPolicies(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(2000 + seed))
    var allowed = 0
    for _ in 0..<8 {
      var (pods, yaml) = Self.pods(&random)
      let (plain, text) = Self.kubernetesPolicies(&random)
      yaml += text
      func rules(_ isBaseline: Bool, _ peerKey: String) -> ([Rule], String) {
        var lines = ""
        let rules = (0..<(1 + random.below(3))).map { _ -> Rule in
          let actions: [Action] = isBaseline ? [.allow, .deny] : [.allow, .deny, .pass]
          let action = random.pick(actions)
          let peers = (0..<(1 + random.below(2))).map { _ in
            random.pick([
              Choice(text: "{namespaces: {matchLabels: {team: n}}}") { $0.namespace == "n" },
              Choice(text: "{namespaces: {}}") { _ in true },
              Choice(text: "{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: c}}}}") { $0.app == "c" },
            ])
          }
          let ports = (0..<random.below(2)).map { _ in
            random.pick([
              Ports(text: "{portNumber: {protocol: TCP, port: 80}}") { $0.transport == .tcp && $0.port == 80 },
              Ports(text: "{portRange: {protocol: UDP, start: 1, end: 100}}") {
                $0.transport == .udp && $0.port <= 100
              },
              Ports(text: "{namedPort: web}") { $0.transport == .tcp && $0.port == 80 },
            ])
          }
          let word = action == .allow ? "Allow" : action == .deny ? "Deny" : "Pass"
          lines += "  - {action: \(word), \(peerKey): [\(peers.map(\.text).joined(separator: ", "))]"
          if !ports.isEmpty { lines += ", ports: [\(ports.map(\.text).joined(separator: ", "))]" }
          lines += "}\n"
          return Rule(action: action, peers: peers, ports: ports)
        }
        return (rules, lines)
      }
      func policy(_ kind: String, _ name: String, _ order: Int) -> Policy {
        let subject = random.pick([
          Choice(text: "{namespaces: {}}") { _ in true },
          Choice(text: "{pods: {namespaceSelector: {matchLabels: {team: m}}, podSelector: {}}}") {
            $0.namespace == "m"
          },
        ])
        let ingress = rules(kind.hasPrefix("Baseline"), "from")
        let egress = rules(kind.hasPrefix("Baseline"), "to")
        yaml += "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: \(kind)\nmetadata: {name: \(name)}\nspec:\n"
        if !kind.hasPrefix("Baseline") { yaml += "  priority: \(order)\n" }
        yaml += "  subject: \(subject.text)\n  ingress:\n\(ingress.1)  egress:\n\(egress.1)---\n"
        return Policy(name: name, order: order, subject: subject.matches, ingress: ingress.0, egress: egress.0)
      }
      let admin = (0..<random.below(3)).map { policy("AdminNetworkPolicy", "a\($0)", 10 - $0) }
      let baseline = random.below(2) == 0 ? [policy("BaselineAdminNetworkPolicy", "default", 0)] : []
      allowed += try Self.compare(yaml, pods) { packet in
        Self.sides(packet).allSatisfy { subject, peer, rules in
          let mine = admin.filter { $0.subject(subject) }.sorted { $0.order < $1.order }
          switch Self.first(mine.flatMap { rules($0) ?? [] }, packet, peer) {
          case .allow?: return true
          case .deny?: return false
          case .pass?, nil: break
          }
          let governing = plain.filter { $0.subject(subject) && rules($0) != nil }
          if !governing.isEmpty { return Self.first(governing.flatMap { rules($0) ?? [] }, packet, peer) == .allow }
          return Self.first(baseline.filter { $0.subject(subject) }.flatMap { rules($0) ?? [] }, packet, peer) != .deny
        }
      }
    }
    #expect(allowed > 100)
  }

  @Test(arguments: 0..<6) func calicoPolicies(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(3000 + seed))
    let profile = try #require(ReachProfile.all.first { $0.name == "calico" })
    var allowed = 0
    for _ in 0..<8 {
      var (pods, yaml) = Self.pods(&random)
      let (plain, text) = Self.kubernetesPolicies(&random)
      yaml += text
      let passes = random.below(2) == 0
      yaml +=
        "apiVersion: projectcalico.org/v3\nkind: Tier\nmetadata: {name: early}\nspec: {order: 10, defaultAction: \(passes ? "Pass" : "Deny")}\n---\n"
      func policy(_ index: Int, _ tier: String) -> Policy {
        let home = random.pick(["n", "m", ""])
        let order = random.pick([1, 2, 3]) * 10 + index
        let subject = random.pick([
          Choice(text: "all()") { _ in true },
          Choice(text: "app == 'a' || app == 'b'") { $0.app == "a" || $0.app == "b" },
          Choice(text: "tier != 't0'") { $0.tier != "t0" },
        ])
        func rules(_ peerKey: String) -> ([Rule], String) {
          var lines = ""
          let rules = (0..<(1 + random.below(2))).map { _ -> Rule in
            let action = random.pick([Action.allow, .deny, .pass])
            let isLocal = !home.isEmpty
            let peer = random.pick([
              Choice(text: "{selector: \"app in {'b', 'c'}\"}") {
                ($0.app == "b" || $0.app == "c") && (!isLocal || $0.namespace == home)
              },
              Choice(text: "{namespaceSelector: \"team == 'm'\"}") { $0.namespace == "m" },
              Choice(text: "{namespaceSelector: \"all()\", serviceAccounts: {names: [sa-a]}}") { $0.app == "a" },
            ])
            let port = random.pick([
              Ports(text: "[80]") { $0.transport == .tcp && $0.port == 80 },
              Ports(text: "['80:90']") { $0.transport == .tcp && (80...90).contains($0.port) },
            ])
            let withPorts = random.below(2) == 0
            let word = action == .allow ? "Allow" : action == .deny ? "Deny" : "Pass"
            if withPorts {
              if peerKey == "source" {
                lines +=
                  "  - {action: \(word), protocol: TCP, source: \(peer.text), destination: {ports: \(port.text)}}\n"
              } else {
                lines +=
                  "  - {action: \(word), protocol: TCP, destination: \(peer.text.dropLast()), ports: \(port.text)}}\n"
              }
            } else {
              lines += "  - {action: \(word), \(peerKey): \(peer.text)}\n"
            }
            return Rule(action: action, peers: [peer], ports: withPorts ? [port] : [])
          }
          return (rules, lines)
        }
        let ingress = rules("source")
        let egress = random.below(2) == 0 ? rules("destination") : nil
        yaml += "apiVersion: projectcalico.org/v3\nkind: \(home.isEmpty ? "GlobalNetworkPolicy" : "NetworkPolicy")\n"
        yaml += "metadata: {name: \(tier).c\(index)\(home.isEmpty ? "" : ", namespace: \(home)")}\nspec:\n"
        yaml += "  tier: \(tier)\n  order: \(order)\n  selector: \(subject.text)\n"
        yaml += "  types: [Ingress\(egress == nil ? "" : ", Egress")]\n  ingress:\n\(ingress.1)"
        if let egress { yaml += "  egress:\n\(egress.1)" }
        yaml += "---\n"
        return Policy(
          name: "\(tier).c\(index)", order: order,
          subject: { (home.isEmpty || $0.namespace == home) && subject.matches($0) }, ingress: ingress.0,
          egress: egress?.0)
      }
      let early = (0..<random.below(3)).map { policy($0, "early") }
      let late = (0..<random.below(3)).map { policy($0 + 5, "default") } + plain
      if early.isEmpty, late.count == plain.count { continue }
      allowed += try Self.compare(yaml, pods, profile: profile) { packet in
        Self.sides(packet).allSatisfy { subject, peer, rules in
          for (tier, isOpen) in [(early, passes), (late, false)] {
            let mine = tier.filter { $0.subject(subject) && rules($0) != nil }.sorted { $0.order < $1.order }
            if mine.isEmpty { continue }
            switch Self.first(mine.flatMap { rules($0) ?? [] }, packet, peer) {
            case .allow?: return true
            case .deny?: return false
            case .pass?: continue
            case nil: if !isOpen { return false }
            }
          }
          return true
        }
      }
    }
    #expect(allowed > 100)
  }

  @Test(arguments: 0..<6) func ciliumPolicies(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(4000 + seed))
    var allowed = 0
    for _ in 0..<8 {
      var (pods, yaml) = Self.pods(&random)
      var policies: [Policy] = []
      var denials: [Policy] = []
      for index in 0..<(1 + random.below(3)) {
        let home = random.pick(["n", "m"])
        let subject = random.pick([
          Choice(text: "{}") { _ in true }, Choice(text: "{matchLabels: {app: a}}") { $0.app == "a" },
          Choice(text: "{matchExpressions: [{key: 'k8s:tier', operator: In, values: [t1]}]}") { $0.tier == "t1" },
        ])
        func rules(_ prefix: String, _ isDeny: Bool) -> ([Rule], String) {
          var lines = ""
          let rules = (0..<(1 + random.below(2))).map { _ -> Rule in
            let peer = random.pick([
              Choice(text: "\(prefix)Endpoints: [{matchLabels: {app: b}}]") { $0.app == "b" && $0.namespace == home },
              Choice(text: "\(prefix)Endpoints: [{matchLabels: {'k8s:io.kubernetes.pod.namespace': m}}]") {
                $0.namespace == "m"
              },
              Choice(text: "\(prefix)Entities: [cluster]") { _ in true },
            ])
            let port = random.pick([
              Ports(text: "{port: '80', protocol: TCP}") { $0.transport == .tcp && $0.port == 80 },
              Ports(text: "{port: '80'}") { $0.port == 80 },
              Ports(text: "{port: '80', endPort: 90, protocol: TCP}") {
                $0.transport == .tcp && (80...90).contains($0.port)
              },
            ])
            let kind = random.below(3)
            let isHTTP = kind == 2 && !isDeny
            lines += "  - \(peer.text)\n"
            if kind > 0 {
              lines += "    toPorts: [{ports: [\(port.text)]\(isHTTP ? ", rules: {http: [{method: GET}]}" : "")}]\n"
            }
            return Rule(
              action: isDeny ? .deny : .allow, peers: [peer], ports: kind > 0 ? [port] : [],
              methods: isHTTP ? ["GET"] : [])
          }
          return (rules, lines)
        }
        yaml +=
          "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c\(index), namespace: \(home)}\nspec:\n  endpointSelector: \(subject.text)\n"
        let matches: (Pod) -> Bool = { $0.namespace == home && subject.matches($0) }
        var allow = Policy(name: "c\(index)", subject: matches)
        var deny = Policy(name: "c\(index)", subject: matches)
        for (key, prefix) in [("ingress", "from"), ("egress", "to")] where random.below(3) > 0 {
          let (list, lines) = rules(prefix, false)
          yaml += "  \(key):\n\(lines)"
          if key == "ingress" { allow.ingress = list } else { allow.egress = list }
          if random.below(2) == 0 {
            let (list, lines) = rules(prefix, true)
            yaml += "  \(key)Deny:\n\(lines)"
            if key == "ingress" { deny.ingress = list } else { deny.egress = list }
          }
        }
        yaml += "---\n"
        policies.append(allow)
        denials.append(deny)
      }
      allowed += try Self.compare(yaml, pods) { packet in
        Self.sides(packet).allSatisfy { subject, peer, rules in
          if Self.first(denials.filter { $0.subject(subject) }.flatMap { rules($0) ?? [] }, packet, peer) == .deny {
            return false
          }
          let mine = policies.filter { $0.subject(subject) && rules($0) != nil }
          return mine.isEmpty || Self.first(mine.flatMap { rules($0) ?? [] }, packet, peer) == .allow
        }
      }
    }
    #expect(allowed > 100)
  }

  @Test(arguments: 0..<6) func istioPolicies(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(5000 + seed))
    var allowed = 0
    for _ in 0..<8 {
      var (pods, yaml) = Self.pods(&random)
      let (plain, text) = Self.kubernetesPolicies(&random)
      yaml += text
      var policies: [(isDeny: Bool, policy: Policy)] = []
      for index in 0..<(1 + random.below(3)) {
        let home = random.pick(["n", "m", "istio-system"])
        let isDeny = random.below(2) == 0
        let byLabel = random.below(2) == 0
        let peer = random.pick([
          Choice(text: "namespaces: [n]") { $0.namespace == "n" },
          Choice(text: "principals: ['cluster.local/ns/*']") { _ in true },
          Choice(text: "principals: ['*/sa/sa-b']") { $0.app == "b" },
          Choice(text: "notNamespaces: [m]") { $0.namespace != "m" },
        ])
        let operation = random.pick([
          (text: "ports: ['80']", ports: [80], methods: [String]()),
          (text: "methods: [GET]", ports: [], methods: ["GET"]),
          (text: "notMethods: [GET]", ports: [], methods: ["POST"]),
        ])
        yaml +=
          "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: i\(index), namespace: \(home)}\nspec:\n"
        if byLabel { yaml += "  selector: {matchLabels: {app: a}}\n" }
        yaml += "  action: \(isDeny ? "DENY" : "ALLOW")\n"
        yaml += "  rules: [{from: [{source: {\(peer.text)}}], to: [{operation: {\(operation.text)}}]}]\n---\n"
        let numbers = operation.ports
        policies.append(
          (
            isDeny,
            Policy(
              name: "i\(index)",
              subject: { (home == "istio-system" || $0.namespace == home) && (!byLabel || $0.app == "a") },
              ingress: [
                Rule(
                  action: .allow, peers: [peer],
                  ports: numbers.isEmpty ? [] : [Ports(text: "") { numbers.contains($0.port) }],
                  methods: operation.methods)
              ])
          ))
      }
      allowed += try Self.compare(yaml, pods) { packet in
        let network = Self.sides(packet).allSatisfy { subject, peer, rules in
          let mine = plain.filter { $0.subject(subject) && rules($0) != nil }
          return mine.isEmpty || Self.first(mine.flatMap { rules($0) ?? [] }, packet, peer) == .allow
        }
        guard network, packet.transport == .tcp else { return network }
        let mine = policies.filter { $0.policy.subject(packet.destination) }
        func hits(_ isDeny: Bool) -> Bool {
          mine.contains { $0.isDeny == isDeny && Self.first($0.policy.ingress ?? [], packet, packet.source) != nil }
        }
        if hits(true) { return false }
        return !mine.contains { !$0.isDeny } || hits(false)
      }
    }
    #expect(allowed > 100)
  }

  /// Sets with conditions against sets of pairs of port and method.
  @Test func conditionalSetsAreSets() {
    var random = SeededRandom(seed: 77)
    struct Cell: Hashable {
      let port: UInt16
      let method: String
    }
    func make() -> (ConnectionSet, Set<Cell>) {
      var set = ConnectionSet.none
      var cells = Set<Cell>()
      for _ in 0..<random.below(4) {
        let low = UInt16(1 + random.below(6))
        let high = UInt16(min(8, Int(low) + random.below(4)))
        let methods = random.pick([["GET"], ["POST"], ["GET", "POST"], ["GET", "POST", "PUT"]])
        let condition =
          methods.count == 3
          ? Condition.always
          : methods.reduce(Condition.never) { $0.union(Condition(ConditionTest(.method, .exact($1)))) }
        set = set.union(ConnectionSet(.tcp, low...high).refined(by: condition))
        for port in low...high { for method in methods { cells.insert(Cell(port: port, method: method)) } }
      }
      return (set, cells)
    }
    func cells(_ set: ConnectionSet) -> Set<Cell> {
      var result = Set<Cell>()
      for port in UInt16(1)...9 {
        for method in ["GET", "POST", "PUT"] {
          var request = ConnectionRequest()
          request.method = method
          if set.condition(.tcp, port).holds(for: request) == true { result.insert(Cell(port: port, method: method)) }
        }
      }
      return result
    }
    for _ in 0..<2000 {
      let (a, x) = make()
      let (b, y) = make()
      #expect(cells(a) == x)
      #expect(cells(a.union(b)) == x.union(y))
      #expect(cells(a.intersection(b)) == x.intersection(y))
      #expect(cells(a.subtracting(b)) == x.subtracting(y))
      #expect(a.union(b) == b.union(a) && a.intersection(b) == b.intersection(a))
      #expect(a.subtracting(b).union(a.intersection(b)) == a)
    }
  }

  @Test(arguments: [
    ("/public.*", "/public/a", true), ("/public.*", "/private", false), ("^/a/[0-9]+$", "/a/12", true),
    ("/a/[0-9]+", "/a/", false), ("(GET|HEAD)", "HEAD", true), ("a{2,3}", "aa", true), ("a{2,3}", "aaaa", false),
    ("[^/]+", "a/b", false), ("\\d+\\.\\w*", "12.x_", true), ("(a+)+$", String(repeating: "a", count: 40) + "!", false),
    ("", "", true), ("a|", "", true), ("x?", "x", true),
  ])
  func regularExpressions(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try LinearRegex(pattern).matchesWhole(text) == expected)
  }

  @Test(arguments: ["(", "a)", "[a", "*a", "(?=x)", "\\", "a{3,1}", "\\1", "(((("])
  func otherExpressionsAreRefused(_ pattern: String) {
    #expect(throws: LinearRegex.Invalid.self) { try LinearRegex(pattern) }
  }

  @Test(arguments: [
    ("*.example.com", "www.example.com", true), ("*.example.com", "a.b.example.com", false),
    ("**.example.com", "a.b.example.com", true), ("*", "anything.at.all", true), ("example.com", "EXAMPLE.com.", true),
    ("*.example.com", "example.com", false), ("a*.example.com", "ab.example.com", true),
  ])
  func names(_ pattern: String, _ name: String, _ expected: Bool) { #expect(DNSName.covers(pattern, name) == expected) }
}
