/// How versions of one ecosystem compare. Each order is a file of its own; `Ecosystem` says which one holds where.
package struct VersionOrder: Sendable {
  /// How the first version compares with the second.
  package enum Outcome: Int, Sendable {
    case less = -1
    case equal = 0
    case greater = 1

    package var symbol: String {
      switch self {
      case .less: "<"
      case .equal: "="
      case .greater: ">"
      }
    }

    package var reversed: Outcome {
      switch self {
      case .less: .greater
      case .equal: .equal
      case .greater: .less
      }
    }
  }

  package let name: String
  private let comparison: @Sendable (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Outcome?
  private let grammar: @Sendable (ArraySlice<UInt8>) -> Bool

  /// - Parameters:
  ///   - isVersion: whether a text is a version of the order, whatever `comparison` makes of others.
  ///   - comparison: of two texts, also of such as package managers would refuse.
  init(
    _ name: String, isVersion: @escaping @Sendable (ArraySlice<UInt8>) -> Bool,
    _ comparison: @escaping @Sendable (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Outcome?
  ) {
    self.name = name
    grammar = isVersion
    self.comparison = comparison
  }

  /// Longest version that is compared, in bytes; longer ones are nonsense, and some orders are quadratic.
  package static let longest = 512

  /// How the texts are sorted, also those that are no versions.
  ///
  /// - Returns: nil where not even that can be told.
  package func compare(_ a: String, _ b: String) -> Outcome? {
    guard a.utf8.count <= Self.longest, b.utf8.count <= Self.longest else { return nil }
    return comparison(VersionText.trimmed(a), VersionText.trimmed(b))
  }

  /// How two versions compare, where something is decided by that.
  ///
  /// - Returns: nil where one of the two is no version: a range, a tag, a word.
  package func decide(_ a: String, _ b: String) -> Outcome? {
    guard a.utf8.count <= Self.longest, b.utf8.count <= Self.longest else { return nil }
    let (x, y) = (VersionText.trimmed(a), VersionText.trimmed(b))
    return grammar(x) && grammar(y) ? comparison(x, y) : nil
  }

  /// Whether a text is a version of this order, and no range, tag or word.
  package func isVersion(_ text: String) -> Bool {
    text.utf8.count <= Self.longest && grammar(VersionText.trimmed(text))
  }
}

/// What the orders share: bytes of a version and numbers of any length.
enum VersionText {
  static func trimmed(_ text: String) -> ArraySlice<UInt8> {
    var bytes = ArraySlice(Array(text.utf8))
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 || last == 0x0A || last == 0x0D { bytes.removeLast() }
    return bytes
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isDigit) }

  static func lowered(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    ArraySlice(bytes.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 })
  }

  /// By value, whatever the length; leading zeros do not count.
  static func compareNumbers(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    let x = a.drop { $0 == UInt8(ascii: "0") }
    let y = b.drop { $0 == UInt8(ascii: "0") }
    if x.count != y.count { return x.count < y.count ? .less : .greater }
    return compareBytes(x, y)
  }

  static func compareBytes(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    if a.lexicographicallyPrecedes(b) { return .less }
    return b.lexicographicallyPrecedes(a) ? .greater : .equal
  }

  /// Whether the bytes begin with a digit, hold letters, digits and these signs, and no part of them stands for any: `1.x`, `1.*`.
  ///
  /// - Parameter signs: beside letters and digits.
  static func isPlain(_ bytes: ArraySlice<UInt8>, _ signs: String) -> Bool {
    guard let first = bytes.first, isDigit(first) else { return false }
    return holds(bytes, signs) && !hasWildcard(bytes)
  }

  /// Whether there is nothing but letters, digits and these signs.
  static func holds(_ bytes: ArraySlice<UInt8>, _ signs: String) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { isDigit($0) || isLetter($0) || signs.utf8.contains($0) }
  }

  /// Whether one of the parts between dots and hyphens is an `x`, which stands for any number.
  static func hasWildcard(_ bytes: ArraySlice<UInt8>) -> Bool {
    var start = bytes.startIndex
    func isAny(_ end: Int) -> Bool { end == start + 1 && bytes[start] | 0x20 == UInt8(ascii: "x") }
    for index in bytes.indices where bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-") {
      if isAny(index) { return true }
      start = index + 1
    }
    return isAny(bytes.endIndex)
  }

  static func compare<T: Comparable>(_ a: T, _ b: T) -> VersionOrder.Outcome {
    a < b ? .less : a > b ? .greater : .equal
  }

  static func split(_ bytes: ArraySlice<UInt8>, at separator: Character) -> [ArraySlice<UInt8>] {
    let byte = separator.asciiValue ?? 0
    return bytes.split(omittingEmptySubsequences: false) { $0 == byte }
  }

  static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
