package import Bytes

/// Reads audit logs: JSON lines as the log backend writes them, `EventList`s as the webhook sends them.
package struct AuditLog: Sendable {
  /// One event per request: of its stages, the one with the most information.
  package private(set) var events: [AuditEvent] = []
  package private(set) var errors: [DocumentError] = []
  /// Number of stages and repetitions of requests that are already among the events.
  package private(set) var duplicates = 0
  private var seen: [AuditEvent.Request: Int] = [:]

  package init() {}

  private static let fields = [
    "kind", "items", "auditID", "stage", "verb", "user", "impersonatedUser", "authenticationMetadata", "objectRef",
    "requestURI",
    "responseStatus",
    "requestReceivedTimestamp", "timestamp", "annotations", "requestObject", "responseObject",
  ]

  /// Adds the events of a file, or of the next lines of one.
  ///
  /// - Parameter lines: number of lines of the file before these, for the positions of errors.
  package mutating func add(_ bytes: Span<UInt8>, after lines: Int = 0, limits: Limits = .standard) {
    add(Self.part(bytes, after: lines, limits: limits))
  }

  /// Events of a part of a log. Parts are read concurrently and added in order.
  package struct Part: Sendable {
    fileprivate var events: [AuditEvent] = []
    fileprivate var errors: [DocumentError] = []
  }

  package static func part(_ bytes: Span<UInt8>, after lines: Int, limits: Limits = .standard) -> Part {
    var part = Part()
    func add(_ document: DocumentNode) {
      if let event = AuditEvent(document) {
        part.events.append(event)
      } else {
        part.errors.append(
          DocumentError(
            .syntax, "no audit event: it has no verb or no user", line: Int(document.line) + lines,
            column: Int(document.column)))
      }
    }
    let stream = JSONReader.readStream(bytes, limits: limits, keeping: fields)
    part.errors = stream.errors.map {
      DocumentError($0.code, $0.message, line: $0.line + lines, column: $0.column)
    }
    for document in stream.documents {
      if document["kind"]?.string == "EventList" {
        if let items = document["items"], items.array == nil { add(items) }
        for item in document["items"]?.elements ?? [] { add(item) }
      } else {
        add(document)
      }
    }
    return part
  }

  package mutating func add(_ part: Part) {
    errors += part.errors
    for event in part.events { add(event) }
  }

  private mutating func add(_ event: AuditEvent) {
    guard !event.id.isEmpty else {
      events.append(event)
      return
    }
    if let index = seen[event.request] {
      duplicates += 1
      if Self.rank(event.stage) > Self.rank(events[index].stage) { events[index] = event }
    } else {
      seen[event.request] = events.count
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
