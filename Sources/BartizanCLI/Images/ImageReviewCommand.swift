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
        bartizan image review --fail-on medium -o sarif=review.sarif app.tar.gz \\
          web.tar.gz

      Reviewed are the configuration (user, ports, health check), the steps of the build (URLs added, downloads run, \
      outdated package lists), and the files of all layers together: setuid programs, world-writable files, accounts \
      without a password, caches of package managers, credentials. Setuid programs that no package of the \
      distribution owns are reported one by one. The root of a system has no configuration and no steps, and an SBOM \
      has packages alone: checks that look at what is not there are not evaluated, which the report says and --strict \
      takes for a failure. Several images give one report. Exit code 1: a finding is at least as severe as --fail-on; \
      3: --strict, or an image could not be read.
      """)

  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<ScanReport>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @Option(help: "Exit with 1 when a finding is at least this severe.")
  var failOn: Threshold = Threshold(.low)
  @Flag(help: "Exit with 3 when a check could not be answered, or a part of the image could not be read.")
  var strict = false
  @Flag(help: "Of an archive or layout with several images, every one.") var all = false
  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remediation.") var verbose = false
  @OptionGroup var suppression: SuppressionOptions

  func run() async throws {
    var images: [(source: String, contents: ImageSource.Contents)] = []
    var unread: [(source: String, reason: String)] = []
    for item in try await reading.read(image.all, access, everyOne: all, secrets: true) {
      switch item.contents {
      case .success(let contents): images.append((item.name, contents))
      case .failure(let error): unread.append((item.name, error.message(about: item.name)))
      }
    }
    let review = ImageReviewOperation(suppressions: try suppression.suppressions(), today: Today.text)
    let outcome = review.run(images, unread: unread)
    for item in unread { StandardError.line("\(item.source): not read: \(item.reason)") }
    StandardError.lines(review.suppressions.problems)
    suppression.tell(outcome.suppressed)
    let options = ReportOptions(
      sources: images.map(\.source), toolVersion: Version.text, verbose: verbose,
      rules: CheckCatalogue.imageChecks.map(\.metadata.rule), time: SourceDate.text ?? Today.moment)
    try output.give(ScanReport(outcome.result, options))
    if strict, outcome.result.status != .complete { throw ExitCode(ExitStatus.internalFailure) }
    if failOn.isReached(by: outcome.result) { throw ExitCode(ExitStatus.findings) }
    if !unread.isEmpty { throw ExitCode(ExitStatus.unknown) }
  }
}
