import Glibc

/// The day and the moment, in UTC.
enum Today {
  /// `YYYY-MM-DD`.
  static var text: String { String(moment.prefix(10)) }

  /// RFC 3339, to the second.
  static var moment: String { moment(StandardStreams.current.time()) }

  /// The same of another moment, in seconds since the epoch.
  static func moment(_ seconds: time_t) -> String {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return "\(day)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
