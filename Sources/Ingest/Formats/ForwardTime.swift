import Bytes

/// The time of an entry of Fluent Forward.
///
/// Source: "Forward Protocol Specification v1", "EventTime Ext Format".
enum ForwardTime {
  static let type: Int8 = 0
  /// Seconds by which Fluent Bit marks the beginning and the end of a group of entries instead of a time.
  private static let groupStart: UInt32 = .max
  private static let groupEnd: UInt32 = .max - 1

  enum Value: Equatable {
    case time(Timestamp)
    /// The sender leaves it to the receiver, or it is outside of what can be represented.
    case none
    case groupStart
    case groupEnd
  }

  /// - Parameter bytes: seconds and nanoseconds, of four bytes each.
  static func read(_ bytes: ArraySlice<UInt8>) -> Timestamp? {
    if case .time(let time)? = value(bytes) { return time }
    return nil
  }

  private static func value(_ bytes: ArraySlice<UInt8>) -> Value? {
    guard bytes.count == 8, let seconds: UInt32 = bytes.integer(at: 0, .big),
      let nanosecond: UInt32 = bytes.integer(at: 4, .big)
    else { return nil }
    if seconds == groupStart { return .groupStart }
    if seconds == groupEnd { return .groupEnd }
    return Timestamp(seconds: Int64(seconds), nanosecond: min(999_999_999, Int(nanosecond))).map { .time($0) }
      ?? Value.none
  }

  /// - Returns: nil for what is no time.
  static func value(_ value: MessagePackReader.Value, _ bytes: [UInt8]) -> Value? {
    switch value {
    case .application(type, let range): return Self.value(bytes[range])
    case .integer(-1): return .groupStart
    case .integer(-2): return .groupEnd
    case .integer(0), .null: return Value.none
    case .integer(let seconds): return Timestamp(seconds: seconds).map { .time($0) } ?? Value.none
    case .unsigned: return Value.none
    case .float(let seconds):
      guard let whole = Int64(exactly: seconds.rounded(.down)) else { return Value.none }
      let nanosecond = min(999_999_999, Int(((seconds - seconds.rounded(.down)) * 1e9).rounded()))
      return Timestamp(seconds: whole, nanosecond: nanosecond).map { .time($0) } ?? Value.none
    default: return nil
    }
  }
}
