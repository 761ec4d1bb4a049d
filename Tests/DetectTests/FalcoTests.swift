import Bytes
import Detect
import Events
import TestKit
import Testing

@Suite struct FalcoTests {
  static func load(_ paths: [String]) throws -> RuleSet {
    RuleSet(try paths.map { RuleSet.Source(path: $0, bytes: try SharedData.bytes("siem/falco-k8s-audit/" + $0)) })
  }

  /// Falco's own test suite for Kubernetes audit events.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func expectations() throws {
    let cases = try JSONReader.read(try SharedData.bytes("siem/falco-k8s-audit/expected.json")).elements
    #expect(cases.count == 66)
    for expectation in cases {
      let name = expectation["name"]?.text ?? ""
      let set = try Self.load(expectation["rules"]?.strings ?? [])
      #expect(set.errors.isEmpty, "\(name): \(set.errors.map(\.text))")
      let batch = EventDecoder.decode(
        try SharedData.bytes("siem/falco-k8s-audit/" + (expectation["trace"]?.text ?? "")))
      var counts: [String: Int64] = [:]
      for event in batch.events {
        guard let record = FalcoFields.Record(event) else { continue }
        // Falco reports the first rule that matches and no other.
        if let rule = set.falco.rules.first(where: { $0.condition.holds(record) }) {
          counts[rule.info.title, default: 0] += 1
        }
      }
      for entry in expectation["counts"]?.entries ?? [] {
        #expect(counts[entry.key] == entry.value.int, "\(name): \(counts)")
      }
      if expectation["detect"]?.bool == false {
        let level = expectation["level"]?.text
        let found = set.falco.rules.filter { counts[$0.info.title] != nil && (level == nil || $0.priority == level) }
        #expect(found.isEmpty, "\(name): \(counts)")
      }
    }
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func rulesForSystemCallsAreReadAndNeedFalco() throws {
    var sources: [RuleSet.Source] = []
    for name in ["falco_rules", "falco-incubating_rules", "falco-sandbox_rules"] {
      sources.append(
        RuleSet.Source(path: name, bytes: try SharedData.bytes("siem/falco-syscall-rules/\(name).yaml")))
    }
    let set = RuleSet(sources)
    #expect(set.errors.isEmpty, "\(set.errors.map(\.text))")
    #expect(set.falco.rules.isEmpty)
    #expect(set.falco.foreign.count > 60)
    #expect(set.falco.foreign.allSatisfy { $0.source == "syscall" })
  }

  @Test func exceptionsListsMacrosAndOverrides() throws {
    let text = """
      - list: l
        items: [a, b]
      - list: l
        items: [c]
        override: {items: append}
      - macro: m
        condition: ka.verb in (l)
      - rule: r
        desc: d
        condition: m and ka.user.name exists
        output: "by %ka.user.name on %ka.target.name"
        priority: ERROR
        source: k8s_audit
        exceptions:
          - name: e
            fields: [ka.user.name, ka.target.name]
            comps: [=, startswith]
            values: [[alice, x], [bob, y]]
          - name: f
            fields: ka.user.name
            values: [carol]
      - rule: r
        condition: and not ka.target.name = never
        append: true
      """
    let set = RuleSet([RuleSet.Source(path: "f.yaml", bytes: Array(text.utf8))])
    #expect(set.errors.isEmpty, "\(set.errors.map(\.text))")
    let rule = try #require(set.falco.rules.first)
    func holds(_ verb: String, _ user: String, _ name: String) throws -> Bool {
      let event =
        #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"ResponseComplete","verb":"\#(verb)","#
        + #""user":{"username":"\#(user)"},"objectRef":{"resource":"pods","name":"\#(name)"}}"#
      let record = try #require(FalcoFields.Record(EventDecoder.decode(Array(event.utf8))[0]))
      if rule.condition.holds(record) {
        #expect(FalcoCondition.output(rule.output, record) == "by \(user) on \(name)")
      }
      return rule.condition.holds(record)
    }
    #expect(try holds("c", "dave", "x"))
    #expect(try !holds("d", "dave", "x"))
    #expect(try !holds("a", "alice", "xyz"))
    #expect(try holds("a", "alice", "y"))
    #expect(try !holds("a", "bob", "y"))
    #expect(try !holds("a", "carol", "z"))
    #expect(try !holds("a", "dave", "never"))
  }

  @Test(arguments: [
    "ka.verb =", "ka.verb", "(ka.verb=a", "unknown_macro and ka.verb=a", "ka.nope = 1", "ka.verb regex '('",
  ])
  func refusals(_ condition: String) {
    let text =
      "- rule: r\n  desc: d\n  condition: \"\(condition)\"\n  output: o\n  priority: INFO\n  source: k8s_audit\n"
    let set = RuleSet([RuleSet.Source(path: "f.yaml", bytes: Array(text.utf8))])
    #expect(set.errors.count == 1)
    #expect(set.falco.rules.isEmpty)
  }
}
