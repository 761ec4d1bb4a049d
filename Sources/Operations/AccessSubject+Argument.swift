package import Access
package import Findings

extension AccessSubject {
  /// Reads what a person writes, as `init(argument:)` does.
  ///
  /// - Throws: `BartizanError` for what names nobody: an answer about it would be "no" whatever was meant.
  package init(checking argument: String) throws(BartizanError) {
    self.init(argument: argument)
    let isNobody =
      switch self {
      case .user(let name): name.isEmpty || !argument.hasPrefix("user:") && Self.lacksASide(name)
      case .group(let name): name.isEmpty
      case .serviceAccount(let namespace, let name): namespace.isEmpty || name.isEmpty
      }
    guard isNobody else { return }
    throw BartizanError(
      .usage,
      "\"\(argument)\" names nobody: NAMESPACE/NAME is a service account, group:NAME a group, NAME or user:NAME a user")
  }

  /// `/`, `shop/`, `/cart`: a service account of which a half is missing.
  private static func lacksASide(_ name: String) -> Bool {
    let sides = name.split(separator: "/", omittingEmptySubsequences: false)
    return sides.count == 2 && sides.contains(where: \.isEmpty)
  }
}
