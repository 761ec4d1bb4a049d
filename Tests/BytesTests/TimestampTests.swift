import Bytes
import TestKit
import Testing

@Suite struct TimestampTests {
  /// Examples of RFC 3339, section 5.8, and times as Kubernetes, Docker and SQLite write them.
  @Test(arguments: [
    ("1985-04-12T23:20:50.52Z", 482_196_050_520_000_000, "1985-04-12T23:20:50.52Z"),
    ("1996-12-19T16:39:57-08:00", 851_042_397_000_000_000, "1996-12-20T00:39:57Z"),
    ("1990-12-31T23:59:60Z", 662_688_000_000_000_000, "1991-01-01T00:00:00Z"),
    ("1990-12-31T15:59:60-08:00", 662_688_000_000_000_000, "1991-01-01T00:00:00Z"),
    ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000_000, "1937-01-01T11:40:27.87Z"),
    ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"), ("1969-12-31T23:59:59.999999999Z", -1, nil),
    ("2026-11-27 10:00:00.123456z", 1_795_773_600_123_456_000, "2026-11-27T10:00:00.123456Z"),
    ("2000-02-29t00:00:00.1234567891-00:00", 951_782_400_123_456_789, "2000-02-29T00:00:00.123456789Z"),
    ("2262-04-11T23:47:16.854775807Z", .max, nil), ("1677-09-21T00:12:44Z", -9_223_372_036_000_000_000, nil),
  ])
  func texts(_ text: String, _ nanoseconds: Int64, _ written: String?) throws {
    let time = try #require(Timestamp(text))
    #expect(time.nanoseconds == nanoseconds)
    #expect(time.text == written ?? text)
    #expect(Timestamp(time.text) == time)
    #expect(Timestamp(Array(text.utf8).span) == time)
  }

  @Test(arguments: [
    "", "2026-11-27", "2026-11-27T10:00Z", "2026-11-27T10:00:00", "2026-11-27T10:00:00.Z", "2026-02-29T00:00:00Z",
    "2026-11-27T24:00:00Z", "2026-11-27T10:60:00Z", "2026-11-27T10:00:61Z", "2026-11-27T10:00:00+0100",
    "2026-11-27T10:00:00+24:00", "2026-11-27T10:00:00Z ", "+2026-11-27T10:00:00Z", "2026-1-27T10:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2262-04-11T23:47:16.854775808Z", "２026-11-27T10:00:00Z",
  ])
  func whatIsNoTime(_ text: String) { #expect(Timestamp(text) == nil) }

  @Test func everyMomentIsWritten() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<2_000 {
      let time = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
      #expect(Timestamp(time.text) == time || time.nanoseconds < -9_223_372_036_000_000_000)
      #expect((0..<1_000_000_000).contains(time.nanosecond))
    }
    #expect(Timestamp(nanoseconds: .min).text == "1677-09-21T00:12:43.145224192Z")
    #expect(Timestamp(nanoseconds: 1_500).text(digits: 6) == "1970-01-01T00:00:00.000001Z")
    #expect(Timestamp(nanoseconds: 1_500).text(digits: 0) == "1970-01-01T00:00:00Z")
  }

  @Test func everyDayIsWritten() throws {
    var day = try #require(CalendarDate("1999-12-28"))
    var expected = 10_953
    // Four hundred years and a little, day by day: the calendar repeats after 146,097 days.
    for _ in 0..<146_200 {
      #expect(day.days == expected && CalendarDate(day.text) == day)
      day = day.adding(days: 1)
      expected += 1
    }
    #expect(CalendarDate(seconds: -1).text == "1969-12-31")
    #expect(CalendarDate(seconds: 253_402_300_799).text == "9999-12-31")
    #expect(CalendarDate(seconds: .max).text == "9999-12-31" && CalendarDate(seconds: .min).text == "0000-01-01")
    #expect(CalendarDate(days: 0).adding(days: .max).text == "9999-12-31")
  }

  @Test(arguments: [
    "2026-02-30", "2100-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "2026-11-27T", "-026-11-27", "",
  ])
  func whatIsNoDay(_ text: String) { #expect(CalendarDate(text) == nil) }
}
