import Bytes

/// The current day and time, in UTC.
enum Today {
  static var now: Timestamp {
    Timestamp(seconds: Int64(StandardStreams.current.time())) ?? Timestamp(nanoseconds: 0)
  }

  /// `YYYY-MM-DD`.
  static var text: String { now.date.text }

  /// RFC 3339, to the second.
  static var moment: String { now.text(digits: 0) }
}

/// The time that a reproducible build asks for. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
enum SourceDate {
  /// RFC 3339; nil where the variable is not set or not a number.
  static var text: String? {
    Environment.value("SOURCE_DATE_EPOCH").flatMap { Int64($0) }.flatMap { seconds in
      seconds >= 0 ? Timestamp(seconds: seconds)?.text(digits: 0) : nil
    }
  }
}
