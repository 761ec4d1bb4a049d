/// Keys and values of a file in TOML, one by one with the table that they stand in: enough of it for manifests, where a value is a
/// text, a list of texts over several lines, or a table in one line.
struct TOMLLines {
  struct Entry {
    /// Names of the table with dots between them, without quotes; empty above the first one.
    let table: String
    /// Without quotes.
    let key: String
    /// As it stands, in one line.
    let value: String
    /// From 1.
    let line: Int

    /// Whether it is a table that names a folder: what lies there is a part of the project.
    var namesFolder: Bool { value.contains("path =") || value.contains("path=") }
  }

  private(set) var entries: [Entry] = []

  init(_ bytes: [UInt8]) {
    var table = ""
    var open: (key: String, value: String, line: Int)?
    for (number, raw) in TextLines.numbered(bytes) {
      let line = Self.trimmed(Self.withoutComment(raw))
      if let last = open {
        let value = last.value + " " + line
        if Self.isClosed(value) {
          entries.append(Entry(table: table, key: last.key, value: value, line: last.line))
          open = nil
        } else {
          open = (last.key, value, last.line)
        }
        continue
      }
      if line.hasPrefix("[") {
        table = Self.unquoted(line.drop { $0 == "[" }.prefix { $0 != "]" })
        continue
      }
      guard let equals = line.firstIndex(of: "=") else { continue }
      let key = Self.unquoted(line[..<equals])
      let value = Self.trimmed(line[line.index(after: equals)...])
      if Self.isClosed(value) {
        entries.append(Entry(table: table, key: key, value: String(value), line: number))
      } else {
        open = (key, String(value), number)
      }
    }
    // A list that is cut off counts as far as it goes.
    if let last = open { entries.append(Entry(table: table, key: last.key, value: last.value, line: last.line)) }
  }

  /// Texts within a value, by their quotes.
  static func texts(_ value: String) -> [String] {
    var found: [String] = []
    var rest = value[...]
    while let start = rest.firstIndex(where: { $0 == "\"" || $0 == "'" }) {
      let quote = rest[start]
      let inner = rest[rest.index(after: start)...]
      guard let end = inner.firstIndex(of: quote) else { break }
      found.append(String(inner[..<end]))
      rest = inner[inner.index(after: end)...]
    }
    return found
  }

  /// The text of one key of a table in one line: `1.2` of `{ version = "1.2" }` for `version`.
  static func text(of key: String, in value: String) -> String? {
    guard value.hasPrefix("{") else { return nil }
    var rest = value.dropFirst()
    while let equals = rest.firstIndex(of: "=") {
      let own = rest[..<equals].split(whereSeparator: { $0 == "," || $0 == "{" || $0.isWhitespace }).last ?? ""
      let right = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
      guard let quote = right.first, quote == "\"" || quote == "'" else {
        // A list, or a word: no key of this table begins within it but behind a comma.
        rest = right.first == "[" ? right.drop { $0 != "]" } : right
        continue
      }
      let inner = right.dropFirst()
      guard let end = inner.firstIndex(of: quote) else { return nil }
      if unquoted(own) == key { return String(inner[..<end]) }
      rest = inner[inner.index(after: end)...]
    }
    return nil
  }

  private static func isClosed(_ value: some StringProtocol) -> Bool {
    var depth = 0
    var quote: Character?
    for character in value {
      if let mark = quote {
        if character == mark { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "[" || character == "{" {
        depth += 1
      } else if character == "]" || character == "}" {
        depth -= 1
      }
    }
    return depth <= 0
  }

  private static func withoutComment(_ line: Substring) -> Substring {
    var quote: Character?
    for index in line.indices {
      if let mark = quote {
        if line[index] == mark { quote = nil }
      } else if line[index] == "\"" || line[index] == "'" {
        quote = line[index]
      } else if line[index] == "#" {
        return line[..<index]
      }
    }
    return line
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// A name without its quotes.
  static func unquoted(_ text: some StringProtocol) -> String {
    String(text).filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
  }
}
