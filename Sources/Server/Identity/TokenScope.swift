/// What a token is good for.
package enum TokenScope: String, Sendable, Hashable, CaseIterable {
  /// Asking the admission webhook, and nothing else.
  case admission
  /// Sending events.
  case ingest
  /// Searching events and reading metrics.
  case read
  /// All of it.
  case admin

  /// Whether a token of this scope may do what needs another.
  package func covers(_ wanted: TokenScope) -> Bool { self == .admin || self == wanted }
}
