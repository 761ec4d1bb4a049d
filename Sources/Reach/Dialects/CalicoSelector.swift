/// The selector language of Calico.
///
/// Source: projectcalico/calico `libcalico-go/lib/selector`: tokenizer, parser and AST.
package indirect enum CalicoSelector: Sendable, Hashable {
  case all
  case global
  case has(String)
  case equal(String, String)
  case notEqual(String, String)
  case isIn(String, [String])
  case notIn(String, [String])
  case contains(String, String)
  case startsWith(String, String)
  case endsWith(String, String)
  case not(CalicoSelector)
  case and([CalicoSelector])
  case or([CalicoSelector])

  /// Why Calico would refuse a text, in words without the text itself.
  package struct Invalid: Error, Sendable { package let message: String }

  package init(_ text: String) throws(Invalid) {
    var parser = try Parser(text)
    self = try parser.parse()
  }

  package func matches(_ labels: [String: String]) -> Bool {
    switch self {
    // On labels alone both are true; where `global()` limits to what has no namespace, the field decides.
    case .all, .global: true
    case .has(let key): labels[key] != nil
    case .equal(let key, let value): labels[key] == value
    // An absent label is unequal to, and outside of, anything.
    case .notEqual(let key, let value): labels[key] != value
    case .isIn(let key, let values): labels[key].map(values.contains) ?? false
    case .notIn(let key, let values): !(labels[key].map(values.contains) ?? false)
    case .contains(let key, let part): labels[key]?.contains(part) ?? false
    case .startsWith(let key, let part): labels[key]?.hasPrefix(part) ?? false
    case .endsWith(let key, let part): labels[key]?.hasSuffix(part) ?? false
    case .not(let inner): !inner.matches(labels)
    case .and(let parts): parts.allSatisfy { $0.matches(labels) }
    case .or(let parts): parts.contains { $0.matches(labels) }
    }
  }

  /// The same selector with lists in order, for comparisons.
  package var normalised: CalicoSelector {
    switch self {
    case .isIn(let key, let values): .isIn(key, Array(Set(values)).sorted())
    case .notIn(let key, let values): .notIn(key, Array(Set(values)).sorted())
    case .not(let inner): .not(inner.normalised)
    case .and(let parts): .and(parts.map(\.normalised))
    case .or(let parts): .or(parts.map(\.normalised))
    default: self
    }
  }

  /// Label keys that a selector looks at; words of a text that is none.
  static func labels(_ text: String) -> [String] {
    guard let selector = try? CalicoSelector(text) else { return [] }
    return selector.keys
  }

  private var keys: [String] {
    switch self {
    case .all, .global: []
    case .has(let key), .equal(let key, _), .notEqual(let key, _), .isIn(let key, _), .notIn(let key, _),
      .contains(let key, _), .startsWith(let key, _), .endsWith(let key, _):
      [key]
    case .not(let inner): inner.keys
    case .and(let parts), .or(let parts): parts.flatMap(\.keys)
    }
  }

  private enum Token: Hashable {
    case word(String)
    case text(String)
    case symbol(String)
    case has(String)
    case all
    case global
  }

  private struct Parser {
    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0

    init(_ text: String) throws(Invalid) {
      let bytes = Array(text.utf8)
      guard bytes.count <= 65_536 else { throw Invalid(message: "the selector is longer than 64 KiB") }
      var i = 0
      func isLabel(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || [0x5F, 0x2E, 0x2F, 0x2D].contains(byte)
      }
      func rest(_ word: StaticString) -> Bool {
        guard i + word.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[i + offset] != word.utf8Start[offset] { return false }
        return true
      }
      func skipBlanks() { while i < bytes.count, bytes[i] == 0x20 || bytes[i] == 0x09 { i += 1 } }
      while true {
        skipBlanks()
        guard i < bytes.count else { return }
        let byte = bytes[i]
        let afterLabel: Bool = if case .word? = tokens.last { true } else { false }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","):
          tokens.append(.symbol(String(decoding: [byte], as: UTF8.self)))
          i += 1
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
          guard let end = bytes[(i + 1)...].firstIndex(of: byte) else {
            throw Invalid(message: "unterminated string")
          }
          tokens.append(.text(String(decoding: bytes[(i + 1)..<end], as: UTF8.self)))
          i = end + 1
        case UInt8(ascii: "!"):
          if rest("!=") {
            tokens.append(.symbol("!="))
            i += 2
          } else {
            tokens.append(.symbol("!"))
            i += 1
          }
        case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "|"):
          guard i + 1 < bytes.count, bytes[i + 1] == byte else {
            throw Invalid(
              message:
                "expected \(String(decoding: [byte, byte], as: UTF8.self)), found a single \(String(decoding: [byte], as: UTF8.self))"
            )
          }
          tokens.append(.symbol(String(decoding: [byte, byte], as: UTF8.self)))
          i += 2
        default:
          guard isLabel(byte) else {
            throw Invalid(message: "unexpected character \"\(String(decoding: [byte], as: UTF8.self))\"")
          }
          if !afterLabel, rest("has(") {
            i += 4
            skipBlanks()
            let start = i
            while i < bytes.count, isLabel(bytes[i]) { i += 1 }
            let label = String(decoding: bytes[start..<i], as: UTF8.self)
            skipBlanks()
            guard !label.isEmpty, i < bytes.count, bytes[i] == UInt8(ascii: ")") else {
              throw Invalid(message: "has() takes a label")
            }
            i += 1
            tokens.append(.has(label))
            continue
          }
          if !afterLabel, rest("all(") || rest("global(") {
            let isAll = rest("all(")
            i += isAll ? 4 : 7
            skipBlanks()
            guard i < bytes.count, bytes[i] == UInt8(ascii: ")") else {
              throw Invalid(message: "all() and global() take no arguments")
            }
            i += 1
            tokens.append(isAll ? .all : .global)
            continue
          }
          let start = i
          while i < bytes.count, isLabel(bytes[i]) { i += 1 }
          let word = String(decoding: bytes[start..<i], as: UTF8.self)
          guard word.utf8.count <= 512 else { throw Invalid(message: "a label is longer than 512 characters") }
          tokens.append(.word(word))
        }
      }
    }

    mutating func parse() throws(Invalid) -> CalicoSelector {
      if tokens.isEmpty { return .all }
      let selector = try or()
      guard position == tokens.count else { throw Invalid(message: "unexpected text after the end of the selector") }
      return selector
    }

    private var next: Token? { position < tokens.count ? tokens[position] : nil }

    private mutating func take(_ symbol: String) -> Bool {
      guard next == .symbol(symbol) else { return false }
      position += 1
      return true
    }

    private mutating func or() throws(Invalid) -> CalicoSelector {
      depth += 1
      defer { depth -= 1 }
      guard depth < 64 else { throw Invalid(message: "nested deeper than 64 levels") }
      var parts = [try and()]
      while take("||") { parts.append(try and()) }
      return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func and() throws(Invalid) -> CalicoSelector {
      var parts = [try operation()]
      while take("&&") { parts.append(try operation()) }
      return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func operation() throws(Invalid) -> CalicoSelector {
      var negations = 0
      while take("!") { negations += 1 }
      let inner = try primary()
      return negations % 2 == 1 ? .not(inner) : inner
    }

    private mutating func primary() throws(Invalid) -> CalicoSelector {
      guard let token = next else { throw Invalid(message: "unexpected end of the selector") }
      position += 1
      switch token {
      case .all: return .all
      case .global: return .global
      case .has(let label): return .has(label)
      case .symbol("("):
        let inner = try or()
        guard take(")") else { throw Invalid(message: "missing )") }
        return inner
      case .word(let label): return try comparison(label)
      default: throw Invalid(message: "missing operand")
      }
    }

    private mutating func comparison(_ label: String) throws(Invalid) -> CalicoSelector {
      guard let token = next else { throw Invalid(message: "missing operator after label \(label)") }
      position += 1
      switch token {
      case .symbol("=="): return .equal(label, try string())
      case .symbol("!="): return .notEqual(label, try string())
      case .word("contains"): return .contains(label, try string())
      case .word("in"): return .isIn(label, try list())
      case .word("notin"): return .notIn(label, try list())
      case .word("startswith"): return .startsWith(label, try string())
      case .word("endswith"): return .endsWith(label, try string())
      case .word(let first):
        guard case .word(let second)? = next else { throw Invalid(message: "\"\(first)\" is not an operator") }
        position += 1
        switch (first, second) {
        case ("not", "in"): return .notIn(label, try list())
        case ("starts", "with"): return .startsWith(label, try string())
        case ("ends", "with"): return .endsWith(label, try string())
        default: throw Invalid(message: "\"\(first) \(second)\" is not an operator")
        }
      default: throw Invalid(message: "missing operator after label \(label)")
      }
    }

    private mutating func string() throws(Invalid) -> String {
      guard case .text(let text)? = next else { throw Invalid(message: "expected a quoted value") }
      position += 1
      return text
    }

    private mutating func list() throws(Invalid) -> [String] {
      guard take("{") else { throw Invalid(message: "expected a list in braces") }
      if take("}") { return [] }
      var values = [try string()]
      while take(",") { values.append(try string()) }
      guard take("}") else { throw Invalid(message: "missing }") }
      return values
    }
  }
}
