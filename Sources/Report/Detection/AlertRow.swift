package import Bytes
import Findings

/// An alert as lists and details show it, with what people made of it.
package struct AlertRow: Sendable {
  package var id: String
  package var rule: String
  package var ruleTitle: String
  package var ruleVersion: String
  /// By name.
  package var severity: String
  package var start: Timestamp
  package var end: Timestamp
  package var actor: String
  package var sourceAddress: String
  package var techniques: [String]
  package var message: String
  package var eventCount: Int
  package var triage: TriageRow
  package var incident: String?
  package var suppression: String?
  package var found: Timestamp
  package var updated: Timestamp

  package init(
    id: String, rule: String, ruleTitle: String, ruleVersion: String, severity: String, start: Timestamp,
    end: Timestamp, actor: String, sourceAddress: String, techniques: [String], message: String, eventCount: Int,
    triage: TriageRow, incident: String?, suppression: String?, found: Timestamp, updated: Timestamp
  ) {
    self.id = id
    self.rule = rule
    self.ruleTitle = ruleTitle
    self.ruleVersion = ruleVersion
    self.severity = severity
    self.start = start
    self.end = end
    self.actor = actor
    self.sourceAddress = sourceAddress
    self.techniques = techniques
    self.message = message
    self.eventCount = eventCount
    self.triage = triage
    self.incident = incident
    self.suppression = suppression
    self.found = found
    self.updated = updated
  }

  /// Writes its members into an object.
  package func write(_ writer: inout JSONWriter) {
    writer.field("id", id)
    writer.key("rule")
    writer.object { writer in
      writer.field("id", rule)
      writer.field("title", ruleTitle)
      writer.field("version", ruleVersion)
    }
    writer.field("severity", severity)
    writer.field("time", start.text)
    writer.field("end", end.text)
    writer.field("actor", actor)
    writer.field("sourceIP", sourceAddress)
    writer.field("techniques", techniques)
    writer.field("message", message)
    writer.field("eventCount", eventCount)
    triage.write(&writer)
    writer.field("incident", incident)
    writer.field("suppression", suppression)
    writer.field("found", found.text)
    writer.field("updated", updated.text)
  }

  /// - Returns: nil for what `write` did not write.
  package init?(_ node: DocumentNode) {
    guard let id = node["id"]?.string, let rule = node["rule"]?["id"]?.string, let severity = node["severity"]?.string,
      let start = node["time"]?.string.flatMap({ Timestamp($0) }),
      let end = node["end"]?.string.flatMap({ Timestamp($0) }),
      let triage = TriageRow(node)
    else { return nil }
    self.init(
      id: id, rule: rule, ruleTitle: node["rule"]?["title"]?.string ?? "",
      ruleVersion: node["rule"]?["version"]?.string ?? "", severity: severity, start: start, end: end,
      actor: node["actor"]?.string ?? "", sourceAddress: node["sourceIP"]?.string ?? "",
      techniques: node["techniques"]?.strings ?? [], message: node["message"]?.string ?? "",
      eventCount: Int(clamping: node["eventCount"]?.int ?? 0), triage: triage, incident: node["incident"]?.string,
      suppression: node["suppression"]?.string, found: node["found"]?.string.flatMap { Timestamp($0) } ?? start,
      updated: node["updated"]?.string.flatMap { Timestamp($0) } ?? start)
  }

  static let columns = ["id", "time", "severity", "what", "rule", "state", "incident"]

  var cells: [String] {
    [
      id, start.text(digits: 0), severity, message + (eventCount > 1 ? " (\(eventCount) events)" : ""), rule,
      suppression == nil ? triage.text : "suppressed", incident ?? "",
    ]
  }
}

/// What people made of an alert or incident.
package struct TriageRow: Sendable {
  /// `new`, `acknowledged` or `closed`.
  package let state: String
  package let reason: String?
  package let assignee: String?

  package init(state: String, reason: String?, assignee: String?) {
    self.state = state
    self.reason = reason
    self.assignee = assignee
  }

  init?(_ node: DocumentNode) {
    guard let state = node["state"]?.string else { return nil }
    self.init(state: state, reason: node["reason"]?.string, assignee: node["assignee"]?.string)
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("state", state)
    writer.field("reason", reason)
    writer.field("assignee", assignee)
  }

  /// `closed (benign), kim`.
  var text: String { state + (reason.map { " (\($0))" } ?? "") + (assignee.map { ", \($0)" } ?? "") }
}

/// A line of the history of an alert or incident.
package struct NoteRow: Sendable {
  package let time: Timestamp
  package let author: String
  package let action: String
  package let text: String

  package init(time: Timestamp, author: String, action: String, text: String) {
    self.time = time
    self.author = author
    self.action = action
    self.text = text
  }

  init?(_ node: DocumentNode) {
    guard let time = node["time"]?.string.flatMap({ Timestamp($0) }), let action = node["action"]?.string else {
      return nil
    }
    self.init(time: time, author: node["author"]?.string ?? "", action: action, text: node["text"]?.string ?? "")
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("time", time.text)
    writer.field("author", author)
    writer.field("action", action)
    writer.field("text", text)
  }

  static func text(_ notes: [NoteRow], _ terminal: Terminal) -> String {
    guard !notes.isEmpty else { return "" }
    return "\n"
      + TextTable(
        "History", columns: ["time", "who", "what", ""],
        rows: notes.map { [$0.time.text(digits: 0), $0.author, $0.action, $0.text] }
      ).text(terminal)
  }
}

/// An incident as lists show it.
package struct IncidentRow: Sendable {
  package var id: String
  /// By name.
  package var severity: String
  package var start: Timestamp
  package var end: Timestamp
  package var title: String
  package var alertCount: Int
  package var triage: TriageRow
  package var found: Timestamp
  package var updated: Timestamp

  package init(
    id: String, severity: String, start: Timestamp, end: Timestamp, title: String, alertCount: Int, triage: TriageRow,
    found: Timestamp, updated: Timestamp
  ) {
    self.id = id
    self.severity = severity
    self.start = start
    self.end = end
    self.title = title
    self.alertCount = alertCount
    self.triage = triage
    self.found = found
    self.updated = updated
  }

  init?(_ node: DocumentNode) {
    guard let id = node["id"]?.string, let severity = node["severity"]?.string,
      let start = node["start"]?.string.flatMap({ Timestamp($0) }),
      let end = node["end"]?.string.flatMap({ Timestamp($0) }),
      let triage = TriageRow(node)
    else { return nil }
    self.init(
      id: id, severity: severity, start: start, end: end, title: node["title"]?.string ?? "",
      alertCount: Int(clamping: node["alertCount"]?.int ?? 0), triage: triage,
      found: node["found"]?.string.flatMap { Timestamp($0) } ?? start,
      updated: node["updated"]?.string.flatMap { Timestamp($0) } ?? start)
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("id", id)
    writer.field("severity", severity)
    writer.field("start", start.text)
    writer.field("end", end.text)
    writer.field("title", title)
    writer.field("alertCount", alertCount)
    triage.write(&writer)
    writer.field("found", found.text)
    writer.field("updated", updated.text)
  }
}
