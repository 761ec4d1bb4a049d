import ArgumentParser
import Bytes
import Collect
import Findings
import Glibc
import Images
import Posture
import Report

struct ImageReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "What a build made wrong: its user, its files, its steps, what it left.",
    discussion: """
      EXAMPLES
        bartizan image review registry.example/team/app:1.4
        bartizan image review --fail-on medium --format sarif app.tar.gz

      Looked at are the configuration (user, ports, health check), the steps of the build (URLs added, downloads run, lists that stay
      old), and the files of all layers together: programs that run as their owner, what anybody may write, accounts without
      a password, caches of package managers, credentials. Of programs that run as their owner, those that no package of the
      distribution brought are told one by one. The root of a system has no configuration and no steps; its files are looked at.
      Exit code 1: something is at least as severe as --fail-on.
      """)
  @Argument(help: ImageArguments.sourceHelp, completion: .file()) var source: String
  @OptionGroup var reading: ImageReading
  @Option(help: "Exit with 1 when a finding is at least this severe: info, low, medium, high, critical, or never.")
  var failOn: Threshold = Threshold(.low)
  @Option(name: .shortAndLong, help: "table, json, sarif, html, junit, markdown or csv.")
  var format: FormatName = FormatName(.table)
  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remedy.") var verbose = false
  @Option(help: "YAML with exceptions: check, reason, expires. Repeatable.", completion: .file())
  var exceptions: [String] = []
  @Option(help: "A JSON report of an earlier review: its findings are known, and left out.", completion: .file())
  var baseline: String?

  func run() async throws {
    let contents = try await reading.read(source, secrets: true)
    let image = ReviewedImage(
      name: source, isByReference: access(source, F_OK) != 0, configuration: contents.configuration,
      packages: contents.packages, exposures: contents.exposures, caches: contents.caches,
      openAccounts: contents.openAccounts, secrets: contents.secrets, layers: contents.layers)
    var result = ScanResult(
      findings: ImageReview.judge(image), problems: contents.problems, notEvaluated: [], tally: ScanResult.Tally(),
      objects: 1, workloads: 0, namespaces: 0, checks: ImageReview.points.count)
    let written = try ExceptionFiles.read(exceptions)
    for problem in written.problems { StandardError.line("bartizan: \(problem.text)") }
    let ids = Set(ImageReview.points.map(\.point.id))
    ExceptionFiles.tell(result.apply(written.waivers, today: Today.text) { ids.contains($0) || $0 == "*" })
    if let baseline { try BaselineFile.leaveOut(baseline, of: &result) }
    let rules = ImageReview.points.map(\.point).map { RuleDescription($0) }
    let options = ReportOptions(
      sources: [source], toolVersion: Version.text, width: StandardOutput.width, verbose: verbose, rules: rules)
    format.format.render(result, options) { StandardOutput.write($0) }
    if let threshold = failOn.severity, let worst = result.worst, worst >= threshold {
      throw ExitCode(ExitStatus.findings)
    }
  }
}
