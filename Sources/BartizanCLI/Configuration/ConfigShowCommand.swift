import ArgumentParser
import Findings
import Report

struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Which options are set, and where each value comes from.",
    discussion: """
      EXAMPLES
        bartizan config show               what a file and variables set
        bartizan config show image scan    every option, with its default
      """)

  @Argument(help: "The words of a command, such as image scan; none: all commands, without defaults.")
  var command: [String] = []
  @OptionGroup var output: OutputOptions<ConfigurationAnswer>

  func run() throws {
    let file = try ConfigurationFile.load(named: Invocation.configuration)
    var leaves = CommandTree.leaves
    if !command.isEmpty {
      guard let leaf = CommandTree.leaf(command), leaf.words == command else {
        throw BartizanError(.usage, "there is no command \"\(command.joined(separator: " "))\" with options")
      }
      leaves = [leaf]
    }
    var items: [ConfigurationAnswer.Item] = []
    for leaf in leaves {
      let set = try ConfiguredArguments.options(of: leaf, given: [], file: file)
      for option in CommandOption.all(of: leaf.type) {
        let own = set.first { $0.option == option }
        guard own != nil || !command.isEmpty else { continue }
        items.append(
          ConfigurationAnswer.Item(
            command: leaf.words.joined(separator: " "), option: option.name,
            values: own?.values ?? [option.isFlag ? "false" : option.defaultValue].compactMap { $0 },
            origin: origin(own?.origin)))
      }
    }
    try output.give(ConfigurationAnswer(file: file?.path, items))
  }

  private func origin(_ origin: OptionOrigin?) -> ConfigurationAnswer.Origin {
    switch origin {
    case nil: .standard
    case .variable(let name): .variable(name)
    case .file(let path, let line): .file(path, line: line)
    }
  }
}
