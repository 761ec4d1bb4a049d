import Bytes
import Findings

/// Tells values that are credentials from settings about credentials. Prefers silence to noise: a value counts when
/// its format is that of a known kind of key, or when its name ends in a word for a secret and the value could be one.
enum Credential {
  static func isCredential(name: String, value: String) -> Bool {
    if hasKnownFormat(value) || holdsPasswordInURL(value) { return true }
    let normalized = name.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 }
    let words = String(normalized)
    guard suffixes.contains(where: { words == $0 || words.hasSuffix("_" + $0) || isCamel(words, $0) }) else {
      return false
    }
    return couldBeSecret(value)
  }

  /// `--password=…` and the like.
  static func isCredential(argument: String) -> Bool {
    if hasKnownFormat(argument) || holdsPasswordInURL(argument) { return true }
    guard argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") else { return false }
    let name = argument[..<equals].drop { $0 == "-" }
    return isCredential(name: String(name), value: String(argument[argument.index(after: equals)...]))
  }

  /// Proof without the value.
  static func evidence(_ node: Node?, path: String) -> Evidence {
    let count = node?.text?.count ?? 0
    return Evidence(
      path: path, value: "(hidden, \(count) characters)", line: Int(node?.line ?? 0), column: Int(node?.column ?? 0))
  }

  private static let suffixes = [
    "password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "access_key", "secret_key", "private_key",
    "credentials", "passphrase", "client_secret",
  ]

  private static func isCamel(_ words: String, _ suffix: String) -> Bool {
    // `dbPassword` arrives as `dbpassword`; short suffixes would match too much of what merely ends alike.
    suffix.count >= 8 && words.hasSuffix(suffix)
  }

  private static func couldBeSecret(_ value: String) -> Bool {
    guard value.utf8.count >= 4, value.utf8.count <= 4096 else { return false }
    if value.contains(where: { $0.isWhitespace || $0 == "{" || $0 == "$" || $0 == "<" }) { return false }
    if value.hasPrefix("/") || value.hasPrefix("./") || value.contains("://") { return false }
    let lower = value.lowercased()
    return !["true", "false", "none", "null", "disabled", "enabled", "secret", "token", "password"].contains(lower)
      && !lower.hasSuffix(".svc") && !lower.allSatisfy { $0 == "*" || $0 == "x" }
  }

  private static func holdsPasswordInURL(_ value: String) -> Bool {
    guard let scheme = value.firstRange(of: "://") else { return false }
    let rest = value[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && !$0.isWhitespace }
    guard let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") else { return false }
    let password = rest[rest.index(after: colon)..<at]
    return password.count >= 3 && !password.contains("$") && !password.contains("{") && !password.contains("<")
  }

  private static func hasKnownFormat(_ value: String) -> Bool {
    if value.contains("PRIVATE KEY-----") { return true }
    guard value.utf8.count >= 20, value.utf8.count <= 4096 else { return false }
    return prefixes.contains { prefix, length in
      guard let range = value.firstRange(of: prefix) else { return false }
      if range.lowerBound > value.startIndex {
        let before = value[value.index(before: range.lowerBound)]
        if before.isLetter || before.isNumber { return false }
      }
      let body = value[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
      return body.count >= length
    }
  }

  /// First characters of well-known keys, and how many of them follow at least.
  private static let prefixes: [(String, Int)] = [
    ("AKIA", 16), ("ASIA", 16), ("ghp_", 36), ("gho_", 36), ("ghs_", 36), ("github_pat_", 22), ("glpat-", 20),
    ("xoxb-", 20), ("xoxp-", 20), ("sk_live_", 20), ("rk_live_", 20), ("AIza", 35), ("SG.", 40), ("npm_", 36),
    ("dop_v1_", 60), ("eyJhbGciOi", 40), ("hvs.", 24),
  ]
}
