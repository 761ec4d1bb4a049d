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
    var detector = Detector(set)
    var options = DecodeOptions()
    options.trustedProxies = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) }
    detector.detect(EventDecoder.decode(bytes, options: options), source: "audit")
    detector.finish()
    return detector.alerts
  }

  static let alertsOfA: [Alert] = (try? detect(unpacked(folder + "audit-a.jsonl.gz"))) ?? []

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

  @Test func fewHighAlertsOnNormalRequests() throws {
    var normal: [String: String] = [:]
    var attack: Set<String> = []
    for node in DocumentReader.read(try Self.unpacked(Self.folder + "truth-a.jsonl.gz")).documents {
      guard let id = node["auditID"]?.text else { continue }
      let what = node["played"]?.text ?? ""
      if what.hasPrefix("attack:") { attack.insert(id) } else { normal[id] = what }
    }
    let high = Self.alertsOfA.filter { $0.severity >= .high }
    let harmless = high.filter { alert in
      !alert.events.contains { attack.contains($0.id) } && alert.events.contains { normal[$0.id] != nil }
    }
    let control = high.filter { alert in !alert.events.contains { attack.contains($0.id) || normal[$0.id] != nil } }
    let counts = Dictionary(grouping: Self.alertsOfA, by: \.severity).mapValues(\.count)
    print(
      "alerts: \(counts); high on normal requests: \(harmless.map { "\($0.rule.id) \($0.actor) \($0.events.prefix(2).compactMap { normal[$0.id] })" }); on the control plane's own: \(control.map { "\($0.rule.id) \($0.actor)" })"
    )
    #expect(harmless.count + control.count <= 5)
  }

  @Test func chainsFoldIntoOneIncident() throws {
    let joined = Incidents.join(Self.alertsOfA)
    let labels = try Self.labels("a")
    print("incidents: \(joined.map { "\($0.severity.name) \($0.alerts.count) \($0.title)" })")
    func incidents(of label: Label) -> Set<String> {
      let alerts = Set(
        Self.alertsOfA.filter { alert in alert.events.contains { label.decisive.contains($0.id) } }.map(\.id))
      return Set(joined.filter { !alerts.isDisjoint(with: $0.alerts) }.map(\.id))
    }
    for label in labels {
      guard let follows = label.follows, let first = labels.first(where: { $0.id == follows }) else { continue }
      #expect(!incidents(of: first).isDisjoint(with: incidents(of: label)), "\(label.id)")
    }
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
