/// Messages of protocol buffers that the language itself knows, and that expressions may write as literals.
///
/// Source: `google/protobuf/{duration,timestamp,wrappers}.proto`; the checker of cel-go takes them for the types that they
/// stand for.
extension CELLanguage {
  mutating func addWellKnownMessages() {
    messages["google.protobuf.Duration"] = ["seconds": .int, "nanos": .int]
    messageMakers["google.protobuf.Duration"] = { fields throws(CELFailure) in
      let seconds = Self.int(fields, "seconds").multipliedReportingOverflow(by: 1_000_000_000)
      let sum = seconds.partialValue.addingReportingOverflow(Self.int(fields, "nanos"))
      if seconds.overflow || sum.overflow { throw .intOverflow }
      return .duration(sum.partialValue)
    }
    messages["google.protobuf.Timestamp"] = ["seconds": .int, "nanos": .int]
    messageMakers["google.protobuf.Timestamp"] = { fields throws(CELFailure) in
      let seconds = Self.int(fields, "seconds")
      let nanoseconds = Self.int(fields, "nanos")
      guard (0..<1_000_000_000).contains(nanoseconds), (-62_135_596_800...253_402_300_799).contains(seconds) else {
        throw .timestampOverflow
      }
      return .timestamp(CELTimestamp(seconds: seconds, nanoseconds: Int32(nanoseconds)))
    }
    let wrappers: [(name: String, type: CELType, zero: CELValue)] = [
      ("BoolValue", .bool, .bool(false)), ("BytesValue", .bytes, .bytes([])), ("DoubleValue", .double, .double(0)),
      ("Int64Value", .int, .int(0)), ("StringValue", .string, .string("")), ("UInt64Value", .uint, .uint(0)),
    ]
    for (name, type, zero) in wrappers {
      let full = "google.protobuf." + name
      types[full] = .wrapper(type)
      messages[full] = ["value": type]
      messageMakers[full] = { fields throws(CELFailure) in fields.first { $0.name == "value" }?.value ?? zero }
    }
  }

  private static func int(_ fields: [(name: String, value: CELValue)], _ name: String) -> Int64 {
    fields.first { $0.name == name }?.value.int ?? 0
  }
}
