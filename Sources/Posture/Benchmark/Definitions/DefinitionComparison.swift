import Bytes

/// How a definition compares a value with its own. Source: kube-bench `check/test.go`.
package enum DefinitionComparison: String, Sendable, CaseIterable {
  case eq, noteq, gt, gte, lt, lte, has, nothave, regex, bitmask
  case validElements = "valid_elements"

  /// What a comparison came to.
  package struct Result: Sendable, Equatable {
    package let isTrue: Bool
    /// What was expected, in kube-bench's words; empty for an operator that it does not know.
    package let expected: String
  }

  /// - Parameters:
  ///   - operation: as written in the definition; an unknown one is false.
  ///   - found: the value that the audit's output holds.
  ///   - wanted: the value of the definition.
  ///   - name: the flag, path or variable.
  package static func compare(_ operation: String, found: String, wanted: String, name: String) -> Result {
    guard let comparison = Self(rawValue: operation) else { return Result(isTrue: false, expected: "") }
    return comparison.compare(found: found, wanted: wanted, name: name)
  }

  private func compare(found: String, wanted: String, name: String) -> Result {
    switch self {
    case .eq:
      Result(isTrue: Self.isEqual(found, wanted), expected: "'\(name)' is equal to '\(wanted)'")
    case .noteq:
      Result(isTrue: !Self.isEqual(found, wanted), expected: "'\(name)' is not equal to '\(wanted)'")
    case .gt: numeric(found, wanted, name, "greater than") { $0 > $1 }
    case .gte: numeric(found, wanted, name, "greater or equal to") { $0 >= $1 }
    case .lt: numeric(found, wanted, name, "lower than") { $0 < $1 }
    case .lte: numeric(found, wanted, name, "lower or equal to") { $0 <= $1 }
    case .has: Result(isTrue: Self.holds(found, wanted), expected: "'\(name)' has '\(wanted)'")
    case .nothave: Result(isTrue: !Self.holds(found, wanted), expected: "'\(name)' does not have '\(wanted)'")
    case .regex:
      Result(
        isTrue: Self.matches(found, wanted), expected: "'\(name)' matched by regex expression '\(wanted)'")
    case .validElements:
      Result(
        isTrue: Self.allValid(Self.elements(found), among: Self.elements(wanted)),
        expected: "'\(name)' contains valid elements from '\(wanted)'")
    case .bitmask: Self.bitmask(found, wanted, name)
    }
  }

  /// Booleans are compared without regard to case.
  private static func isEqual(_ found: String, _ wanted: String) -> Bool {
    let lower = found.lowercased()
    return lower == "true" || lower == "false" ? lower == wanted : found == wanted
  }

  private func numeric(
    _ found: String, _ wanted: String, _ name: String, _ words: String, _ holds: (Int, Int) -> Bool
  ) -> Result {
    guard let pair = Self.numbers(found, wanted) else {
      return Result(isTrue: false, expected: "Invalid Number(s) used for comparison: '\(found)' '\(wanted)'")
    }
    return Result(isTrue: holds(pair.0, pair.1), expected: "'\(name)' is \(words) \(wanted)")
  }

  /// Both as decimal integers; nil where one is none.
  package static func numbers(_ a: String, _ b: String) -> (Int, Int)? {
    guard let a = Int(a.trimmingGoSpace), let b = Int(b.trimmingGoSpace) else { return nil }
    return (a, b)
  }

  private static func holds(_ text: String, _ part: String) -> Bool { part.isEmpty || text.contains(part) }

  /// False for an expression that RE2 does not accept, and for one that would take too long.
  private static func matches(_ text: String, _ expression: String) -> Bool {
    guard let regex = try? LinearRegex(expression), regex.isWithinBounds(text) else { return false }
    return regex.matches(text)
  }

  /// The elements of a list with commas; one comma or several at the end do not count.
  package static func elements(_ text: String) -> [String] {
    var trimmed = Substring(text.trimmingGoSpace)
    while trimmed.last == "," { trimmed.removeLast() }
    guard !trimmed.isEmpty else { return [] }
    return trimmed.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingGoSpace }
  }

  /// Whether every element is allowed; an empty list is valid only among none.
  package static func allValid(_ elements: [String], among allowed: [String]) -> Bool {
    elements.isEmpty == allowed.isEmpty && elements.allSatisfy(allowed.contains)
  }

  private static func bitmask(_ found: String, _ wanted: String, _ name: String) -> Result {
    guard let mode = Int64(found, radix: 8) else {
      return Result(isTrue: false, expected: "Not numeric value - flag: \(found)")
    }
    guard let most = Int64(wanted, radix: 8) else {
      return Result(isTrue: false, expected: "Not numeric value - flag: \(wanted)")
    }
    return Result(
      isTrue: most & mode == mode,
      expected: "\(name) has permissions \(found), expected \(wanted) or more restrictive")
  }
}
