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
  /// When the report was made, RFC 3339 in UTC, for formats that say so.
  package var time: String

  package init(
    sources: [String], toolVersion: String, verbose: Bool = false, rules: [RuleMetadata] = [],
    time: String = "1970-01-01T00:00:00Z"
  ) {
    self.time = time
    self.sources = sources
    self.toolVersion = toolVersion
    self.verbose = verbose
    self.rules = rules
  }
}
