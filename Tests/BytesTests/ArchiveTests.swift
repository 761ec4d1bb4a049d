import Bytes
import TestKit
import Testing

@Suite struct ArchiveTests {
  @Test func honestMembersAreRead() {
    let bytes = TarBuilder.archive([("./a.yaml", "one"), ("d/b.yaml", "two")])
    let reader = TarReader(bytes)
    #expect(reader.errors.isEmpty)
    #expect(reader.members.map(\.name) == ["a.yaml", "d/b.yaml"])
    #expect(reader.members.map { String(decoding: bytes[$0.bytes], as: UTF8.self) } == ["one", "two"])
    #expect(TarReader.isTar(bytes))
  }

  @Test(arguments: ["../a.yaml", "/etc/passwd", "a/../../b.yaml"])
  func membersThatLeaveAreRefused(_ name: String) {
    let reader = TarReader(TarBuilder.archive([(name, "x"), ("ok.yaml", "y")]))
    #expect(reader.members.map(\.name) == ["ok.yaml"])
    #expect(reader.errors.count == 1 && reader.errors[0].message.contains(name))
  }

  @Test func linksAreNamedAndNotFollowed() {
    let reader = TarReader(TarBuilder.link("a.yaml", to: "/etc/shadow") + TarBuilder.archive([("ok.yaml", "y")]))
    #expect(reader.members.map(\.name) == ["ok.yaml"])
    #expect(reader.errors.isEmpty && reader.links.map(\.target) == ["/etc/shadow"])
    #expect(reader.links.map(\.place) == [nil])
  }

  @Test(arguments: [
    ("d/a", "b", "d/b"), ("d/a", "../b", "b"), ("d/a", "./x/../b", "d/b"), ("d/a", "../../b", nil), ("a", "/b", nil),
    ("a", "..", nil),
  ]) func linksLeadSomewhere(_ name: String, _ target: String, _ place: String?) {
    #expect(TarReader(TarBuilder.link(name, to: target)).links.map(\.place) == [place])
  }

  @Test func aCutArchiveSaysSo() {
    let whole = TarBuilder.archive([("a.yaml", String(repeating: "x", count: 2000))])
    let reader = TarReader(Array(whole.prefix(1200)))
    #expect(reader.members.isEmpty && reader.errors.count == 1)
  }

  @Test func compressionRoundTripsAndBombsAreRefused() throws {
    let text = Array("hello hello hello".utf8)
    #expect(try Gzip.decompress(TarBuilder.compressed(text)) == text)
    let bomb = TarBuilder.compressed([UInt8](repeating: 0, count: 64 << 20))
    #expect(throws: DocumentError.self) { try Gzip.decompress(bomb) }
    #expect(throws: DocumentError.self) { try Gzip.decompress(Array(TarBuilder.compressed(text).dropLast(6))) }
  }
}

/// What stands behind the compressed data.
@Suite struct TrailingBytesTests {
  private static let a = TarBuilder.compressed(Array("first\n".utf8))
  private static let b = TarBuilder.compressed(Array("second\n".utf8))

  @Test func membersAndPaddingAreRead() throws {
    let both = Array("first\nsecond\n".utf8)
    #expect(try Gzip.decompress(Self.a + Self.b) == both)
    #expect(try Gzip.decompress(Self.a + Self.b + [UInt8](repeating: 0, count: 700)) == both)
    #expect(try Gzip.decompress(Self.a + [0, 0] + Self.b) == both)
  }

