/// What calling a function costs, in the API server's units: cel-go `interpreter/runtimecost.go`, and
/// `library/cost.go` of the API server for its own libraries.
enum CallCost: Sendable {
  case fixed(UInt64)
  /// One argument's size, times a factor: going through a text or list once or twice.
  case traversal(argument: Int, factor: Double)
  /// Of an argument, all that is in it: elements, keys and values, texts by their length.
  case deepTraversal
  case size(argument: Int)
  case smaller
  case sum
  case regex
  /// As `regex`, of the format's assumed length of expression.
  case format
  case contains
  case selector
  case sets(factor: Double)
  /// `containsIP` and `containsCIDR`.
  case addresses(isNetwork: Bool, parses: Bool)
  /// The result's size, twice.
  case result(factor: Double)
  /// Making a list of the result's size.
  case allocatedResult
  case flatten
  case selfComparison(argument: Int)

  var needsResult: Bool {
    switch self {
    case .result, .allocatedResult: true
    default: false
    }
  }

  /// Going through texts, for each byte or code point.
  private static let text = 0.1
  /// For each character of a regular expression.
  private static let pattern = 0.25

  static func ceiling(_ value: Double) -> UInt64 { value >= 1.8e19 ? .max : UInt64(value.rounded(.up)) }

  @inline(__always)
  static func size(_ value: CELValue) -> UInt64 {
    switch value {
    case .string, .bytes, .list, .map: UInt64(value.size ?? 1)
    case .opaque(let value): UInt64(value.size)
    case .optional(let optional): optional.value.map { size($0) } ?? 1
    default: 1
    }
  }

  @inline(__always)
  static func ofEquality(_ a: CELValue, _ b: CELValue) -> UInt64 {
    if case .opaque = a { return 1 }
    return ceiling(Double(min(size(a), size(b))) * text)
  }

  func of(_ a: CELValue, _ b: CELValue) -> UInt64 {
    if case .fixed(let cost) = self { return cost }
    return of([a, b], .null)
  }

  func of(_ values: [CELValue], _ result: CELValue) -> UInt64 {
    func size(_ index: Int) -> UInt64 { index < values.count ? Self.size(values[index]) : 1 }
    switch self {
    case .fixed(let cost): return cost
    case .traversal(let argument, let factor): return Self.ceiling(Double(size(argument)) * factor * Self.text)
    case .deepTraversal: return values.first.map { Self.deep($0) } ?? 0
    case .size(let argument): return size(argument)
    case .smaller: return Self.ceiling(Double(min(size(0), size(1))) * Self.text)
    case .sum: return Self.ceiling(Double(size(0) &+ size(1)) * Self.text)
    case .regex: return Self.expression(text: size(0), length: size(1))
    case .format:
      var length: UInt64 = 1
      if case .opaque(let format as NamedFormat)? = values.first { length = UInt64(format.patternSize) }
      return Self.expression(text: size(1), length: length)
    case .contains: return Self.ceiling(Double(size(0)) * Self.text) &* Self.ceiling(Double(size(1)) * Self.text)
    case .selector:
      let length = size(1)
      return 10 &+ Self.ceiling(Double(length) * Self.text) &+ Self.ceiling(Self.ceilingAsDouble(length) * 50)
    case .sets(let factor): return 1 &+ Self.ceiling((Double(size(0)) * Double(size(1)) * factor).rounded(.down))
    case .addresses(let isNetwork, let parses):
      var cost = Self.ceiling(Double(size(0) &+ size(0)) * Self.text)
      if isNetwork { cost = cost &+ Self.ceiling(Double(size(0)) * Self.text) &+ 1 }
      if parses { cost = cost &+ Self.ceiling(Double(size(1)) * Self.text) }
      return cost
    case .result(let factor): return Self.ceiling(Double(Self.size(result)) * factor * Self.text)
    case .allocatedResult: return Self.size(result) &+ 1 &+ CreationCost.list
    case .flatten:
      var depth = 1.0
      if values.count == 2, case .int(let value) = values[1] { depth = Double(max(0, value)) }
      return Self.ceiling((Double(size(0)) * depth).rounded(.down)) &+ 1 &+ CreationCost.list
    case .selfComparison(let argument):
      var factor = 2.0
      if argument < values.count, case .list(let list) = values[argument], list.count > 0 {
        switch list[0] {
        case .string, .bytes: factor += Self.text
        default: break
        }
      }
      let count = Double(size(argument))
      return Self.ceiling((count * count * factor).rounded(.down)) &+ 1 &+ CreationCost.list
    }
  }

