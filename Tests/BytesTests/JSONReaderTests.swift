import Bytes
import TestKit
import Testing

@Suite struct JSONReaderTests {
  @Test(
    arguments: [
      ("null", .null), ("true", .bool(true)), ("-0", .int(0)), ("42", .int(42)), ("-9223372036854775807", .int(-.max)),
      ("18446744073709551616", .double(18_446_744_073_709_551_616)), ("1.5e3", .double(1500)), ("\"\"", .string("")),
      ("\"a\\u00e9\\n\\/\\ud83d\\ude00\"", .string("aé\n/😀")), ("\"\\ud800\"", .string("\u{FFFD}")),
      ("[1,[2]]", .array([DocumentNode(.int(1)), DocumentNode(.array([DocumentNode(.int(2))]))])),
      ("{ }", .object(Mapping([]))),
      (
        "{\"a\":1,\"b\":2,\"a\":3}",
        .object(
          Mapping([.init(key: "a", value: DocumentNode(.int(3))), .init(key: "b", value: DocumentNode(.int(2)))]))
      ),
    ] as [(String, DocumentNode.Content)])
  func values(_ text: String, _ expected: DocumentNode.Content) throws {
    #expect(try JSONReader.read(text) == DocumentNode(expected))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{a:1}", "01", "1.", "-", "+1", "tru", "\"a", "\"\\x\"", "\"\\u12\"", "\"a\nb\"", "1 2",
    "[1 2]", "{\"a\":1,}", "\u{1}",
  ])
  func brokenTextIsRefused(_ text: String) {
    #expect(throws: DocumentError.self) { try JSONReader.read(text) }
  }

  @Test func placesAreLinesAndColumns() throws {
    let node = try JSONReader.read("{\n  \"a\": [\n    1,\n    {\"b\": 2}\n  ]\n}")
    let entry = try #require(node["a"]?.elements[1].mapping?.entry("b"))
    #expect(entry.line == 4 && entry.column == 6)
    #expect(entry.value.line == 4 && entry.value.column == 11)
  }

  @Test func aBrokenLineOfAStreamCostsOnlyItself() {
    let stream = JSONReader.readStream(Array("{\"a\":1}\n{\"a\":\n2}\n{broken\n{\"a\":3}\n".utf8))
    #expect(stream.documents.compactMap { $0["a"]?.int } == [1, 2, 3])
    #expect(stream.errors.map(\.line) == [4])
  }

  @Test func depthIsBounded() {
    let deep = String(repeating: "[", count: 100_000)
    let stream = JSONReader.readStream(Array(deep.utf8))
    #expect(stream.errors.first?.code == .depth)
  }

  @Test func writtenTextReadsBackTheSame() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<500 {
      let node = random.node(depth: 4)
      for pretty in [false, true] {
        var writer = JSONWriter(pretty: pretty)
        writer.value(node)
        #expect(try JSONReader.read(writer.bytes) == node)
      }
    }
  }
}
