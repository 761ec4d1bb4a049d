/// Offsets of the time zones of the IANA database.
enum TimeZoneTable {
  /// Seconds east of UTC at a point in time; nil for an unknown name.
  static func offset(of name: String, at seconds: Int64) -> Int? { nil }
}
