/// Every format that a command answers in, by the name that `--format` and `-o` take. What a command can answer in is said by
/// its answer (`Answer.formats`).
package enum OutputFormat: String, Sendable, CaseIterable {
  /// For people, at a terminal or in a pipe.
  case table
  /// One document, described in `docs/schemas`.
  case json
  /// A JSON object a line.
  case jsonl
  /// Manifests for kubectl.
  case yaml
  case csv
  /// For the comment on a pull request.
  case markdown
  /// One self-contained page.
  case html
  /// For code scanning of GitHub, Azure DevOps and others.
  case sarif
  /// For build servers.
  case junit
  /// GitLab's report of container scanning.
  case gitlab
  case cyclonedx
  case openvex
  case spdx
  case spdxJSON = "spdx-json"
  case svg
  /// A graph for Graphviz.
  case dot
  /// Counts alone.
  case summary
}
