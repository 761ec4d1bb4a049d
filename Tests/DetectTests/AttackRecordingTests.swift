import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// Labelled attacks on a real API server, with what was really sent.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct AttackRecordingTests {
  static let folder = "kubernetes-recorded/attacks/"

  struct Label {
    let id: String
    let actor: String
    let technique: String
    let decisive: Set<String>
    let verdict: String
    let follows: String?
  }

  static func labels(_ run: String) throws -> [Label] {
    DocumentReader.read(try SharedData.bytes(folder + "labels-\(run).jsonl")).documents
      .compactMap { node in
        guard let technique = node["technique"]?.text, let id = node["id"]?.text else { return nil }
        return Label(
          id: id, actor: node["actor"]?.text ?? "", technique: technique,
          decisive: Set(node["decisive"]?.strings ?? []), verdict: node["verdict"]?.text ?? "",
          follows: node["follows"]?.text)
      }
  }

  static func unpacked(_ path: String) throws -> [UInt8] {
    try Gzip.decompress(SharedData.bytes(path), limits: .standard)
  }

  static func detect(_ bytes: [UInt8], _ set: RuleSet = RuleFilesTests.set) -> [Alert] {
    detector(bytes, set).alerts
  }

  static func detector(_ bytes: [UInt8], _ set: RuleSet = RuleFilesTests.set) -> Detector {
    var detector = Detector(set)
    var options = DecodeOptions()
    options.trustedProxies = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) }
    detector.detect(EventDecoder.decode(bytes, options: options), source: "audit")
    detector.finish()
    return detector
  }

  /// What was found under each policy.
  static let runs: [String: (alerts: [Alert], incidents: [Incident])] = {
    var runs: [String: (alerts: [Alert], incidents: [Incident])] = [:]
    for run in ["a", "b", "c"] {
      guard let detector = try? detector(unpacked(folder + "audit-\(run).jsonl.gz")) else { continue }
      runs[run] = (detector.alerts, detector.incidents)
    }
    return runs
  }()
  static let alertsOfA: [Alert] = runs["a"]?.alerts ?? []

  /// A parent technique matches its sub-techniques.
  static func names(_ techniques: [String], _ wanted: String) -> Bool {
    techniques.contains { $0 == wanted || wanted.hasPrefix($0 + ".") || $0.hasPrefix(wanted + ".") }
  }

  @Test func attacksAreFound() throws {
    var missed: [String] = []
    let labels = try Self.labels("a")
    for label in labels {
      let found = Self.alertsOfA.contains { alert in
        alert.actor == label.actor && Self.names(alert.techniques, label.technique)
          && alert.events.contains { label.decisive.contains($0.id) }
      }
      if !found {
        let any = Self.alertsOfA.filter { alert in alert.events.contains { label.decisive.contains($0.id) } }
        missed.append("\(label.id) (\(label.technique), \(label.actor)): \(any.map { "\($0.rule.id)/\($0.actor)" })")
      }
    }
    print("attacks under policy a: \(labels.count - missed.count) of \(labels.count); missed: \(missed)")
    #expect(labels.count == 40)
    #expect(missed.count <= 2, "\(missed)")
  }

  @Test(arguments: [("a", 1), ("b", 0), ("c", 0)]) func fewHighAlertsOnNormalRequests(_ run: String, _ most: Int) throws
  {
    let alerts = try #require(Self.runs[run]).alerts
    var normal: [String: String] = [:]
    var attack: Set<String> = []
    for node in DocumentReader.read(try Self.unpacked(Self.folder + "truth-\(run).jsonl.gz")).documents {
      guard let id = node["auditID"]?.text else { continue }
      let what = node["played"]?.text ?? ""
      if what.hasPrefix("attack:") { attack.insert(id) } else { normal[id] = what }
    }
    let high = alerts.filter { $0.severity >= .high }
    let harmless = high.filter { alert in
      !alert.events.contains { attack.contains($0.id) } && alert.events.contains { normal[$0.id] != nil }
    }
    let control = high.filter { alert in !alert.events.contains { attack.contains($0.id) || normal[$0.id] != nil } }
    let counts = Dictionary(grouping: alerts, by: \.severity).mapValues(\.count)
    print(
      "alerts \(run): \(counts); high on normal requests: \(harmless.map { "\($0.rule.id) \($0.actor) \($0.events.prefix(2).compactMap { normal[$0.id] })" }); on the control plane's own: \(control.map { "\($0.rule.id) \($0.actor)" })"
    )
    #expect(harmless.count + control.count <= most)
  }

  /// The attacks of one chain are in one incident, and attacks that have neither account nor address in common are in
  /// none together.
  @Test(arguments: ["a", "b", "c"]) func chainsFoldAndTheUnrelatedStayApart(_ run: String) throws {
    let (alerts, joined) = try #require(Self.runs[run])
    let labels = try Self.labels(run)
    print("incidents \(run): \(joined.map { "\($0.severity.name) \($0.alerts.count) \($0.title)" })")
    let incidentOf = Dictionary(joined.flatMap { incident in incident.alerts.map { ($0, incident.id) } }) { a, _ in a }
    let parts = labels.map { label in
      alerts.filter { alert in alert.events.contains { label.decisive.contains($0.id) } }
    }
    let incidents = parts.map { alerts in Set(alerts.compactMap { incidentOf[$0.id] }) }
    // Related: one after the other, or by a common account or address, over any number of steps.
    var groups = Array(labels.indices)
    func root(_ index: Int) -> Int { groups[index] == index ? index : root(groups[index]) }
    func names(_ index: Int) -> Set<String> {
      Set(parts[index].map(\.sourceAddress) + parts[index].map(\.actor)).subtracting([""])
    }
    for a in labels.indices {
      for b in labels.indices.dropFirst(a + 1)
      where labels[b].follows == labels[a].id || !names(a).isDisjoint(with: names(b)) { groups[root(b)] = root(a) }
    }
    var chains = 0
    var apart = 0
    for a in labels.indices {
      for b in labels.indices.dropFirst(a + 1) where !incidents[a].isEmpty && !incidents[b].isEmpty {
        if labels[b].follows == labels[a].id {
          chains += 1
          #expect(!incidents[a].isDisjoint(with: incidents[b]), "\(labels[b].id)")
        }
        if root(a) != root(b) {
          apart += 1
          #expect(incidents[a].isDisjoint(with: incidents[b]), "\(labels[a].id) and \(labels[b].id)")
        }
      }
    }
    print("policy \(run): \(chains) chains together, \(apart) unrelated pairs apart, \(joined.count) incidents")
    #expect(run == "c" || chains == 2)
    #expect(apart > 30)
  }

  @Test func theSmallerScenarioIsFound() throws {
    let bytes = try Self.unpacked("kubernetes-recorded/audit-scenario.jsonl.gz")
    let alerts = Self.detect(bytes)
    let labels = DocumentReader.read(try SharedData.bytes("kubernetes-recorded/audit-labels.jsonl")).documents
    var missed: [String] = []
    for label in labels {
      guard let actor = label["actor"]?.text, let start = label["start"]?.text.flatMap({ Timestamp($0) }),
        let end = label["end"]?.text.flatMap({ Timestamp($0) })
      else { continue }
      let found = alerts.contains { $0.actor == actor && $0.start <= end && $0.end >= start }
      if !found { missed.append(label["label"]?.text ?? label["id"]?.text ?? actor) }
    }
    print("scenario: \(labels.count) labels, missed \(missed)")
    #expect(missed.isEmpty)
  }

  /// A day of Helm installs. The table has 15 columns and no header.
  @Test func harmlessInstallsAreQuiet() throws {
    var options = DecodeOptions()
    options.format = .csv(columns: BenignTable.columns, delimiter: 0x2C)
    let batch = EventDecoder.decode(
      try SharedData.bytes("siem/k8s-benign/perfspec-audit-logs.csv"), options: options)
    let text = BenignTable.auditEvents(batch)
    let set = RuleFilesTests.set
    let alerts = Self.detect(text)
    let high = alerts.filter { $0.severity >= .high }
    let able = set.rules.filter { rule in
      !rule.tree.fields.contains {
        $0.name.hasPrefix("requestObject") || $0.name.hasPrefix("pod") || $0.name.hasPrefix("responseObject")
      }
    }
    print(
      "benign: \(batch.count) events, \(alerts.count) alerts, high: \(high.map { "\($0.rule.id) \($0.actor) \($0.message)" }); \(able.count) of \(set.rules.count) rules need no body and could have fired"
    )
    #expect(batch.count == 16_564)
    #expect(high.count <= 3)
  }

  /// Names of the recordings stand in no rule.
  @Test func rulesKnowTechniquesAndNotThisDay() throws {
    let words = [
      "corp.example", "203.0.113.9", "198.51.100", "2001:db8:bad", "plateng", "dev-shop", "breakglass-1", "payments",
      "legacy-agent", "ingress-nginx", "deployer", "velero", "argocd", "psp-key", "preview-", "xmrig:6.21", "widgets",
    ]
    for source in BuiltInRules.sources + BuiltInRules.tests {
      let text = String(decoding: source.bytes, as: UTF8.self)
      for word in words { #expect(!text.contains(word), "\(source.path): \(word)") }
    }
  }
}
