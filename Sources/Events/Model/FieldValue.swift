package import Bytes

/// One value of a field. A field of an event has none, one or many of them.
package enum FieldValue: Sendable, Hashable {
  case text(String)
  case integer(Int64)
  case number(Double)
  case flag(Bool)
  case time(Timestamp)

  /// As it is shown: a moment in RFC 3339.
  package var text: String {
    switch self {
    case .text(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .flag(let flag): flag ? "true" : "false"
    case .time(let time): time.text
    }
  }

  /// The value as a number, where it is one: text of digits too.
  package var number: Double? {
    switch self {
    case .text(let text): Double(text)
    case .integer(let number): Double(number)
    case .number(let number): number
    case .flag: nil
    case .time(let time): Double(time.nanoseconds) / 1e9
    }
  }
}
