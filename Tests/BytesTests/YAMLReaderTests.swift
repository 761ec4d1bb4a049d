import Bytes
import TestKit
import Testing

@Suite struct YAMLReaderTests {
  static func one(_ text: String) throws -> DocumentNode {
    let stream = YAMLReader.readStream(text)
    #expect(stream.errors.isEmpty, "\(stream.errors)")
    return try #require(stream.documents.first)
  }

  /// Types as go-yaml v2 resolves them, which is what kubectl sends.
  @Test(
    arguments: [
      ("true", .bool(true)), ("yes", .bool(true)), ("On", .bool(true)), ("y", .string("y")), ("NO", .bool(false)),
      ("off", .bool(false)), ("~", .null), ("null", .null), ("", .null), ("0644", .int(420)), ("0o17", .int(15)),
      ("0x1F", .int(31)), ("0b101", .int(5)), ("1_000", .int(1000)), ("-12", .int(-12)), ("+3", .int(3)),
      ("08", .double(8)),
      ("1.5", .double(1.5)), (".5", .double(0.5)), ("1e3", .double(1000)), (".inf", .double(.infinity)),
      ("1.2.3", .string("1.2.3")), ("100m", .string("100m")), ("10.0.0.1", .string("10.0.0.1")),
      ("1:30", .string("1:30")),
      ("2024-01-01", .string("2024-01-01")), ("=", .string("=")), ("-", .array([.null])), ("\"yes\"", .string("yes")),
      ("'0644'", .string("0644")), ("!!str 12", .string("12")), ("!!int \"12\"", .int(12)),
      ("!string 12", .string("12")),
      ("nope", .string("nope")), (".", .string(".")), ("0x", .string("0x")), ("tRue", .string("tRue")),
    ] as [(String, DocumentNode.Content)])
  func scalars(_ text: String, _ expected: DocumentNode.Content) throws {
    #expect(try Self.one("k: \(text == "-" ? "\n  -" : text)").mapping?["k"] == DocumentNode(expected))
  }

  @Test func singleLettersAreTextAndTruth() throws {
    let node = try Self.one("privileged: y\nname: n\n")
    #expect(node["privileged"]?.bool == true && node["name"]?.string == "n")
  }

  @Test func anchorsAndMergeKeys() throws {
    let node = try Self.one(
      """
      base: &base {a: 1, b: 2}
      other: &other {b: 9, c: 3}
      own:
        <<: [*base, *other]
        a: 0
      list: [*base, *base]
      """)
    let own = try #require(node["own"])
    #expect(own["a"]?.int == 0 && own["b"]?.int == 2 && own["c"]?.int == 3)
    #expect(node["list"]?.elements.count == 2)
  }

  @Test func aBrokenDocumentCostsOnlyItself() {
    let stream = YAMLReader.readStream(
      """
      a: 1
      ---
      b: [1
      ---
      c: 3
      ---
      d: "unclosed
      ---
      e: {x: 1}}
      ---
      f: *nothing
      ---
      g: 7
      """)
    #expect(stream.documents.compactMap { $0.entries.first?.key } == ["a", "c", "g"])
    #expect(stream.errors.count == 4)
    #expect(stream.errors.map(\.line) == [4, 7, 9, 11] || stream.errors.allSatisfy { $0.line > 2 })
  }

  @Test func placesSurviveABrokenDocument() throws {
    let stream = YAMLReader.readStream("a: [1\n---\n\nkey:\n  deep: x\n")
    let entry = try #require(stream.documents.first?["key"]?.mapping?.entry("deep"))
    #expect(entry.line == 5 && entry.column == 3)
  }

  @Test func anAliasBombIsRefusedAndTheRestRead() {
    var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for (name, previous) in zip("bcdefghi", "abcdefgh") {
      bomb += "\(name): &\(name) [" + Array(repeating: "*\(previous)", count: 10).joined(separator: ",") + "]\n"
    }
    let stream = YAMLReader.readStream(bomb + "---\nfine: true\n")
    #expect(stream.errors.map(\.code) == [.aliases])
    #expect(stream.documents.count == 1)
  }

  @Test(arguments: ["[", "{a: ", "- "])
  func depthIsBounded(_ opening: String) {
    let stream = YAMLReader.readStream(String(repeating: opening, count: 20_000))
    #expect(!stream.errors.isEmpty && stream.documents.isEmpty)
  }

  @Test func documentsAreCounted() {
    var limits = Limits()
    limits.documents = 3
    let stream = YAMLReader.readStream(String(repeating: "---\na: 1\n", count: 10), limits: limits)
    #expect(stream.documents.count == 3)
    #expect(stream.errors.map(\.code) == [.count])
  }

  @Test func directivesCommentsAndEmptyDocuments() {
    let stream = YAMLReader.readStream("# top\n%YAML 1.1\n---\n# only a comment\n---\na: 1\n...\n---\n---\nb: 2\n")
    #expect(stream.errors.isEmpty)
    #expect(stream.documents.count == 2)
  }

  @Test func jsonIsYAML() throws {
    var random = SeededRandom(seed: 3)
    for _ in 0..<200 {
      let node = random.node(depth: 3)
      var writer = JSONWriter(pretty: false)
      writer.object {
        $0.key("v")
        $0.value(node)
      }
      // A bare U+0001 is JSON once escaped, and YAML too.
      #expect(try Self.one(writer.text).mapping?["v"] == node)
    }
  }
}
