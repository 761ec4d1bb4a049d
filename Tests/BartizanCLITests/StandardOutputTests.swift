import TestKit
import Testing

@Suite struct StandardOutputTests {
  private static let scan = [
    "scan", "--only", "pss-privileged", "Tests/BartizanCLITests/Fixtures/privileged.yaml",
  ]

  /// A report that could not be written is no report: a full disk must not make a gate green.
  @Test(
    "newcomer/02-write-errors-are-silent: a report that did not arrive is a failure",
    arguments: [
      ["-o", "json", "--fail-on", "never"], ["-o", "table"], ["-o", "sarif", "--fail-on", "never"],
    ]) func aReportThatDidNotArriveIsAFailure(_ options: [String]) async throws
  {
    let run = try await CommandRun(Self.scan + options, room: 100)
    #expect(run.status == 3)
    #expect(run.errorText == "bartizan: standard output: No space left on device\n")
  }

  @Test func coloursAreForTerminals() async throws {
    let escape = "\u{1B}["
    #expect(try await CommandRun(Self.scan, columns: 80).outputText.contains(escape))
    #expect(try await !CommandRun(Self.scan).outputText.contains(escape))
    #expect(try await !CommandRun(Self.scan + ["--no-color"], columns: 80).outputText.contains(escape))
    #expect(try await !CommandRun(Self.scan, environment: ["NO_COLOR": "1"], columns: 80).outputText.contains(escape))
  }

  /// Source: no-color.org; bixense.com, "Standard for ANSI colors in terminals".
  @Test(
    arguments: [
      (["CLICOLOR_FORCE": "1"], nil, true), (["CLICOLOR_FORCE": "0"], nil, false),
      (["FORCE_COLOR": "1"], nil, true), (["FORCE_COLOR": "0"], nil, false), (["FORCE_COLOR": ""], nil, false),
      (["FORCE_COLOR": "1", "NO_COLOR": "1"], nil, false), (["CLICOLOR": "0"], 80, false),
      (["CLICOLOR": "1"], nil, false), (["TERM": "dumb"], 80, false),
      (["TERM": "dumb", "CLICOLOR_FORCE": "1"], 80, true),
      (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], 80, false), (["NO_COLOR": ""], 80, true),
    ] as [([String: String], Int?, Bool)]) func coloursAreAsVariablesSay(
      _ environment: [String: String], _ columns: Int?, _ isColoured: Bool
    ) async throws
  {
    let run = try await CommandRun(Self.scan, environment: environment, columns: columns)
    #expect(run.outputText.contains("\u{1B}[") == isColoured)
  }

  /// Names and places stay whole where a program reads them.
  @Test("newcomer/08-tables-break-words-in-pipes: nothing is folded in a pipe") func nothingIsFoldedInAPipe()
    async throws
  {
    let exposure = ["network", "exposure", "-f", "examples/cluster"]
    let piped = try await CommandRun(exposure).outputText
    #expect(piped.contains("examples/cluster/40-monitoring.yaml:"))
    let scan = try await CommandRun(["scan", "examples/cluster"]).outputText
    #expect(scan.contains("→ Remove `hostNetwork`, `hostPID` and `hostIPC`. Expose ports through a Service instead.\n"))
    let terminal = try await CommandRun(exposure, columns: 60).outputText
    #expect(terminal.contains("examples/cluster/40-monitoring.yaml:"))
    #expect(terminal.split(separator: "\n").count > piped.split(separator: "\n").count)
  }
}
