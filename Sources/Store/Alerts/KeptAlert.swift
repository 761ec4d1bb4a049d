package import Bytes
package import Detect
package import Findings

/// An alert with what became of it.
package struct KeptAlert: Sendable {
  package let alert: Alert
  package let triage: Triage
  /// The incident that it belongs to; nil for none.
  package let incident: String?
  /// The suppression by which nobody was told of it; nil for none.
  package let suppression: String?
  /// When it was found, and when it last grew or was changed.
  package let found: Timestamp
  package let updated: Timestamp
  /// Oldest first; only where one alert is asked for.
  package var notes: [TriageNote] = []
}

/// An incident with what became of it.
package struct KeptIncident: Sendable {
  package let id: String
  package let severity: Severity
  package let start: Timestamp
  package let end: Timestamp
  package let title: String
  /// Number of its alerts.
  package let alertCount: Int
  package let triage: Triage
  package let found: Timestamp
  package let updated: Timestamp
  /// All of it, with its alerts and notes; only where one incident is asked for.
  package var whole: Whole?

  /// What the store knows of one incident.
  package struct Whole: Sendable {
    package let incident: Incident
    package let alerts: [KeptAlert]
    /// Oldest first.
    package let notes: [TriageNote]
  }
}

/// Alerts of which nobody wants to hear for a while. They are kept, and are part of no incident.
package struct Suppression: Sendable, Hashable {
  package let id: String
  /// What an alert must have; nil for anything. At least one of them is given.
  package let rule: String?
  package let actor: String?
  package let sourceAddress: String?
  package let reason: String
  package let author: String
  package let created: Timestamp
  /// From when on it no longer holds.
  package let expires: Timestamp
  /// Number of alerts that it has kept silent.
  package var alerts = 0

  package init(
    id: String, rule: String?, actor: String?, sourceAddress: String?, reason: String, author: String,
    created: Timestamp, expires: Timestamp
  ) {
    self.id = id
    self.rule = rule
    self.actor = actor
    self.sourceAddress = sourceAddress
    self.reason = reason
    self.author = author
    self.created = created
    self.expires = expires
  }

  package func covers(_ alert: Alert, at now: Timestamp) -> Bool {
    now < expires && rule.map { $0 == alert.rule.id } ?? true && actor.map { $0 == alert.actor } ?? true
      && sourceAddress.map { $0 == alert.sourceAddress } ?? true
  }
}

/// Which alerts or incidents are asked for.
package struct AlertFilter: Sendable, Hashable {
  /// Empty for all.
  package var states: Set<Triage.State> = []
  package var least = Severity.info
  package var rule: String?
  package var actor: String?
  package var assignee: String?
  package var since: Timestamp?
  package var until: Timestamp?
  /// Whether alerts that a suppression covers are among them.
  package var includesSuppressed = false
  package var limit = 100
  /// Where the previous page ended.
  package var cursor: AlertCursor?

  package init() {}
}

/// The place of an alert or incident among all, the latest first.
package struct AlertCursor: Sendable, Hashable {
  package let start: Timestamp
  package let id: String

  package init(start: Timestamp, id: String) {
    self.start = start
    self.id = id
  }

  /// For clients: opaque.
  package var text: String { "\(start.nanoseconds).\(id)" }

  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let start = Int64(parts[0]), !parts[1].isEmpty else { return nil }
    self.init(start: Timestamp(nanoseconds: start), id: String(parts[1]))
  }
}
