package import Bytes

/// What is kept of an event that a rule matched.
///
/// Most of what rules match only waits for others of a correlation that never holds: of such an event a few texts are
/// kept in one piece, and what they mean is told when somebody asks.
package final class DetectedEvent: Sendable {
  /// What an event is to alerts and incidents.
  package struct Details: Sendable {
    /// The event's own id (`auditID`); "" where it has none.
    package var id = ""
    /// What makes two deliveries or stages the same thing.
    package var identity = ""
    /// Who did it; "" where the event names nobody.
    package var actor = ""
    package var sourceAddress = ""
    package var entities: [Entity] = []
    /// Whose hand it was; another event with one of them was the same one's.
    package var links: [AlertLink] = []
    /// What its actor was before, should somebody have taken hold of it.
    package var receives: [AlertLink] = []
    /// What its actor has taken hold of by it: a pod entered, a token issued, an account with new rights.
    package var hands: [AlertLink] = []
    /// The pods and accounts among them.
    package var targets: [Entity] = []
  }

  private enum Content: Sendable {
    indirect case told(Details, values: [String: [String]])
    case packed(PackedEvent)
  }

  /// The input as the user named it.
  package let source: String
  /// Line of the input, from 1.
  package let line: Int
  /// When it happened; for a request, when it was received, so that all of its stages are one.
  package let time: Timestamp
  private let content: Content

  package init(
    source: String, line: Int, id: String, time: Timestamp, identity: String, actor: String = "",
    sourceAddress: String = "", entities: [Entity] = [], links: [AlertLink] = [], receives: [AlertLink] = [],
    hands: [AlertLink] = [], targets: [Entity] = [], values: [String: [String]] = [:]
  ) {
    self.source = source
    self.line = line
    self.time = time
    content = .told(
      Details(
        id: id, identity: identity, actor: actor, sourceAddress: sourceAddress, entities: entities, links: links,
        receives: receives, hands: hands, targets: targets), values: values)
  }

  init(source: String, line: Int, time: Timestamp, packed: PackedEvent) {
    self.source = source
    self.line = line
    self.time = time
    content = .packed(packed)
  }

  /// What it is to alerts and incidents. Whoever wants more than one of it asks once.
  package var details: Details {
    switch content {
    case .told(let details, _): details
    case .packed(let packed): packed.details(source, line)
    }
  }

  /// What makes two deliveries or stages the same thing.
  package var identity: String {
    switch content {
    case .told(let details, _): details.identity
    case .packed(let packed): packed.identity(source, line)
    }
  }

  /// The same once more: something that happened several times and was written once.
  ///
  /// - Parameter number: which of them it is.
  func again(_ number: Int) -> DetectedEvent {
    var details = details
    details.identity += "\u{0}again\u{0}\(number)"
    return DetectedEvent(source: source, line: line, time: time, details: details, values: values)
  }

  private init(source: String, line: Int, time: Timestamp, details: Details, values: [String: [String]]) {
    self.source = source
    self.line = line
    self.time = time
    content = .told(details, values: values)
  }

  /// Fields that correlations and messages ask for, by their names in rules.
  package var values: [String: [String]] {
    switch content {
    case .told(_, let values): values
    case .packed(let packed): packed.values
    }
  }

  /// The first value of a field by its name in rules; nil where there is none.
  func first(_ field: String) -> String? {
    switch content {
    case .told(_, let values): values[field]?.first
    case .packed(let packed): packed.first(field)
    }
  }
}

/// Somebody or something that an event is about, by which alerts are joined.
package struct Entity: Sendable, Hashable, Comparable {
  /// What an entity is.
  package enum Kind: String, Sendable, CaseIterable {
    case user
    case serviceAccount = "service-account"
    case pod
    case node
    case address
    case host
    case image
    case namespace
  }

  package let kind: Kind
  package let name: String

  package init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  package static func < (a: Entity, b: Entity) -> Bool { (a.kind.rawValue, a.name) < (b.kind.rawValue, b.name) }
}
