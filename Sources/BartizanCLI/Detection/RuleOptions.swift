import ArgumentParser
import Bytes
import Detect
import Findings
import Operations

/// Which rules are loaded.
struct RuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Files and folders of Sigma and Falco rules, beside those that come with the program. Repeatable.",
      valueName: "path"), completion: .file())
  var rules: [String] = []
  @Option(
    help: ArgumentHelp("Processing pipelines for Sigma rules, in pySigma's format. Repeatable.", valueName: "file"),
    completion: .file())
  var pipeline: [String] = []
  @Flag(help: "Only the rules of --rules.") var noBuiltInRules = false

  /// The command that says why some of just these rules are refused, as a shell reads it.
  var checkCommand: String {
    let words =
      rules.flatMap { ["--rules", $0] } + pipeline.flatMap { ["--pipeline", $0] }
      + (noBuiltInRules ? ["--no-built-in-rules"] : [])
    return (["bartizan rules check"] + words.map(ShellWord.quoted)).joined(separator: " ")
  }

  /// - Parameter indicators: files of indicators, each of which is a rule.
  func load(indicators: [String] = []) throws -> RuleSet {
    if noBuiltInRules, rules.isEmpty, indicators.isEmpty {
      throw BartizanError(.usage, "--no-built-in-rules leaves no rule: name some with --rules")
    }
    return try RuleFiles.load(
      rules, pipelines: pipeline, indicators: indicators, includesBuiltIn: !noBuiltInRules, today: Today.text)
  }
}
