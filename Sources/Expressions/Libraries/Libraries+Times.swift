import Bytes

extension Libraries {
  /// What is asked of timestamps, in UTC or in a time zone, and of durations.
  static let times: [FunctionDeclaration] = [
    accessor("getFullYear", "year") { fields, _ in fields.year },
    accessor("getMonth", "month") { fields, _ in fields.month - 1 },
    accessor("getDayOfYear", "day_of_year") { fields, _ in fields.dayOfYear - 1 },
    accessor("getDayOfMonth", "day_of_month") { fields, _ in fields.day - 1 },
    accessor("getDate", "day_of_month_1_based") { fields, _ in fields.day },
    accessor("getDayOfWeek", "day_of_week") { fields, _ in fields.dayOfWeek },
    accessor("getHours", "hours", unit: 3_600_000_000_000) { fields, _ in fields.hour },
    accessor("getMinutes", "minutes", unit: 60_000_000_000) { fields, _ in fields.minute },
    accessor("getSeconds", "seconds", withZone: "seconds_tz", unit: 1_000_000_000) { fields, _ in
      fields.second
    },
    accessor("getMilliseconds", "milliseconds", unit: 1_000_000) { _, nanoseconds in
      nanoseconds / 1_000_000
    },
  ]

  /// - Parameter unit: the nanoseconds that the part of a duration is counted in; nil where durations have none.
  private static func accessor(
    _ name: String, _ id: String, withZone: String? = nil, unit: Int64? = nil,
    _ part: @escaping @Sendable (CELTimestamp.Fields, Int) -> Int
  ) -> FunctionDeclaration {
    @Sendable func read(_ value: CELValue, _ zone: String?) throws(CELFailure) -> CELValue {
      guard case .timestamp(let time) = value else { throw .noSuchOverload }
      let offset = try zone.map { name throws(CELFailure) in try TimeZones.offset(of: name, at: time.seconds) } ?? 0
      return .int(Int64(part(time.fields(offsetSeconds: offset), Int(time.nanoseconds))))
    }
    var overloads: [Overload] = [
      .member(
        "timestamp_to_" + id, [.timestamp], .int,
        .unary { value throws(CELFailure) in try read(value, nil) }),
      .member(
        "timestamp_to_" + (withZone ?? id + "_with_tz"), [.timestamp, .string], .int,
        .binary { value, zone throws(CELFailure) in
          guard case .string(let zone) = zone else { throw .noSuchOverload }
          return try read(value, zone)
        }),
    ]
    if let unit {
      overloads.append(
        .member(
          "duration_to_" + id, [.duration], .int,
          .unary { value throws(CELFailure) in
            guard case .duration(let duration) = value else { throw .noSuchOverload }
            return .int(duration / unit)
          }))
    }
    return FunctionDeclaration(name, overloads)
  }
}

/// Offsets from UTC by the name of a time zone.
enum TimeZones {
  /// In seconds, east of UTC.
  ///
  /// - Parameter name: `UTC`, a name of the IANA database, or `[+-]HH:MM`.
  static func offset(of name: String, at seconds: Int64) throws(CELFailure) -> Int {
    guard let colon = name.firstIndex(of: ":") else {
      if name.isEmpty || name == "UTC" || name == "Z" { return 0 }
      guard let offset = TimeZoneTable.offset(of: name, at: seconds) else {
        throw .argument("unknown time zone \(name)")
      }
      return offset
    }
    let hours = String(name[..<colon])
    let minutes = String(name[name.index(after: colon)...])
    guard let h = Int(hours), h.magnitude < 1_000 else { throw .argument(GoText.badNumber(hours)) }
    guard let m = Int(minutes), m.magnitude < 10_000 else { throw .argument(GoText.badNumber(minutes)) }
    return (name.hasPrefix("-") ? h * 60 - m : h * 60 + m) * 60
  }
}
