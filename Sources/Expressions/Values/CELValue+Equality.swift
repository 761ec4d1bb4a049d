import Bytes

/// Equality and order of values (cel-go `common/types`).
extension CELValue {
  /// - Throws: where a value of a library is compared with one of another type.
  static func equal(_ a: CELValue, _ b: CELValue) throws(CELFailure) -> Bool {
    switch (a, b) {
    case (.string(let x), .string(let y)): return sameText(x, y)
    case (.int(let x), .int(let y)): return x == y
    case (.bool(let x), .bool(let y)): return x == y
    case (.null, .null): return true
    case (.null, _), (_, .null): return false
    case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint), (.uint, .double), (.double, .int),
      (.double, .uint), (.double, .double):
      return orderNumbers(a, b) == 0
    case (.bytes(let x), .bytes(let y)): return x == y
    case (.duration(let x), .duration(let y)): return x == y
    case (.timestamp(let x), .timestamp(let y)): return x == y
    case (.type(let x), .type(let y)): return x.name == y.name
    case (.list(let x), .list(let y)):
      guard x.count == y.count else { return false }
      for index in 0..<x.count where !equalOrFailed(x[index], y[index]) { return false }
      return true
    case (.map(let x), .map(let y)):
      guard x.count == y.count else { return false }
      for entry in x.entries {
        guard let other = y[entry.key], equalOrFailed(entry.value, other) else { return false }
      }
      return true
    case (.optional(let x), .optional(let y)):
      guard let left = x.value, let right = y.value else { return x.value == nil && y.value == nil }
      return try equal(left, right)
    case (.object(let x), .object(let y)):
      guard x.typeName == y.typeName, x.fields.count == y.fields.count else { return false }
      for field in x.fields {
        guard let other = y[field.name], equalOrFailed(field.value, other) else { return false }
      }
      return true
    case (.opaque(let x), .opaque(let y)): return try x.equals(y)
    case (.opaque, _): throw .noSuchOverload
    default: return false
    }
  }

  /// Within lists and maps, what cannot be compared counts as equal.
  private static func equalOrFailed(_ a: CELValue, _ b: CELValue) -> Bool {
    do throws(CELFailure) { return try equal(a, b) } catch { return true }
  }

  static func isSame(_ a: CELValue, _ b: CELValue) -> Bool {
    do throws(CELFailure) { return try equal(a, b) } catch { return false }
  }

  /// -1, 0 or 1; nil where one is not a number.
  private static func orderNumbers(_ a: CELValue, _ b: CELValue) -> Int? {
    func order(_ x: Double, _ y: Double) -> Int? { x.isNaN || y.isNaN ? nil : x < y ? -1 : x > y ? 1 : 0 }
    func order(_ x: Double, _ y: Int64) -> Int? {
      x.isNaN ? nil : x < -9_223_372_036_854_775_808 ? -1 : x > 9_223_372_036_854_775_808 ? 1 : order(x, Double(y))
    }
    func order(_ x: Double, _ y: UInt64) -> Int? {
      x.isNaN ? nil : x < 0 ? -1 : x > 18_446_744_073_709_551_616 ? 1 : order(x, Double(y))
    }
    switch (a, b) {
    case (.int(let x), .int(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.uint(let x), .uint(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.int(let x), .uint(let y)): return x < 0 ? -1 : UInt64(x) < y ? -1 : UInt64(x) > y ? 1 : 0
    case (.uint(let x), .int(let y)): return y < 0 ? 1 : x < UInt64(y) ? -1 : x > UInt64(y) ? 1 : 0
    case (.double(let x), .double(let y)): return order(x, y)
    case (.double(let x), .int(let y)): return order(x, y)
    case (.double(let x), .uint(let y)): return order(x, y)
    case (.int(let x), .double(let y)): return order(y, x).map { -$0 }
    case (.uint(let x), .double(let y)): return order(y, x).map { -$0 }
    default: return nil
    }
  }

  /// -1, 0 or 1.
  ///
  /// - Parameter function: the operator, for the message.
  static func compare(_ a: CELValue, _ b: CELValue, _ function: String) throws(CELFailure) -> Int {
    switch (a, b) {
    case (.int(let x), .int(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.string(let x), .string(let y)):
      return sameText(x, y) ? 0 : x.utf8.lexicographicallyPrecedes(y.utf8) ? -1 : 1
    case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint), (.uint, .double), (.double, .int),
      (.double, .uint), (.double, .double):
      guard let order = orderNumbers(a, b) else { throw .argument("NaN values cannot be ordered") }
      return order
    case (.bool(let x), .bool(let y)): return x == y ? 0 : y ? -1 : 1
    case (.bytes(let x), .bytes(let y)): return x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1
    case (.duration(let x), .duration(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.timestamp(let x), .timestamp(let y)): return x < y ? -1 : x > y ? 1 : 0
    case (.int, _), (.uint, _), (.double, _), (.bool, _), (.string, _), (.bytes, _), (.duration, _), (.timestamp, _):
      throw .noSuchOverload
    default: throw .noSuchOverload(function)
    }
  }

  /// Whether a list holds a value, or a map a key.
  static func contains(_ container: CELValue, _ value: CELValue) throws(CELFailure) -> Bool {
    switch container {
    case .list(let list): return list.contains(value)
    case .map(let map): return map[value] != nil
    default: throw .noSuchOverload
    }
  }
}

extension CELList {
  func contains(_ value: CELValue) -> Bool {
    if case .nodes(let nodes) = self, case .string(let wanted) = value {
      for node in nodes {
        guard let text = node.string else { continue }
        if sameText(text, wanted) { return true }
      }
      return false
    }
    for index in 0..<count where CELValue.isSame(value, self[index]) { return true }
    return false
  }
}
