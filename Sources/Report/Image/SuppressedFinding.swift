package import Images

/// A finding that a statement of somebody who knows the image takes out, with what it says.
package struct SuppressedFinding: Sendable {
  package let finding: ImageFinding
  /// In the words of the statement's format: `not_affected`, `fixed`, `false_positive`, ….
  package let status: String
  /// Why; empty where the statement does not say.
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
