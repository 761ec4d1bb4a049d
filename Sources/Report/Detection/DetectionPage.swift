import Bytes
import Detect
import Findings

/// Incidents as a page: what happened at a glance, and under each step the events that it rests on.
struct DetectionPage {
  private let answer: DetectionAnswer
  private let byID: [String: Alert]

  init(_ answer: DetectionAnswer) {
    self.answer = answer
    byID = Dictionary(answer.alerts.map { ($0.id, $0) }) { first, _ in first }
  }

  private static let style = """
    .incident { background: var(--card); border: 1px solid var(--edge); border-left: 4px solid var(--info); border-radius: 6px; padding: .2rem 1.2rem .8rem; margin: 1rem 0 1.6rem; }
    .incident.critical { border-left-color: var(--critical); } .incident.high { border-left-color: var(--high); }
    .incident.medium { border-left-color: var(--medium); } .incident.low { border-left-color: var(--low); }
    .incident h2 { margin: .6rem 0 .2rem; }
    .meta { color: var(--soft); margin: .1rem 0 .6rem; }
    .left { color: var(--critical); font-weight: 600; margin: .2rem 0; }
    .steps { list-style: none; margin: .6rem 0; padding: 0; }
    .steps > li { display: grid; grid-template-columns: 5.2rem 5.4rem 1fr; gap: 0 .4rem; padding: .35rem 0; border-top: 1px solid var(--edge); }
    .steps time { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .steps details, .steps p { margin: .1rem 0; }
    .steps summary { color: var(--soft); cursor: pointer; font-size: .88rem; }
    .what { overflow-wrap: anywhere; }
    .refs a { border: 1px solid var(--edge); border-radius: 9px; padding: 0 .5em; white-space: nowrap; text-decoration: none; }
    .sheet td:first-child, .sheet td:nth-child(2) { white-space: nowrap; }
    """

  private static func text(_ text: String) -> String { XML.escaped(Terminal.printable(text)) }

  private static func badge(_ severity: Severity) -> String {
    "<span class=\"badge \(severity.name)\">\(severity.name)</span>"
  }

  private static func techniques(_ ids: [String]) -> String {
    ids.map { id in
      let path = id.split(separator: ".").joined(separator: "/")
      return "<a href=\"https://attack.mitre.org/techniques/\(text(path))/\">\(text(id))</a>"
    }.joined(separator: " ")
  }

  private static func places(_ alert: Alert) -> String {
    let shown = alert.events.prefix(10).map { "<code>\(text($0.source)):\($0.line)</code>" }.joined(separator: " ")
    let left = alert.eventCount - min(10, alert.events.count)
    return shown + (left > 0 ? " and \(left) more" : "")
  }

  var html: String {
    var page = HTMLPage.opening(title: "Bartizan: detection")
    page += "<style>\(Self.style)</style>\n"
    page += "<header><h1>Detection</h1><p class=\"sources\">\(Self.text(answer.counts))</p></header>\n<main>\n"
    for remark in answer.remarks { page += "<p class=\"partial\">\(Self.text(remark))</p>\n" }
    page += "<div class=\"summary\">\n"
    for severity in Severity.allCases.sorted(by: >) {
      let count = answer.incidents.count { $0.severity == severity }
      guard count > 0 else { continue }
      page +=
        "<div class=\"tile \(severity.name)\"><b>\(count)</b>\(severity.name) \(Phrase.noun(count, "incident"))</div>\n"
    }
    page += "</div>\n"
    if answer.incidents.isEmpty { page += "<p class=\"clean\">No incident.</p>\n" }
    for incident in answer.incidents { page += section(incident) }
    let others = answer.alertsOutside
    if !others.isEmpty {
      page += "<h2>Alerts outside of incidents</h2>\n<table class=\"sheet\"><thead><tr>"
      page += "<th>time</th><th>severity</th><th>what</th><th>events</th></tr></thead>\n<tbody>\n"
      for alert in others {
        page += "<tr><td>\(alert.start.text(digits: 0))</td><td>\(Self.badge(alert.severity))</td>"
        page += "<td>\(Self.text(alert.message))<br><small>\(Self.text(alert.rule.id))</small></td>"
        page += "<td>\(Self.places(alert))</td></tr>\n"
      }
      page += "</tbody></table>\n"
    }
    return page + "</main>\n</body>\n</html>\n"
  }

  private func section(_ incident: Incident) -> String {
    var text = "<section class=\"incident \(incident.severity.name)\">\n"
    text += "<h2>\(Self.badge(incident.severity)) \(Self.text(incident.title))</h2>\n"
    let day = incident.start.text(digits: 0).prefix(10)
    text += "<p class=\"meta\">\(day), \(incident.clock(incident.start)) to "
    text += "\(incident.clock(incident.end)) UTC"
    if !incident.tactics.isEmpty { text += ": " + Self.text(incident.tactics.map(\.title).joined(separator: " → ")) }
    text += "</p>\n"
    if let left = incident.depthLeft { text += "<p class=\"left\">\(Self.text(left.text))</p>\n" }
    text += "<ol class=\"steps\">\n"
    for step in incident.steps { text += item(step, of: incident) }
    text += "</ol>\n"
    let objects = incident.objects.compactMap { object -> String? in
      let thing = object.thing
      var parts = thing.owner.isEmpty ? [] : ["of \(thing.owner)"]
      parts += thing.facts.map(\.text)
      if let text = thing.findingsText { parts.append(text) }
      guard !parts.isEmpty else { return nil }
      return
        "<li><b>\(Self.text(object.entity.kind.title)) \(Self.text(object.entity.name))</b>: \(Self.text(parts.joined(separator: "; ")))</li>\n"
    }
    if !objects.isEmpty { text += "<p><b>Concerned</b></p>\n<ul>\n\(objects.joined())</ul>\n" }
    return text + "</section>\n"
  }

  private func item(_ step: Incident.Step, of incident: Incident) -> String {
    var text =
      "<li><time>\(incident.clock(step.time))</time>\(Self.badge(step.severity))<div class=\"what\">"
    text += Self.text(step.text)
    if step.events > 1 { text += " (\(step.events) events until \(incident.clock(step.end)))" }
    text += "<p class=\"refs\">\(Self.text(step.tactic?.title ?? "")) \(Self.techniques(step.techniques))</p>"
    let alerts = ([step.alert] + step.others).compactMap { byID[$0] }
    text +=
      "<details><summary>\(alerts.count == 1 ? "1 rule and its events" : "\(alerts.count) rules and their events")</summary>\n"
    for alert in alerts {
      text +=
        "<p>\(Self.badge(alert.severity)) \(Self.text(alert.rule.title)) <small>\(Self.text(alert.rule.id))</small><br>"
      text += "\(Self.places(alert))</p>\n"
    }
    return text + "</details></div></li>\n"
  }
}
