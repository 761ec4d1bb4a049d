import ArgumentParser
import Findings
import Operations
import PodSecurity
import Posture
import Report

struct RegistryReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Find what is wrong with a registry, from outside or by its configuration.",
    discussion: """
      EXAMPLES
        bartizan registry review registry.example:5000
        bartizan registry review --active --remember tags.json registry.example
        bartizan registry review --config /etc/docker/registry/config.yml

      Reviewed from outside are TLS and the certificate, what somebody without a login may see and do, whether \
      images are signed, how old they are, and, with --remember, which tags mean another image than in the last run. \
      With --active an upload is begun without a login and ended at once, and the deletion of a manifest that does \
      not exist is tried; without it nothing is asked that could change anything. Exit code 1: a finding is at least \
      as severe as --fail-on; 3: none is, and a part of the registry was not seen.
      """)

  @Argument(help: "A registry, with its port.") var registry: String?
  @Option(help: "The configuration of a distribution registry (YAML).", completion: .file()) var config: String?
  @Option(help: "Only this repository. Repeatable.") var repository: [String] = []
  @Flag(help: "Try an upload without a login, and a deletion of nothing.") var active = false
  @Option(help: "A file that keeps which image each tag was, from one run to the next.", completion: .file())
  var remember: String?
  @Option(help: "Exit with 1 when a finding is at least this severe.")
  var failOn: Threshold = Threshold(.low)
  @OptionGroup var output: OutputOptions<ScanReport>
  @Flag(name: .shortAndLong, help: "Show every finding with its evidence and remediation.") var verbose = false
  @OptionGroup var access: RegistryOptions

  func validate() throws {
    guard registry != nil || config != nil else {
      throw ValidationError("name a registry, or its configuration with --config")
    }
  }

  func run() async throws {
    var review = RegistryReviewOperation(today: Today.text)
    review.configuration = config
    review.memory = remember
    review.survey = try registry.map { registry in
      RegistryReviewOperation.Survey(
        registry: registry, settings: try access.settings(for: [registry]), repositories: repository,
        isActive: active)
    }
    let result = try await review.run()
    StandardError.lines(result.problems)
    let options = ReportOptions(
      sources: [registry, config].compactMap { $0 }, toolVersion: Version.text, verbose: verbose,
      rules: CheckCatalogue.registryChecks.map(\.metadata.rule), time: SourceDate.text ?? Today.moment)
    try output.give(ScanReport(result, options))
    if failOn.isReached(by: result) { throw ExitCode(ExitStatus.findings) }
    // That nothing was found says nothing of what was not seen.
    if result.problems.contains(where: \.hidesInput) { throw ExitCode(ExitStatus.unknown) }
  }
}
