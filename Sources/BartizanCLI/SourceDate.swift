/// The time that a build asks its outputs to bear. Source: reproducible-builds.org, "SOURCE_DATE_EPOCH".
enum SourceDate {
  /// RFC 3339; nil when it is not set, or no number.
  static var text: String? {
    Environment.value("SOURCE_DATE_EPOCH").flatMap { Int($0) }.flatMap { seconds in
      (0...253_402_300_799).contains(seconds) ? Today.moment(seconds) : nil
    }
  }
}
