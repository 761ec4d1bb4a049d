import ArgumentParser
import Bytes
import Findings
import Synchronization
import Transport

/// An option of a command, as the parser itself tells of it.
struct CommandOption: Sendable, Equatable {
  /// Without the dashes: `fail-on`.
  let name: String
  /// Letters that mean the same.
  let letters: [Character]
  let isFlag: Bool
  let isRepeating: Bool
  /// Whether its value is a file or a folder.
  let isPath: Bool
  /// Nil where it has none.
  let defaultValue: String?
  /// All that its value may be; empty where that cannot be listed.
  let values: [String]
  /// What a shell completes it with; empty for files and for what cannot be listed.
  let completions: [String]

  /// What was asked for before: the parser takes milliseconds to tell, and a run asks more than once.
  private static let known = Mutex<[ObjectIdentifier: [CommandOption]]>([:])

  /// The options of a command, without those that every command has for itself.
  static func all(of command: any ParsableCommand.Type) -> [CommandOption] {
    let id = ObjectIdentifier(command)
    if let options = known.withLock({ $0[id] }) { return options }
    let document = try? JSONReader.read(Array(command._dumpHelp().utf8))
    let options = (document?[path: "command", "arguments"]?.elements ?? []).compactMap { CommandOption($0) }
      .filter { !["help", "version"].contains($0.name) }
    known.withLock { $0[id] = options }
    return options
  }

  private init?(_ argument: DocumentNode) {
    let kind = argument["kind"]?.string
    let names = argument["names"]?.elements ?? []
    guard kind == "option" || kind == "flag",
      let name = names.first(where: { $0["kind"]?.string == "long" })?["name"]?.string
    else { return nil }
    self.name = name
    letters = names.filter { $0["kind"]?.string == "short" }.compactMap { $0["name"]?.string?.first }
    isFlag = kind == "flag"
    isRepeating = argument["isRepeating"]?.bool ?? false
    let completion = argument["completionKind"]
    isPath = completion?["file"] != nil || completion?["directory"] != nil || completion?.string == "directory"
    defaultValue = argument["defaultValue"]?.string
    completions = (argument[path: "completionKind", "list", "values"]?.elements ?? []).compactMap(\.string)
    values = (argument["allValues"]?.elements ?? []).compactMap(\.string)
  }

  /// Whether the words of a command line set it.
  func isGiven(in words: some Sequence<String>) -> Bool {
    for word in words {
      if word == "--" { return false }
      if word.hasPrefix("--") {
        if word.dropFirst(2).prefix(while: { $0 != "=" }) == name { return true }
      } else if word.hasPrefix("-"), !letters.isEmpty {
        // Letters of flags may stand together; a letter with a value is the first.
        if word.dropFirst().prefix(while: { $0 != "=" }).contains(where: letters.contains) { return true }
      }
    }
    return false
  }
}

/// The commands by their words.
enum CommandTree {
  /// A command that does something.
  struct Leaf {
    /// Such as `image scan`.
    let words: [String]
    let type: any ParsableCommand.Type
  }

  /// The command that a command line begins with; nil where it names none.
  static func leaf(_ arguments: [String]) -> Leaf? {
    var type: any ParsableCommand.Type = BartizanCommand.self
    var words: [String] = []
    for word in arguments {
      guard let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word }) else {
        break
      }
      words.append(word)
      type = next
    }
    if let usual = type.configuration.defaultSubcommand {
      words.append(usual.configuration.commandName ?? "")
      type = usual
    }
    return type.configuration.subcommands.isEmpty && !words.isEmpty ? Leaf(words: words, type: type) : nil
  }

  /// Why a command line names no command: a word that is none of those that may stand there.
  static func trouble(_ arguments: [String]) -> String? {
    var type: any ParsableCommand.Type = BartizanCommand.self
    var words: [String] = []
    for (index, word) in arguments.enumerated() {
      let commands = type.configuration.subcommands
      guard !commands.isEmpty, type.configuration.defaultSubcommand == nil, !word.hasPrefix("-") else { return nil }
      // `help` stands before the words that it is asked about.
      if index == 0, word == "help" { continue }
      if let next = commands.first(where: { $0.configuration.commandName == word }) {
        words.append(word)
        type = next
        continue
      }
      let shown = commands.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
      let all = (words + [word]).joined(separator: " ")
      func meant(_ line: String) -> String { "there is no command \"\(all)\"; did you mean `\(line)`?" }
      let isInput = FilePaths.exists(word) || word.contains { "/:.".contains($0) }
      if isInput, words.isEmpty || words == ["config"] { return meant("bartizan scan \(word)") }
      if isInput, words == ["image"] { return meant("bartizan image scan \(word)") }
      if let near = NearestName.of(word, in: shown) {
        return meant((["bartizan"] + words + [near]).joined(separator: " "))
      }
      if words.isEmpty, let here = Habits.command(word) { return meant(here) }
      let beside = (words.isEmpty ? "" : words.joined(separator: " ") + ": ")
      return "there is no command \"\(all)\"; \(beside)the commands are \(shown.sorted().joined(separator: ", "))"
    }
    return nil
  }

  /// All that do something.
  static let leaves = below(BartizanCommand.self, [])

  private static func below(_ type: any ParsableCommand.Type, _ words: [String]) -> [Leaf] {
    let commands = type.configuration.subcommands
    guard !commands.isEmpty else { return [Leaf(words: words, type: type)] }
    return commands.flatMap { below($0, words + [$0.configuration.commandName ?? ""]) }
  }
}
