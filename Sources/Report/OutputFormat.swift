/// Every format that commands can print, by the name that `--format` and `-o` take. Which of them a command supports is
/// up to its answer (`Answer.formats`).
package enum OutputFormat: String, Sendable, CaseIterable {
  /// Text for people, in a terminal or a pipe.
  case table
  /// One document, described in `docs/schemas`.
  case json
  /// One JSON object per line.
  case jsonl
  /// Manifests for kubectl.
  case yaml
  case csv
  /// For comments on pull requests.
  case markdown
  /// One self-contained page.
  case html
  /// For code scanning by GitHub, Azure DevOps and others.
  case sarif
  /// JUnit XML, for CI servers.
  case junit
  /// Annotations of GitHub Actions.
  case github
  /// GitLab's security reports: container scanning for images, static analysis for manifests.
  case gitlab
  case cyclonedx
  case cyclonedxXML = "cyclonedx-xml"
  case openvex
  case spdx
  case spdxJSON = "spdx-json"
  /// SPDX 3.0, a graph in JSON-LD.
  case spdx3JSON = "spdx3-json"
  /// Assessment results in OSCAL.
  case oscal
  case svg
  /// A Graphviz graph.
  case dot
  /// Numbers only.
  case summary

  /// Whether it is text for people, in which nothing may steer what shows it.
  package var isForPeople: Bool {
    switch self {
    case .table, .markdown, .summary: true
    default: false
    }
  }
}
