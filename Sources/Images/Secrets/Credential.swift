package import Bytes
package import Findings

/// Tells values that are credentials from settings about credentials. Prefers silence to noise: a value counts when
/// its format is that of a known kind of key, or when its name ends in a word for a secret and the value could be one.
package enum Credential {
  /// - Parameter name: of the variable, key or field that holds the value; its last word decides where the format does
  ///   not.
  package static func isCredential(name: String, value: String) -> Bool {
    if hasKnownFormat(value) || holdsPasswordInURL(value) { return true }
    // Whatever stands there now, the place is one for a credential.
    if !value.isEmpty, cloudVariables.contains(name) { return true }
    // Names that hold no word for a secret are nearly all; they are told apart by their last letter.
    guard let last = name.utf8.last, lastLetters.contains(last | 0x20) else { return false }
    let words = String(name.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
    guard suffixes.contains(where: { words == $0 || words.hasSuffix("_" + $0) || isCamel(words, $0) }) else {
      return false
    }
    return couldBeSecret(value)
  }

  /// `--password=…` and the like.
  package static func isCredential(argument: String) -> Bool {
    if hasKnownFormat(argument) || holdsPasswordInURL(argument) { return true }
    guard argument.hasPrefix("-"), let equals = argument.firstIndex(of: "=") else { return false }
    let name = argument[..<equals].drop { $0 == "-" }
    return isCredential(name: String(name), value: String(argument[argument.index(after: equals)...]))
  }

  /// Proof without the value.
  package static func evidence(_ node: DocumentNode?, path: String) -> Evidence {
    let count = node?.text?.count ?? 0
    return Evidence(
      path: path, value: "(hidden, \(count) characters)", line: Int(node?.line ?? 0), column: Int(node?.column ?? 0))
  }

  private static let suffixes = [
    "password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "access_key", "secret_key", "private_key",
    "credentials", "passphrase", "client_secret",
  ]

  /// Variables from which the clients of clouds take their credentials.
  private static let cloudVariables: Set<String> = [
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_BATCH_KEY", "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN", "ARM_CLIENT_SECRET", "ARM_ACCESS_KEY", "GOOGLE_CREDENTIALS", "OCI_CLI_KEY_CONTENT",
    "DIGITALOCEAN_ACCESS_TOKEN", "HCLOUD_TOKEN", "CLOUDFLARE_API_TOKEN",
  ]

  private static let lastLetters = Set(suffixes.compactMap(\.utf8.last))

  private static func isCamel(_ words: String, _ suffix: String) -> Bool {
    // `dbPassword` arrives as `dbpassword`; short suffixes would match too much of what merely ends alike.
    suffix.count >= 8 && words.hasSuffix(suffix)
  }

  private static func couldBeSecret(_ value: String) -> Bool {
    guard value.utf8.count >= 4, value.utf8.count <= 4096 else { return false }
    if value.contains(where: { $0.isWhitespace || $0 == "{" || $0 == "<" }) { return false }
    // A variable, or a template of one; within a value a dollar sign is a character like any other.
    if value.hasPrefix("$") || value.contains("$(") { return false }
    if value.hasPrefix("/") || value.hasPrefix("./") || index(of: schemeEnd, in: value.utf8) != nil { return false }
    let lower = value.lowercased()
    return !["true", "false", "none", "null", "disabled", "enabled", "secret", "token", "password"].contains(lower)
      && !lower.hasSuffix(".svc") && !lower.allSatisfy { $0 == "*" || $0 == "x" }
  }

  private static func holdsPasswordInURL(_ value: String) -> Bool {
    let bytes = value.utf8
    guard bytes.contains(UInt8(ascii: "@")), let slashes = index(of: schemeEnd, in: bytes) else { return false }
    let rest = bytes[bytes.index(slashes, offsetBy: 3)...].prefix {
      $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 > 0x20
    }
    guard let at = rest.lastIndex(of: UInt8(ascii: "@")), let colon = rest[..<at].firstIndex(of: UInt8(ascii: ":"))
    else { return false }
    let password = rest[rest.index(after: colon)..<at]
    return password.count >= 3
      && !password.contains { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "<") }
  }

  private static func hasKnownFormat(_ value: String) -> Bool {
    let bytes = value.utf8
    guard bytes.count >= 20 else { return false }
    if bytes.contains(UInt8(ascii: "-")), index(of: privateKey, in: bytes) != nil { return true }
    guard bytes.count <= 4096 else { return false }
    return prefixes.contains { prefix, length in
      guard let start = index(of: prefix, in: bytes) else { return false }
      if start > bytes.startIndex, isWordByte(bytes[bytes.index(before: start)]) { return false }
      let body = bytes[bytes.index(start, offsetBy: prefix.count)...].prefix {
        isWordByte($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
      }
      return body.count >= length
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
  }

  private static func index(of pattern: [UInt8], in bytes: String.UTF8View) -> String.Index? {
    guard let first = pattern.first else { return nil }
    var rest = bytes[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: pattern) { return start }
      rest = rest.dropFirst()
    }
    return nil
  }

  private static let schemeEnd = Array("://".utf8)
  private static let privateKey = Array("PRIVATE KEY-----".utf8)

  /// First characters of well-known keys, and how many of them follow at least.
  private static let prefixes: [([UInt8], Int)] = [
    ("AKIA", 16), ("ASIA", 16), ("ghp_", 36), ("gho_", 36), ("ghs_", 36), ("github_pat_", 22), ("glpat-", 20),
    ("xoxb-", 20), ("xoxp-", 20), ("sk_live_", 20), ("rk_live_", 20), ("AIza", 35), ("SG.", 40), ("npm_", 36),
    ("dop_v1_", 60), ("eyJhbGciOi", 40), ("hvs.", 24),
  ].map { (Array($0.0.utf8), $0.1) }
}
