package import Bytes
package import Detect
package import Findings

/// A receiver as the queue of what is to be sent knows it.
package struct DispatchTarget: Sendable, Hashable {
  package let name: String
  package let takesAlerts: Bool
  package let takesIncidents: Bool
  package let least: Severity
  package init(name: String, takesAlerts: Bool, takesIncidents: Bool, least: Severity) {
    self.name = name
    self.takesAlerts = takesAlerts
    self.takesIncidents = takesIncidents
    self.least = least
  }
}

/// Something that is to be sent to a receiver.
package struct Dispatch: Sendable {
  /// What is sent, as it is at this moment.
  package enum Content: Sendable {
    case alert(Alert)
    /// With whether it is closed.
    case incident(Incident, isClosed: Bool)
  }

  package let id: String
  package let content: Content
  /// Grows with the incident: what is sent is done only where it has not grown meanwhile.
  package let revision: Int
  package let tries: Int
}

/// What the queue of a receiver looks like to people.
package struct DispatchRecord: Sendable, Hashable {
  /// Whether it is tried again.
  package enum State: String, Sendable, CaseIterable {
    case waiting
    /// It was given up, or refused for good.
    case dead
  }

  package let destination: String
  /// Of the alert or incident.
  package let id: String
  package let kind: String
  package let state: State
  package let tries: Int
  package let created: Timestamp
  package let due: Timestamp
  /// Why the last try failed; "" before it.
  package let reason: String
}
