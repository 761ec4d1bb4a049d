/// Changes a sample in the ways in which files are broken, and in which people break them: numbers become extreme, parts change
/// places, are said twice or left out, and the end is missing.
package struct Mutation {
  private var random: SeededRandom

  package init(seed: UInt64) { random = SeededRandom(seed: seed) }

  package mutating func mutated(_ sample: [UInt8]) -> [UInt8] {
    var bytes = sample
    for _ in 0...random.below(5) where !bytes.isEmpty { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    // Heads and indexes matter most.
    let reach = random.below(3) == 0 ? bytes.count : min(bytes.count, 256)
    let place = random.below(reach)
    switch random.below(12) {
    case 0, 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 2: bytes[place] ^= 1 << UInt8(random.below(8))
    case 3, 4:
      let width = random.pick([1, 2, 4, 8])
      let value = random.pick(Self.extremes)
      for index in 0..<width where place + index < bytes.count {
        bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
      }
    case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(16)))
    case 6:
      let part = bytes[place..<min(bytes.count, place + 1 + random.below(32))]
      bytes.insert(contentsOf: part, at: random.below(bytes.count + 1))
    case 7, 8: swapWords(&bytes)
    case 9: bytes.insert(contentsOf: random.pick(Self.words).utf8, at: place)
    case 10: bytes.removeLast(random.below(bytes.count))
    default: replaceDigits(&bytes, from: place)
    }
  }

  /// Two words of a text change places, or one stands in place of the other.
  private mutating func swapWords(_ bytes: inout [UInt8]) {
    let words = bytes.indices.split { !Self.isWord(bytes[$0]) }.filter { !$0.isEmpty }
    guard words.count > 1 else { return }
    let (a, b) = (random.pick(words), random.pick(words))
    guard a.startIndex < b.startIndex else { return }
    let (first, second) = (Array(bytes[a.startIndex..<a.endIndex]), Array(bytes[b.startIndex..<b.endIndex]))
    bytes.replaceSubrange(b.startIndex..<b.endIndex, with: random.below(2) == 0 ? first : second)
    bytes.replaceSubrange(a.startIndex..<a.endIndex, with: second)
  }

  private mutating func replaceDigits(_ bytes: inout [UInt8], from place: Int) {
    guard let start = bytes[place...].firstIndex(where: { $0 &- 0x30 < 10 }) else { return }
    let end = bytes[start...].firstIndex { $0 &- 0x30 >= 10 } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: random.pick(Self.numbers).utf8)
  }

  private static func isWord(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  private static let extremes: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000, .max,
  ]
  private static let numbers = [
    "0", "-1", "00", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
    "99999999999999999999999999999999", "1e999", "0.0000000001", "١",
  ]
  private static let words = [
    "\n", "\r\n", " ", "\"", "'", "[", "]", "{", "}", "(", ")", ":", "==", "=", "@", "/", "//", "-", "#", "?", "%",
    "\\",
    ",", "\0", "\u{FEFF}", "é", "日本", "*", "|", "~", "^", ".", "..", "<", ">", "!!", "&a ", "*a", "null",
  ]
}
