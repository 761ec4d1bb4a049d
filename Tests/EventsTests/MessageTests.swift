import Bytes
import Events
import TestKit
import Testing

/// Messages that something outside of them separates: each is one event at least, whatever it contains, and the same event is made
/// of its original again.
@Suite struct MessageTests {
  static let messages = [
    "<13>Nov 23 07:11:08 vm app: one line", "<13>Nov 23 07:11:08 vm app: two\nlines", "plain", "two\nplain lines",
    "{\"message\":\"a\"}", "{\"message\":\"a\"} and more", "{\"message\":\"a\"}\n{\"message\":\"b\"}", "{\"message\":",
    "{broken}",
    "[1,2]", "[{\"a\":1}]", "{\"Records\":[]}", "{\"Records\":[1]}", "{\"Records\":[{\"a\":1},2]}", "  indented",
    "a\u{0}b\u{0}\u{0}",
    "2026-11-23T07:11:08.000000000Z stdout P half",
    "2026-11-23T07:11:08.000000000Z stdout F a\n2026-11-23T07:11:08.000000000Z stdout F  b",
    "{\"log\":\"no line feed\",\"stream\":\"stdout\",\"time\":\"2026-11-23T07:11:08Z\"}",
    "{\"log\":\"line\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T07:11:08Z\"}", "é\u{FEFF}",
    "\u{FEFF}begins with a mark",
    String(repeating: "[", count: 300), "{\"a\":" + String(repeating: "[", count: 300),
  ]

  private static func frames(_ messages: [[UInt8]]) -> (bytes: [UInt8], ranges: [Range<Int>]) {
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    for message in messages {
      ranges.append(bytes.count..<bytes.count + message.count)
      bytes += message
    }
    return (bytes, ranges)
  }

  private static func isSame(_ a: Event, _ b: Event) -> Bool {
    a.dataset == b.dataset && a.original.elementsEqual(b.original) && a.text(.message) == b.text(.message)
      && a.text(.bartizanParseError) == b.text(.bartizanParseError)
  }

  @Test(arguments: messages) func aMessageIsOneEvent(_ message: String) throws {
    let (bytes, ranges) = Self.frames([Array("<13>before".utf8), Array(message.utf8), Array("<13>after".utf8)])
    let batch = EventDecoder.decode(bytes, messages: ranges)
    #expect(batch.count == 3 && !batch.problems.contains(where: \.losesInput))
    let event = try #require(batch.count == 3 ? batch[1] : nil)
    #expect(String(decoding: event.original, as: UTF8.self) == message.drop { message.hasPrefix("{") && $0 == " " })
    let restored = EventDecoder.restore(
      Array(event.original) + [0x0A], lengths: [event.original.count], context: event.context)
    #expect(restored.count == 1 && restored.allSatisfy { Self.isSame($0, event) })
  }

  @Test func documentsOfManyAreStillSplit() {
    let list = Array("{\"Records\":[{\"message\":\"a\"},{\"message\":\"b\"}]}".utf8)
    let batch = EventDecoder.decode(list, messages: [list.indices])
    #expect(batch.events.map { $0.text(.message) } == ["a", "b"])
  }

  @Test func rangesBeyondTheBytesAreNone() {
    #expect(EventDecoder.decode([0x61], messages: [5..<9, 0..<1]).events.map { $0.text(.message) }.last == "a")
  }

  @Test func changedMessagesAreKept() {
    var (random, mutation) = (SeededRandom(seed: 41), Mutation(seed: 41))
    let seeds = Self.messages.map { Array($0.utf8) }
    for _ in 0..<200 {
      let changed = (0..<3).map { _ in mutation.mutated(random.pick(seeds)) }.filter { !$0.isEmpty }
      let (bytes, ranges) = Self.frames(changed)
      let batch = EventDecoder.decode(bytes, messages: ranges)
      #expect(batch.count >= changed.count && !batch.problems.contains(where: \.losesInput))
      for event in batch.events {
        let restored = EventDecoder.restore(
          Array(event.original) + [0x0A], lengths: [event.original.count], context: event.context)
        #expect(
          restored.count == 1 && restored.allSatisfy { Self.isSame($0, event) },
          "\(String(decoding: event.original, as: UTF8.self).debugDescription)")
      }
    }
  }
}
