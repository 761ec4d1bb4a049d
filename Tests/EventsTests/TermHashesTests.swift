import Bytes
import Events
import TestKit
import Testing

/// What the filter of a block is made of: the words that free terms find, whatever surrounds them.
@Suite struct TermHashesTests {
  private static let pieces = [
    "Word", "x", "a_b", "käse", "Ü", "0", "10.0.0.7", "-", " ", "  ", "/", "\\n", "\\\\", "\\\"", "\\/", "\\u00e9",
    "\\u0041b",
    "\\ud83d\\ude00", "@", "[", "`", "{", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "z9_", ":", "é",
  ]

  /// Words of a text by one table and one byte at a time.
  private static func words(_ text: String, isJSON: Bool) -> Set<UInt64> {
    var words: Set<UInt64> = []
    let bytes = Array(text.utf8)
    Tokens.each(bytes.span, isJSON: isJSON) { word in
      words.insert(TermHashes.hash(word: word.withUnsafeBufferPointer { Array($0) }))
      return true
    }
    return words
  }

  @Test(arguments: 1...4) func wordsAreThoseThatTermsFind(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<300 {
      let isJSON = round % 2 == 0
      var value = ""
      // Lengths around those of the blocks that are read at once.
      for _ in 0..<random.below(60) { value += Self.pieces[random.below(Self.pieces.count)] }
      if random.below(10) == 0 { value += String(repeating: "long", count: 20 + random.below(30)) }
      let text = isJSON ? "{\"text\":\"\(value)\"}" : "! " + value.replacingSlashes
      let batch = EventDecoder.decode(Array(text.utf8))
      let event = try #require(batch.events.first)
      #expect(batch.count == 1)
      var terms = TermHashes()
      terms.add(event)
      var expected = Self.words(text, isJSON: isJSON)
      for column in Column.textual {
        guard let value = event[column] else { continue }
        expected.insert(TermHashes.hash(Array(value.utf8), of: column))
      }
      #expect(Set(terms.values) == expected, "\(text)")
      #expect(terms.values.count == expected.count)
    }
  }

  @Test func columnsAreToldApart() {
    let value = Array("kim".utf8)
    #expect(TermHashes.hash(value, of: .userName) != TermHashes.hash(value, of: .podName))
    #expect(TermHashes.hash(value, of: .userName) != TermHashes.hash(word: value))
  }
}

extension String {
  /// Plain text has no escapes, and no backslash that a parser of some format may take for one.
  fileprivate var replacingSlashes: String { String(map { $0 == "\\" ? "|" : $0 }) }
}
