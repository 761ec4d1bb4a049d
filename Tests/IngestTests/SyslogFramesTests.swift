import Bytes
import Events
import TestKit
import Testing

@testable import Ingest

/// A stream of syslog is cut where its messages end, however it arrives.
@Suite struct SyslogFramesTests {
  struct Stream: Sendable, CustomTestStringConvertible {
    let text: String
    let messages: [String]
    var parted = 0
    var unfinished = 0
    var limit = 1_000
    var testDescription: String { text.debugDescription }
  }

  static let streams = [
    Stream(text: "<13>a\n<13>b\n", messages: ["<13>a", "<13>b"]),
    Stream(text: "<13>a\r\n<13>b\0<13>c", messages: ["<13>a", "<13>b", "<13>c"]),
    Stream(text: "5 <13>a5 <13>b", messages: ["<13>a", "<13>b"]),
    // What rsyslog counts includes its line feed.
    Stream(text: "6 <13>a\n6 <13>b\n", messages: ["<13>a", "<13>b"]),
    // Mixed, with a line feed and a number in a message that tells its length.
    Stream(text: "11 <13>a\n9 <1b<13>c\n5 <13>d\n\n<13>e\0", messages: ["<13>a\n9 <1b", "<13>c", "<13>d", "<13>e"]),
    // Lines that begin with numbers are lines.
    Stream(
      text: "12 monkeys\n2016-10-06 a\n1234567890 <13>b\n3\n",
      messages: ["12 monkeys", "2016-10-06 a", "1234567890 <13>b", "3"]),
    // A length that is a lie: too long, beyond the end, or absurd.
    Stream(text: "99 <13>a\n<13>b\n", messages: ["<13>a\n<13>b"], unfinished: 1),
    Stream(text: "99999999 <13>a\n<13>b\n", messages: ["99999999 <13>a", "<13>b"]),
    Stream(text: "\n\n\0\r\n", messages: []),
    Stream(text: "<13>abcdefgh\n<13>b\n", messages: ["<13>abcd", "efgh", "<13>b"], parted: 1, limit: 8),
    Stream(text: "12 <13>abcdefgh<13>b\n", messages: ["<13>abcd", "efgh", "<13>b"], parted: 1, limit: 8),
    Stream(text: "", messages: []),
  ]

  private static func cut(_ bytes: [UInt8], limit: Int, pieces: [Int]) -> (messages: [String], SyslogFrames.Cut) {
    var frames = SyslogFrames(limit: limit)
    var messages: [String] = []
    var all = SyslogFrames.Cut()
    func add(_ cut: SyslogFrames.Cut) {
      messages += cut.messages.map { String(decoding: cut.bytes[$0], as: UTF8.self) }
      all.parted += cut.parted
      all.unfinished += cut.unfinished
    }
    var place = 0
    for piece in pieces {
      let end = min(place + piece, bytes.count)
      add(frames.take(Array(bytes[place..<end])))
      #expect(frames.pendingCount <= limit + piece + 32)
      place = end
    }
    add(frames.take(Array(bytes[place...]), isLast: true))
    #expect(frames.pendingCount == 0)
    return (messages, all)
  }

  @Test(arguments: streams) func messagesEndWhereTheyEnd(_ stream: Stream) {
    let bytes = Array(stream.text.utf8)
    let (messages, cut) = Self.cut(bytes, limit: stream.limit, pieces: [])
    #expect(messages == stream.messages && cut.parted == stream.parted && cut.unfinished == stream.unfinished)
    // A byte at a time, and in random pieces.
    #expect(Self.cut(bytes, limit: stream.limit, pieces: bytes.map { _ in 1 }).messages == stream.messages)
    var random = SeededRandom(seed: 5)
    for _ in 0..<20 {
      let pieces = (0..<10).map { _ in random.below(6) }
      #expect(Self.cut(bytes, limit: stream.limit, pieces: pieces).messages == stream.messages, "\(pieces)")
    }
  }

  @Test func whatWaitsCanBeTaken() {
    var frames = SyslogFrames(limit: 1_000)
    #expect(frames.take(Array("20 <13>abcdef".utf8)).messages.isEmpty)
    let cut = frames.flush()
    #expect(cut.messages.count == 1 && cut.parted == 1)
    // The rest of it, and what follows, are still told apart.
    let rest = frames.take(Array("ghijklmnop5 <13>b".utf8))
    #expect(rest.messages.map { String(decoding: rest.bytes[$0], as: UTF8.self) } == ["ghijklmnop", "<13>b"])
  }

  @Test func changedStreamsLoseNothing() {
    let seeds = Self.streams.map { Array($0.text.utf8) }
    var (random, mutation) = (SeededRandom(seed: 31), Mutation(seed: 31))
    for _ in 0..<5_000 {
      let bytes = mutation.mutated(random.pick(seeds))
      let (whole, _) = Self.cut(bytes, limit: 64, pieces: [])
      let (pieces, _) = Self.cut(bytes, limit: 64, pieces: (0..<8).map { _ in random.below(9) })
      #expect(whole == pieces)
      // All but lengths and ends of messages is there.
      let kept = whole.joined().utf8.filter { $0 > 0x20 && !($0 &- 0x30 < 10) }.count
      let sent = String(decoding: bytes, as: UTF8.self).utf8.filter { $0 > 0x20 && !($0 &- 0x30 < 10) }.count
      #expect(kept == sent || whole.joined().unicodeScalars.contains("\u{FFFD}"))
    }
  }
}
