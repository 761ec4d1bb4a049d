import Bytes
import Events
import Findings
import Glibc
import Operations
import Store
import TestKit
import Testing

/// Logs as files: each is read once and whole, or what is missing is said.
@Suite struct EventFilesTests {
  private static let now = Timestamp("2026-11-30T03:00:00Z")!

  private static func read(_ paths: [String]) throws -> (texts: [String], reading: EventReading) {
    var texts: [String] = []
    let reading = try EventFiles(paths).read { texts += $0.batch.events.map(\.originalText) }
    return (texts, reading)
  }

  private static func codes(_ reading: EventReading) -> [String] { reading.problems.map(\.code.rawValue) }

  // MARK: Folders

  /// A log that is skipped is one in which nothing is found.
  @Test func logsOfAFolderAreReadOrNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.log", "a\n")
    try folder.write(".hidden.log", "hidden\n")
    try folder.write(".d/in.log", "in\n")
    try folder.write("x.log", "latin\n")
    try folder.rename("x.log", to: [0xE9] + Array(".log".utf8))
    let (texts, reading) = try Self.read([folder.path])
    #expect(texts.sorted() == ["a", "hidden", "in", "latin"] && reading.isWhole)
    for other in ["b.log.xz", "c.tar.gz"] { try folder.write(other, [1, 2]) }
    mkfifo(folder.path + "/p.log", 0o600)
    try folder.link("out", to: "/")
    let partial = try Self.read([folder.path]).reading
    #expect(Self.codes(partial).sorted() == ["link", "packed", "packed", "special-file"] && !partial.isWhole)
  }

  // MARK: Compressed files

  @Test func whatIsReadBeforeDamageIsKept() throws {
    let folder = try TemporaryFolder()
    let whole = TarBuilder.compressed(Array("one\ntwo\n".utf8))
    var wrongSum = whole
    wrongSum[whole.count - 6] ^= 0xFF
    for (name, bytes) in [
      ("sum.log.gz", wrongSum), ("cut.log.gz", Array(whole.dropLast(5))),
      ("behind.log.gz", whole + Array("garbage".utf8)), ("between.log.gz", whole + [0] + whole.dropFirst()),
    ] {
      try folder.write(name, bytes)
      let (texts, reading) = try Self.read(["\(folder.path)/\(name)"])
      #expect(texts == ["one", "two"], "\(name)")
      #expect(!reading.isWhole && Self.codes(reading) == ["cut-off"], "\(name)")
    }
  }

  // MARK: Texts

  @Test func holesHideNothingAndGapsMay() throws {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 3 << 20)
    try folder.write("hole.log", zeros + Array("one\ntwo\n".utf8))
    let hole = try Self.read([folder.path + "/hole.log"])
    #expect(hole.texts == ["one", "two"] && hole.reading.isWhole && hole.reading.lost == 0)
    #expect(hole.reading.problems.first?.message.contains("3145728 zero bytes") == true)
    try folder.write("gap.log", Array("one\n".utf8) + zeros + Array("two\n".utf8))
    let gap = try Self.read([folder.path + "/gap.log"])
    #expect(gap.texts == ["one", "two"] && !gap.reading.isWhole && Self.codes(gap.reading) == ["zero-bytes"])
    try folder.write("program.log", [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + zeros)
    let program = try Self.read([folder.path + "/program.log"])
    #expect(program.texts.isEmpty && !program.reading.isWhole && program.reading.lost == 0)
  }

  @Test func sixteenBitTextIsRead() throws {
    let folder = try TemporaryFolder()
    try folder.write("win.log", TextEncoding.utf16LittleEndian.encoded(Array("{\"a\":\"\u{E4}\"}\r\nline\r\n".utf8)))
    let (texts, reading) = try Self.read([folder.path + "/win.log"])
    #expect(texts.map { $0.filter { $0 != "\r" } } == ["{\"a\":\"\u{E4}\"}", "line"].map { $0 } && reading.isWhole)
  }

  // MARK: Which file it is

  @Test func aFileIsReadOnceUnderAnyName() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.log", "one\n")
    try folder.link("b.log", to: "a.log")
    let path = folder.path
    for paths in [
      [path + "/a.log", path + "/./a.log"], [path, path + "/a.log"], [path + "/b.log", path + "/a.log"],
      [path + "/a.log", path + "/a.log"],
    ] {
      let (texts, reading) = try Self.read(paths)
      #expect(texts == ["one"] && Self.codes(reading).contains("same-file"))
    }
  }

  @Test func importKnowsAFileByItsRealPath() async throws {
    let folder = try TemporaryFolder()
    try folder.write("logs/a.log", "ERROR connection refused\n")
    try folder.link("other.log", to: "logs/a.log")
    let store = try SQLiteEventStore(folder.path + "/store", mode: .writing, now: { Self.now })
    var options = DecodeOptions()
    options.receivedAt = Self.now
    var stored: [Int] = []
    for name in ["logs/a.log", "./logs/a.log", "logs/../logs/a.log", "other.log"] {
      stored.append(
        try await EventImport(EventFiles(["\(folder.path)/\(name)"], options: options), into: store).run().stored)
    }
    #expect(stored == [1, 0, 0, 0])
    // Two pipes are never the same.
    for _ in 0..<2 {
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      _ = "ERROR connection refused\n".withCString { write(ends[1], $0, strlen($0)) }
      close(ends[1])
      defer { close(ends[0]) }
      let piped = EventFiles(["/dev/fd/\(ends[0])"], options: options)
      #expect(try await EventImport(piped, into: store).run().stored == 1)
    }
    try await store.close()
  }

  // MARK: Rotation

  @Test func linesAreJoinedOverRotatedFiles() throws {
    let folder = try TemporaryFolder()
    func line(_ second: Int, _ tag: String, _ text: String) -> String {
      "2026-01-01T00:00:0\(second).000000001Z stdout \(tag) \(text)\n"
    }
    try folder.write("app/0.log", line(3, "F", "third") + line(4, "P", "never-"))
    try folder.write("app/0.log.20260101-000001", line(1, "F", "start") + line(1, "P", "first-"))
    try folder.write(
      "app/0.log.20260101-000002.gz", TarBuilder.compressed(Array(line(2, "P", "second-").utf8)))
    var messages: [String] = []
    let reading = try EventFiles([folder.path]).read { piece in
      messages += piece.batch.events.map { $0.text(.message) ?? "" }
    }
    #expect(messages == ["start", "first-second-third", "never-"])
    #expect(reading.isWhole && Self.codes(reading) == ["unfinished-line"])
  }
}
