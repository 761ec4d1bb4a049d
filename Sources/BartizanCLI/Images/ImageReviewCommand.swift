import ArgumentParser
import Collect
import Findings
import Operations
import PodSecurity
import Posture
import Report

struct ImageReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Find mistakes of an image's build: its user, its files, its steps.",
    discussion: """
      EXAMPLES
        bartizan image review registry.example/team/app:1.4
        bartizan image review --fail-on medium -o sarif=review.sarif app.tar.gz

      Reviewed are the configuration (user, ports, health check), the steps of the build (URLs added, downloads run, \
      outdated package lists), and the files of all layers together: setuid programs, world-writable files, accounts \
      without a password, caches of package managers, credentials. Setuid programs that no package of the \
      distribution owns are reported one by one. The root of a system has no configuration and no steps, and an SBOM \
      has packages alone: checks that look at what is not there are not evaluated, which the report says and --strict \
      takes for a failure. Exit code 1: a finding is at least as severe as --fail-on; 3: --strict.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<ScanReport>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @Option(help: "Exit with 1 when a finding is at least this severe.")
  var failOn: Threshold = Threshold(.low)
  @Flag(help: "Exit with 3 when a check could not be answered, or a part of the image could not be read.")
  var strict = false
  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remediation.") var verbose = false
  @OptionGroup var suppression: SuppressionOptions

  func run() async throws {
    let contents = try await reading.read(image, access, secrets: true)
    let review = ImageReviewOperation(suppressions: try suppression.suppressions(), today: Today.text)
    let outcome = review.run(contents, source: image.name)
    StandardError.lines(review.suppressions.problems)
    suppression.tell(outcome.suppressed)
    let options = ReportOptions(
      sources: [image.name], toolVersion: Version.text, verbose: verbose,
      rules: CheckCatalogue.imageChecks.map(\.metadata.rule), time: SourceDate.text ?? Today.moment)
    try output.give(ScanReport(outcome.result, options))
    if strict, outcome.result.status != .complete { throw ExitCode(ExitStatus.internalFailure) }
    if failOn.isReached(by: outcome.result) { throw ExitCode(ExitStatus.findings) }
  }
}
