/// Accounts that anybody may log in to.
///
/// Source: shadow(5).
package enum OpenAccounts {
  package static let path = "etc/shadow"

  /// Names of accounts whose password is empty; no sum of a password is kept.
  package static func read(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x3A, maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[1].isEmpty, !fields[0].isEmpty else { return nil }
      return String(decoding: fields[0], as: UTF8.self)
    }
  }
}
