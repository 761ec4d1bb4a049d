import Bytes
import Findings

/// An incident told to the analyst on duty.
enum IncidentStory {
  /// Maximum number of steps that are told.
  static let mostSteps = 40
  private static let mostNames = 4

  static func text(_ incident: Incident) -> String {
    var told = incident.steps.filter { $0.severity >= .medium }
    if told.isEmpty { told = incident.steps }
    var left = 0
    if told.count > mostSteps {
      // The worst are told, each at its time.
      let kept = told.indices.sorted { a, b in
        (told[b].severity.rawValue, a) < (told[a].severity.rawValue, b)
      }.prefix(mostSteps)
      left = told.count - mostSteps
      told = kept.sorted().map { told[$0] }
    }
    var lines = [opening(incident)]
    var actor = ""
    var address = ""
    for step in told {
      var line = incident.clock(step.time)
      if let predicate = step.predicate, step.actor == actor {
        line += " The same account also " + predicate
      } else {
        line += " " + step.text
      }
      // The address is said when it changes.
      if !step.actor.isEmpty, !step.sourceAddress.isEmpty, step.sourceAddress != address || step.actor != actor,
        !step.text.contains(step.sourceAddress)
      {
        line += ", from " + step.sourceAddress
      }
      if step.events > 1 {
        line += " (\(step.events) events"
        if step.end.seconds - step.time.seconds >= 60 { line += " until \(incident.clock(step.end))" }
        line += ")"
      }
      lines.append(line + ".")
      actor = step.actor
      address = step.sourceAddress
    }
    lines += objects(incident)
    if let left = incident.depthLeft { lines.append("\(left.text.prefix(1).uppercased())\(left.text.dropFirst()).") }
    let low = incident.steps.count - told.count - left
    if left > 0 { lines.append("\(Phrase.count(left, "more step")) of medium severity.") }
    if low > 0 { lines.append("\(Phrase.count(low, "alert")) of low severity beside that.") }
    return lines.joined(separator: "\n")
  }

  /// What the snapshot of the cluster says of those concerned.
  private static func objects(_ incident: Incident) -> [String] {
    incident.objects.compactMap { object in
      let thing = object.thing
      var parts = thing.owner.isEmpty ? [] : ["of \(thing.owner)"]
      parts += thing.facts.map(\.text)
      if let text = thing.findingsText, let worst = thing.findings.first {
        parts.append("\(text) (\(worst.severity.name))")
      }
      let name = object.entity.kind.title + " " + object.entity.name
      return parts.isEmpty
        ? nil : "\(name.prefix(1).uppercased())\(name.dropFirst()): \(parts.joined(separator: "; "))."
    }
  }

  /// Who did it, from where, when, and how far it went.
  private static func opening(_ incident: Incident) -> String {
    let steps = incident.steps.filter { $0.severity >= .medium }
    func distinct(_ values: [String]) -> [String] {
      var seen: Set<String> = []
      return values.filter { !$0.isEmpty && seen.insert($0).inserted }
    }
    let actors = distinct(steps.map(\.actor))
    let addresses = distinct(steps.map(\.sourceAddress))
    var text = actors.isEmpty ? "Somebody without an account" : list(actors)
    if !addresses.isEmpty { text += ", from " + list(addresses) + "," }
    let times =
      incident.start.seconds == incident.end.seconds
      ? " at \(incident.clock(incident.start))"
      : " from \(incident.clock(incident.start)) to \(incident.clock(incident.end))"
    text += " on \(incident.start.text(digits: 0).prefix(10))\(times) UTC"
    if !incident.tactics.isEmpty { text += ": " + list(incident.tactics.map(\.title), all: true) }
    return text + "."
  }

  private static func list(_ names: [String], all: Bool = false) -> String {
    let shown = all ? names : Array(names.prefix(mostNames))
    let more = names.count - shown.count
    if more > 0 { return shown.joined(separator: ", ") + " and \(more) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension Tactic {
  /// As ATT&CK writes it, in a sentence: `credential access`.
  package var title: String { self == .commandAndControl ? "command and control" : rawValue.replacing("-", with: " ") }
}
