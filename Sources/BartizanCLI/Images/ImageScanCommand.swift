import ArgumentParser
import Bytes
import Findings
import Images
import Operations
import Report

struct ImageScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Scan the packages of an image for known vulnerabilities.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan image scan app.tar.gz
        bartizan image scan registry.example/team/app:1.4
        bartizan image scan --ignore-unfixed -o table -o sarif=image.sarif rootfs/
        bartizan image scan --vex app.openvex.json --fail-on high app.tar.gz
        bartizan image scan --with trivy.json --with grype.json app.tar.gz

      A package of a distribution is matched by its source package and release; files that the distribution's \
      packages installed are left to the distribution's advisories. Packages of an ecosystem that is not in the \
      store are reported as not covered, never as clean. What is exploited comes first, then what is likely to be, \
      then by CVSS (`advisories update --risk`). Exit code 1: a vulnerability has at least the priority of \
      --fail-on.

      Known and accepted findings: --baseline takes an earlier report in JSON; --exceptions a YAML file with the id \
      of an advisory or a CVE as `check`, a reason and a date. gitlab, cyclonedx (with an analysis) and openvex are \
      for other tools.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<ImageScanReport>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions
  @Flag(help: "In the table: every vulnerability, not only the most urgent.") var all = false
  @Flag(help: "Leave out vulnerabilities without a fix.") var ignoreUnfixed = false
  @Option(
    help: "What is known not to affect this image: OpenVEX, CSAF or CycloneDX with an analysis. Repeatable.",
    completion: .file())
  var vex: [String] = []
  @Option(
    name: .customLong("with"),
    help: "A report of Trivy, Grype, Anchore or Clair (JSON) on the same image, to merge with ours. Repeatable.",
    completion: .file())
  var others: [String] = []
  @OptionGroup var suppression: SuppressionOptions
  @Option(
    help: "Exit with 1 from this priority on: unknown, low, medium, high, critical, likely or exploited.")
  var failOn: PriorityName = PriorityName(.unknown)

  func run() async throws {
    var scan = ImageScanOperation(
      state: try store.state(), suppressions: try suppression.suppressions(), today: Today.text)
    scan.statements = vex
    scan.otherScanners = others
    scan.ignoresUnfixed = ignoreUnfixed
    let contents = try await reading.read(image, access)
    let outcome = try scan.run(contents, source: image.name)
    tell(outcome, scan.suppressions.problems)
    try output.give(
      ImageScanReport(
        outcome.image, outcome.report, findings: outcome.findings, suppressed: outcome.suppressed,
        result: outcome.result, toolVersion: Version.text, time: SourceDate.text ?? Today.moment, showsAll: all))
    if outcome.findings.contains(where: { $0.priority.level.rawValue >= failOn.level.rawValue }) {
      throw ExitCode(ExitStatus.findings)
    }
    guard outcome.isBlind else { return }
    StandardError.line("nothing was found in what could be read; that does not mean that the image is clean")
    throw ExitCode(outcome.report.packages.isEmpty ? ExitStatus.usage : ExitStatus.clean)
  }

  private func tell(_ outcome: ImageScanOperation.Outcome, _ problems: [Problem]) {
    for merged in outcome.merged {
      if let other = merged.otherImage { StandardError.line(other.text(merged.file)) }
      StandardError.line(
        "\(merged.file): \(Phrase.count(merged.findings, "finding")) of \(merged.tool), \(merged.added) of which the advisories do not know; `bartizan image compare` says why"
      )
    }
    for file in outcome.emptyStatements { StandardError.line("\(file): no statement in it") }
    StandardError.lines(problems)
    suppression.tell(outcome.tally)
    for finding in outcome.result.findings {
      guard case .exception = finding.subject.thing else { continue }
      StandardError.line("\(finding.location.text): \(finding.message)")
    }
  }
}

extension OtherImage {
  /// That a report speaks of another image.
  func text(_ file: String) -> String {
    "\(file): this is a report on another image\(name.isEmpty ? "" : ", \(name)"): \(digests.joined(separator: " ")), not \(expected.joined(separator: " "))"
  }
}
