import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

@Suite struct ReachPropertyTests {
  /// Union, intersection and difference of port sets against sets of numbers.
  @Test func portSetsAreSets() {
    var random = SeededRandom(seed: 17)
    func make() -> (ConnectionSet, Set<UInt16>) {
      var set = ConnectionSet.none
      var numbers = Set<UInt16>()
      for _ in 0..<random.below(4) {
        let low = UInt16(1 + random.below(30))
        let high = UInt16(min(40, Int(low) + random.below(8)))
        set = set.union(ConnectionSet(.tcp, low...high))
        for port in low...high { numbers.insert(port) }
      }
      return (set, numbers)
    }
    for _ in 0..<3000 {
      let (a, x) = make()
      let (b, y) = make()
      func numbers(_ set: ConnectionSet) -> Set<UInt16> {
        Set((1...45).filter { set.contains(.tcp, UInt16($0)) }.map { UInt16($0) })
      }
      #expect(numbers(a.union(b)) == x.union(y))
      #expect(numbers(a.intersection(b)) == x.intersection(y))
      #expect(numbers(a.subtracting(b)) == x.subtracting(y))
      #expect(a.union(b) == b.union(a) && a.subtracting(b).union(a.intersection(b)) == a)
    }
  }

  @Test(arguments: [
    ("10.0.0.0/8", "ip:10.0.0.0-10.255.255.255"), ("1.2.3.4", "ip:1.2.3.4-1.2.3.4"),
    ("0.0.0.0/0", "ip:0.0.0.0-255.255.255.255"),
    ("10.1.2.3/8", "ip:10.0.0.0-10.255.255.255"),
    ("2001:db8::/32", "ip6:2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("::1/128", "ip6:::1-::1"), ("::ffff:1.2.3.4/128", "ip6:::ffff:102:304-::ffff:102:304"),
  ])
  func blocks(_ text: String, _ expected: String) throws { #expect(try #require(IPRange(cidr: text)).text == expected) }

  @Test(arguments: ["", "1.2.3", "1.2.3.4/33", "01.2.3.4", "1.2.3.4/", "a::b::c/64", "::/129", "1.2.3.4/08", "12345::"])
  func otherBlocksAreRefused(_ text: String) { #expect(IPRange(cidr: text) == nil) }

  /// Random clusters: the matrix, single answers and a packet-by-packet reading of the policies must agree.
  @Test(arguments: 0..<6) func matrixAnswersAndPacketsAgree(_ seed: Int) throws {
    var random = SeededRandom(seed: UInt64(1000 + seed))
    for _ in 0..<12 {
      var yaml = ""
      for namespace in ["n", "m"] {
        yaml += "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(namespace), labels: {team: \(namespace)}}\n---\n"
        for pod in ["a", "b", "c"] {
          yaml +=
            "apiVersion: v1\nkind: Pod\nmetadata: {name: \(pod), namespace: \(namespace), labels: {app: \(pod), tier: t\(random.below(2))}}\nspec: {containers: [{name: c, ports: [{name: web, containerPort: \(random.pick([80, 81]))}]}]}\n---\n"
        }
      }
      for index in 0..<random.below(5) {
        let selector = random.pick([
          "{}", "{matchLabels: {app: a}}", "{matchExpressions: [{key: tier, operator: In, values: [t0]}]}",
          "{matchExpressions: [{key: app, operator: NotIn, values: [c]}]}",
        ])
        func peers() -> String {
          random.pick([
            "[]", "[{podSelector: {matchLabels: {app: b}}}]", "[{namespaceSelector: {matchLabels: {team: m}}}]",
            "[{namespaceSelector: {}, podSelector: {matchLabels: {tier: t1}}}]",
            "[{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]",
          ])
        }
        func ports() -> String {
          random.pick(["[]", "[{port: 80}]", "[{port: web}]", "[{port: 80, endPort: 90}]", "[{protocol: UDP}]"])
        }
        let types = random.pick(["[Ingress]", "[Egress]", "[Ingress, Egress]"])
        yaml +=
          "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p\(index), namespace: \(random.pick(["n", "m"]))}\nspec:\n  podSelector: \(selector)\n  policyTypes: \(types)\n"
        if types.contains("Ingress") { yaml += "  ingress: [{from: \(peers()), ports: \(ports())}]\n" }
        if types.contains("Egress") { yaml += "  egress: [{to: \(peers()), ports: \(ports())}]\n" }
        yaml += "---\n"
      }
      let snapshot = Fixtures.snapshot(yaml)
      #expect(snapshot.problems.isEmpty)
      let model = ReachModel(snapshot)
      #expect(model.problems.isEmpty)
      let matrix = Connectivity(model, granularity: .pods)
      let table = Dictionary(
        uniqueKeysWithValues: matrix.connections.map { ("\($0.source.text) \($0.destination.text)", $0.ports) })
      let ends = ["n/a", "n/b", "n/c", "m/a", "m/b", "m/c"]
      let naive = NaivePolicies(snapshot)
      for source in ends {
        for destination in ends where source != destination {
          for (transport, port) in [
            (ConnectionSet.TransportProtocol.tcp, UInt16(80)), (.tcp, 81), (.tcp, 90), (.udp, 80),
          ] {
            let from = try #require(model.end(source))
            let to = try #require(model.end(destination))
            let answer = model.answer(from, to, transport, port).allowed
            #expect(answer == table["\(source) \(destination)"]?.contains(transport, port) ?? false)
            #expect(
              answer == naive.allows(source, destination, transport.name, Int(port)),
              "\(source) \(destination) \(port)\n\(yaml)")
          }
        }
      }
    }
  }
}

/// NetworkPolicies read anew for every packet, the slow and obvious way.
struct NaivePolicies {
  private let snapshot: ClusterSnapshot

  init(_ snapshot: ClusterSnapshot) { self.snapshot = snapshot }

  func allows(_ source: String, _ destination: String, _ transport: String, _ port: Int) -> Bool {
    side(source, destination, destination, transport, port, "Egress", "egress", "to")
      && side(destination, source, destination, transport, port, "Ingress", "ingress", "from")
  }

  private func pod(_ name: String) -> KubeObject? {
    snapshot.objects(.pod).first { "\($0.effectiveNamespace)/\($0.name)" == name }
  }

  private func matches(_ selector: DocumentNode?, _ labels: [String: String]) -> Bool {
    guard let selector else { return true }
    return (try? LabelSelector(selector))?.matches(labels) ?? false
  }

  private func side(
    _ subject: String, _ peer: String, _ target: String, _ transport: String, _ port: Int, _ type: String,
    _ key: String,
    _ peerKey: String
  ) -> Bool {
    guard let subject = pod(subject), let peer = pod(peer), let target = pod(target) else { return false }
    let mine = snapshot.objects(.networkPolicy).filter { policy in
      policy.effectiveNamespace == subject.effectiveNamespace && matches(policy.spec?["podSelector"], subject.labels)
        && (policy.spec?["policyTypes"]?.strings.contains(type) ?? false)
    }
    if mine.isEmpty { return true }
    let namespaceLabels = snapshot.objects(.namespace).first { $0.name == peer.effectiveNamespace }?.labels ?? [:]
    return mine.contains { policy in
      (policy.spec?[key]?.elements ?? []).contains { rule in
        let peers = rule[peerKey]?.elements ?? []
        let isPeer =
          peers.isEmpty
          || peers.contains { node in
            if node["ipBlock"] != nil { return false }
            let inNamespace =
              node.mapping?["namespaceSelector"] == nil
              ? peer.effectiveNamespace == policy.effectiveNamespace
              : matches(node["namespaceSelector"], namespaceLabels)
            return inNamespace && matches(node["podSelector"], peer.labels)
          }
        let ports = rule["ports"]?.elements ?? []
        let isPort =
          ports.isEmpty
          || ports.contains { node in
            guard (node["protocol"]?.string ?? "TCP") == transport else { return false }
            guard let wanted = node["port"] else { return true }
            if let number = wanted.int { return port >= Int(number) && port <= Int(node["endPort"]?.int ?? number) }
            let named = target.spec?["containers"]?.elements.first?["ports"]?.elements.first
            return named?["name"]?.text == wanted.text && named?["containerPort"]?.int == Int64(port)
              && transport == "TCP"
          }
        return isPeer && isPort
      }
    }
  }
}
