import ArgumentParser
import Report

struct ChecksListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all checks, by area.",
    discussion: """
      EXAMPLES
        bartizan checks list
        bartizan checks list -o json
      """)

  @OptionGroup var output: OutputOptions<CheckListAnswer>

  func run() throws { try output.give(CheckListAnswer()) }
}
