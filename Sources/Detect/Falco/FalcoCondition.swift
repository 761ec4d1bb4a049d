package import Bytes

/// A condition in Falco's language, with macros and lists resolved.
package indirect enum FalcoCondition: Sendable {
  /// A field with its argument and what is done with its value.
  package struct Field: Sendable, Hashable {
    package let name: String
    package let argument: String?
    /// `tolower`, `toupper`, `b64`, `basename`, `len`, from the inside out.
    package let transformers: [String]

    package var text: String {
      transformers.reduce(name + (argument.map { "[\($0)]" } ?? "")) { "\($1)(\($0))" }
    }
  }

  /// What a field is compared with.
  package enum Operand: Sendable {
    case text(String)
    case field(Field)
    case list([String])
  }

  /// How a field is compared.
  package enum Operation: String, Sendable, CaseIterable {
    case exists
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contains, icontains, bcontains, startswith, bstartswith, endswith, glob, iglob, regex
    case isIn = "in"
    case intersects, pmatch
  }

  case all([FalcoCondition])
  case any([FalcoCondition])
  case not(FalcoCondition)
  case macro(String)
  case check(Field, Operation, Operand, LinearRegex?)

  /// Why a text is no condition.
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  /// Reads a condition; macros stay as names.
  package init(_ text: String) throws(Invalid) {
    var parser = FalcoParser(Array(text.utf8))
    self = try parser.condition()
  }

  /// Puts macros and lists in.
  package func resolved(
    macros: [String: FalcoCondition], lists: [String: [String]], depth: Int = 0
  ) throws(Invalid) -> FalcoCondition {
    guard depth < 64 else { throw Invalid(message: "macros are nested too deeply or name themselves") }
    switch self {
    case .all(let terms):
      var made: [FalcoCondition] = []
      for term in terms { made.append(try term.resolved(macros: macros, lists: lists, depth: depth)) }
      return .all(made)
    case .any(let terms):
      var made: [FalcoCondition] = []
      for term in terms { made.append(try term.resolved(macros: macros, lists: lists, depth: depth)) }
      return .any(made)
    case .not(let inner): return .not(try inner.resolved(macros: macros, lists: lists, depth: depth))
    case .macro(let name):
      guard let macro = macros[name] else { throw Invalid(message: "there is no macro `\(name)`") }
      return try macro.resolved(macros: macros, lists: lists, depth: depth + 1)
    case .check(let field, let operation, .list(let items), let regex):
      return .check(field, operation, .list(items.flatMap { lists[$0] ?? [$0] }), regex)
    case .check: return self
    }
  }

  package var fields: [Field] {
    switch self {
    case .all(let terms), .any(let terms): terms.flatMap(\.fields)
    case .not(let inner): inner.fields
    case .macro: []
    case .check(let field, _, .field(let other), _): [field, other]
    case .check(let field, _, _, _): [field]
    }
  }
}

/// The grammar of Falco's conditions. Source: falcosecurity/libs, userspace/libsinsp/filter/parser.h.
struct FalcoParser {
  private let text: [UInt8]
  private var place = 0
  private var depth = 0

  init(_ text: [UInt8]) { self.text = text }

  private func failure(_ message: String) -> FalcoCondition.Invalid {
    let rest = String(decoding: text[min(place, text.count)...].prefix(24), as: UTF8.self)
    return FalcoCondition.Invalid(message: rest.isEmpty ? message + " at its end" : message + " at `\(rest)`")
  }

  mutating func condition() throws(FalcoCondition.Invalid) -> FalcoCondition {
    guard text.count <= 1 << 20 else { throw FalcoCondition.Invalid(message: "it is too long") }
    let made = try disjunction()
    skip()
    guard place == text.count else { throw failure("the condition goes on unexpectedly") }
    return made
  }

  private mutating func skip() {
    while place < text.count, text[place] == 0x20 || text[place] == 0x09 || text[place] == 0x0A || text[place] == 0x0D {
      place += 1
    }
  }

  /// A word of letters, with nothing of a word behind it.
  private mutating func takes(word: String) -> Bool {
    skip()
    let bytes = Array(word.utf8)
    guard place + bytes.count <= text.count, Array(text[place..<place + bytes.count]) == bytes else { return false }
    let after = place + bytes.count
    if after < text.count, Self.isName(text[after]) { return false }
    place = after
    return true
  }

  private mutating func takes(_ symbol: String) -> Bool {
    skip()
    let bytes = Array(symbol.utf8)
    guard place + bytes.count <= text.count, Array(text[place..<place + bytes.count]) == bytes else { return false }
    place += bytes.count
    return true
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2E || byte == 0x2D
  }

  private mutating func disjunction() throws(FalcoCondition.Invalid) -> FalcoCondition {
    depth += 1
    defer { depth -= 1 }
    guard depth < 64 else { throw failure("nested too deeply") }
    var terms = [try conjunction()]
    while takes(word: "or") { terms.append(try conjunction()) }
    return terms.count == 1 ? terms[0] : .any(terms)
  }

  private mutating func conjunction() throws(FalcoCondition.Invalid) -> FalcoCondition {
    var terms = [try factor()]
    while takes(word: "and") { terms.append(try factor()) }
    return terms.count == 1 ? terms[0] : .all(terms)
  }

  private mutating func factor() throws(FalcoCondition.Invalid) -> FalcoCondition {
    var isNegated = false
    while takes(word: "not") { isNegated.toggle() }
    let inner: FalcoCondition
    if takes("(") {
      inner = try disjunction()
      guard takes(")") else { throw failure("a parenthesis is not closed") }
    } else {
      inner = try check()
    }
    return isNegated ? .not(inner) : inner
  }

