import Bytes
import TestKit
import Testing

@Suite struct NumberTests {
  @Test func integersInBothOrders() {
    let bytes: [UInt8] = [0xFF, 0x01, 0x02, 0x03, 0x84, 0x05, 0x06, 0x07, 0x08]
    let part = bytes[1...]
    #expect(part.integer(at: 0, .big, as: UInt32.self) == 0x0102_0384)
    #expect(part.integer(at: 0, .little, as: UInt32.self) == 0x8403_0201)
    #expect(part.integer(at: 2, .little, as: Int16.self) == -0x7BFD)
    #expect(part.integer(at: 0, width: 3, .little) == 0x030201 && part.integer(at: 0, width: 3, .big) == 0x010203)
    #expect(part.integer(at: 5, .big, as: UInt32.self) == nil)
    #expect(bytes.integer(at: 0, width: 8, .big) == nil, "more than Int holds")
    for offset in [-1, Int.max, Int.min, 9] {
      #expect(bytes.integer(at: offset, .big, as: UInt64.self) == nil && bytes.bytes(at: offset, count: 1) == nil)
    }
    #expect(bytes.bytes(at: 9, count: 0)?.isEmpty == true)
    #expect(bytes.bytes(at: 1, count: .max) == nil && bytes.bytes(at: 1, count: -1) == nil)
    #expect([UInt8]().integer(at: 0, .big, as: UInt8.self) == nil)
  }

  @Test func aReaderNeverGoesBeyondItsEnd() {
    var reader = ByteReader([0x80, 0x01, 0x00, 0x02, 0xAA] as [UInt8])
    #expect(reader.variableInteger() == 128)
    #expect(reader.integer(.big, as: UInt16.self) == 2)
    #expect(reader.take(2) == nil && !reader.skip(2) && !reader.skip(-1) && reader.remaining == 1)
    #expect(reader.byte() == 0xAA && reader.byte() == nil && reader.isAtEnd)
    // Ten bytes at most, and the last of them bears one bit.
    var long = ByteReader([UInt8](repeating: 0xFF, count: 9) + [0x01])
    #expect(long.variableInteger() == .max)
    for end: [UInt8] in [[0x02], [0xFF, 0x01], []] {
      var reader = ByteReader([UInt8](repeating: 0xFF, count: 9) + end)
      #expect(reader.variableInteger() == nil && reader.offset == 0)
    }
  }

  @Test func hexadecimalDigits() {
    #expect(Hex.text([0x00, 0xA5, 0xFF] as [UInt8]) == "00a5ff" && Hex.text(UInt16(0x0A5)) == "00a5")
    #expect(Hex.bytes("00A5ff") == [0x00, 0xA5, 0xFF] && Hex.bytes("0") == nil && Hex.bytes("0g") == nil)
  }

  @Test func percentEncoding() {
    #expect(PercentEncoding.encode("a b/ä~") == "a%20b%2F%C3%A4~")
    #expect(PercentEncoding.decode("a%20b%2f%C3%A4") == "a b/ä")
    for text in ["%", "%2", "%zz", "%ff"] { #expect(PercentEncoding.decode(text) == nil, "\(text)") }
  }

  @Test func digests() throws {
    let text = "sha256:" + String(repeating: "0a", count: 32)
    let digest = try #require(Digest(text))
    #expect(digest.text == text && digest.short == "0a0a0a0a0a0a" && digest.hex.utf8.count == 64)
    #expect(Digest(.sha256, sum: [UInt8](repeating: 0x0A, count: 32)) == digest)
    #expect(Digest("sha512:" + String(repeating: "0", count: 128))?.algorithm == .sha512)
    for wrong in [
      "", "sha256:", "sha256:" + String(repeating: "0A", count: 32), "sha256:../" + String(repeating: "0", count: 61),
      "sha512:" + String(repeating: "0", count: 64), "md5:" + String(repeating: "0", count: 32), text + "0",
      String(repeating: "0", count: 64),
    ] { #expect(Digest(wrong) == nil, "\(wrong)") }
  }

  @Test func bisectionFindsTheFirst() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<300 {
      let items = (0..<random.below(20)).map { _ in random.below(10) }.sorted()
      let wanted = random.below(12)
      #expect(items.partitioningIndex { $0 >= wanted } == items.firstIndex { $0 >= wanted } ?? items.count)
      let tail = items.dropFirst(random.below(3))
      #expect(tail.partitioningIndex { $0 >= wanted } == tail.firstIndex { $0 >= wanted } ?? tail.endIndex)
    }
  }

  @Test func countsAndLists() {
    #expect(Phrase.count(1, "finding") == "1 finding" && Phrase.count(0, "policy") == "0 policies")
    #expect(Phrase.count(2, "address") == "2 addresses" && Phrase.count(2, "key") == "2 keys")
    #expect(Phrase.noun(2, "uses", "use") == "use")
    #expect(Phrase.list(["a", "b"]) == "a, b" && Phrase.list(["a", "b", "c"], shown: 2) == "a, b and 1 more")
  }
}
