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
    #expect(reader.errors.first?.message.contains("/etc/shadow") == true)
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
