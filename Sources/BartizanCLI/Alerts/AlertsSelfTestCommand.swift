import ArgumentParser
import Findings
import Operations
import Report

struct AlertsSelfTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "self-test", abstract: "Try whether a server stores, looks at and tells what comes.",
    discussion: """
      EXAMPLES
        bartizan alerts self-test --server https://bartizan.example:8787

      The server takes in a harmless event that is marked as such, and waits for its alert, of severity info and rule \
      bartizan-self-test, which it closes. It does so by itself every hour (`bartizan serve --self-test`), and raises an alert of \
      severity high where the other does not come.

      The token is of scope admin. Exit code 3: the alert did not come.
      """)

  @OptionGroup var desk: AlertDeskOptions
  @OptionGroup var output: OutputOptions<SelfTestAnswer>

  func run() async throws {
    let answer = try await desk.ask { try await $0.selfTest() }
    try output.give(answer)
    if !answer.isPassed { throw ExitCode(ExitStatus.unknown) }
  }
}
