/// A unit of systemd with its drop-ins, as far as it tells what it starts.
package struct ServiceUnit: Sendable {
  /// The words of the last command that counts; nil where there is none, or where it holds variables or what else only systemd
  /// can make out.
  package let command: [String]?
  /// What `Environment=` sets, `NAME=VALUE` each.
  package let environment: [String]
  /// What `EnvironmentFile=` names, without the dash that forgives its absence; specifiers stand in it.
  package let environmentFiles: [String]

  /// - Parameter texts: the unit's file, then its drop-ins in the order of their names. An empty `ExecStart=` takes back
  ///   those before it. Source: systemd.service(5), systemd.syntax(7).
  package init(_ texts: [String]) {
    var found: [String: [Substring]] = [:]
    for text in texts {
      for line in Self.lines(text) {
        guard let equals = line.firstIndex(of: "=") else { continue }
        let key = String(line[..<equals].trimmingSpace)
        let value = line[line.index(after: equals)...].trimmingSpace
        if value.isEmpty { found[key] = [] } else { found[key, default: []].append(value) }
      }
    }
    command = found["ExecStart"]?.last.flatMap { Self.words($0.drop { "@-:+!|".contains($0) }) }
    environment = (found["Environment"] ?? []).flatMap { Self.words($0) ?? [] }
    environmentFiles = (found["EnvironmentFile"] ?? []).map { String($0.drop { $0 == "-" }) }
  }

  /// The lines of a file of variables, quotes taken off. Source: systemd.exec(5), `EnvironmentFile=`.
  package static func variables(_ text: String) -> [String] {
    lines(text).compactMap { line in
      guard let equals = line.firstIndex(of: "=") else { return nil }
      var value = line[line.index(after: equals)...].trimmingSpace
      if value.count > 1, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
        value = value.dropFirst().dropLast()
      }
      return "\(line[..<equals].trimmingSpace)=\(value)"
    }
  }

  /// Lines without comments, those that end with a backslash joined to the next.
  private static func lines(_ text: String) -> [Substring] {
    var lines: [Substring] = []
    var open: String?
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = line.trimmingSpace
      if line.hasPrefix("#") || line.hasPrefix(";") { continue }
      let whole = open.map { Substring($0 + " " + line) } ?? line
      if whole.hasSuffix("\\") {
        open = String(whole.dropLast())
      } else {
        open = nil
        lines.append(whole)
      }
    }
    if let open { lines.append(open[...]) }
    return lines
  }

  /// The words of a command, quotes taken off, without the marks before the program that say how it is run; nil where it holds a
  /// variable or an open quote.
  private static func words(_ command: Substring) -> [String]? {
    var words: [String] = []
    var word = ""
    var isOpen = false
    var quote: Character?
    var isEscaped = false
    for character in command {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
        isOpen = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        isOpen = true
      } else if character == " " || character == "\t" {
        if isOpen { words.append(word) }
        word = ""
        isOpen = false
      } else {
        word.append(character)
        isOpen = true
      }
    }
    if isOpen { words.append(word) }
    guard quote == nil, !isEscaped, !words.contains(where: { $0.contains("$") || $0.contains("%") }) else { return nil }
    return words
  }
}
