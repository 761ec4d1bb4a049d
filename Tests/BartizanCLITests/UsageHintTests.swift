import TestKit
import Testing

@testable import BartizanCLI

/// What is said to somebody who writes what another tool understands, or misspells a word.
@Suite struct UsageHintTests {
  @Test(arguments: [
    (["version"], "`bartizan --version`"), (["k8s"], "`bartizan scan --context NAME`"),
    (["fs", "."], "`bartizan scan PATH`"), (["scn"], "`bartizan scan`"), (["help", "scn"], "`bartizan scan`"),
    (["help", "image", "scna"], "`bartizan image scan`"), (["deploy/app.yaml"], "`bartizan scan deploy/app.yaml`"),
    (["config", "deploy/app.yaml"], "`bartizan scan deploy/app.yaml`"),
    (["image", "nginx:1.27"], "`bartizan image scan nginx:1.27`"),
    (["scan", "framework", "nsa", "x.yaml"], "`bartizan scan --framework nsa PATH`"),
    (["scan", "image", "nginx"], "`bartizan image scan nginx`"),
  ]) func aCommandOfAnotherToolIsTranslated(_ words: [String], _ meant: String) async throws {
    let run = try await CommandRun(words)
    #expect(run.status == 2 && run.output.isEmpty)
    #expect(run.errorText.hasSuffix("; did you mean \(meant)?\n"))
  }

  @Test(arguments: [
    (["scan", "--severity", "HIGH", "x"], "--severity: here it is --fail-on LEVEL"),
    (["scan", "-s", "HIGH", "x"], "-s: here it is --fail-on LEVEL"),
    (["scan", "--exit-code", "1", "x"], "--exit-code: here it is --fail-on LEVEL"),
    (["scan", "--skip-check=CKV_K8S_16", "x"], "--skip-check: here it is --exclude ID"),
    (["scan", "--exclude-namespaces", "a", "x"], "--exclude-namespaces: here it is --exclude namespace:NAME"),
    (["scan", "-d", "deploy"], "-d: here it is the path by itself, or --file PATH"),
    (["image", "scan", "--severity", "HIGH", "x"], "--severity: here it is --fail-on LEVEL"),
    (["image", "scan", "--skip-db-update", "x"], "--skip-db-update: here it is not needed"),
    (["scan", "--fail-on", "hihg", "x"], "--fail-on hihg: did you mean high?"),
    (["scan", "--framework=NSA", "x"], "--framework NSA: did you mean nsa?"),
    (
      ["image", "scan", "--fail-on", "hgh,not-coverd", "x"], "--fail-on hgh,not-coverd: did you mean high,not-covered?"
    ),
    (["network", "map", "-f", "examples/cluster", "--format", "markdwn"], ""),
  ]) func anOptionOrAValueIsExplained(_ words: [String], _ hint: String) async throws {
    let run = try await CommandRun(words)
    #expect(run.status == 2 && run.output.isEmpty)
    #expect(hint.isEmpty || run.errorText.contains("\nbartizan: " + hint))
  }

  /// Two names of one file are one file, and two places that are one would lose a report.
  @Test func aFileThatIsNamedTwiceIsReadAndWrittenOnce() async throws {
    let path = "Tests/BartizanCLITests/Fixtures/privileged.yaml"
    let once = try await CommandRun(["scan", path, "-o", "csv"])
    let twice = try await CommandRun(["scan", path, "./" + path, "-o", "csv"])
    #expect(once.outputText == twice.outputText && !once.output.isEmpty)
    let folder = try TemporaryFolder()
    let places = ["-o", "json=\(folder.path)/a", "-o", "sarif=\(folder.path)/./a"]
    let run = try await CommandRun(["scan", path] + places)
    #expect(run.status == 2 && run.errorText.contains("is named twice"))
    #expect(run.errorText.contains("Error: "))
  }

  /// What is right is not commented on.
  @Test func nothingIsSaidOfWhatIsKnown() {
    #expect(
      UsageHints.lines(["scan", "--fail-on", "high", "-v", "--only=pss-privileged", "x", "--", "--severity"]).isEmpty)
    #expect(UsageHints.source(["scan", "examples"]) == nil)
    #expect(Habits.command("frobnicate") == nil)
  }

  /// Each hint leads to something that is there.
  @Test func hintsNameOptionsThatThereAre() {
    let names = Set(CommandTree.leaves.flatMap { CommandOption.all(of: $0.type).map(\.name) })
    for (_, needs, here) in Habits.all {
      #expect(needs.isEmpty || names.contains(needs))
      for word in here.split(separator: " ") where word.hasPrefix("--") {
        #expect(names.contains(String(word.dropFirst(2).prefix { $0.isLetter || $0 == "-" })), "\(here)")
      }
    }
  }
}
