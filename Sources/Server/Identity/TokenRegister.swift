import Synchronization

/// The tokens that count at this moment, for all listeners of a process.
package final class TokenRegister: Sendable {
  private let list: Mutex<TokenList>

  package init(_ list: TokenList) { self.list = Mutex(list) }

  /// From now on these count, and no others.
  package func replace(_ list: TokenList) { self.list.withLock { $0 = list } }

  /// The entry of a token; nil for one that is not known.
  package func entry(of token: String) -> TokenList.Entry? { list.withLock { $0 }.entry(of: token) }
}
