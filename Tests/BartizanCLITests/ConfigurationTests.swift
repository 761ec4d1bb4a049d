import Bytes
import Findings
import TestKit
import Testing

@testable import BartizanCLI

/// Options from a file and from variables: who counts before whom, and what a file may not say that nobody named.
@Suite struct ConfigurationTests {
  private static func streams(_ variables: [String: String]) -> StandardStreams {
    StandardStreams(
      output: { _ in nil }, error: { _ in }, environment: { variables[$0] },
      environmentNames: { Array(variables.keys) }, time: { 0 })
  }

  private static func words(
    _ arguments: [String], _ text: String = "", variables: [String: String] = [:], isFound: Bool = false
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write(".bartizan.yaml", text)
    return try StandardStreams.$current.withValue(streams(variables)) {
      let leaf = try #require(CommandTree.leaf(arguments))
      let file =
        isFound
        ? try ConfigurationFile.load(named: nil, from: folder.path)
        : try ConfigurationFile.load(named: folder.path + "/.bartizan.yaml")
      let set = try ConfiguredArguments.options(of: leaf, given: arguments, file: file)
      return ConfiguredArguments.adding(set, to: arguments).map { $0.replacing(folder.path, with: "HERE") }
    }
  }

  @Test func theCommandLineCountsBeforeVariablesAndThoseBeforeTheFile() throws {
    let text = "fail-on: low\nscan:\n  fail-on: medium\n"
    #expect(try Self.words(["scan", "a"], text) == ["scan", "a", "--fail-on=medium"])
    #expect(try Self.words(["image", "scan", "a"], text) == ["image", "scan", "a", "--fail-on=low"])
    let variables = ["BARTIZAN_FAIL_ON": "high", "BARTIZAN_IMAGE_SCAN_FAIL_ON": "exploited"]
    #expect(try Self.words(["scan", "a"], text, variables: variables) == ["scan", "a", "--fail-on=high"])
    #expect(
      try Self.words(["image", "scan", "a"], text, variables: variables)
        == ["image", "scan", "a", "--fail-on=exploited"])
    for given in [["--fail-on", "never"], ["--fail-on=never"]] {
      #expect(try Self.words(["scan"] + given, text, variables: variables) == ["scan"] + given)
    }
  }

  /// Who writes the other ending is heard, and who has both files is asked.
  /// The bound of a run is none of a command, whatever a command calls its own.
  @Test func theBoundOfARunMayStandInAFile() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.yaml", "timeout: 10m\nadmission: {install: {timeout: 7}}\n")
    let file = try #require(try ConfigurationFile.load(named: folder.path + "/a.yaml"))
    #expect(try file.timeout()?.duration == .seconds(600))
    let leaf = try #require(CommandTree.leaf(["admission", "install"]))
    let own = try ConfiguredArguments.options(of: leaf, given: [], file: file)
    #expect(own.map(\.words) == [["--timeout=7"]])
    let scan = try #require(CommandTree.leaf(["scan"]))
    #expect(try ConfiguredArguments.options(of: scan, given: [], file: file).isEmpty)
    try folder.write("b.yaml", "timeout: soon\n")
    let wrong = try #require(try ConfigurationFile.load(named: folder.path + "/b.yaml"))
    #expect(throws: BartizanError.self) { try wrong.timeout() }
  }

  @Test func bothEndingsOfTheNameAreTaken() throws {
    let folder = try TemporaryFolder()
    try folder.write(".bartizan.yml", "strict: true\n")
    #expect(try ConfigurationFile.load(named: nil, from: folder.path)?.root["strict"]?.bool == true)
    try folder.write(".bartizan.yaml", "strict: true\n")
    #expect(throws: BartizanError.self) { try ConfigurationFile.load(named: nil, from: folder.path) }
  }

  @Test(
    arguments: [
      ("BARTIZAN_FAIL_NO", "BARTIZAN_FAIL_ON"), ("BARTIZAN_IMAGE_SCAN_STRCT", "BARTIZAN_IMAGE_SCAN_STRICT"),
      ("BARTIZAN_CONFG", "BARTIZAN_CONFIG"), ("BARTIZAN_FAIL_ON", nil), ("BARTIZAN_TOKEN", nil),
      ("BARTIZAN_QQQQQQQQQQQ", nil), ("BARTIZAN_RETAIN", nil), ("BARTIZANFAIL_ON", nil),
    ] as [(String, String?)]) func misspeltVariablesAreTold(_ name: String, _ meant: String?) throws
  {
    let leaf = try #require(CommandTree.leaf(["scan"]))
    var streams = Self.streams([name: "high"])
    streams.environmentNames = { [name] }
    StandardStreams.$current.withValue(streams) {
      #expect(
        ConfiguredArguments.unknownVariables(beside: leaf)
          == (meant.map { ["the variable \(name) sets no option; did you mean \($0)?"] } ?? []))
    }
  }

  @Test func flagsListsAndPaths() throws {
    let text = "strict: true\nverbose: false\nonly: [pss-privileged, kind:Pod]\nexceptions: [a.yaml, /b.yaml]\n"
    #expect(
      Set(try Self.words(["scan", "-v", "--", "-x"], text)) == [
        "scan", "-v", "--strict", "--only=pss-privileged", "--only=kind:Pod", "--exceptions=HERE/a.yaml",
        "--exceptions=/b.yaml", "--", "-x",
      ])
    #expect(
      try Self.words(["scan", "--", "-x"], "strict: yes\n", variables: ["BARTIZAN_ONLY": "a,b"])
        == ["scan", "--only=a", "--only=b", "--strict", "--", "-x"])
  }

  @Test(arguments: [
    "fail-onn: high\n", "scan:\n  level: x\n", "scann: {strict: true}\n", "strict: maybe\n", "strict: [true, {}]\n",
    "fail-on: [low, high]\n", "- strict\n", "strict: true\nstrict: false\n", "strict: true\n---\nverbose: true\n",
    "fail-on: {a: b}\n",
  ])
  func whatIsNotUnderstoodIsAnError(_ text: String) {
    #expect(throws: BartizanError.self) { try Self.words(["scan"], text) }
  }

  /// Whoever writes to a repository does not say who gets whose credentials, or what is written.
  @Test func aFoundFileDoesNotReachBeyondTheInput() throws {
    for text in [
      "context: prod\n", "mirror: [docker.io=evil.example]\n", "insecure-skip-tls-verify: true\n", "output: [x]\n",
      "kubeconfig: kc\n", "fix: true\n", "authfile: a\n", "exceptions: [../a]\n", "exceptions: [/etc/passwd]\n",
      "baseline: \"-\"\n",
    ] {
      #expect(throws: BartizanError.self, "\(text)") { try Self.words(["scan"], text, isFound: true) }
    }
    #expect(throws: Never.self) { try Self.words(["scan"], "context: prod\nauthfile: a\n") }
    #expect(
      Set(try Self.words(["scan"], "fail-on: high\nexceptions: [e/a.yaml]\n", isFound: true))
        == ["scan", "--exceptions=HERE/e/a.yaml", "--fail-on=high"])
    let names = Set(CommandTree.leaves.flatMap { CommandOption.all(of: $0.type).map(\.name) })
    #expect(ConfigurationScope.open.isSubset(of: names))
  }

  @Test func aFileIsFoundUpwardsAndNotBeyondTheRepository() throws {
    let folder = try TemporaryFolder()
    try folder.write(".bartizan.yaml", "strict: true\n")
    try folder.write("a/b/c.yaml", "")
    try folder.write("r/.git/HEAD", "")
    try folder.write("r/b/c.yaml", "")
    #expect(try ConfigurationFile.load(named: nil, from: folder.path + "/a/b")?.path == folder.path + "/.bartizan.yaml")
    #expect(try ConfigurationFile.load(named: nil, from: folder.path + "/r/b") == nil)
    #expect(try ConfigurationFile.load(named: "", from: folder.path) == nil)
    #expect(throws: BartizanError.self) { try ConfigurationFile.load(named: folder.path + "/no", from: folder.path) }
  }

  @Test func optionsOfTheRunMayStandAnywhere() throws {
    try StandardStreams.$current.withValue(Self.streams(["BARTIZAN_TIMEOUT": "1m"])) {
      let (options, rest) = try RunOptions.taken(
        from: ["scan", "--timeout", "90s", "a", "--config=x", "--", "--timeout"]) { [] }
      #expect(options.timeout == .seconds(90) && options.configuration == "x")
      #expect(rest == ["scan", "a", "--", "--timeout"])
      // A command's own option of the name is left to it.
      let other = try RunOptions.taken(from: ["serve", "--config", "c"]) { ["config"] }
      #expect(other.options.timeout == .seconds(60) && other.rest == ["serve", "--config", "c"])
      for words in [["scan", "--timeout"], ["scan", "--timeout", "soon"]] {
        #expect(throws: BartizanError.self) { try RunOptions.taken(from: words) { [] } }
      }
    }
  }

  @Test func aRunThatDoesNotEndIsGivenUp() async {
    let status = await StandardStreams.$current.withValue(Self.streams([:])) {
      await Deadline.run(.milliseconds(20)) {
        // It takes no notice of being stopped.
        await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in }
        return 0
      }
    }
    #expect(status == 3)
    #expect(await Deadline.run(.seconds(600)) { 1 } == 1)
    #expect(await Deadline.run(nil) { 2 } == 2)
  }

  @Test func aMistypedCommandIsToldWhatMayBeMeant() {
    #expect(CommandTree.trouble(["scna", "x"]) == "there is no command \"scna\"; did you mean `bartizan scan`?")
    #expect(CommandTree.trouble(["image", "sacn"])?.contains("`bartizan image scan`") == true)
    #expect(CommandTree.trouble(["scan", "image"]) == nil && CommandTree.trouble([]) == nil)
    #expect(CommandTree.trouble(["help", "scan"]) == nil && CommandTree.trouble(["--version"]) == nil)
  }
}
