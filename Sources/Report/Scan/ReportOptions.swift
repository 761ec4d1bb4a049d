package import Findings

/// What a report contains besides the result of the scan.
package struct ReportOptions: Sendable {
  /// What was scanned, as the user named it.
  package var sources: [String]
  package var toolVersion: String
  /// Whether to show every place of a finding instead of the first few.
  package var verbose: Bool
  /// Metadata of the checks that ran, for formats that include rules.
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
