import Bytes

/// The `Date` of an answer. Source: RFC 9110, section 5.6.7.
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// - Parameter seconds: since 1970-01-01T00:00:00Z, not before.
  static func text(_ seconds: Int) -> String {
    let (days, second) = max(0, seconds).quotientAndRemainder(dividingBy: 86_400)
    let date = CalendarDate(days: days)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (year, month, day) = date.parts
    let time = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(Self.days[days % 7]), \(two(day)) \(months[month - 1]) \(year) \(time) GMT"
  }
}
