package import Bytes
package import Detect
package import Findings

/// What rules found in events (`detect`): incidents first, with the alerts that they are made of.
package struct DetectionAnswer: KindOfAnswer {
  package static let kind = "Detection"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl, .sarif, .html]

  /// By time.
  package let alerts: [Alert]
  /// By severity, then by the depth that is left, then by time.
  package let incidents: [Incident]
  package let events: Int
  /// Events whose source is unknown, so that only rules without a log source can speak of them.
  package let unknown: Int
  package let unparsed: Int
  package let rules: Int
  package let refusedRules: [RuleError]
  package let throttled: [(rule: String, alerts: Int)]
  package let skippedExpressions: Int
  package let tooLate: Int
  /// The command that says why rules are refused.
  package var checkCommand = "bartizan rules check"

  package init(_ detector: Detector) {
    alerts = detector.alerts
    incidents = detector.incidents.sorted { a, b in
      if a.severity != b.severity { return a.severity > b.severity }
      let (left, other) = (a.depthLeft?.depth ?? .max, b.depthLeft?.depth ?? .max)
      return (left, a.start.nanoseconds, a.id) < (other, b.start.nanoseconds, b.id)
    }
    events = detector.eventCount
    unknown = detector.unknownCount
    unparsed = detector.unparsedCount
    rules = detector.rules.alerting
    refusedRules = detector.rules.errors
    throttled = detector.throttled.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    skippedExpressions = detector.skippedExpressions
    tooLate = detector.tooLate + detector.forgotten
  }

  package var worst: Severity? { (alerts.map(\.severity) + incidents.map(\.severity)).max() }

  /// Whether something could have been found that was not: events that were not understood, rules that were refused.
  package var isPartial: Bool {
    unparsed > 0 || unknown > 0 || !refusedRules.isEmpty || skippedExpressions > 0 || tooLate > 0 || !throttled.isEmpty
  }

  // MARK: JSON

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("counts")
    writer.object { writer in
      writer.field("events", events)
      writer.field("unknownSource", unknown)
      writer.field("unparsed", unparsed)
      writer.field("rules", rules)
      writer.field("refusedRules", refusedRules.count)
      writer.field("skippedExpressions", skippedExpressions)
      writer.field("tooLate", tooLate)
      writer.field("throttled", throttled.reduce(0) { $0 + $1.alerts })
    }
    writer.key("incidents")
    writer.array(of: incidents) { writer, incident in
      writer.object { incident.write(&$0) }
      writer.drain(to: sink)
    }
    writer.key("alerts")
    writer.array(of: alerts) { writer, alert in
      writer.object { alert.write(&$0) }
      writer.drain(to: sink)
    }
    writer.key("refusedRules")
    writer.array(of: refusedRules) { writer, error in
      writer.object { writer in
        writer.field("file", error.location.file)
        writer.field("line", error.location.line)
        writer.field("message", error.message)
      }
    }
  }

  // MARK: Formats

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl: lines(to: sink)
    case .sarif: sarif(to: sink)
    case .html: sink(Array(DetectionPage(self).html.utf8))
    default: sink(Array(text(terminal).utf8))
    }
  }

  /// A line for each alert, then for each incident.
  private func lines(to sink: ([UInt8]) -> Void) {
    var writer = JSONWriter(pretty: false)
    for alert in alerts {
      writer.object { writer in
        writer.field("kind", "Alert")
        alert.write(&writer)
      }
      writer.endLine()
      writer.drain(to: sink)
    }
    for incident in incidents {
      writer.object { writer in
        writer.field("kind", "Incident")
        incident.write(&writer)
      }
      writer.endLine()
      writer.drain(to: sink)
    }
    writer.drain(to: sink, atLeast: 0)
  }

  package func text(_ terminal: Terminal) -> String {
    let byID = Dictionary(alerts.map { ($0.id, $0) }) { first, _ in first }
    var text = ""
    for incident in incidents {
      let severity = terminal.severity(incident.severity, incident.severity.name.uppercased())
      text += "\(severity)  \(terminal.bold(Terminal.printable(incident.title)))\n"
      text += "  \(incident.start.text(digits: 0)) to \(incident.end.text(digits: 0))"
      if !incident.techniques.isEmpty {
        let shown = incident.techniques.prefix(12).joined(separator: " ")
        text += "; \(shown)\(incident.techniques.count > 12 ? " …" : "")"
      }
      if let left = incident.depthLeft { text += "; \(left.text)" }
      text += "\n"
      let rows = incident.steps.map { step in
        let alert = byID[step.alert]
        return [
          step.time.text(digits: 0), step.severity.name,
          step.text + (step.events > 1 ? " (\(step.events) events)" : ""), step.techniques.first ?? "",
          alert?.events.first.map { "\($0.source):\($0.line)" } ?? "",
        ]
      }
      text += TextTable(columns: ["time", "severity", "what", "technique", "first event"], rows: rows).text(terminal)
      let beside = incident.steps.reduce(0) { $0 + $1.others.count }
      if beside > 0 { text += "  \(Phrase.count(beside, "more alert")) about the same events\n" }
      for object in incident.objects {
        let thing = object.thing
        var parts = thing.owner.isEmpty ? [] : [thing.owner]
        parts += thing.facts.map(\.text)
        if let text = thing.findingsText { parts.append(text) }
        guard !parts.isEmpty else { continue }
        text += Terminal.printable(
          "  \(object.entity.kind.title) \(object.entity.name): \(parts.joined(separator: "; "))")
        text += "\n"
      }
      text += "\n"
    }
    let others = alertsOutside
    if !others.isEmpty {
      let isRanked = others.contains { $0.depthLeft != nil }
      let rows = others.map { alert in
        [
          alert.start.text(digits: 0), alert.severity.name,
          alert.message + (alert.eventCount > 1 ? " (\(alert.eventCount) events)" : ""),
        ] + (isRanked ? [alert.depthLeft.map { "\($0.depth)" } ?? ""] : [])
          + [alert.rule.id, alert.events.first.map { "\($0.source):\($0.line)" } ?? ""]
      }
      text += TextTable(
        "Alerts outside of incidents",
        columns: ["time", "severity", "what"] + (isRanked ? ["depth left"] : []) + ["rule", "first event"], rows: rows
      ).text(terminal)
      text += "\n"
    }
    text += counts + "\n"
    for line in remarks { text += line + "\n" }
    return text
  }

  /// Alerts that are of no incident.
  var alertsOutside: [Alert] {
    let joined = Set(incidents.flatMap(\.alerts))
    return alerts.filter { !joined.contains($0.id) }
  }

  /// What was looked at, in a line.
  var counts: String {
    "\(Phrase.count(events, "event")), \(Phrase.count(rules, "rule")): \(Phrase.count(incidents.count, "incident")), \(Phrase.count(alerts.count, "alert"))."
  }

  /// What the answer does not rest on.
  var remarks: [String] {
    var lines: [String] = []
    if unparsed > 0 { lines.append("\(Phrase.count(unparsed, "event")) could not be understood and met no rule.") }
    if unknown > 0 {
      lines.append(
        "\(Phrase.count(unknown, "record")) of no kind that is known here: nearly no rule applies to \(unknown == 1 ? "it" : "them")."
      )
    }
    if !refusedRules.isEmpty {
      lines.append("\(Phrase.count(refusedRules.count, "rule")) refused; `\(checkCommand)` says why.")
    }
    if skippedExpressions > 0 {
      lines.append(
        "\(Phrase.count(skippedExpressions, "text")) too long for a regular expression, which was not tried.")
    }
    if tooLate > 0 {
      lines.append("\(Phrase.count(tooLate, "event")) came too late to be correlated, or were too many for one window.")
    }
    for (rule, count) in throttled {
      lines.append(
        "Rule \(rule) fired too often: \(Phrase.count(count, "more alert")) joined to one for all, or not kept.")
    }
    return lines
  }

  /// SARIF 2.1.0: a result an alert, at its events.
  private func sarif(to sink: ([UInt8]) -> Void) {
    var rules: [RuleInfo] = []
    var places: [String: Int] = [:]
    for alert in alerts where places[alert.rule.id] == nil {
      places[alert.rule.id] = rules.count
      rules.append(alert.rule)
    }
    SARIF.log(version: nil, rules: rules, rule: Self.sarif, to: sink) { writer in
      writer.key("invocations")
      writer.array { writer in
        writer.object { $0.field("executionSuccessful", !isPartial) }
      }
      writer.key("results")
      writer.array(of: alerts) { writer, alert in
        writer.object { writer in
          writer.field("ruleId", alert.rule.id)
          if let place = places[alert.rule.id] { writer.field("ruleIndex", place) }
          writer.field("level", SARIF.level(alert.severity))
          SARIF.text("message", alert.message, &writer)
          writer.key("locations")
          writer.array(of: Array(alert.events.prefix(10))) { writer, event in
            writer.object { SARIF.location(Location(file: event.source, line: max(1, event.line)), &$0) }
          }
          writer.key("partialFingerprints")
          writer.object { $0.field("alert/v1", alert.id) }
        }
        writer.drain(to: sink)
      }
    }
  }

  private static func sarif(_ rule: RuleInfo, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", rule.id)
      SARIF.text("shortDescription", rule.title, &writer)
      if !rule.description.isEmpty { SARIF.text("fullDescription", rule.description, &writer) }
      writer.key("properties")
      writer.object { writer in
        writer.field("tags", rule.techniques)
        writer.field("security-severity", SARIF.score(rule.severity))
      }
    }
  }
}
