/// The syntax tree of a regular expression.
indirect enum RegexTree: Sendable {
  case empty
  case scalar(UInt32, foldsCase: Bool)
  case set(RegexSet)
  case sequence([RegexTree])
  case choice([RegexTree])
  case loop(RegexTree, least: Int, most: Int?, isGreedy: Bool)
  case assertion(RegexAssertion)
}

enum RegexAssertion: Sendable {
  case textStart
  case textEnd
  case lineStart
  case lineEnd
  case wordBoundary
  case notWordBoundary
}

/// The characters that match at one position.
struct RegexSet: Sendable {
  /// Characters below 128 as bits.
  private var ascii: (UInt64, UInt64) = (0, 0)
  private var ranges: [ClosedRange<UInt32>] = []
  private var categories: [RegexCategory] = []
  var isNegated = false
  var foldsCase = false

  init() {}

  init(_ range: ClosedRange<UInt32>) { insert(range) }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    var value = range.lowerBound
    while value <= min(range.upperBound, 127) {
      if value < 64 { ascii.0 |= 1 << UInt64(value) } else { ascii.1 |= 1 << UInt64(value - 64) }
      value += 1
    }
    if range.upperBound >= 128 { ranges.append(max(128, range.lowerBound)...range.upperBound) }
  }

  mutating func insert(_ category: RegexCategory) { categories.append(category) }

  /// Adds everything that is not in another set, which may itself be negated.
  mutating func insert(complementOf other: RegexSet) { categories.append(RegexCategory(set: other)) }

  private func plain(_ value: UInt32) -> Bool {
    if value < 64 {
      if ascii.0 & (1 << UInt64(value)) != 0 { return true }
    } else if value < 128 {
      if ascii.1 & (1 << UInt64(value - 64)) != 0 { return true }
    } else {
      for range in ranges where range.contains(value) { return true }
    }
    for category in categories where category.contains(value) { return true }
    return false
  }

  func contains(_ value: UInt32) -> Bool {
    var found = plain(value)
    if !found, foldsCase { found = RegexCase.others(value).contains { plain($0) } }
    return found != isNegated
  }
}

/// A class of characters by Unicode properties, such as `\p{L}`.
struct RegexCategory: Sendable {
  private let categories: Set<Unicode.GeneralCategory>
  private let ranges: [ClosedRange<UInt32>]
  private let isNegated: Bool
  private let complemented: [RegexSet]

  init(categories: Set<Unicode.GeneralCategory>, isNegated: Bool) {
    self.categories = categories
    ranges = []
    self.isNegated = isNegated
    complemented = []
  }

  init(ranges: [ClosedRange<UInt32>], isNegated: Bool) {
    categories = []
    self.ranges = ranges
    self.isNegated = isNegated
    complemented = []
  }

  init(set: RegexSet) {
    categories = []
    ranges = []
    isNegated = false
    complemented = [set]
  }

  func contains(_ value: UInt32) -> Bool {
    if let set = complemented.first { return !set.contains(value) }
    var found = false
    if !ranges.isEmpty {
      found = ranges.contains { $0.contains(value) }
    } else if let scalar = Unicode.Scalar(value) {
      found = categories.contains(scalar.properties.generalCategory)
    }
    return found != isNegated
  }

  /// The categories with a name; nil for an unknown one.
  static func named(_ name: String) -> Set<Unicode.GeneralCategory>? {
    switch name {
    case "Lu": [.uppercaseLetter]
    case "Ll": [.lowercaseLetter]
    case "Lt": [.titlecaseLetter]
    case "Lm": [.modifierLetter]
    case "Lo": [.otherLetter]
    case "L": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
    case "Mn": [.nonspacingMark]
    case "Mc": [.spacingMark]
    case "Me": [.enclosingMark]
    case "M": [.nonspacingMark, .spacingMark, .enclosingMark]
    case "Nd": [.decimalNumber]
    case "Nl": [.letterNumber]
    case "No": [.otherNumber]
    case "N": [.decimalNumber, .letterNumber, .otherNumber]
    case "Pc": [.connectorPunctuation]
    case "Pd": [.dashPunctuation]
    case "Ps": [.openPunctuation]
    case "Pe": [.closePunctuation]
    case "Pi": [.initialPunctuation]
    case "Pf": [.finalPunctuation]
    case "Po": [.otherPunctuation]
    case "P":
      [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
      ]
    case "Sm": [.mathSymbol]
    case "Sc": [.currencySymbol]
    case "Sk": [.modifierSymbol]
    case "So": [.otherSymbol]
    case "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
    case "Zs": [.spaceSeparator]
    case "Zl": [.lineSeparator]
    case "Zp": [.paragraphSeparator]
    case "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
    case "Cc": [.control]
    case "Cf": [.format]
    case "Cs": [.surrogate]
    case "Co": [.privateUse]
    case "C": [.control, .format, .surrogate, .privateUse]
    default: nil
    }
  }
}

