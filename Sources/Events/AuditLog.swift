package import Bytes

/// Reads audit logs: JSON lines as the log backend writes them, `EventList`s as the webhook sends them.
package struct AuditLog: Sendable {
  /// Events, one for each request: of the stages of a request the one that tells most.
  package private(set) var events: [AuditEvent] = []
  package private(set) var errors: [DocumentError] = []
  /// Stages and repetitions of requests that were seen already.
  package private(set) var duplicates = 0
  private var seen: [String: Int] = [:]

  package init() {}

  private static let fields = [
    "kind", "items", "auditID", "stage", "verb", "user", "impersonatedUser", "objectRef", "requestURI", "responseStatus",
    "requestReceivedTimestamp", "timestamp", "annotations",
  ]

  /// Adds the events of one file.
  package mutating func add(_ bytes: Span<UInt8>, limits: Limits = .standard) {
    let stream = JSONReader.readStream(bytes, limits: limits, keeping: Self.fields)
    errors += stream.errors
    for document in stream.documents {
      if document["kind"]?.string == "EventList" {
        for item in document["items"]?.elements ?? [] { add(item) }
      } else {
        add(document)
      }
    }
  }

  private mutating func add(_ document: Node) {
    guard let event = AuditEvent(document) else {
      errors.append(
        DocumentError(
          .syntax, "no audit event: it has no verb or no user.username", line: Int(document.line),
          column: Int(document.column)))
      return
    }
    guard !event.id.isEmpty else {
      events.append(event)
      return
    }
    if let index = seen[event.id] {
      duplicates += 1
      if Self.rank(event.stage) > Self.rank(events[index].stage) { events[index] = event }
    } else {
      seen[event.id] = events.count
      events.append(event)
    }
  }

  private static func rank(_ stage: String) -> Int {
    switch stage {
    case "ResponseComplete": 3
    case "Panic": 2
    case "ResponseStarted": 1
    default: 0
    }
  }
}
