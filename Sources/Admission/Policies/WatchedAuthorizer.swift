import Expressions
import Synchronization

/// An authorizer that remembers whether it had to answer what is not known: the server would know, so that whatever an expression
/// makes of such an answer is not the server's verdict.
final class WatchedAuthorizer: CELAuthorizer {
  private let authorizer: any CELAuthorizer
  private let hasGuessed = Mutex(false)

  init(_ authorizer: any CELAuthorizer) { self.authorizer = authorizer }

  func authorize(_ attributes: CELAuthorizerAttributes) -> CELAuthorizerDecision {
    let decision = authorizer.authorize(attributes)
    if !decision.isKnown { hasGuessed.withLock { $0 = true } }
    return decision
  }

  /// Whether there was such an answer since the last call.
  func takeGuess() -> Bool {
    hasGuessed.withLock { guessed in
      defer { guessed = false }
      return guessed
    }
  }
}