  @Test(
    arguments: [
      Array("garbage".utf8), [0x1F], [0x0A], [0x1F, 0x8B], [0, 0, 1], [0] + Array(b.dropFirst()), [0, 0x1F],
      Array(b.dropLast(9)),
    ])
  func anythingElseIsDamage(_ rest: [UInt8]) throws {
    #expect(throws: DocumentError.self) { try Gzip.decompress(Self.a + rest) }
    // Whoever reads piece by piece has what came before, at whatever place the pieces end.
    for size in [1, 3, 1_000] {
      let decoder = StreamDecoder(maximumBytes: 1 << 20, ratio: 1_000)
      var output = ByteCollector()
      #expect(throws: DocumentError.self) {
        let all = Self.a + rest
        for start in stride(from: 0, to: all.count, by: size) {
          let piece = Array(all[start..<min(all.count, start + size)])
          try decoder.feed(piece.span.bytes, into: &output)
        }
        try decoder.finish(into: &output)
      }
      #expect(output.bytes.starts(with: Array("first\n".utf8)))
    }
  }

  @Test func deflateEndsWithItsData() throws {
    let raw = try Inflate.compress(Array("text".utf8))
    #expect(try Deflate.decompress(raw) == Array("text".utf8))
    #expect(try Deflate.decompress(raw + [0, 0]) == Array("text".utf8))
    #expect(throws: DocumentError.self) { try Deflate.decompress(raw + Array("junk".utf8)) }
  }

  /// The sum is checked behind the data, which is passed on before.
  @Test(arguments: [false, true]) func dataBeforeAWrongSumIsGiven(_ isZstandard: Bool) throws {
    let text = Array("first\n".utf8)
    var packed = isZstandard ? ZstandardTests.summed(text) : Self.a
    packed[packed.count - (isZstandard ? 1 : 6)] ^= 0xFF
    let decoder = StreamDecoder(maximumBytes: 1 << 20, ratio: 1_000)
    var output = ByteCollector()
    #expect(throws: DocumentError.self) {
      try decoder.feed(packed.span.bytes, into: &output)
      try decoder.finish(into: &output)
    }
    #expect(output.bytes == text)
  }

  /// A small input that becomes a large output comes in pieces.
  @Test(arguments: [false, true]) func decompressionPauses(_ isZstandard: Bool) throws {
    let plain = [UInt8](repeating: 0x61, count: 8 << 20)
    let packed = isZstandard ? try Zstandard.pack(plain) : try Gzip.compress(plain)
    let decoder = StreamDecoder(maximumBytes: 1 << 30, ratio: 1_000_000)
    var used = 0
    var total = 0
    var pieces = 0
    while used < packed.count || decoder.isPaused {
      var output = ByteCollector()
      let rest = Array(packed[used...])
      used += try decoder.feed(rest.span.bytes, most: 1 << 20, into: &output)
      #expect(output.bytes.count <= 1 << 20 + 1 << 18)
      total += output.bytes.count
      pieces += 1
    }
    var rest = ByteCollector()
    try decoder.finish(into: &rest)
    #expect(total == plain.count && rest.bytes.isEmpty && pieces >= 8)
  }
}

@Suite struct ZipReaderTests {
  /// A ZIP with one member, made by hand from its parts.
  static func zip(_ name: String, _ content: [UInt8], size: Int? = nil, sum: Int? = nil, deflated: Bool = true) throws
    -> [UInt8]
  {
    let data = deflated ? try Inflate.compress(content) : content
    func number(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let rest =
      number(deflated ? 8 : 0, 2) + number(0, 4) + number(sum ?? CheckSum.crc32(content), 4) + number(data.count, 4)
      + number(size ?? content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
    let local = number(0x0403_4B50, 4) + number(20, 2) + number(0, 2) + rest + Array(name.utf8) + data
    let entry =
      number(0x0201_4B50, 4) + number(20, 2) + number(20, 2) + number(0, 2) + rest + number(0, 2) + number(0, 2)
      + number(0, 2) + number(0, 4) + number(0, 4) + Array(name.utf8)
    return local + entry + number(0x0605_4B50, 4) + number(0, 4) + number(1, 2) + number(1, 2)
      + number(entry.count, 4) + number(local.count, 4) + number(0, 2)
  }

  @Test(arguments: [true, false]) func membersComeOutAsTheyWentIn(_ deflated: Bool) throws {
    let content = Array(String(repeating: "one and two and ", count: 500).utf8)
    let archive = try ZipReader(try Self.zip("a/b.json", content, deflated: deflated))
    #expect(archive.members.map(\.name) == ["a/b.json"])
    #expect(try archive.content(archive.members[0]) == content)
  }

  @Test func bombsAndLiesAreRefused() throws {
    let bomb = try ZipReader(try Self.zip("x", [UInt8](repeating: 0, count: 64 << 20)))
    #expect(throws: DocumentError.self) { try bomb.content(bomb.members[0]) }
    let liar = try ZipReader(try Self.zip("x", Array("hello".utf8), size: 4))
    #expect(throws: DocumentError.self) { try liar.content(liar.members[0]) }
    for deflated in [true, false] {
      let damaged = try ZipReader(try Self.zip("x", Array("hello".utf8), sum: 1, deflated: deflated))
      #expect(throws: DocumentError.self) { try damaged.content(damaged.members[0]) }
    }
    #expect(throws: DocumentError.self) { try ZipReader(Array("PK".utf8)) }
  }

  @Test func brokenArchivesNeverCrash() throws {
    let good = try Self.zip("a", Array(String(repeating: "text ", count: 300).utf8))
    var random = SeededRandom(seed: 9)
    for _ in 0..<3_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let archive = try? ZipReader(bytes) else { continue }
      for member in archive.members { _ = try? archive.content(member) }
    }
  }
}
