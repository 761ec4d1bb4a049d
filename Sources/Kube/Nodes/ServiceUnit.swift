/// A unit of systemd with its drop-ins, as far as it tells what it starts.
package struct ServiceUnit: Sendable {
  /// The words of the last command that counts; nil where there is none, or where it holds variables or what else only systemd
  /// can make out.
  package let command: [String]?

  /// - Parameter texts: the unit's file, then its drop-ins in the order of their names. An empty `ExecStart=` takes back
  ///   those before it. Source: systemd.service(5), systemd.syntax(7).
  package init(_ texts: [String]) {
    var commands: [Substring] = []
    for text in texts {
      for line in Self.lines(text) {
        guard let equals = line.firstIndex(of: "="),
          line[..<equals].trimmingSpace == "ExecStart"
        else { continue }
        let value = line[line.index(after: equals)...].trimmingSpace
        if value.isEmpty { commands = [] } else { commands.append(value) }
      }
    }
    command = commands.last.flatMap(Self.words)
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

  /// The words of a command, quotes taken off; nil where it holds a variable or an open quote.
  private static func words(_ command: Substring) -> [String]? {
    var words: [String] = []
    var word = ""
    var isOpen = false
    var quote: Character?
    var isEscaped = false
    // Marks before the program say how it is run.
    for character in command.drop(while: { "@-:+!|".contains($0) }) {
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
