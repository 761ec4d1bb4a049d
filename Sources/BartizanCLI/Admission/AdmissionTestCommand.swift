import ArgumentParser
import Findings
import Operations
import Report

struct AdmissionTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run unit tests of policies.",
    discussion: """
      EXAMPLES
        bartizan admission test policies/tests.yaml
        bartizan admission test --format junit policies/*/kyverno-test.yaml

      A file is an AdmissionTest of bartizan.dev/v1 (docs/admission.md), a Test of Kyverno's command line, or a Suite \
      of Gatekeeper; of the latter two, policies that are written in CEL are run.

      Exit code 1: a test fails; 3: none fails, but one could not be evaluated.
      """)

  @Argument(help: "Files of tests.", completion: .file()) var files: [String]
  @OptionGroup var output: OutputOptions<AdmissionTestAnswer>

  func run() async throws {
    let answer = try await AdmissionTestOperation.run(files)
    try output.give(answer)
    throw ExitCode(
      answer.failures > 0 ? ExitStatus.findings : answer.gaps > 0 ? ExitStatus.internalFailure : ExitStatus.clean)
  }
}