  /// Requirements that a selector of this length may hold at most: two characters each.
  private static func ceilingAsDouble(_ length: UInt64) -> Double { (Double(length) * 0.5).rounded(.up) }

  private static func expression(text: UInt64, length: UInt64) -> UInt64 {
    let product = ceiling((1 + Double(text)) * self.text).multipliedReportingOverflow(
      by: ceiling(Double(length) * pattern))
    return product.overflow ? .max : product.partialValue
  }

  private static func deep(_ value: CELValue) -> UInt64 {
    switch value {
    case .string(let value): return UInt64(Double(value.utf8.count) * text)
    case .bytes(let value): return UInt64(Double(value.count) * text)
    case .list(let list): return (0..<list.count).reduce(0) { $0 &+ deep(list[$1]) }
    case .map(let map): return map.entries.reduce(0) { $0 &+ deep($1.key) &+ deep($1.value) }
    default: return 1
    }
  }

  /// What an overload costs.
  ///
  /// - Parameter overload: nil where the checker left several open; the library of cel-go then counts one.
  static func of(function: String, overload: String?, arguments: Int) -> CallCost {
    // By overload first: libraries of cel-go that count for themselves.
    switch overload {
    case "list_sets_contains_list", "list_sets_intersects_list": return .sets(factor: 1)
    case "list_sets_equivalent_list": return .sets(factor: 2)
    case "list_slice", "lists_range", "list_reverse": return .allocatedResult
    case "list_flatten", "list_flatten_int": return .flatten
    case "list_distinct": return .selfComparison(argument: 0)
    case let id? where id.hasPrefix("list_") && id.hasSuffix("_sort"): return .selfComparison(argument: 0)
    case let id? where id.hasPrefix("list_") && id.hasSuffix("_sortByAssociatedKeys"):
      return .selfComparison(argument: 1)
    default: break
    }
    switch function {
    case "check": return .fixed(350_000)
    case "fieldSelector", "labelSelector": return .selector
    case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf": return .deepTraversal
    case "url", "lowerAscii", "upperAscii", "substring", "trim", "jsonpatch.escapeKey", "cidr", "isIP", "isCIDR",
      "quantity", "isQuantity", "semver", "isSemver":
      return .traversal(argument: 0, factor: 1)
    case "replace", "split", "ip.isCanonical": return .traversal(argument: 0, factor: 2)
    case "join": return .result(factor: 2)
    case "find", "findAll": return .regex
    case "ip": return overload == "cidr_ip" ? .fixed(1) : .traversal(argument: 0, factor: 1)
    case "containsIP": return .addresses(isNetwork: false, parses: overload == "cidr_contains_ip_string")
    case "containsCIDR": return .addresses(isNetwork: true, parses: overload == "cidr_contains_cidr_string")
    case "validate": return .format
    default: break
    }
    switch overload {
    case "starts_with_string", "ends_with_string", "string_to_bytes", "bytes_to_string", "strings_quote",
      "string_format":
      return .traversal(argument: 0, factor: 1)
    case "in_list": return .size(argument: 1)
    case "less_string", "greater_string", "less_equals_string", "greater_equals_string", "less_bytes",
      "greater_bytes", "less_equals_bytes", "greater_equals_bytes":
      return .smaller
    case "add_string", "add_bytes": return .sum
    case "matches_string": return .regex
    case "contains_string": return .contains
    default: return .fixed(1)
    }
  }
}
