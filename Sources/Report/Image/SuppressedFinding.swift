package import Images

/// A finding that a VEX statement suppresses, with the statement.
package struct SuppressedFinding: Sendable {
  package let finding: ImageFinding
  /// In the terms of the statement's format: `not_affected`, `fixed`, `false_positive`, ….
  package let status: String
  /// The justification; empty where the statement has none.
  package let justification: String
  /// The document that holds the statement.
  package let file: String

  package init(finding: ImageFinding, status: String, justification: String, file: String) {
    self.finding = finding
    self.status = status
    self.justification = justification
    self.file = file
  }
}
