import Bytes
import Testing

@Suite struct TextEncodingTests {
  static let text = "a: é\r\nb: \u{1F600}\r\n"

  @Test(arguments: [TextEncoding.utf8, .markedUTF8, .utf16LittleEndian, .utf16BigEndian])
  func isReadAndWrittenAsItWas(_ encoding: TextEncoding) {
    let written = encoding.encoded(Array(Self.text.utf8))
    let read = TextEncoding.decoded(written)
    #expect(read.encoding == encoding)
    #expect(String(decoding: read.utf8, as: UTF8.self) == Self.text)
    let stream = DocumentReader.read(written)
    #expect(stream.errors.isEmpty)
    #expect(stream.documents.first?["a"]?.string == "é" && stream.documents.first?["b"]?.string == "\u{1F600}")
    #expect(stream.documents.first?.line == 1 && stream.documents.first?.column == 1)
    #expect(YAMLReader.readStream(written).documents.count == 1)
  }

  @Test(arguments: [TextEncoding.markedUTF8, .utf16LittleEndian, .utf16BigEndian])
  func jsonIsRead(_ encoding: TextEncoding) throws {
    let written = encoding.encoded(Array(#"{"a": "é"}"#.utf8))
    #expect(try JSONReader.read(written)["a"]?.string == "é")
    #expect(DocumentReader.read(written).documents.first?["a"]?.string == "é")
    #expect(JSONReader.readStream(written).documents.count == 1)
  }

  @Test func brokenPairsAndHalfUnitsAreNoTrap() {
    for bytes: [UInt8] in [
      [0xFF, 0xFE], [0xFE, 0xFF, 0x00], [0xFF, 0xFE, 0x00, 0xD8, 0x41], [0xEF, 0xBB, 0xBF], [0xEF],
    ] {
      _ = DocumentReader.read(bytes)
    }
    #expect(TextEncoding.decoded([0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00]).utf8 == Array("\u{FFFD}A".utf8))
  }
}

@Suite struct UTF16StreamTests {
  @Test(arguments: [TextEncoding.utf16LittleEndian, .utf16BigEndian]) func piecesGiveTheText(_ encoding: TextEncoding)
    throws
  {
    let text = Array("a\u{E4}\u{20AC}\u{1F600}\nb\n".utf8)
    let bytes = encoding.encoded(text)
    for size in 1...bytes.count {
      var stream = try #require(UTF16Stream(startOf: bytes))
      var output: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        output += stream.decode(Array(bytes[start..<min(bytes.count, start + size)]))
      }
      output += stream.finish()
      #expect(output == text && stream.broken == 0)
    }
  }

  @Test func halvesAreCounted() throws {
    var stream = try #require(UTF16Stream(startOf: [0xFF, 0xFE, 0x00, 0xD8]))
    let text = stream.decode([0xFF, 0xFE, 0x00, 0xD8, 0x61, 0x00, 0x00, 0xDC, 0x62]) + stream.finish()
    #expect(text == Array("\u{FFFD}a\u{FFFD}\u{FFFD}".utf8) && stream.broken == 3)
    #expect(UTF16Stream(startOf: Array("text".utf8)) == nil)
    #expect(UTF16Stream(startOf: [0xFF, 0xFE, 0, 0]) == nil)
  }
}
