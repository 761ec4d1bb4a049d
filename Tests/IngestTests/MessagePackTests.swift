import Bytes
import TestKit
import Testing

@testable import Ingest

/// MessagePack within its bounds: whatever the bytes are, what is read costs no more than they are long.
@Suite struct MessagePackTests {
  static func json(_ bytes: [UInt8], limit: Int = 1 << 20) throws(MessagePackFailure) -> String {
    var reader = MessagePackReader(bytes, bytes.indices)
    var writer = MessagePackJSON(limit: limit)
    try writer.write(&reader)
    guard reader.isAtEnd else { throw .malformed }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let json: String
    init(_ bytes: [UInt8], _ json: String) {
      self.bytes = bytes
      self.json = json
    }
    var testDescription: String { json }
  }

  static let cases = [
    Case([0xC0], "null"), Case([0xC2], "false"), Case([0xC3], "true"), Case([0x7F], "127"), Case([0xE0], "-32"),
    Case([0xCC, 0xFF], "255"), Case([0xCD, 1, 0], "256"), Case([0xCE, 0, 1, 0, 0], "65536"),
    Case([0xCF, 0, 0, 0, 1, 0, 0, 0, 0], "4294967296"),
    Case([0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "18446744073709551615"),
    Case([0xD0, 0x80], "-128"), Case([0xD1, 0x80, 0], "-32768"), Case([0xD2, 0x80, 0, 0, 0], "-2147483648"),
    Case([0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775808"),
    Case([0xCA, 0x3F, 0x80, 0, 0], "1"), Case([0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], "1.5"),
    Case([0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0], "\"inf\""),
    Case([0xA3] + Array("a\"b".utf8), #""a\"b""#), Case([0xD9, 2, 0x0A, 0x01], #""\n\u0001""#),
    Case([0xDA, 0, 1, 0x41], "\"A\""), Case([0xDB, 0, 0, 0, 1, 0x41], "\"A\""), Case([0xC4, 1, 0x41], "\"A\""),
    Case([0xC5, 0, 1, 0x41], "\"A\""), Case([0xC6, 0, 0, 0, 1, 0x41], "\"A\""),
    Case([0x92, 1, 0x90], "[1,[]]"), Case([0xDC, 0, 1, 5], "[5]"), Case([0xDD, 0, 0, 0, 1, 5], "[5]"),
    Case([0x81, 0xA1, 0x61, 0x80], #"{"a":{}}"#), Case([0xDE, 0, 1, 1, 2], #"{"1":2}"#),
    Case([0xDF, 0, 0, 0, 1, 0xC0, 2], #"{"null":2}"#), Case([0x81, 0x91, 1, 2], #"{"[1]":2}"#),
    Case(Pack.time(1_700_000_000, 5).bytes, #""2023-11-14T22:13:20.000000005Z""#),
    Case([0xD4, 5, 0xAB], #"{"type":5,"data":"qw=="}"#), Case([0xC7, 2, 0xFF, 1, 2], #"{"type":-1,"data":"AQI="}"#),
  ]

  @Test(arguments: cases) func everyKindIsRead(_ example: Case) throws {
    #expect(try Self.json(example.bytes) == example.json)
    var scanner = MessagePackScanner(limit: 100, depth: 8)
    #expect(scanner.scan(example.bytes.span, from: 0) == .complete(end: example.bytes.count))
    // The same, a byte at a time and behind other bytes.
    var slow = MessagePackScanner(limit: 100, depth: 8)
    let shifted = [9, 9] + example.bytes
    for end in 3..<shifted.count {
      #expect(slow.scan(Array(shifted[..<end]).span, from: 2) == .incomplete)
      #expect(throws: MessagePackFailure.self) { try Self.json(Array(shifted[2..<end])) }
    }
    #expect(slow.scan(shifted.span, from: 2) == .complete(end: shifted.count))
  }

  @Test(
    arguments: [
      ([0xC1], MessagePackScanner.Fault.reserved), ([0x91, 0xC1], .reserved),
      ([0xDB, 0xFF, 0xFF, 0xFF, 0xFF], .large), ([0xC6, 0xFF, 0xFF, 0xFF, 0xFF, 0], .large),
      ([0xDD, 0xFF, 0xFF, 0xFF, 0xFF], .large), ([0xDF, 0xFF, 0xFF, 0xFF, 0xFF], .large),
      ([0xC9, 0x7F, 0, 0, 0, 1], .large),
      ([0xDC, 0x04, 0x00], .large), (Array(repeating: 0x91, count: 100), .deep),
      (Array(repeating: 0x81, count: 100), .deep),
    ] as [([UInt8], MessagePackScanner.Fault)]) func whatCannotBeIsSeenByItsHead(
      _ bytes: [UInt8], _ fault: MessagePackScanner.Fault
    )
  {
    var scanner = MessagePackScanner(limit: 1_000, depth: 16)
    #expect(scanner.scan(bytes.span, from: 0) == .faulty(fault))
    #expect(throws: MessagePackFailure.self) { try Self.json(bytes) }
  }

  @Test func outputIsBounded() {
    let controls = Pack.str(Array(repeating: 1, count: 10_000)).bytes
    #expect(throws: MessagePackFailure.large) {
      try Self.json([0xDC, 0, 100] + (0..<100).flatMap { _ in controls }, limit: 100_000)
    }
    let deep = Array(repeating: UInt8(0x91), count: 200) + [0xC0]
    #expect(throws: MessagePackFailure.malformed) { try Self.json(deep) }
  }

  /// Whatever is changed in real bytes, reading ends, within the bytes, and the scanner agrees with the reader.
  @Test func changedBytesNeverTrap() {
    let seeds = Self.cases.map(\.bytes) + ForwardMessageTests.modes.map(\.bytes)
    var (random, mutation) = (SeededRandom(seed: 17), Mutation(seed: 17))
    for _ in 0..<10_000 {
      let bytes = mutation.mutated(random.pick(seeds))
      var scanner = MessagePackScanner(limit: 4_096, depth: ForwardMessage.depth)
      let step = scanner.scan(bytes.span, from: 0)
      var reader = MessagePackReader(bytes, bytes.indices)
      let skipped = try? reader.skip()
      if case .complete(let end) = step {
        #expect(skipped == 0..<end)
      } else {
        #expect(skipped == nil || step == .faulty(.deep))
      }
      if let text = try? Self.json(bytes) { #expect(text.utf8.count <= 64 * bytes.count + 64) }
    }
  }
}
