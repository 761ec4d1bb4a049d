/// Credentials in the files that manifests carry, by what stands around them: settings without an equals sign, attributes,
/// headers, arguments of plugins, files of logins and source code. Files of images are too many for it.
enum LooseSecrets {
  private static let maximumLine = 4096
  private static let maximumInFile = 20
  /// Endings of source code, where only a text in quotes is a value.
  private static let sources: Set<Substring> = [
    "py", "rb", "php", "js", "ts", "hcl", "tf", "groovy", "gradle", "pl", "lua", "cs", "kt", "scala", "go",
  ]

  /// - Parameter name: of the file; empty for a text that is none.
  /// - Returns: each credential.
  static func find(_ text: String, named name: String) -> [Substring] {
    let isSource = name.split(separator: ".").last.map { name.contains(".") && sources.contains($0) } ?? false
    var found: [Substring] = []
    let bytes = Array(text.utf8)
    for (_, range) in anchors.lines(of: bytes) {
      let lines = String(decoding: bytes[range], as: UTF8.self)
      // Some programs of other systems end lines otherwise.
      for line in lines.split(whereSeparator: \.isNewline) {
        guard (6...maximumLine).contains(line.utf8.count), found.count < maximumInFile else { continue }
        let line = line.drop(while: \.isWhitespace)
        guard let first = line.first, first != "#", first != ";", first != "!", !line.hasPrefix("//") || isSource else {
          continue
        }
        if let value = directive(line) ?? header(line) ?? attribute(line) ?? hash(line) ?? login(line) {
          found.append(value)
        } else if isSource, let value = literal(line) {
          found.append(value)
        }
      }
    }
    return found
  }

  /// What stands in every line in which something may be found; a test holds them to the words below.
  private static let anchors = Credential.anchors(
    and: ["bindpw", "rootpw", "authorization", "vault login"] + hashes.map { $0.lowercased() })

  /// Settings of servers whose value follows after a blank, such as `requirepass` of Redis and `password` of Fluentd.
  private static let directives: Set<Substring> = [
    "requirepass", "masterauth", "password", "passwd", "auth_password", "secret_key", "secretkey", "access_token",
    "shared_key", "shared-secret", "auth-pass", "aws_sec_key", "http_passwd", "http_password", "bind_password",
    "bindpw",
    "rootpw", "auth-user-pass", "api_key", "apikey",
  ]

  static func directive(_ line: Substring) -> Substring? {
    let words = line.split(maxSplits: 3, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
    guard words.count == 2, directives.contains(words[0].lowercased()[...]) else { return nil }
    return likely(words[1])
  }

  /// `Authorization "Basic …"` and `Authorization: Bearer …`, wherever it stands in the line.
  private static func header(_ line: Substring) -> Substring? {
    guard let name = range(of: "authorization", in: line) else { return nil }
    let value = line[name.upperBound...].drop { $0 == ":" || $0 == "\"" || $0 == "'" || $0 == "=" || $0.isWhitespace }
    return PlacedSecrets.scheme(value)
  }

  /// `password="…"` of an attribute or a module of JAAS, `password => "…"` of a plugin.
  static func attribute(_ line: Substring) -> Substring? {
    var rest = line
    while let word = range(of: "password", in: rest) ?? range(of: "secretkey", in: rest) {
      rest = rest[word.upperBound...]
      var value = rest.drop { $0 == " " || $0 == "\"" || $0 == "'" }
      guard value.first == "=" else { continue }
      value = value.dropFirst().drop { $0 == ">" || $0 == " " }
      if let inner = quoted(value), let found = likely(inner) { return found }
    }
    return nil
  }

  /// What stands in quotes at the beginning of a text; nil where it begins otherwise, or the quotes are not closed.
  static func quoted(_ text: Substring) -> Substring? {
    guard let quote = text.first, quote == "\"" || quote == "'", let end = text.dropFirst().firstIndex(of: quote) else {
      return nil
    }
    return text[text.index(after: text.startIndex)..<end]
  }

  private static let hashes = ["$apr1$", "$2y$", "$2a$", "$2b$", "$1$", "$5$", "$6$", "{SHA}", "{SSHA}", "md5"]

  /// `NAME:HASH` of a file of logins, and `"NAME" "md5…"` of PgBouncer: hashes that are tried out at leisure.
  private static func hash(_ line: Substring) -> Substring? {
    let isQuoted = line.first == "\""
    let parts =
      isQuoted
      ? line.split(separator: "\"", omittingEmptySubsequences: true).filter { $0.contains { !$0.isWhitespace } }
      : line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty,
      parts[0].allSatisfy({ $0.isLetter || $0.isNumber || "._-@".contains($0) }),
      let kind = hashes.first(where: { parts[1].hasPrefix($0) })
    else { return nil }
    let body = parts[1].dropFirst(kind.count)
    if kind == "md5" {
      return isQuoted && body.utf8.count == 32 && body.allSatisfy(\.isHexDigit) ? parts[1] : nil
    }
    return body.utf8.count >= 20 && !body.contains(where: \.isWhitespace) ? parts[1] : nil
  }

  /// `vault login TOKEN`
  private static func login(_ line: Substring) -> Substring? {
    guard let place = range(of: "vault login ", in: line) else { return nil }
    let words = line[place.upperBound...].split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("-") }
    return words.first.flatMap { PlacedSecrets.isConvincing($0) && !$0.contains("=") ? $0 : nil }
  }

  /// `NAME = "…"` of source code.
  static func literal(_ line: Substring) -> Substring? {
    // `$env:NAME = "…"` of PowerShell.
    let line = line.hasPrefix("$env:") ? line.dropFirst(5) : line
    guard let equals = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
    let name = line[..<equals].split(whereSeparator: \.isWhitespace).last ?? ""
    var value = line[line.index(after: equals)...].drop { $0 == " " || $0 == "=" || $0 == ">" }
    // Behind the colon may stand a type: `NAME: string = "…"`.
    if line[equals] == ":", let first = value.first, first != "\"", first != "'", let other = value.firstIndex(of: "=")
    {
      value = value[value.index(after: other)...].drop { $0 == " " }
    }
    guard let text = quoted(value) else { return nil }
    let bare = name.drop { $0 == "$" || $0 == "\"" || $0 == "'" }.prefix { $0 != "\"" && $0 != "'" }
    return PlacedSecrets.isSecret(name: bare, text) ? text : nil
  }

  /// What a place that is one for a password holds: no reference, no path, no address and no plain word.
  private static func likely(_ text: Substring) -> Substring? {
    let value = text.drop { $0 == "\"" || $0 == "'" }.prefix { $0 != "\"" && $0 != "'" && $0 != ";" }
    guard (6...512).contains(value.utf8.count), PlacedSecrets.isPassword(value), !value.contains("://"),
      !value.hasPrefix("/"), !Credential.isPlaceholder(String(value))
    else { return nil }
    let letters = value.contains(where: \.isLetter)
    let others = value.contains { !$0.isLetter && !"._-/:".contains($0) }
    return letters && others ? value : nil
  }

  /// A word in letters of any case.
  static func range(of word: String, in text: Substring) -> Range<Substring.Index>? {
    let wanted = Array(word.utf8)
    let bytes = text.utf8
    var start = bytes.startIndex
    while start < bytes.endIndex {
      var place = start
      var matched = 0
      while matched < wanted.count, place < bytes.endIndex, lower(bytes[place]) == wanted[matched] {
        place = bytes.index(after: place)
        matched += 1
      }
      if matched == wanted.count { return start..<place }
      start = bytes.index(after: start)
    }
    return nil
  }

  private static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
