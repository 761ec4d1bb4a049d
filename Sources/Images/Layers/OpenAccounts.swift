/// Accounts that anybody may log in to.
///
/// Source: passwd(5), shadow(5).
package enum OpenAccounts {
  /// Files that tell of accounts, from the root.
  package static let paths: Set<String> = ["etc/shadow", "etc/passwd"]

  /// Names of accounts whose password is empty; no sum of a password is kept.
  package static func read(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x3A, maxSplits: 2, omittingEmptySubsequences: false)
      // What begins with a sign takes accounts from elsewhere.
      guard fields.count == 3, fields[1].isEmpty, let first = fields[0].first, first != 0x2B, first != 0x2D else {
        return nil
      }
      return String(decoding: fields[0], as: UTF8.self)
    }
  }
}

/// An account without a password, and the file that says so.
package struct OpenAccount: Sendable, Hashable {
  package let file: String
  package let name: String
}
