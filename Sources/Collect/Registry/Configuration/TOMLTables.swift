import Findings

/// The tables of a configuration in TOML, in their order. Dates and texts over several lines are not read: no file that is
/// read here has them.
///
/// Source: TOML 1.0.0.
struct TOMLTables {
  enum Value: Equatable {
    case text(String)
    case flag(Bool)
    case list([Value])
    case table([String: Value])
    /// A number.
    case other(String)

    var text: String? {
      if case .text(let text) = self { text } else { nil }
    }
    var flag: Bool? {
      if case .flag(let flag) = self { flag } else { nil }
    }
    /// The texts of a list; a text by itself is a list of one.
    var texts: [String] {
      switch self {
      case .text(let text): [text]
      case .list(let items): items.compactMap(\.text)
      default: []
      }
    }
  }

  struct Table {
    /// The words of its name; empty for what stands before the first.
    let name: [String]
    /// Whether it is an item of a list, `[[name]]`.
    let isItem: Bool
    /// From 1.
    let line: Int
    var values: [String: Value] = [:]
  }

  private(set) var tables = [Table(name: [], isItem: false, line: 1)]

  private static let mostTables = 10_000

  /// - Parameter name: of the file, for messages.
  /// - Throws: `input` with the line of what is no TOML.
  init(_ bytes: [UInt8], name: String) throws(BartizanError) {
    var scanner = Scanner(Array(String(decoding: bytes, as: UTF8.self).unicodeScalars), name)
    while scanner.skipLines() {
      if scanner.take("[") {
        let isItem = scanner.take("[")
        let words = try scanner.words(until: "]")
        guard scanner.take("]"), !isItem || scanner.take("]") else { throw scanner.failure("a table without an end") }
        guard tables.count < Self.mostTables else { throw scanner.failure("too many tables") }
        tables.append(Table(name: words, isItem: isItem, line: scanner.line))
      } else {
        let words = try scanner.words(until: "=")
        guard scanner.take("=") else { throw scanner.failure("a key without a value") }
        let value = try scanner.value(depth: 0)
        tables[tables.count - 1].values[words.joined(separator: ".")] = value
      }
      guard scanner.isAtEndOfLine() else { throw scanner.failure("more than one thing in a line") }
    }
  }

  private struct Scanner {
    private let text: [Unicode.Scalar]
    private let name: String
    private var place = 0
    private(set) var line = 1
    private static let mostDepth = 20

    init(_ text: [Unicode.Scalar], _ name: String) {
      self.text = text
      self.name = name
    }

    func failure(_ message: String) -> BartizanError { BartizanError(.input, "\(name):\(line): \(message)") }

    private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func skipBlanks() {
      while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\u{FEFF}" { place += 1 }
    }

    private mutating func skipComment() {
      guard next == "#" else { return }
      while let scalar = next, scalar != "\n" { place += 1 }
    }

    private func scalar(_ distance: Int) -> Unicode.Scalar? {
      place + distance < text.count ? text[place + distance] : nil
    }

    /// - Returns: false at the end.
    mutating func skipLines() -> Bool {
      while true {
        skipBlanks()
        skipComment()
        guard let scalar = next else { return false }
        guard scalar == "\n" || scalar == "\r" else { return true }
        if scalar == "\n" { line += 1 }
        place += 1
      }
    }

    mutating func isAtEndOfLine() -> Bool {
      skipBlanks()
      skipComment()
      return next == nil || next == "\n" || next == "\r"
    }

    mutating func take(_ wanted: Unicode.Scalar) -> Bool {
      if wanted != "[" || place == 0 || text[place - 1] != "[" { skipBlanks() }
      guard next == wanted else { return false }
      place += 1
      return true
    }

    /// The words of a name with dots between them.
    mutating func words(until end: Unicode.Scalar) throws(BartizanError) -> [String] {
      var words: [String] = []
      while true {
        skipBlanks()
        guard let scalar = next, scalar != end else { throw failure("a name is missing") }
        if scalar == "\"" || scalar == "'" {
          words.append(try quoted())
        } else {
          var word = ""
          while let scalar = next,
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
          {
            word.unicodeScalars.append(scalar)
            place += 1
          }
          guard !word.isEmpty else { throw failure("a name is missing") }
          words.append(word)
        }
        skipBlanks()
        guard next == "." else { return words }
        place += 1
      }
    }

    private mutating func quoted() throws(BartizanError) -> String {
      guard let quote = next else { throw failure("a text is missing") }
      place += 1
      if next == quote, scalar(1) == quote { throw failure("texts over several lines are not read") }
      var result = String.UnicodeScalarView()
      while let scalar = next, scalar != "\n" {
        place += 1
        if scalar == quote { return String(result) }
        guard scalar == "\\", quote == "\"" else {
          result.append(scalar)
          continue
        }
        guard let escape = next else { break }
        place += 1
        switch escape {
        case "n": result.append("\n")
        case "t": result.append("\t")
        case "r": result.append("\r")
        case "\"", "\\": result.append(escape)
        case "u", "U":
          let count = escape == "u" ? 4 : 8
          let digits = text[min(place, text.count)..<min(place + count, text.count)].map { Character($0) }
          guard let number = UInt32(String(digits), radix: 16), let scalar = Unicode.Scalar(number) else {
            throw failure("an escape that is none")
          }
          place += count
          result.append(scalar)
        default: throw failure("an escape that is none")
        }
      }
      throw failure("a text without an end")
    }

    mutating func value(depth: Int) throws(BartizanError) -> Value {
      guard depth < Self.mostDepth else { throw failure("too deep") }
      skipBlanks()
      guard let scalar = next else { throw failure("a value is missing") }
      switch scalar {
      case "\"", "'": return .text(try quoted())
      case "[":
        place += 1
        var items: [Value] = []
        while true {
          guard skipLines() else { throw failure("a list without an end") }
          if take("]") { return .list(items) }
          items.append(try value(depth: depth + 1))
          guard skipLines() else { throw failure("a list without an end") }
          if take(",") { continue }
          guard take("]") else { throw failure("a list without an end") }
          return .list(items)
        }
      case "{":
        place += 1
        var items: [String: Value] = [:]
        if take("}") { return .table(items) }
        while true {
          let words = try words(until: "=")
          guard take("=") else { throw failure("a key without a value") }
          items[words.joined(separator: ".")] = try value(depth: depth + 1)
          if take(",") { continue }
          guard take("}") else { throw failure("a table without an end") }
          return .table(items)
        }
      default:
        var word = ""
        while let scalar = next, !",]}#\n\r \t".unicodeScalars.contains(scalar) {
          word.unicodeScalars.append(scalar)
          place += 1
        }
        guard let first = word.unicodeScalars.first else { throw failure("a value is missing") }
        if word == "true" { return .flag(true) }
        if word == "false" { return .flag(false) }
        guard ("0"..."9").contains(first) || first == "+" || first == "-" else {
          throw failure("\(word.prefix(40)) is no value")
        }
        return .other(word)
      }
    }
  }
}
