import Bytes

/// One kind of credential, told by its format: a text that stands in all of them, what may stand before and after it, and how much.
package struct SecretRule: Sendable {
  package let id: String
  package let title: String
  /// Texts of which one stands in every credential of the kind; at least three bytes.
  package let anchors: [String]
  /// Bytes that the credential goes on with behind the anchor, and how many.
  let after: Alphabet
  let length: ClosedRange<Int>
  /// Bytes that the credential begins with before the anchor, and how many; none for anchors that begin it.
  let before: Alphabet
  let lead: ClosedRange<Int>
  /// What else is true of it.
  let check: @Sendable (ArraySlice<UInt8>) -> Bool
  /// Least bits of entropy for each byte behind the anchor: what people make up as an example has few.
  let entropy: Double

  init(
    _ id: String, _ title: String, _ anchors: [String], _ after: Alphabet, _ length: ClosedRange<Int>,
    before: Alphabet = .none, lead: ClosedRange<Int> = 0...0, entropy: Double = 0,
    check: @escaping @Sendable (ArraySlice<UInt8>) -> Bool = { _ in true }
  ) {
    self.id = id
    self.title = title
    self.anchors = anchors
    self.after = after
    self.length = length
    self.before = before
    self.lead = lead
    self.check = check
    self.entropy = entropy
  }

  /// Where a credential of this kind lies that has an anchor at a place; nil where there is none.
  func match(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, anchor: Int) -> Range<Int>? {
    var start = place
    while start > 0, place - start < lead.upperBound, before.contains(bytes[start - 1]) { start -= 1 }
    guard place - start >= lead.lowerBound else { return nil }
    // In the middle of a word it is part of something else.
    if start > 0, Alphabet.word.contains(bytes[start - 1]), before.isEmpty || before.contains(bytes[start - 1]) {
      return nil
    }
    if before.isEmpty, Self.isWithinBase64(bytes, start) { return nil }
    let body = place + anchor
    var end = body
    while end < bytes.count, end - body <= length.upperBound, after.contains(bytes[end]) { end += 1 }
    guard length.contains(end - body) else { return nil }
    if end < bytes.count, after.contains(bytes[end]) || Alphabet.alphanumeric.contains(bytes[end]) { return nil }
    if entropy > 0, Alphabet.entropy(bytes[body..<end]) < entropy { return nil }
    return check(ArraySlice(bytes[start..<end])) ? start..<end : nil
  }

  /// Whether a place is behind a long run of base64 that goes on, where any four letters stand sooner or later.
  private static func isWithinBase64(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    guard place > 0, bytes[place - 1] == UInt8(ascii: "/") || bytes[place - 1] == UInt8(ascii: "+") else {
      return false
    }
    var start = place
    while start > 0, place - start < 40, Alphabet.base64.contains(bytes[start - 1]) { start -= 1 }
    return place - start >= 40
  }
}

/// What credentials are made of.
typealias Alphabet = ByteSet

extension ByteSet {
  private static let digits = "0123456789"
  private static let lower = "abcdefghijklmnopqrstuvwxyz"
  private static let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

  static let none = ByteSet()
  static let hexadecimal = Alphabet((digits + "abcdef").utf8)
  static let anyHexadecimal = Alphabet((digits + "abcdefABCDEF").utf8)
  static let lowercase = Alphabet((digits + lower).utf8)
  static let uppercase = Alphabet((digits + upper).utf8)
  static let decimal = Alphabet(digits.utf8)
  static let alphanumeric = Alphabet((digits + lower + upper).utf8)
  static let word = Alphabet((digits + lower + upper + "_").utf8)
  static let url = Alphabet((digits + lower + upper + "_-").utf8)
  static let dotted = Alphabet((digits + lower + upper + "_-.").utf8)
  static let base64 = Alphabet((digits + lower + upper + "+/=").utf8)
  static let urlEncoded = Alphabet((digits + lower + upper + "_-.~%+/=").utf8)

  /// Bits for each byte.
  ///
  /// Source: C. E. Shannon, "A Mathematical Theory of Communication" (1948).
  static func entropy(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double {
    guard !bytes.isEmpty else { return 0 }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let total = Double(bytes.count)
    return counts.reduce(0) { sum, count in
      guard count > 0 else { return sum }
      let share = Double(count) / total
      return sum - share * Logarithm.base2(share)
    }
  }
}

/// The binary logarithm, which the standard library lacks.
enum Logarithm {
  /// - Parameter value: positive.
  static func base2(_ value: Double) -> Double {
    guard value > 0 else { return -.infinity }
    var mantissa = value.significand
    var result = Double(value.exponent)
    // One bit after the other: a square doubles the logarithm.
    var bit = 0.5
    for _ in 0..<30 {
      mantissa *= mantissa
      if mantissa >= 2 {
        mantissa /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }
}
