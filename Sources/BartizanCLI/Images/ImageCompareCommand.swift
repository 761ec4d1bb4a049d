import ArgumentParser
import Findings
import Operations
import Report

struct ImageCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare with reports of other scanners on the same image, and say why they differ.",
    discussion: """
      EXAMPLES
        trivy image --format json --list-all-pkgs registry.example/team/app:1.4 \\
          > trivy.json
        bartizan image compare registry.example/team/app:1.4 trivy.json
        bartizan image compare app.tar.gz trivy.json grype.json -o json

      Supported are reports in JSON of Trivy, Grype, Anchore and Clair on the same image. A finding is the same when \
      the package is, and when one of its ids is. `image scan --with` merges what others found into the report. Exit \
      code 0: a comparison is no verdict; 3: a report is about another image.
      """)

  @Argument(help: ImageSourceArgument.help, completion: .file()) var source: String
  @Argument(help: "Reports of other scanners on it.", completion: .file()) var reports: [String]
  @OptionGroup var output: OutputOptions<ScannerComparisonAnswer>
  @Flag(help: "In the table: all that differs, not only the first of each kind.") var all = false
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let compare = ImageCompareOperation(state: try store.state())
    let contents = try await reading.read(source, access)
    let items = try compare.run(contents, source: source, reports: reports)
    for item in items { if let other = item.other { StandardError.line(other.text) } }
    try output.give(
      ScannerComparisonAnswer(source: source, items.map { ($0.report, $0.comparison, $0.other) }, showsAll: all))
    // Two images differ, and that says nothing of two scanners.
    if items.contains(where: { $0.other?.isCertain == true }) { throw ExitCode(ExitStatus.unknown) }
  }
}
