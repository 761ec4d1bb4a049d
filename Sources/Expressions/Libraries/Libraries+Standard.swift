import Bytes

/// The function libraries: one a file, in `Libraries+NAME.swift`.
enum Libraries {}

extension Libraries {
  static let a = CELType.parameter("A")
  static let b = CELType.parameter("B")
  static let t = CELType.parameter("T")

  /// The functions and operators of the language (cel-go `common/stdlib`).
  ///
  /// - Parameter mixedNumbers: whether numbers of different types may be ordered.
  static func standard(mixedNumbers: Bool) -> CELLanguage.Library {
    var library = CELLanguage.Library()
    library.macros = Macro.standard
    library.types = [
      "bool": .bool, "bytes": .bytes, "double": .double, "int": .int, "list": .list(.dyn), "map": .map(.dyn, .dyn),
      "null_type": .null, "string": .string, "type": .type(nil), "uint": .uint,
      "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    ]
    library.functions =
      logic + equality + arithmetic
      + ["less", "less_equals", "greater", "greater_equals"].map { comparison($0, mixedNumbers) }
      + collections + conversions + texts + times
    return library
  }

  private static let logic = [
    FunctionDeclaration(Operators.conditional, [Overload("conditional", [.bool, a, a], a)]),
    FunctionDeclaration(Operators.and, [Overload("logical_and", [.bool, .bool], .bool)]),
    FunctionDeclaration(Operators.or, [Overload("logical_or", [.bool, .bool], .bool)]),
    FunctionDeclaration(Operators.not, [Overload("logical_not", [.bool], .bool)]),
    FunctionDeclaration(Operators.notStrictlyFalse, [Overload("not_strictly_false", [.bool], .bool)]),
  ]

  private static let equality = [
    FunctionDeclaration(Operators.equals, [Overload("equals", [a, a], .bool)]),
    FunctionDeclaration(Operators.notEquals, [Overload("not_equals", [a, a], .bool)]),
  ]

  private static let arithmetic = [
    FunctionDeclaration(
      Operators.add,
      [
        Overload("add_bytes", [.bytes, .bytes], .bytes), Overload("add_double", [.double, .double], .double),
        Overload("add_duration_duration", [.duration, .duration], .duration),
        Overload("add_duration_timestamp", [.duration, .timestamp], .timestamp),
        Overload("add_timestamp_duration", [.timestamp, .duration], .timestamp),
        Overload("add_int64", [.int, .int], .int), Overload("add_list", [.list(a), .list(a)], .list(a)),
        Overload("add_string", [.string, .string], .string), Overload("add_uint64", [.uint, .uint], .uint),
      ]),
    FunctionDeclaration(
      Operators.divide,
      [
        Overload("divide_double", [.double, .double], .double), Overload("divide_int64", [.int, .int], .int),
        Overload("divide_uint64", [.uint, .uint], .uint),
      ]),
    FunctionDeclaration(
      Operators.modulo,
      [Overload("modulo_int64", [.int, .int], .int), Overload("modulo_uint64", [.uint, .uint], .uint)]),
    FunctionDeclaration(
      Operators.multiply,
      [
        Overload("multiply_double", [.double, .double], .double), Overload("multiply_int64", [.int, .int], .int),
        Overload("multiply_uint64", [.uint, .uint], .uint),
      ]),
    FunctionDeclaration(
      Operators.negate, isUnguarded: true,
      [
        Overload("negate_double", [.double], .double, .unary(CELValue.negate)),
        Overload("negate_int64", [.int], .int, .unary(CELValue.negate)),
      ]),
    FunctionDeclaration(
      Operators.subtract,
      [
        Overload("subtract_double", [.double, .double], .double),
        Overload("subtract_duration_duration", [.duration, .duration], .duration),
        Overload("subtract_int64", [.int, .int], .int),
        Overload("subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
        Overload("subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration),
        Overload("subtract_uint64", [.uint, .uint], .uint),
      ]),
  ]

  private static func comparison(_ name: String, _ mixedNumbers: Bool) -> FunctionDeclaration {
    var overloads = [
      Overload(name + "_bool", [.bool, .bool], .bool), Overload(name + "_int64", [.int, .int], .bool),
      Overload(name + "_uint64", [.uint, .uint], .bool), Overload(name + "_double", [.double, .double], .bool),
    ]
    if mixedNumbers {
      overloads += [
        Overload(name + "_int64_double", [.int, .double], .bool),
        Overload(name + "_int64_uint64", [.int, .uint], .bool),
        Overload(name + "_uint64_double", [.uint, .double], .bool),
        Overload(name + "_uint64_int64", [.uint, .int], .bool),
        Overload(name + "_double_int64", [.double, .int], .bool),
        Overload(name + "_double_uint64", [.double, .uint], .bool),
      ]
    }
    overloads += [
      Overload(name + "_string", [.string, .string], .bool), Overload(name + "_bytes", [.bytes, .bytes], .bool),
      Overload(name + "_timestamp", [.timestamp, .timestamp], .bool),
      Overload(name + "_duration", [.duration, .duration], .bool),
    ]
    let symbol =
      switch name {
      case "less": Operators.less
      case "less_equals": Operators.lessEquals
      case "greater": Operators.greater
      default: Operators.greaterEquals
      }
    return FunctionDeclaration(symbol, overloads)
  }

  private static let size: Overload.Body = .unary { value throws(CELFailure) in
    guard let size = value.size else { throw .noSuchOverload("size") }
    return .int(Int64(size))
  }

  private static let collections = [
    FunctionDeclaration(
      Operators.index,
      [Overload("index_list", [.list(a), .int], a), Overload("index_map", [.map(a, b), a], b)]),
    FunctionDeclaration(
      Operators.in, [Overload("in_list", [a, .list(a)], .bool), Overload("in_map", [a, .map(a, b)], .bool)]),
    FunctionDeclaration(
      "size", isUnguarded: true,
      [
        Overload("size_bytes", [.bytes], .int, size), .member("bytes_size", [.bytes], .int, size),
        Overload("size_list", [.list(a)], .int, size), .member("list_size", [.list(a)], .int, size),
        Overload("size_map", [.map(a, b)], .int, size), .member("map_size", [.map(a, b)], .int, size),
        Overload("size_string", [.string], .int, size), .member("string_size", [.string], .int, size),
      ]),
  ]

  private static func conversion(_ id: String, _ from: CELType, _ to: CELType) -> Overload {
    Overload(id, [from], to, .unary { value throws(CELFailure) in try value.converted(to: to) })
  }

  private static let conversions = [
    FunctionDeclaration(
      "type", isUnguarded: true, [Overload("type", [a], .type(a), .unary { .type($0.type) })]),
    FunctionDeclaration(
      "bool", [conversion("bool_to_bool", .bool, .bool), conversion("string_to_bool", .string, .bool)]),
    FunctionDeclaration(
      "bytes", [conversion("bytes_to_bytes", .bytes, .bytes), conversion("string_to_bytes", .string, .bytes)]),
    FunctionDeclaration(
      "double",
      [
        conversion("double_to_double", .double, .double), conversion("int64_to_double", .int, .double),
        conversion("string_to_double", .string, .double), conversion("uint64_to_double", .uint, .double),
      ]),
    FunctionDeclaration(
      "duration",
      [
        conversion("duration_to_duration", .duration, .duration), conversion("int64_to_duration", .int, .duration),
        conversion("string_to_duration", .string, .duration),
      ]),
    FunctionDeclaration("dyn", isUnguarded: true, [Overload("to_dyn", [a], .dyn, .unary { $0 })]),
    FunctionDeclaration(
      "int",
      [
        conversion("int64_to_int64", .int, .int), conversion("double_to_int64", .double, .int),
        conversion("duration_to_int64", .duration, .int), conversion("string_to_int64", .string, .int),
        conversion("timestamp_to_int64", .timestamp, .int), conversion("uint64_to_int64", .uint, .int),
      ]),
    FunctionDeclaration(
      "string",
      [
        conversion("string_to_string", .string, .string), conversion("bool_to_string", .bool, .string),
        conversion("bytes_to_string", .bytes, .string), conversion("double_to_string", .double, .string),
        conversion("duration_to_string", .duration, .string), conversion("int64_to_string", .int, .string),
        conversion("timestamp_to_string", .timestamp, .string), conversion("uint64_to_string", .uint, .string),
      ]),
    FunctionDeclaration(
      "timestamp",
      [
        conversion("timestamp_to_timestamp", .timestamp, .timestamp),
        conversion("int64_to_timestamp", .int, .timestamp),
        conversion("string_to_timestamp", .string, .timestamp),
      ]),
    FunctionDeclaration(
      "uint",
      [
        conversion("uint64_to_uint64", .uint, .uint), conversion("double_to_uint64", .double, .uint),
        conversion("int64_to_uint64", .int, .uint), conversion("string_to_uint64", .string, .uint),
      ]),
  ]

  /// A function of a text and another.
  static func ofTexts(
    _ body: @escaping @Sendable (String, String) throws(CELFailure) -> CELValue
  ) -> Overload.Body {
    .binary { first, second throws(CELFailure) in
      guard case .string(let a) = first, case .string(let b) = second else { throw .noSuchOverload }
      return try body(a, b)
    }
  }

  private static let matches: Overload.Body = .binary { text, pattern throws(CELFailure) in
    guard case .string(let text) = text else { throw text.isReceiver ? .noSuchOverload : .noSuchOverload("matches") }
    guard case .string(let pattern) = pattern else { throw .noSuchOverload }
    return .bool(try Pattern.matches(Pattern.compiled(pattern), text))
  }

  private static let texts = [
    FunctionDeclaration(
      "contains", isUnguarded: true,
      [
        .member(
          "contains_string", [.string, .string], .bool,
          ofTexts { text, part in .bool(ByteSearch.first(part, in: text) != nil) })
      ]),
    FunctionDeclaration(
      "endsWith", isUnguarded: true,
      [
        .member(
          "ends_with_string", [.string, .string], .bool,
          ofTexts { text, end in
            .bool(text.utf8.count >= end.utf8.count && text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8))
          })
      ]),
    FunctionDeclaration(
      "startsWith", isUnguarded: true,
      [
        .member(
          "starts_with_string", [.string, .string], .bool,
          ofTexts { text, start in .bool(text.utf8.starts(with: start.utf8)) })
      ]),
    FunctionDeclaration(
      "matches", isUnguarded: true,
      [
        Overload("matches", [.string, .string], .bool, matches),
        .member("matches_string", [.string, .string], .bool, matches),
      ]),
  ]
}