  private mutating func name() -> String? {
    skip()
    let start = place
    while place < text.count, Self.isName(text[place]) { place += 1 }
    return place > start ? String(decoding: text[start..<place], as: UTF8.self) : nil
  }

  private static let transformers: Set<String> = [
    "tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt",
  ]

  private mutating func field(_ name: String) throws(FalcoCondition.Invalid) -> FalcoCondition.Field {
    if Self.transformers.contains(name), takes("(") {
      guard let inner = self.name() else { throw failure("a field is expected") }
      let field = try field(inner)
      guard takes(")") else { throw failure("a parenthesis is not closed") }
      return FalcoCondition.Field(name: field.name, argument: field.argument, transformers: field.transformers + [name])
    }
    var argument: String?
    if place < text.count, text[place] == 0x5B {
      place += 1
      skip()
      if place < text.count, text[place] == 0x22 || text[place] == 0x27 {
        argument = try quoted()
        guard takes("]") else { throw failure("`]` is expected") }
      } else {
        let start = place
        var level = 1
        while place < text.count {
          if text[place] == 0x5B { level += 1 }
          if text[place] == 0x5D {
            level -= 1
            if level == 0 { break }
          }
          place += 1
        }
        guard place < text.count else { throw failure("`]` is expected") }
        argument = String(decoding: text[start..<place], as: UTF8.self)
        place += 1
      }
    }
    return FalcoCondition.Field(name: name, argument: argument, transformers: [])
  }

  private static let operations: [(String, FalcoCondition.Operation, isWord: Bool)] = [
    ("exists", .exists, true), ("icontains", .icontains, true), ("contains", .contains, true),
    ("bcontains", .bcontains, true), ("startswith", .startswith, true), ("bstartswith", .bstartswith, true),
    ("endswith", .endswith, true), ("iglob", .iglob, true), ("glob", .glob, true), ("regex", .regex, true),
    ("intersects", .intersects, true), ("pmatch", .pmatch, true), ("in", .isIn, true), ("==", .equal, false),
    ("!=", .notEqual, false), ("<=", .lessOrEqual, false), (">=", .greaterOrEqual, false), ("=", .equal, false),
    ("<", .less, false), (">", .greater, false),
  ]

  private mutating func check() throws(FalcoCondition.Invalid) -> FalcoCondition {
    guard let name = name() else { throw failure("a field or macro is expected") }
    let isField = name.contains(".") || Self.transformers.contains(name)
    guard isField else { return .macro(name) }
    let field = try field(name)
    for (symbol, operation, isWord) in Self.operations where isWord ? takes(word: symbol) : takes(symbol) {
      switch operation {
      case .exists: return .check(field, .exists, .text(""), nil)
      case .isIn, .intersects, .pmatch:
        if takes(word: "val"), takes("(") { return .check(field, operation, .field(try reference()), nil) }
        return .check(field, operation, .list(try list()), nil)
      default:
        let start = place
        if takes(word: "val"), takes("(") { return .check(field, operation, .field(try reference()), nil) }
        place = start
        let value = try value()
        guard operation == .regex else { return .check(field, operation, .text(value), nil) }
        do {
          return .check(field, operation, .text(value), try LinearRegex(value))
        } catch {
          throw FalcoCondition.Invalid(message: "the regular expression `\(value)`: \(error.message)")
        }
      }
    }
    throw failure("an operator is expected")
  }

  private mutating func reference() throws(FalcoCondition.Invalid) -> FalcoCondition.Field {
    guard let name = name() else { throw failure("a field is expected") }
    let field = try field(name)
    guard takes(")") else { throw failure("a parenthesis is not closed") }
    return field
  }

  private mutating func list() throws(FalcoCondition.Invalid) -> [String] {
    guard takes("(") else {
      // One name of a list.
      return [try value()]
    }
    var items: [String] = []
    if takes(")") { return items }
    repeat {
      items.append(try value())
    } while takes(",")
    guard takes(")") else { throw failure("`,` or `)` is expected") }
    return items
  }

  private mutating func quoted() throws(FalcoCondition.Invalid) -> String {
    let quote = text[place]
    place += 1
    var bytes: [UInt8] = []
    while place < text.count, text[place] != quote {
      if text[place] == 0x5C, place + 1 < text.count {
        place += 1
        switch text[place] {
        case 0x6E: bytes.append(0x0A)
        case 0x74: bytes.append(0x09)
        case 0x72: bytes.append(0x0D)
        case 0x62: bytes.append(0x08)
        case 0x66: bytes.append(0x0C)
        case 0x22, 0x27, 0x5C: bytes.append(text[place])
        default: bytes += [0x5C, text[place]]
        }
      } else {
        bytes.append(text[place])
      }
      place += 1
    }
    guard place < text.count else { throw failure("a quotation mark is missing") }
    place += 1
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func value() throws(FalcoCondition.Invalid) -> String {
    skip()
    guard place < text.count else { throw failure("a value is expected") }
    if text[place] == 0x22 || text[place] == 0x27 { return try quoted() }
    let start = place
    while place < text.count, ![0x20, 0x09, 0x0A, 0x0D, 0x28, 0x29, 0x2C].contains(text[place]) { place += 1 }
    guard place > start else { throw failure("a value is expected") }
    return String(decoding: text[start..<place], as: UTF8.self)
  }
}
