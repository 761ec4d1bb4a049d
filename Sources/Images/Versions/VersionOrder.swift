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

  init(_ name: String, _ comparison: @escaping @Sendable (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Outcome?) {
    self.name = name
    self.comparison = comparison
  }

  /// Longest version that is compared, in bytes; longer ones are nonsense, and some orders are quadratic.
  package static let longest = 512

  /// - Returns: nil where one of the two is no version of this order.
  package func compare(_ a: String, _ b: String) -> Outcome? {
    guard a.utf8.count <= Self.longest, b.utf8.count <= Self.longest else { return nil }
    return comparison(VersionText.trimmed(a), VersionText.trimmed(b))
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

  static func compare<T: Comparable>(_ a: T, _ b: T) -> VersionOrder.Outcome {
    a < b ? .less : a > b ? .greater : .equal
  }

  static func split(_ bytes: ArraySlice<UInt8>, at separator: Character) -> [ArraySlice<UInt8>] {
    let byte = separator.asciiValue ?? 0
    return bytes.split(omittingEmptySubsequences: false) { $0 == byte }
  }

  static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
