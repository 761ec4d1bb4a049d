import Bytes
import Findings

/// Where the value of an option comes from that the command line does not have.
enum OptionOrigin: Sendable, Equatable {
  case variable(String)
  case file(String, line: Int)

  var text: String {
    switch self {
    case .variable(let name): name
    case .file(let path, let line): "\(path):\(line)"
    }
  }
}

/// An option that a variable or the file of options sets.
struct ConfiguredOption: Sendable {
  let option: CommandOption
  let values: [String]
  let origin: OptionOrigin

  var isOfFile: Bool {
    if case .file = origin { true } else { false }
  }

  /// Words of a command line that say the same.
  var words: [String] {
    option.isFlag
      ? (values.last.flatMap { Truth($0) } == .on ? ["--" + option.name] : [])
      : values.map { "--\(option.name)=\($0)" }
  }
}

/// Adds to a command line what variables and the file of options say: the command line counts before variables, and those
/// before the file.
enum ConfiguredArguments {
  /// Commands that have settings of their own.
  private static let others: Set<[String]> = [["serve"], ["token", "create"], ["documentation"]]

  /// What is set for a command beside its command line.
  ///
  /// - Throws: `usage` for a variable and `input` for a file that cannot be understood.
  static func options(
    of leaf: CommandTree.Leaf, given words: [String], file: ConfigurationFile?
  ) throws(BartizanError) -> [ConfiguredOption] {
    guard !others.contains(leaf.words) else { return [] }
    // The parser takes milliseconds to tell the options of a command, and most runs have nothing that could set one.
    guard file != nil || !setVariables.isEmpty else { return [] }
    var found: [ConfiguredOption] = []
    for option in CommandOption.all(of: leaf.type) where !option.isGiven(in: words) {
      if let own = try variable(of: option, leaf.words) {
        found.append(own)
      } else if let file, let value = try file.value(of: option, leaf.words) {
        found.append(
          ConfiguredOption(option: option, values: value.texts, origin: .file(file.path, line: value.line)))
      }
    }
    return found
  }

  /// The command line with the options behind it.
  static func adding(_ options: [ConfiguredOption], to arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end] + options.flatMap(\.words) + arguments[end...]
  }

  /// `BARTIZAN_IMAGE_SCAN_FAIL_ON`, or `BARTIZAN_FAIL_ON` for all commands that have the option.
  private static func variable(of option: CommandOption, _ words: [String]) throws(BartizanError) -> ConfiguredOption? {
    let own = name(words + [option.name])
    for name in [own, name([option.name])] {
      guard let value = Environment.value(name), !value.isEmpty else { continue }
      // It bounds the run, and is none of a command.
      if name != own, ownVariables.contains(name) { continue }
      // The server has variables of its own, which mean it alone. Its options are many, and asked for only where it matters.
      if name != own, serverOptions.contains(option.name) { continue }
      if option.isFlag, Truth(value) == nil {
        throw BartizanError(.usage, "\(name): wanted is true or false, not \"\(value)\"")
      }
      let values = option.isRepeating ? value.split(separator: ",").map(String.init) : [value]
      return ConfiguredOption(option: option, values: values, origin: .variable(name))
    }
    return nil
  }

  private static func name(_ parts: [String]) -> String {
    prefix + parts.joined(separator: "_").uppercased().replacing("-", with: "_")
  }

  private static let prefix = "BARTIZAN_"

  /// Variables that are no options of a command.
  private static let ownVariables: Set<String> = [
    "BARTIZAN_CONFIG", "BARTIZAN_TIMEOUT", "BARTIZAN_TOKEN", "BARTIZAN_KEY_PASSWORD", "BARTIZAN_FLUENT_KEY",
  ]

  /// Variables of the environment that may set an option.
  private static var setVariables: [String] {
    StandardStreams.current.environmentNames().filter { $0.hasPrefix(prefix) && !ownVariables.contains($0) }
  }

  /// What to say of variables that set nothing and are spelled like one that does.
  ///
  /// - Parameter leaf: the command that runs; the others are asked for their options only where there is such a variable.
  static func unknownVariables(beside leaf: CommandTree.Leaf) -> [String] {
    func names(_ leaf: CommandTree.Leaf) -> [String] {
      CommandOption.all(of: leaf.type).flatMap { [name([$0.name]), name(leaf.words + [$0.name])] }
    }
    let set = setVariables
    guard !set.isEmpty, !Set(names(leaf)).isSuperset(of: set) else { return [] }
    let known = ownVariables.union(CommandTree.leaves.flatMap(names))
    return set.filter { !known.contains($0) }.sorted().compactMap { variable in
      let near = NearestName.of(
        String(variable.dropFirst(prefix.count)), in: known.map { String($0.dropFirst(prefix.count)) })
      return near.map { "the variable \(variable) sets no option; did you mean \(prefix)\($0)?" }
    }
  }

  private static let serverOptions = Set(
    CommandOption.all(of: ServeCommand.self).map(\.name)
  ).subtracting(["format", "no-color", "output"]).union(["config"])
}
