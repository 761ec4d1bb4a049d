/// What is done about violations of a policy, whatever its bindings say.
package enum PolicyMode: String, Sendable, Hashable, CaseIterable {
  case enforce
  case warn
  case audit
  /// The policy is not asked.
  case off

  /// Nil for a policy that is not asked.
  package var actions: [PolicyBinding.Action]? {
    switch self {
    case .enforce: [.deny]
    case .warn: [.warn]
    case .audit: [.audit]
    case .off: nil
    }
  }
}
