import Bytes
import Detect
import Findings
package import Report
package import Store

extension AlertRow {
  /// An alert of a store.
  package init(_ kept: KeptAlert) {
    let alert = kept.alert
    self.init(
      id: alert.id, rule: alert.rule.id, ruleTitle: alert.rule.title, ruleVersion: alert.rule.version,
      severity: alert.severity.name, start: alert.start, end: alert.end, actor: alert.actor,
      sourceAddress: alert.sourceAddress, techniques: alert.techniques, message: alert.message,
      eventCount: alert.eventCount, triage: TriageRow(kept.triage), incident: kept.incident,
      suppression: kept.suppression, found: kept.found, updated: kept.updated)
  }
}

extension IncidentRow {
  package init(_ kept: KeptIncident) {
    self.init(
      id: kept.id, severity: kept.severity.name, start: kept.start, end: kept.end, title: kept.title,
      alertCount: kept.alertCount, triage: TriageRow(kept.triage), found: kept.found, updated: kept.updated)
  }
}

extension TriageRow {
  fileprivate init(_ triage: Triage) {
    self.init(state: triage.state.rawValue, reason: triage.reason?.rawValue, assignee: triage.assignee)
  }
}

extension NoteRow {
  fileprivate init(_ note: TriageNote) {
    self.init(time: note.time, author: note.author, action: note.action.rawValue, text: note.text)
  }
}

extension AlertDetailAnswer {
  package init(_ kept: KeptAlert) {
    self.init(
      AlertRow(kept), description: kept.alert.rule.description,
      events: kept.alert.events,
      notes: kept.notes.map { NoteRow($0) })
  }
}

extension IncidentDetailAnswer {
  package init(_ kept: KeptIncident) {
    let incident = kept.whole?.incident
    self.init(
      IncidentRow(kept), story: incident?.story ?? "", tactics: (incident?.tactics ?? []).map(\.rawValue),
      techniques: incident?.techniques ?? [],
      entities: (incident?.entities ?? []).map { ($0.kind.rawValue, $0.name) },
      alerts: (kept.whole?.alerts ?? []).map { AlertRow($0) }, notes: (kept.whole?.notes ?? []).map { NoteRow($0) })
  }
}

extension SuppressionListAnswer {
  package init(_ suppressions: [Suppression]) {
    self.init(
      suppressions.map { one in
        Item(
          id: one.id, rule: one.rule, actor: one.actor, sourceAddress: one.sourceAddress, reason: one.reason,
          author: one.author, created: one.created, expires: one.expires, alerts: one.alerts)
      })
  }
}

extension DeliveryListAnswer {
  package init(_ records: [DispatchRecord]) {
    self.init(
      records.map { record in
        Item(
          destination: record.destination, id: record.id, what: record.kind, state: record.state.rawValue,
          tries: record.tries, created: record.created, due: record.due, reason: record.reason)
      })
  }
}