enum RegexCase {
  /// Characters that differ from this one in case only.
  static func others(_ value: UInt32) -> [UInt32] {
    if value < 128 {
      let letter = value | 0x20
      guard letter >= 0x61, letter <= 0x7A else { return [] }
      if letter == 0x6B { return [value ^ 0x20, 0x212A] }
      if letter == 0x73 { return [value ^ 0x20, 0x17F] }
      return [value ^ 0x20]
    }
    if value == 0x212A { return [0x6B, 0x4B] }
    if value == 0x17F { return [0x73, 0x53] }
    guard let scalar = Unicode.Scalar(value) else { return [] }
    var result: [UInt32] = []
    for mapped in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      let scalars = mapped.unicodeScalars
      if let only = scalars.first, scalars.count == 1, only.value != value { result.append(only.value) }
    }
    return result
  }
}

/// Parses the syntax of RE2, with the error messages of Go's `regexp/syntax`.
struct RegexParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var flags = Flags()
  private let whole: String

  private struct Flags {
    var foldsCase = false
    var isMultiline = false
    var dotTakesNewline = false
    var isUngreedy = false
  }

  /// Maximum nesting of groups and repetitions, as in Go.
  private static let deepest = 1_000
  /// Maximum nesting of groups, since the parser is recursive.
  private static let deepestGroup = 250

  init(_ text: String) {
    whole = text
    scalars = Array(text.unicodeScalars)
  }

  mutating func parse() throws(LinearRegex.Invalid) -> RegexTree {
    let tree = try choice(depth: 0)
    guard position == scalars.count else { throw refuse("unexpected )", whole) }
    return tree
  }

  private func refuse(_ what: String, _ text: String) -> LinearRegex.Invalid {
    LinearRegex.Invalid(message: "\(what): `\(text)`")
  }

  private func text(_ start: Int, _ end: Int? = nil) -> String {
    String(String.UnicodeScalarView(scalars[start..<(end ?? scalars.count)]))
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  private mutating func choice(depth: Int) throws(LinearRegex.Invalid) -> RegexTree {
    guard depth < Self.deepestGroup else { throw refuse("expression nests too deeply", whole) }
    var options = [try sequence(depth: depth)]
    while peek() == "|" {
      position += 1
      options.append(try sequence(depth: depth))
    }
    return options.count == 1 ? options[0] : .choice(options)
  }

  private mutating func sequence(depth: Int) throws(LinearRegex.Invalid) -> RegexTree {
    var items: [RegexTree] = []
    while let next = peek(), next != "|", next != ")" {
      let start = position
      if next == "*" || next == "+" || next == "?" {
        throw refuse("missing argument to repetition operator", String(next))
      }
      if next == "{", let bounds = bounds() {
        throw refuse("missing argument to repetition operator", text(start, bounds.end))
      }
      guard var item = try atom(depth: depth) else { continue }
      var hasRepetition = false
      var height = 0
      while let repetition = try repetition() {
        if hasRepetition { throw refuse("invalid nested repetition operator", text(repetition.outer, position)) }
        hasRepetition = true
        height += 1
        guard height <= Self.deepest else { throw refuse("expression nests too deeply", whole) }
        try checkRepeats(item, repetition.most ?? repetition.least, repetition.text)
        item = .loop(item, least: repetition.least, most: repetition.most, isGreedy: repetition.isGreedy)
        lastRepetition = repetition.start
      }
      items.append(item)
    }
    return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
  }

  /// Where the previous repetition began, for the message about two in a row.
  private var lastRepetition = 0

  private struct Repetition {
    let least: Int
    let most: Int?
    let isGreedy: Bool
    let start: Int
    let outer: Int
    let text: String
  }

  private mutating func repetition() throws(LinearRegex.Invalid) -> Repetition? {
    guard let next = peek() else { return nil }
    let start = position
    var least = 0
    var most: Int?
    switch next {
    case "*": position += 1
    case "+":
      least = 1
      position += 1
    case "?":
      most = 1
      position += 1
    case "{":
      guard let bounds = bounds() else { return nil }
      position = bounds.end
      guard bounds.least <= 1000, bounds.most ?? 0 <= 1000, bounds.most.map({ $0 >= bounds.least }) ?? true else {
        throw refuse("invalid repeat count", text(start, position))
      }
      least = bounds.least
      most = bounds.most
    default: return nil
    }
    let shown = text(start, position)
    var isGreedy = true
    if peek() == "?" {
      position += 1
      isGreedy = false
    }
    return Repetition(
      least: least, most: most, isGreedy: isGreedy != flags.isUngreedy, start: start, outer: lastRepetition, text: shown
    )
  }

  /// Nested repetitions multiply, to a thousand at most.
  private func checkRepeats(_ tree: RegexTree, _ count: Int, _ shown: String) throws(LinearRegex.Invalid) {
    guard count > 1 else { return }
    func deepest(_ tree: RegexTree) -> Int {
      switch tree {
      case .loop(let inner, let least, let most, _):
        let own = max(1, most ?? least)
        return own.multipliedReportingOverflow(by: deepest(inner)).partialValue
      case .sequence(let items), .choice(let items): return items.map { deepest($0) }.max() ?? 1
      default: return 1
      }
    }
    guard count * deepest(tree) <= 1000 else { throw refuse("invalid repeat count", shown) }
  }

  /// Parses `{m}`, `{m,}` and `{m,n}`; nil for a literal brace.
  private func bounds() -> (least: Int, most: Int?, end: Int)? {
    var index = position + 1
    func number() -> Int? {
      let start = index
      var value = 0
      while index < scalars.count, scalars[index].value &- 0x30 < 10 {
        value = min(100_000, value * 10 + Int(scalars[index].value - 0x30))
        index += 1
      }
      if index == start || index - start > 1 && scalars[start] == "0" { return nil }
      return value
    }
    guard let least = number(), index < scalars.count else { return nil }
    var most: Int? = least
    if scalars[index] == "," {
      index += 1
      guard index < scalars.count else { return nil }
      if scalars[index] == "}" {
        most = nil
      } else {
        guard let upper = number() else { return nil }
        most = upper
      }
    }
    guard index < scalars.count, scalars[index] == "}" else { return nil }
    return (least, most, index + 1)
  }

  /// - Returns: nil for flags, which match nothing by themselves.
  private mutating func atom(depth: Int) throws(LinearRegex.Invalid) -> RegexTree? {
    let start = position
    let next = scalars[position]
    position += 1
    switch next {
    case "(":
      let before = flags
      if peek() == "?" {
        guard try group(start) else {
          // The flags hold for the rest of the enclosing group.
          return nil
        }
      }
      let inner = try choice(depth: depth + 1)
      guard peek() == ")" else { throw refuse("missing closing )", whole) }
      position += 1
      flags = before
      return inner
    case "[": return .set(try set(start))
    case ".":
      if flags.dotTakesNewline { return .set(RegexSet(0...0x10FFFF)) }
      var set = RegexSet()
      set.insert(0...9)
      set.insert(11...0x10FFFF)
      return .set(set)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "\\": return try escape(start)
    default: return .scalar(next.value, foldsCase: flags.foldsCase)
    }
  }

  /// Parses what follows `(?`.
  ///
  /// - Returns: whether a group begins; false for flags only.
  private mutating func group(_ start: Int) throws(LinearRegex.Invalid) -> Bool {
    position += 1
    // (?P<name>re), (?<name>re)
    let hasLetter = peek() == "P"
    if peek(hasLetter ? 1 : 0) == "<", hasLetter || peek(1) != "=" && peek(1) != "!" {
      guard let end = scalars[position...].firstIndex(of: ">") else {
        throw refuse("invalid named capture", text(start))
      }
      let name = scalars[(position + (hasLetter ? 2 : 1))..<end]
      let isName = name.allSatisfy { $0.value &- 0x30 < 10 || ($0.value | 0x20) &- 0x61 < 26 || $0 == "_" }
      guard !name.isEmpty, isName else { throw refuse("invalid named capture", text(start, end + 1)) }
      position = end + 1
      return true
    }
    var made = flags
    var isOff = false
    var isEmpty = true
    while let next = peek() {
      position += 1
      switch next {
      case "i": made.foldsCase = !isOff
      case "m": made.isMultiline = !isOff
      case "s": made.dotTakesNewline = !isOff
      case "U": made.isUngreedy = !isOff
      case "-" where !isOff:
        isOff = true
        isEmpty = true
        continue
      case ":", ")":
        guard !isOff || !isEmpty else {
          throw refuse("invalid or unsupported Perl syntax", text(start, position))
        }
        flags = made
        return next == ":"
      default: throw refuse("invalid or unsupported Perl syntax", text(start, position))
      }
      isEmpty = false
    }
    throw refuse("missing closing )", whole)
  }

  private mutating func escape(_ start: Int) throws(LinearRegex.Invalid) -> RegexTree {
    guard let next = peek() else {
      throw refuse("trailing backslash at end of expression", "")
    }
    switch next {
    case "A":
      position += 1
      return .assertion(.textStart)
    case "z":
      position += 1
      return .assertion(.textEnd)
    case "b":
      position += 1
      return .assertion(.wordBoundary)
    case "B":
      position += 1
      return .assertion(.notWordBoundary)
    case "Q":
      position += 1
      var items: [RegexTree] = []
      while let literal = peek() {
        if literal == "\\", peek(1) == "E" {
          position += 2
          break
        }
        items.append(.scalar(literal.value, foldsCase: flags.foldsCase))
        position += 1
      }
      return items.count == 1 ? items[0] : .sequence(items)
    default: break
    }
    if let set = try shorthand(start) {
      var made = set
      made.foldsCase = made.foldsCase || flags.foldsCase
      return .set(made)
    }
    return .scalar(try character(start), foldsCase: flags.foldsCase)
  }

  /// Parses `\d`, `\p{L}` and the like; nil, without reading anything, for other escapes. The position is after the
  /// backslash.
  private mutating func shorthand(_ start: Int) throws(LinearRegex.Invalid) -> RegexSet? {
    guard let letter = peek() else { return nil }
    var set = RegexSet()
    switch letter {
    case "d", "D": set.insert(0x30...0x39)
    case "w", "W":
      set.insert(0x30...0x39)
      set.insert(0x41...0x5A)
      set.insert(0x5F...0x5F)
      set.insert(0x61...0x7A)
    case "s", "S":
      set.insert(0x09...0x0A)
      set.insert(0x0C...0x0D)
      set.insert(0x20...0x20)
    case "p", "P":
      set.insert(try property(start))
      return set
    default: return nil
    }
    position += 1
    set.isNegated = letter.value & 0x20 == 0
    return set
  }

  private mutating func property(_ start: Int) throws(LinearRegex.Invalid) -> RegexCategory {
    var isNegated = scalars[position] == "P"
    position += 1
    guard let first = peek() else { throw refuse("invalid character class range", text(start)) }
    var name: String
    if first == "{" {
      guard let end = scalars[position...].firstIndex(of: "}") else {
        throw refuse("invalid character class range", text(start))
      }
      name = text(position + 1, end)
      position = end + 1
    } else {
      name = String(first)
      position += 1
    }
    if name.hasPrefix("^") {
      isNegated.toggle()
      name.removeFirst()
    }
    if name == "Any" { return RegexCategory(ranges: [0...0x10FFFF], isNegated: isNegated) }
    if let categories = RegexCategory.named(name) {
      return RegexCategory(categories: categories, isNegated: isNegated)
    }
    if let ranges = RegexScripts.ranges(of: name) { return RegexCategory(ranges: ranges, isNegated: isNegated) }
    throw refuse("invalid character class range", text(start, position))
  }

  /// Parses an escaped character. The position is after the backslash.
  private mutating func character(_ start: Int) throws(LinearRegex.Invalid) -> UInt32 {
    guard let letter = peek() else { throw refuse("trailing backslash at end of expression", "") }
    position += 1
    func fault() -> LinearRegex.Invalid { refuse("invalid escape sequence", text(start, position)) }
    switch letter {
    case "1"..."7", "0":
      if letter != "0" {
        guard let second = peek(), second.value &- 0x30 < 8 else { throw fault() }
      }
      var value = letter.value - 0x30
      for _ in 0..<2 {
        guard let digit = peek(), digit.value &- 0x30 < 8 else { break }
        value = value * 8 + digit.value - 0x30
        position += 1
      }
      return value
    case "x":
      func hex(_ scalar: Unicode.Scalar?) -> UInt32? {
        guard let scalar, scalar.value < 128 else { return nil }
        if scalar.value &- 0x30 < 10 { return scalar.value - 0x30 }
        let letter = scalar.value | 0x20
        return letter &- 0x61 < 6 ? letter - 0x61 + 10 : nil
      }
      if peek() == "{" {
        position += 1
        var value: UInt32 = 0
        var count = 0
        while let digit = hex(peek()) {
          value = value * 16 + digit
          count += 1
          position += 1
          guard value <= 0x10FFFF else { throw fault() }
        }
        guard count > 0, peek() == "}" else { throw fault() }
        position += 1
        return value
      }
      guard let first = hex(peek()), let second = hex(peek(1)) else {
        position = min(position + 2, scalars.count)
        throw fault()
      }
      position += 2
      return first * 16 + second
    case "a": return 7
    case "f": return 12
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "v": return 11
    default:
      let isWord = letter.value &- 0x30 < 10 || (letter.value | 0x20) &- 0x61 < 26 || letter == "_"
      guard letter.value < 128, !isWord || letter == "_" else { throw fault() }
      return letter.value
    }
  }

  private mutating func set(_ start: Int) throws(LinearRegex.Invalid) -> RegexSet {
    var result = RegexSet()
    result.foldsCase = flags.foldsCase
    if peek() == "^" {
      result.isNegated = true
      position += 1
    }
    var isFirst = true
    while peek() != "]" || isFirst {
      guard let next = peek() else { throw refuse("missing closing ]", text(start)) }
      isFirst = false
      if next == "[", peek(1) == ":" {
        if try namedClass(&result) { continue }
      }
      let itemStart = position
      if next == "\\" {
        position += 1
        if let shorthand = try shorthand(itemStart) {
          if shorthand.isNegated {
            var plain = shorthand
            plain.isNegated = false
            result.insert(complementOf: plain)
          } else {
            result.insert(complementOf: shorthand.negated)
          }
          continue
        }
        position = itemStart
      }
      let low = try classCharacter()
      guard peek() == "-", position + 1 < scalars.count, peek(1) != "]" else {
        result.insert(low...low)
        continue
      }
      position += 1
      let high = try classCharacter()
      guard low <= high else { throw refuse("invalid character class range", text(itemStart, position)) }
      result.insert(low...high)
    }
    position += 1
    return result
  }

  private mutating func classCharacter() throws(LinearRegex.Invalid) -> UInt32 {
    guard let next = peek() else { throw refuse("missing closing ]", text(0)) }
    let start = position
    position += 1
    return next == "\\" ? try character(start) : next.value
  }

  /// Parses `[:alpha:]` and `[:^alpha:]`.
  ///
  /// - Returns: false, without reading anything, for anything else.
  private mutating func namedClass(_ set: inout RegexSet) throws(LinearRegex.Invalid) -> Bool {
    var end = position + 2
    while end + 1 < scalars.count, scalars[end] != ":" || scalars[end + 1] != "]" { end += 1 }
    guard end + 1 < scalars.count else { return false }
    let whole = text(position, end + 2)
    var name = text(position + 2, end)
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    let ranges: [ClosedRange<UInt32>]
    switch name {
    case "alnum": ranges = [0x30...0x39, 0x41...0x5A, 0x61...0x7A]
    case "alpha": ranges = [0x41...0x5A, 0x61...0x7A]
    case "ascii": ranges = [0...0x7F]
    case "blank": ranges = [0x09...0x09, 0x20...0x20]
    case "cntrl": ranges = [0...0x1F, 0x7F...0x7F]
    case "digit": ranges = [0x30...0x39]
    case "graph": ranges = [0x21...0x7E]
    case "lower": ranges = [0x61...0x7A]
    case "print": ranges = [0x20...0x7E]
    case "punct": ranges = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
    case "space": ranges = [0x09...0x0D, 0x20...0x20]
    case "upper": ranges = [0x41...0x5A]
    case "word": ranges = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    case "xdigit": ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
    default: throw refuse("invalid character class range", whole)
    }
    position = end + 2
    var named = RegexSet()
    for range in ranges { named.insert(range) }
    named.isNegated = !isNegated
    set.insert(complementOf: named)
    return true
  }
}

extension RegexSet {
  var negated: RegexSet {
    var result = self
    result.isNegated.toggle()
    return result
  }
}

/// Unicode scripts by name.
enum RegexScripts {
  static func ranges(of name: String) -> [ClosedRange<UInt32>]? { nil }
}
