/// A regular expression that is matched in time linear in the text, whatever the expression: Thompson's simulation of
/// a nondeterministic automaton (Commun. ACM 11(6), 1968), as RE2 and Envoy do it.
///
/// Literals, `.`, classes with ranges and negation, `\d \w \s` and their opposites, groups, alternation, `* + ? {m,n}` and
/// anchors. Back references and look-around are refused, as RE2 refuses them.
package struct LinearRegex: Sendable {
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  private enum Step: Sendable {
    case byte(ByteSet)
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case match
  }

  private indirect enum Tree {
    case empty
    case set(ByteSet)
    case sequence([Tree])
    case choice([Tree])
    case loop(Tree, minimum: Int, maximum: Int?)
    case start
    case end
  }

  private var steps: [Step] = []
  /// Parts of the expression that were gone through, repetitions counted.
  private var emitted = 0
  /// Steps an expression may have: repetition counts multiply.
  private static let maximumSteps = 10_000

  package init(_ text: String) throws(Invalid) {
    var parser = Parser(Array(text.utf8))
    let tree = try parser.choice(depth: 0)
    guard parser.isAtEnd else { throw Invalid(message: "unbalanced parenthesis") }
    try emit(tree)
    steps.append(.match)
  }

  private mutating func emit(_ tree: Tree) throws(Invalid) {
    emitted += 1
    // What makes no step of its own is counted, too: a thousand times a thousand times nothing takes its time.
    guard steps.count < Self.maximumSteps, emitted < 10 * Self.maximumSteps else {
      throw Invalid(message: "the expression is too large")
    }
    switch tree {
    case .empty: break
    case .set(let set): steps.append(.byte(set))
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .sequence(let items): for item in items { try emit(item) }
    case .choice(let items):
      var jumps: [Int] = []
      for (index, item) in items.enumerated() {
        if index == items.count - 1 {
          try emit(item)
        } else {
          let split = steps.count
          steps.append(.match)
          try emit(item)
          jumps.append(steps.count)
          steps.append(.match)
          steps[split] = .split(split + 1, steps.count)
        }
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .loop(let item, let minimum, let maximum):
      for _ in 0..<minimum { try emit(item) }
      if let maximum {
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
          splits.append(steps.count)
          steps.append(.match)
          try emit(item)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
      } else {
        let split = steps.count
        steps.append(.match)
        try emit(item)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
      }
    }
  }

  /// Whether the whole text matches.
  package func matchesWhole(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var current = States(steps.count)
    var next = States(steps.count)
    add(0, &current, at: 0, bytes.count)
    for (position, byte) in bytes.enumerated() {
      next.clear()
      for state in current.list {
        if case .byte(let set) = steps[state], set.contains(byte) {
          add(state + 1, &next, at: position + 1, bytes.count)
        }
      }
      swap(&current, &next)
      if current.list.isEmpty { return false }
    }
    return current.list.contains { if case .match = steps[$0] { true } else { false } }
  }

  private struct States {
    var list: [Int] = []
    var marks: [Bool]

    init(_ count: Int) { marks = [Bool](repeating: false, count: count) }

    mutating func clear() {
      for state in list { marks[state] = false }
      for state in passed { marks[state] = false }
      list.removeAll(keepingCapacity: true)
      passed.removeAll(keepingCapacity: true)
    }

    /// States without a byte of their own that were gone through.
    var passed: [Int] = []
  }

  private func add(_ first: Int, _ states: inout States, at position: Int, _ count: Int) {
    var open = [first]
    while let state = open.popLast() {
      if states.marks[state] { continue }
      states.marks[state] = true
      switch steps[state] {
      case .byte, .match: states.list.append(state)
      case .split(let a, let b):
        states.passed.append(state)
        open.append(b)
        open.append(a)
      case .jump(let target):
        states.passed.append(state)
        open.append(target)
      case .start:
        states.passed.append(state)
        if position == 0 { open.append(state + 1) }
      case .end:
        states.passed.append(state)
        if position == count { open.append(state + 1) }
      }
    }
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    private func peek(_ offset: Int = 0) -> UInt8? {
      position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private static func ascii(_ character: Character) -> UInt8 { character.asciiValue ?? 0 }

    mutating func choice(depth: Int) throws(Invalid) -> Tree {
      guard depth < 100 else { throw Invalid(message: "groups are nested too deeply") }
      var options = [try sequence(depth: depth)]
      while peek() == Self.ascii("|") {
        position += 1
        options.append(try sequence(depth: depth))
      }
      return options.count == 1 ? options[0] : .choice(options)
    }

    private mutating func sequence(depth: Int) throws(Invalid) -> Tree {
      var items: [Tree] = []
      while let byte = peek(), byte != Self.ascii("|"), byte != Self.ascii(")") {
        var item = try atom(depth: depth)
        if let bounds = try repetition() {
          item = .loop(item, minimum: bounds.minimum, maximum: bounds.maximum)
          // Each would nest the one before it, without end; RE2 refuses that as well.
          if try repetition() != nil { throw Invalid(message: "a repetition of a repetition") }
        }
        items.append(item)
      }
      return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    /// How often what stands before this place may come; nil where nothing is said of it.
    private mutating func repetition() throws(Invalid) -> (minimum: Int, maximum: Int?)? {
      let found: (minimum: Int, maximum: Int?)
      switch peek() {
      case Self.ascii("*"): found = (0, nil)
      case Self.ascii("+"): found = (1, nil)
      case Self.ascii("?"): found = (0, 1)
      case Self.ascii("{"):
        guard let bounds = bounds() else { return nil }
        guard bounds.minimum <= 1000, bounds.maximum ?? 0 <= 1000, bounds.maximum.map({ $0 >= bounds.minimum }) ?? true
        else {
          throw Invalid(message: "a repetition out of bounds")
        }
        found = bounds
        // Back on the brace that closes them.
        position -= 1
      default: return nil
      }
      position += 1
      // Laziness changes which match is found, not whether there is one.
      if peek() == Self.ascii("?") { position += 1 }
      return found
    }

    /// `{m}`, `{m,}`, `{m,n}`; nil, and nothing read, for a literal brace.
    private mutating func bounds() -> (minimum: Int, maximum: Int?)? {
      var index = position + 1
      func digits() -> String {
        var text = ""
        while index < bytes.count, bytes[index] &- 0x30 < 10, text.count < 5 {
          text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
          index += 1
        }
        return text
      }
      guard let minimum = Int(digits()), index < bytes.count else { return nil }
      var maximum: Int? = minimum
      if bytes[index] == Self.ascii(",") {
        index += 1
        maximum = Int(digits())
      }
      guard index < bytes.count, bytes[index] == Self.ascii("}") else { return nil }
      position = index + 1
      return (minimum, maximum)
    }

    private mutating func atom(depth: Int) throws(Invalid) -> Tree {
      let byte = bytes[position]
      position += 1
      switch Character(Unicode.Scalar(byte)) {
      case "(":
        if peek() == Self.ascii("?") {
          guard peek(1) == Self.ascii(":") else { throw Invalid(message: "(? is for plain groups only") }
          position += 2
        }
        let inner = try choice(depth: depth + 1)
        guard peek() == Self.ascii(")") else { throw Invalid(message: "unbalanced parenthesis") }
        position += 1
        return inner
      case "[": return .set(try set())
      case ".":
        var any = ByteSet()
        any.insert(0x0A)
        return .set(any.inverted)
      case "^": return .start
      case "$": return .end
      case "*", "+", "?": throw Invalid(message: "nothing to repeat")
      case "\\":
        guard let next = peek() else { throw Invalid(message: "a trailing backslash") }
        position += 1
        if let found = Self.shorthand(next) { return .set(found) }
        if next == Self.ascii("A") { return .start }
        if next == Self.ascii("z") { return .end }
        return .set(try Self.escaped(next))
      default:
        var one = ByteSet()
        one.insert(byte)
        return .set(one)
      }
    }

    private static func shorthand(_ letter: UInt8) -> ByteSet? {
      var set = ByteSet()
      func insert(_ text: String) { for byte in text.utf8 { set.insert(byte) } }
      switch Character(Unicode.Scalar(letter | 0x20)) {
      case "d": insert("0123456789")
      case "w": insert("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
      case "s": insert(" \t\n\r\u{0C}")
      default: return nil
      }
      return letter & 0x20 == 0 ? set.inverted : set
    }

    private static func escaped(_ letter: UInt8) throws(Invalid) -> ByteSet {
      var set = ByteSet()
      switch Character(Unicode.Scalar(letter)) {
      case "n": set.insert(0x0A)
      case "r": set.insert(0x0D)
      case "t": set.insert(0x09)
      case "a"..."z", "A"..."Z", "0"..."9":
        throw Invalid(message: "\\\(Character(Unicode.Scalar(letter))) is not supported")
      default: set.insert(letter)
      }
      return set
    }

    private mutating func set() throws(Invalid) -> ByteSet {
      var result = ByteSet()
      var negated = false
      if peek() == Self.ascii("^") {
        negated = true
        position += 1
      }
      var isFirst = true
      while let byte = peek(), byte != Self.ascii("]") || isFirst {
        isFirst = false
        position += 1
        var low = byte
        if byte == Self.ascii("\\") {
          guard let next = peek() else { throw Invalid(message: "a trailing backslash") }
          position += 1
          if let found = Self.shorthand(next) {
            result.formUnion(found)
            continue
          }
          let one = try Self.escaped(next)
          low = (0...255).first { one.contains($0) } ?? next
        }
        guard peek() == Self.ascii("-"), let high = peek(1), high != Self.ascii("]") else {
          result.insert(low)
          continue
        }
        guard low <= high else { throw Invalid(message: "a range that runs backwards") }
        position += 2
        for value in low...high { result.insert(value) }
      }
      guard peek() == Self.ascii("]") else { throw Invalid(message: "unbalanced bracket") }
      position += 1
      return negated ? result.inverted : result
    }
  }
}
