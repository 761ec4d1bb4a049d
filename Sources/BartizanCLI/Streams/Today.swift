import Bytes

/// The day and the moment, in UTC.
enum Today {
  private static var now: Timestamp {
    Timestamp(seconds: Int64(StandardStreams.current.time())) ?? Timestamp(nanoseconds: 0)
  }

  /// `YYYY-MM-DD`.
  static var text: String { now.date.text }

  /// RFC 3339, to the second.
  static var moment: String { now.text(digits: 0) }
}

/// The time that a build asks its outputs to bear. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
enum SourceDate {
  /// RFC 3339; nil when it is not set, or no number.
  static var text: String? {
    Environment.value("SOURCE_DATE_EPOCH").flatMap { Int64($0) }.flatMap { seconds in
      seconds >= 0 ? Timestamp(seconds: seconds)?.text(digits: 0) : nil
    }
  }
}
