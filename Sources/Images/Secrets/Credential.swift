package import Bytes
package import Findings

/// Tells values that are credentials from settings about credentials. Prefers silence to noise: a value counts when
/// its format is that of a known kind of key, or when its name ends in a word for a secret and the value could be one.
package enum Credential {
  /// - Parameter name: of the variable, key or field that holds the value; its last word decides where the format does
  ///   not.
  package static func isCredential(name: String, value: String) -> Bool {
    if hasKnownFormat(value) || holdsPasswordInURL(value) { return true }
    if isDigest(named: name, value) { return false }
    if isHeader(name: name, value) { return true }
    // Whatever stands there now, the place is one for a credential.
    if !value.isEmpty, cloudVariables.contains(name) { return true }
    switch kind(of: name) {
    case nil: return false
    case .password: return couldBeSecret(value)
    case .key: return couldBeSecret(value) && !isNameOrNumber(value)
    case .method: return couldBeSecret(value) && isMixed(value)
    }
  }

  /// Whether a value is the hash that its name says it is, as the annotation `checksum/secret` of many charts, or the
  /// variable that Reloader keeps one in.
  ///
  /// - Parameter name: the whole of it, with the prefix of an annotation.
  package static func isDigest(named name: String, _ value: String) -> Bool {
    let digits = value.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
    // Few values are hashes, and every value is asked.
    guard isHexadecimal(digits.isEmpty ? value.utf8[...] : digits) else { return false }
    let lower = name.lowercased()
    return lower.hasPrefix("stakater_") || digestWords.contains { lower.contains($0) }
  }

  private static let digestWords = ["checksum", "hash", "digest", "fingerprint", "sha1", "sha256", "sha512", "md5"]

  private static func isHexadecimal(_ text: Substring.UTF8View) -> Bool {
    text.count >= 6 && text.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 6 }
  }

  /// Whether a value is what a request carries in a header of that name: `Basic …` or `Bearer …`.
  private static func isHeader(name: String, _ value: String) -> Bool {
    guard ["authorization", "proxy-authorization", "x-authorization"].contains(name.lowercased()) else { return false }
    return PlacedSecrets.scheme(value[...]) != nil
  }

  /// Whether a value only stands for one that a tool or a person puts in its place: `${TOKEN}`, `<path:secret/app#key>`,
  /// `{{ .Values.password }}`, `REPLACE_ME`, or one that SOPS has encrypted.
  package static func isPlaceholder(_ value: String) -> Bool {
    let text = value.trimmingPrefix { $0.isWhitespace }
    guard let first = text.first else { return false }
    if first == "<", text.contains(">") { return true }
    if ["${", "$(", "{{", "<%", "$__"].contains(where: { text.contains($0) }) { return true }
    if first == "$", text.dropFirst().allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) {
      return true
    }
    if text.hasPrefix("ENC[") || text.hasPrefix("ref+") || text.hasPrefix("op://") { return true }
    let plain = text.lowercased().filter { $0.isLetter }
    return [
      "replaceme", "replacethis", "replacewith", "tobereplaced", "placeholder", "redacted", "fillmein", "insertyour",
    ]
    .contains { plain.hasPrefix($0) || plain == $0 }
  }

  /// Whether a value that is a file, a connection string or a script holds a credential, in a known format or by the
  /// name of a setting in it.
  ///
  /// - Parameter name: of the file, whose ending tells its format; without an ending it is read as settings.
  package static func isInside(_ text: String, named name: String) -> Bool { !inside(text, named: name).isEmpty }

  /// What it holds, each as far as a report may show it.
  package static func inside(_ text: String, named name: String) -> [String] {
    guard (8...1 << 20).contains(text.utf8.count) else { return [] }
    let own = placed(text, named: name).map(\.shown)
    // What has no such form or name may still stand where passwords do.
    return own + LooseSecrets.find(text, named: name).map { "… (\($0.utf8.count) characters)" }
  }

  private static func placed(_ text: String, named name: String) -> [FoundSecret] {
    var bytes = Array(text.utf8)
    let known = SecretScanner.usual.scan(bytes, path: name)
    if !known.isEmpty { return known }
    if let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      // JSON, perhaps without line breaks: each field gets a line of its own.
      for index in bytes.indices where [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ",")].contains(bytes[index])
      {
        bytes[index] = 0x0A
      }
    } else if PlacedSecrets.format(of: name) != nil || name.dropFirst().contains(".") {
      return []
    }
    return PlacedSecrets.find(bytes, as: .settings, path: name)
  }

  /// Proof of what stands inside of a file: how many there are and how long each is, so that another one can be told.
  package static func evidence(inside found: [String], _ node: DocumentNode, path: String) -> Evidence {
    Evidence(
      path: path, value: "(hidden: \(found.sorted().joined(separator: ", ")))", line: Int(node.line),
      column: Int(node.column))
  }

  /// `--password=…` and the like, and what a shell is told to do.
  package static func isCredential(argument: String) -> Bool {
    if hasKnownFormat(argument) || holdsPasswordInURL(argument) { return true }
    if argument.contains(where: \.isWhitespace) {
      // A script, where a word is more often code than a setting.
      if !PlacedSecrets.find(Array(argument.utf8), as: .commands, path: "").isEmpty { return true }
      if !LooseSecrets.find(argument, named: "").isEmpty { return true }
    }
    for word in argument.split(whereSeparator: { $0.isWhitespace || $0 == ";" }) where word.hasPrefix("-") {
      guard let equals = word.firstIndex(of: "=") else { continue }
      let name = word[..<equals].drop { $0 == "-" }
      let value = word[word.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
      if isCredential(name: String(name), value: value) { return true }
    }
    return false
  }

  /// A flag whose value is the next argument: `--password`, `…`.
  package static func isCredential(flag: String, value: String) -> Bool {
    guard flag.hasPrefix("-"), !flag.contains("="), !value.hasPrefix("-") else { return false }
    return isCredential(name: String(flag.drop { $0 == "-" }), value: value)
  }

  /// What a name says that its value is.
  private enum Kind {
    /// Whatever stands there is one.
    case password
    /// Names of objects and numbers stand there as well.
    case key
    /// As often the name of a method.
    case method
  }

  /// - Returns: nil for a name without a word for a secret.
  private static func kind(of name: String) -> Kind? {
    // `PASSWORD2` is a password. Names without such a word are nearly all; they are told apart by their last letter.
    let end = name.utf8.lastIndex { !($0 &- 0x30 < 10) }
    guard let end, lastLetters.contains(name.utf8[end] | 0x20) else { return nil }
    let words = String(name[...end].lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
    guard let suffix = suffixes.first(where: { words == $0 || words.hasSuffix("_" + $0) || isCamel(words, $0) }) else {
      return nil
    }
    return suffix == "auth" ? .method : passwords.contains(suffix) ? .password : .key
  }

  private static let passwords: Set<String> = ["password", "passwd", "pwd", "pass", "passphrase"]

  /// The name of an object, a plain word, a path or a number: no key is one.
  private static func isNameOrNumber(_ value: String) -> Bool {
    if value.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2E }) { return true }
    // `jwt,sign-method=RS256,ttl=10m` is a list of settings.
    if value.contains(","), value.contains("=") { return true }
    let isPath =
      value.contains("/")
      && value.utf8.allSatisfy {
        $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || [0x2D, 0x5F, 0x2E, 0x2F, 0x23, 0x3A].contains($0)
      }
    // `secret/data/app#password`, `file:/run/token`
    let parts = value.split { $0 == "-" || $0 == "_" || $0 == "." || (isPath && ($0 == "/" || $0 == "#" || $0 == ":")) }
    return parts.allSatisfy { isWord($0.utf8) }
  }

  /// Letters of one case with few digits behind them, as `v1` and `credentials`, or a short number.
  private static func isWord(_ text: Substring.UTF8View) -> Bool {
    let letters = text.prefix { $0 &- 0x61 < 26 || $0 &- 0x41 < 26 }
    let digits = text.dropFirst(letters.count)
    return digits.count <= (letters.isEmpty ? 3 : 2) && digits.allSatisfy { $0 &- 0x30 < 10 } && letters.count <= 24
      && (letters.allSatisfy { $0 >= 0x61 } || letters.allSatisfy { $0 < 0x61 })
  }

  /// Whether it consists of three kinds of characters, as no name of a method does.
  private static func isMixed(_ value: String) -> Bool {
    let kinds: [(UInt8) -> Bool] = [
      { $0 &- 0x61 < 26 }, { $0 &- 0x41 < 26 }, { $0 &- 0x30 < 10 },
      { ($0 | 0x20) &- 0x61 >= 26 && $0 &- 0x30 >= 10 && ![0x2D, 0x5F, 0x2E].contains($0) },
    ]
    return value.utf8.count >= 8 && kinds.count { kind in value.utf8.contains(where: kind) } >= 3
  }

  /// Proof without the value.
  package static func evidence(_ node: DocumentNode?, path: String) -> Evidence {
    let count = node?.text?.count ?? 0
    return Evidence(
      path: path, value: "(hidden, \(count) characters)", line: Int(node?.line ?? 0), column: Int(node?.column ?? 0))
  }

  private static let suffixes = [
    "password", "passwd", "pwd", "secret", "token", "api_key", "apikey", "access_key", "secret_key", "private_key",
    "credentials", "passphrase", "client_secret", "pass", "auth",
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
    if value.hasPrefix("$") || value.contains("$(") || isPlaceholder(value) { return false }
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
    // The kinds of keys that images are searched for.
    let all = Array(bytes)
    if !SecretScanner.usual.scan(all, path: "").isEmpty { return true }
    return all.withUnsafeBufferPointer { bytes in
      var isKey = false
      prefixes.search(bytes) { start, prefix in
        guard start == 0 || !isWordByte(bytes[start - 1]) else { return true }
        let body = bytes[(start + prefix.bytes.count)...].prefix {
          isWordByte($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        isKey = body.count >= prefix.number
        return !isKey
      }
      return isKey
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
  private static let keys: [(text: String, number: Int)] = [
    ("AKIA", 16), ("ASIA", 16), ("ghp_", 36), ("gho_", 36), ("ghs_", 36), ("github_pat_", 22), ("glpat-", 20),
    ("xoxb-", 20), ("xoxp-", 20), ("sk_live_", 20), ("rk_live_", 20), ("AIza", 35), ("SG.", 40), ("npm_", 36),
    ("sk-proj-", 36),
    ("dop_v1_", 60), ("eyJhbGciOi", 40), ("hvs.", 24),
  ]

  private static let prefixes = AnchorTable(keys, ignoresCase: false)

  // MARK: What a line needs

  /// A table of what stands in every line of which `isCredential(name:value:)` may say that it assigns one to a name, and of
  /// more; lines that hold addresses with passwords are found otherwise.
  static func anchors(and more: [String]) -> AnchorTable {
    // The ends of names, those of variables of clouds among them.
    let words = ["pass", "pwd", "secret", "token", "key", "credentials", "auth"]
    let formats = keys.map(\.text) + SecretRules.all.flatMap(\.anchors)
    return AnchorTable((words + more + formats.map { $0.lowercased() }).map { ($0, 0) }, ignoresCase: true)
  }
}
