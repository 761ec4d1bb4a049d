package import Bytes
package import Findings

/// What a rule found, with the events that it rests on.
package struct Alert: Sendable {
  /// An event that an alert rests on.
  package struct Reference: Sendable, Hashable {
    /// The input as the user named it; `store` for one of a store.
    package let source: String
    /// The line of the file, or the position in the store.
    package let line: Int
    /// The event's own id; "" where it has none.
    package let id: String

    package init(source: String, line: Int, id: String) {
      self.source = source
      self.line = line
      self.id = id
    }
  }

  /// Digest of rule, actor, address and first event: the same in every run over the same events.
  package let id: String
  package let rule: RuleInfo
  package var severity: Severity
  /// Of the first event that it rests on, and of the last.
  package let start: Timestamp
  package var end: Timestamp
  /// Of the event with which a sequence was complete; nil for an alert that is none.
  package var completed: Timestamp?
  /// Who did it; "" where the events name nobody.
  package let actor: String
  /// Where it came from; "" where that is unknown.
  package let sourceAddress: String
  package let message: String
  package var events: [Reference]
  /// How many different events it rests on; `events` holds the first of them.
  package var eventCount: Int
  package var entities: Set<Entity>
  /// See `DetectedEvent`.
  package var links: Set<AlertLink> = []
  package var receives: Set<AlertLink> = []
  package var hands: Set<AlertLink> = []
  package var targets: Set<Entity> = []
  /// Why it is more severe than its rule says.
  package var reasons: [String] = []
  /// What still stands between the attacker and what matters; nil without a snapshot that knows them.
  package var depthLeft: DepthLeft?
  /// What its actor did, without naming the actor: `read Secrets of shop`; nil where the message does not begin with the
  /// actor.
  package var predicate: String?

  /// An alert that no match of a rule made, such as one about Bartizan itself. The members are those above.
  package init(
    id: String, rule: RuleInfo, severity: Severity, start: Timestamp, end: Timestamp, actor: String,
    sourceAddress: String, message: String, events: [Reference], eventCount: Int, entities: Set<Entity>
  ) {
    self.id = id
    self.rule = rule
    self.severity = severity
    self.start = start
    self.end = end
    self.actor = actor
    self.sourceAddress = sourceAddress
    self.message = message
    self.events = events
    self.eventCount = eventCount
    self.entities = entities
  }

  package var techniques: [String] { rule.techniques }

  /// Maximum number of events that an alert lists.
  package static let mostEvents = 200
  /// Maximum number of entities and of links of each kind.
  package static let mostLinks = 64
}
