import ArgumentParser
import Bytes
import Transport

/// What may have been meant by a command line that was refused.
enum UsageHints {
  /// One line each.
  static func lines(_ arguments: [String]) -> [String] {
    guard let leaf = CommandTree.leaf(arguments) else { return [] }
    let options = CommandOption.all(of: leaf.type)
    let names = Set(options.map(\.name))
    var hints: [String] = []
    var words = arguments[...]
    while let word = words.popFirst(), word != "--" {
      if word.hasPrefix("--") {
        let name = String(word.dropFirst(2).prefix { $0 != "=" })
        if let option = options.first(where: { $0.name == name }) {
          let given = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) } ?? words.first
          if let given, let meant = value(given, of: option) {
            hints.append("--\(name) \(given): did you mean \(meant)?")
          }
        } else if let here = Habits.option(name, own: names) {
          hints.append("--\(name): here it is \(here)")
        }
      } else if word.hasPrefix("-"), let letter = word.dropFirst().first,
        !options.contains(where: { $0.letters.contains(letter) }), let here = Habits.letter(letter, own: names)
      {
        hints.append("-\(letter): here it is \(here)")
      }
    }
    return hints
  }

  /// The value that is spelled most like what was given; several may stand behind commas.
  private static func value(_ given: String, of option: CommandOption) -> String? {
    let values = option.values
    guard !values.isEmpty, !values.contains(given) else { return nil }
    let parts = given.split(separator: ",").map(String.init)
    guard parts.contains(where: { !values.contains($0) }) else { return nil }
    let meant = parts.compactMap { values.contains($0) ? $0 : NearestName.of($0, in: values) }
    return meant.count == parts.count && !parts.isEmpty ? meant.joined(separator: ",") : nil
  }

  /// Why a command line is refused that misspells what every command has: the parser knows of the command's own options alone, and
  /// takes it for one of those.
  static func misspeltHelp(_ arguments: [String]) -> String? {
    let shared = ["help", "version"]
    guard let leaf = CommandTree.leaf(arguments) else {
      guard let word = arguments.first(where: { $0.hasPrefix("--") && $0.count > 2 }) else { return nil }
      let name = String(word.dropFirst(2))
      guard !shared.contains(name), let near = NearestName.of(name, in: shared) else { return nil }
      return "there is no option \(word); did you mean --\(near)?"
    }
    let own = CommandOption.all(of: leaf.type).map(\.name)
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("--") && word.count > 2 {
      let name = String(word.dropFirst(2))
      guard !shared.contains(name), !own.contains(name), !name.contains("="),
        !Habits.all.contains(where: { $0.names.contains(name) }),
        let near = NearestName.of(name, in: own + shared), shared.contains(near)
      else { continue }
      return "there is no option \(word); did you mean --\(near)?"
    }
    return nil
  }

  /// Why input that names no file is not what it would be in another tool.
  ///
  /// - Returns: nil where nothing is to be said.
  static func source(_ arguments: [String]) -> String? {
    guard let leaf = CommandTree.leaf(arguments), leaf.words == ["scan"], let word = arguments.dropFirst().first,
      !FilePaths.exists(word), let here = Habits.source(word, arguments.dropFirst(2).first)
    else { return nil }
    return "there is no file \"\(word)\"; did you mean `\(here)`?"
  }
}
