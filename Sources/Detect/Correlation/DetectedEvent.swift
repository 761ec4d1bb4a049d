package import Bytes

/// What is kept of an event that a rule matched.
package final class DetectedEvent: Sendable {
  /// The input as the user named it.
  package let source: String
  /// Line of the input, from 1.
  package let line: Int
  /// The event's own id (`auditID`); "" where it has none.
  package let id: String
  /// When it happened; for a request, when it was received, so that all of its stages are one.
  package let time: Timestamp
  /// What makes two deliveries or stages the same thing.
  package let identity: String
  /// Who did it; "" where the event names nobody.
  package let actor: String
  package let sourceAddress: String
  package let entities: [Entity]
  /// Whose hand it was; another event with one of them was the same one's.
  package let links: [AlertLink]
  /// What its actor was before, should somebody have taken hold of it.
  package let receives: [AlertLink]
  /// What its actor has taken hold of by it: a pod entered, a token issued, an account with new rights.
  package let hands: [AlertLink]
  /// The pods and accounts among them.
  package let targets: [Entity]
  /// Fields that correlations and messages ask for, by their names in rules.
  package let values: [String: [String]]

  package init(
    source: String, line: Int, id: String, time: Timestamp, identity: String, actor: String = "",
    sourceAddress: String = "", entities: [Entity] = [], links: [AlertLink] = [], receives: [AlertLink] = [],
    hands: [AlertLink] = [], targets: [Entity] = [], values: [String: [String]] = [:]
  ) {
    self.source = source
    self.line = line
    self.id = id
    self.time = time
    self.identity = identity
    self.actor = actor
    self.sourceAddress = sourceAddress
    self.entities = entities
    self.links = links
    self.receives = receives
    self.hands = hands
    self.targets = targets
    self.values = values
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
