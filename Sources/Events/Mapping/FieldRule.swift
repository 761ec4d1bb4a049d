/// What one or more fields of the event are made of.
struct FieldRule: Sendable {
  enum Action: Sendable {
    /// The first of the inputs that has a value.
    case copy
    /// Every value of every input.
    case all
    /// The first input that is a moment: RFC 3339, or a number since 1970 in seconds, milliseconds, microseconds or
    /// nanoseconds.
    case time
    case constant(StaticString)
    /// Whatever a function makes of them.
    case compute(@Sendable (_ bytes: Span<UInt8>, _ extractor: inout Extractor) -> Void)
  }

  let fields: [FieldID]
  let inputs: [NativePath]
  let action: Action

  static func copy(_ inputs: NativePath..., to field: FieldID) -> FieldRule {
    FieldRule(fields: [field], inputs: inputs, action: .copy)
  }

  static func all(_ inputs: NativePath..., to field: FieldID) -> FieldRule {
    FieldRule(fields: [field], inputs: inputs, action: .all)
  }

  static func time(_ inputs: NativePath..., to field: FieldID = .timestamp) -> FieldRule {
    FieldRule(fields: [field], inputs: inputs, action: .time)
  }

  static func constant(_ text: StaticString, to field: FieldID) -> FieldRule {
    FieldRule(fields: [field], inputs: [], action: .constant(text))
  }

  static func compute(
    _ fields: FieldID..., from inputs: [NativePath],
    _ body: @escaping @Sendable (_ bytes: Span<UInt8>, _ extractor: inout Extractor) -> Void
  ) -> FieldRule {
    FieldRule(fields: fields, inputs: inputs, action: .compute(body))
  }

  /// Whether one of the fields is a column.
  var isHot: Bool { fields.contains { $0.column != nil || $0 == .eventKind } }
}
