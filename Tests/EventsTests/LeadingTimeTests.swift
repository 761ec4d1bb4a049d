import Bytes
import Events
import Testing

/// Lines of text that begin with a moment have its time; what may be anything else has none.
@Suite struct LeadingTimeTests {
  private static let now = Timestamp("2026-11-28T15:00:00Z")

  private static func time(_ line: String, near: Timestamp? = now) -> String? {
    var options = DecodeOptions()
    options.reckonedFrom = near
    let events = EventDecoder.decode(Array((line + "\n").utf8), options: options)
    #expect(events.count == 1)
    #expect(events[0].dataset == .text, "\(line) is \(events[0].dataset)")
    return events[0].time?.text
  }

  @Test(arguments: [
    ("2026-11-28 13:50:00 started", "2026-11-28T13:50:00Z"),
    ("2026-11-28 13:50:00,123 INFO started", "2026-11-28T13:50:00.123Z"),
    ("[2026-11-28T13:50:00.5+01:00] started", "2026-11-28T12:50:00.5Z"),
    ("2026-11-28T13:50:00Z", "2026-11-28T13:50:00Z"), ("2026-11-28 13:50:00 +0200 x", "2026-11-28T11:50:00Z"),
    ("2026/11/28 13:50:00 http: server closed", "2026-11-28T13:50:00Z"),
    ("[28/Nov/2026:13:50:00 +0100] started", "2026-11-28T12:50:00Z"),
    ("Sat Nov 28 13:50:00 2026 started", "2026-11-28T13:50:00Z"),
    ("[Thu Dec 31 23:50:00.25 2026] started", "2026-12-31T23:50:00.25Z"),
    ("Sat, 28 Nov 2026 13:50:00 GMT started", "2026-11-28T13:50:00Z"),
    // A zone that is named.
    ("2026-11-28 13:50:00.123 CET [77] LOG: x", "2026-11-28T12:50:00.123Z"),
    ("2026-11-28 13:50:00 EST y", "2026-11-28T18:50:00Z"), ("2026-11-28 13:50:00 ERROR y", "2026-11-28T13:50:00Z"),
    ("2026-11-28 13:50:00 UTC", "2026-11-28T13:50:00Z"), ("2026-11-28 13:50:00 CESTA y", "2026-11-28T13:50:00Z"),
    // Of the year in which it is not yet to come.
    ("Nov 28 13:50:00 and no host", "2026-11-28T13:50:00Z"), ("Dec 24 13:50:00 and no host", "2025-12-24T13:50:00Z"),
  ])
  func isRead(_ line: String, _ time: String) throws {
    let wanted = try #require(Timestamp(time))
    #expect(Self.time(line) == wanted.text)
  }

  @Test(arguments: [
    "2026-11-28 and no clock", "13:50:00 and no date", "1764337800 is a number", "2026-11-28 13:50:00abc",
    "2026-13-28 13:50:00 no such month", "2026-11-28 25:50:00 no such hour", "Saturday Nov 28 13:50:00 2026",
    "Sat Nov 28 13:50:00 without a year", "[Nov", "28/Nov/2026 13:50:00 is of no server known",
  ])
  func isNone(_ line: String) { #expect(Self.time(line) == nil) }

  /// Without anything to reckon from, a date without a year is no time.
  @Test func noYear() { #expect(Self.time("Nov 28 13:50:00 and no host", near: nil) == nil) }
}
