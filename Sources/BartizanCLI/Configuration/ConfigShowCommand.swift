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
        bartizan config show --all         every option of all commands
      """)

  @Argument(help: "The words of a command, such as image scan; none: all commands, without defaults.")
  var command: [String] = []
  @Flag(help: "Every option of all commands, with its default.") var all = false
  @OptionGroup var output: OutputOptions<ConfigurationAnswer>

  func validate() throws {
    if all, !command.isEmpty { throw ValidationError("--all is for all commands; name one, or give --all") }
  }

  func run() throws {
    let file = try ConfigurationFile.load(named: Invocation.configuration)
    var leaves = CommandTree.leaves
    if !command.isEmpty {
      guard let leaf = CommandTree.leaf(command), leaf.words == command else {
        throw BartizanError(.usage, "there is no command \"\(command.joined(separator: " "))\" with options")
      }
      leaves = [leaf]
    }
    let showsDefaults = all || !command.isEmpty
    var items: [ConfigurationAnswer.Item] = []
    let bound = try timeout(file)
    if showsDefaults || bound.origin != nil {
      items.append(
        .init(command: "", option: RunOptions.timeoutName, values: bound.values, origin: origin(bound.origin)))
    }
    for leaf in leaves {
      let set = try ConfiguredArguments.options(of: leaf, given: [], file: file)
      for option in CommandOption.all(of: leaf.type) {
        let own = set.first { $0.option == option }
        guard own != nil || showsDefaults else { continue }
        items.append(
          ConfigurationAnswer.Item(
            command: leaf.words.joined(separator: " "), option: option.name,
            values: own?.values ?? [option.isFlag ? "false" : option.defaultValue].compactMap { $0 },
            origin: origin(own?.origin)))
      }
    }
    try output.give(ConfigurationAnswer(file: file?.path, items))
  }

  /// The bound of every run.
  private func timeout(_ file: ConfigurationFile?) throws(BartizanError) -> (values: [String], origin: OptionOrigin?) {
    if let text = Environment.value(RunOptions.timeoutVariable), !text.isEmpty {
      return ([text], .variable(RunOptions.timeoutVariable))
    }
    guard let file, let own = try file.timeout() else { return ([], nil) }
    return (own.value.texts, .file(file.path, line: own.value.line))
  }

  private func origin(_ origin: OptionOrigin?) -> ConfigurationAnswer.Origin {
    switch origin {
    case nil: .standard
    case .variable(let name): .variable(name)
    case .file(let path, let line): .file(path, line: line)
    }
  }
}
