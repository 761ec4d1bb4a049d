package import Bytes
package import Detect
package import Findings

/// One request to a destination.
package struct Payload: Sendable {
  /// Below the URL of the destination; nil for the URL itself.
  package var path: String?
  package var contentType: String
  package var headers: [(name: String, value: String)] = []
  package var body: [UInt8]
  /// Ids of the alerts and incidents in it, in their order.
  package var ids: [String]
  /// What the receiver of Fluent Forward answers with.
  package var chunk = ""
}

/// An event as it is sent to others.
package struct ForwardedEvent: Sendable {
  /// Its position in the store, by which a receiver knows it again.
  package let id: String
  package let time: Timestamp
  package let dataset: String
  /// The normalised event with its original, in which secrets are hidden: an object.
  package let json: [UInt8]

  package init(id: String, time: Timestamp, dataset: String, json: [UInt8]) {
    self.id = id
    self.time = time
    self.dataset = dataset
    self.json = json
  }
}

/// What is sent: an alert, an incident or an event, with what all destinations ask of it.
package enum Notice: Sendable {
  case alert(Alert)
  /// With whether somebody has closed it.
  case incident(Incident, isClosed: Bool = false)
  case event(ForwardedEvent)

  package var id: String {
    switch self {
    case .alert(let alert): alert.id
    case .incident(let incident, _): incident.id
    case .event(let event): event.id
    }
  }

  package var severity: Severity {
    switch self {
    case .alert(let alert): alert.severity
    case .incident(let incident, _): incident.severity
    case .event: .info
    }
  }

  package var start: Timestamp {
    switch self {
    case .alert(let alert): alert.start
    case .incident(let incident, _): incident.start
    case .event(let event): event.time
    }
  }

  package var title: String {
    switch self {
    case .alert(let alert): alert.message
    case .incident(let incident, _): incident.title
    case .event(let event): event.dataset
    }
  }

  package var kind: String {
    switch self {
    case .alert: "alert"
    case .incident: "incident"
    case .event: "event"
    }
  }

  /// As a line of `detect --format jsonl`.
  ///
  /// - Parameter extra: writes members before all others.
  package func json(_ extra: (inout JSONWriter) -> Void = { _ in }) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      extra(&writer)
      switch self {
      case .alert(let alert):
        writer.field("kind", "Alert")
        alert.write(&writer)
      case .incident(let incident, let isClosed):
        writer.field("kind", "Incident")
        if isClosed { writer.field("state", "closed") }
        incident.write(&writer)
      case .event: break
      }
    }
    guard case .event(let event) = self else { return writer.bytes }
    // It is an object already, and has all of these members but the ones of others.
    return event.json
  }

  package var isClosed: Bool { if case .incident(_, let isClosed) = self { isClosed } else { false } }

  /// ATT&CK techniques.
  var techniques: [String] {
    switch self {
    case .alert(let alert): alert.techniques
    case .incident(let incident, _): incident.techniques
    case .event: []
    }
  }

  /// What a destination wants of what was found, incidents last, so that their alerts are there when they arrive.
  package static func wanted(_ alerts: [Alert], _ incidents: [Incident], by destination: Destination) -> [Notice] {
    var notices: [Notice] = []
    if destination.content.contains(.alerts) { notices += alerts.map { .alert($0) } }
    if destination.content.contains(.incidents) { notices += incidents.map { .incident($0) } }
    return notices.filter { $0.severity >= destination.least }
  }
}

extension Payload {
  /// The requests that carry these notices to a destination.
  ///
  /// - Parameters:
  ///   - now: of what is over by now, for receivers that want to know.
  ///   - lasts: how long the rest is to count as going on; nil to leave it to the receiver.
  package static func payloads(
    _ notices: [Notice], to destination: Destination, now: Timestamp? = nil, lasts: Int64? = nil
  ) -> [Payload] {
    guard !notices.isEmpty else { return [] }
    switch destination.kind {
    case .splunk: return SplunkPayload.make(notices, destination)
    case .elasticsearch: return ElasticsearchPayload.make(notices, destination)
    case .sumoLogic: return SumoLogicPayload.make(notices, destination)
    case .alertmanager: return AlertmanagerPayload.make(notices, now: now, lasts: lasts)
    case .webhook: return WebhookPayload.make(notices)
    case .slack: return SlackPayload.make(notices)
    case .teams: return TeamsPayload.make(notices)
    case .pagerDuty: return PagerDutyPayload.make(notices, destination)
    case .syslog: return SyslogPayload.make(notices, destination)
    case .fluentForward: return FluentPayload.make(notices, destination)
    case .otlp: return OTLPPayload.make(notices, observed: now)
    }
  }

  /// A text for receivers that refuse longer ones.
  ///
  /// - Parameter most: in characters, without the mark that something is left out.
  static func cut(_ text: String, _ most: Int) -> String { text.count > most ? text.prefix(most) + "…" : text }

  /// Puts pieces into as few bodies as a limit allows; a larger piece goes alone.
  static func packed(_ pieces: [(id: String, bytes: [UInt8])], limit: Int, count: Int = 1_000)
    -> [(ids: [String], body: [UInt8])]
  {
    var packs: [(ids: [String], body: [UInt8])] = []
    for piece in pieces {
      if let last = packs.last, last.body.count + piece.bytes.count <= limit, last.ids.count < count {
        packs[packs.count - 1].ids.append(piece.id)
        packs[packs.count - 1].body += piece.bytes
      } else {
        packs.append(([piece.id], piece.bytes))
      }
    }
    return packs
  }
}
