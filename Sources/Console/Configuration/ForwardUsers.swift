import Findings

/// The file of users of Fluent Forward: a line `user:password` each. Empty lines, and those that begin with `#`, say nothing.
enum ForwardUsers {
  /// The shortest password: whoever listens to the handshake can try fewer characters.
  private static let shortestPassword = 8
  private static let longest = 255
  private static let mostUsers = 10_000

  /// - Parameter file: for messages, which never tell a password.
  /// - Returns: passwords by user; at least one.
  static func read(_ bytes: [UInt8], file: String) throws(BartizanError) -> [String: String] {
    guard String(validating: bytes, as: UTF8.self) != nil else { throw BartizanError(.input, "\(file): not UTF-8") }
    var users: [String: String] = [:]
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let text = String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      guard !text.isEmpty, !text.hasPrefix("#") else { continue }
      func fail(_ why: String) -> BartizanError { BartizanError(.input, "\(file):\(index + 1): \(why)") }
      guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
        throw fail("wanted is a line user:password")
      }
      let user = String(text[..<colon])
      let password = String(text[text.index(after: colon)...])
      guard user.utf8.count <= longest, password.utf8.count <= longest else {
        throw fail("a user and a password have at most \(longest) bytes each")
      }
      guard password.utf8.count >= shortestPassword else {
        throw fail("the password of \(user) has fewer than \(shortestPassword) characters")
      }
      guard users.updateValue(password, forKey: user) == nil else { throw fail("\(user) is named twice") }
      guard users.count <= mostUsers else { throw fail("more than \(mostUsers) users") }
    }
    guard !users.isEmpty else { throw BartizanError(.input, "\(file): no users; wanted are lines user:password") }
    return users
  }
}
