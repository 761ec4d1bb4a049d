import Bytes

/// Zones that logs name by letters.
///
/// Source: RFC 5322, section 4.3, for those of North America; the IANA time zone database for the others, which stand for one
/// offset wherever they are written. IST, BST and the like stand for several, and are none.
enum NamedZone {
  /// In seconds ahead of UTC.
  private static let offsets: [(name: StaticString, hours: Int)] = [
    ("UTC", 0), ("GMT", 0), ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("MST", -7), ("MDT", -6), ("PST", -8),
    ("PDT", -7), ("CET", 1), ("CEST", 2), ("EET", 2), ("EEST", 3), ("WET", 0), ("WEST", 1), ("MSK", 3), ("JST", 9),
    ("AEST", 10), ("AEDT", 11),
  ]

  /// The zone that is named at a place, up to the end of its letters.
  ///
  /// - Returns: nil for any other word.
  static func at(_ place: Int, of text: Span<UInt8>) -> (seconds: Int, end: Int)? {
    var end = place
    while end < text.count, end - place < 5, text[end] &- 0x41 < 26 { end += 1 }
    guard end - place >= 3, end - place <= 4 else { return nil }
    for (name, hours) in offsets where text.equals(place..<end, name) { return (hours * 3_600, end) }
    return nil
  }
}
