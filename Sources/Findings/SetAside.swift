/// A finding that does not count, and what takes it out. Reports count them, so that what is left out is not taken for what is not there.
package struct SetAside: Sendable {
  /// What takes a finding out of those that count.
  package enum Cause: Sendable, Hashable, CaseIterable {
    /// An exception of a file, or on the object.
    case exception
    /// An earlier report.
    case baseline
    /// A statement of somebody who knows the software (VEX).
    case statement
    /// A filter of the user: one of `ScanResult.filters`.
    case filter
  }

  package let finding: Finding
  package let cause: Cause
  /// Why, in the words of whoever decided it; empty where nobody says.
  package let reason: String

  package init(_ finding: Finding, _ cause: Cause, reason: String = "") {
    self.finding = finding
    self.cause = cause
    self.reason = reason
  }
}

extension ScanResult {
  /// How many findings do not count for this cause.
  package func count(_ cause: SetAside.Cause) -> Int { setAside.count { $0.cause == cause } }
}
