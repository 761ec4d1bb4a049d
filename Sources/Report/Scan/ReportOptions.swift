package import Findings

/// What a report says beside the result of the scan.
package struct ReportOptions: Sendable {
  /// What was scanned, as the user named it.
  package var sources: [String]
  package var toolVersion: String
  /// Every place of every finding, not only the first ones.
  package var verbose: Bool
  /// Metadata of the checks that ran, for formats that carry the rules along.
  package var rules: [RuleMetadata]

  package init(
    sources: [String], toolVersion: String, verbose: Bool = false, rules: [RuleMetadata] = []
  ) {
    self.sources = sources
    self.toolVersion = toolVersion
    self.verbose = verbose
    self.rules = rules
  }
}
