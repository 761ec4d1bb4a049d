import ArgumentParser
import BartizanCLI
import Testing

/// Examples of a command's help are there to be copied.
@Suite struct HelpExampleTests {
  /// Commands that stand above others show examples of those below them.
  private static func all(_ type: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    [type] + type.configuration.subcommands.flatMap(all)
  }

  private static let examples: [(command: String, lines: [String])] = all(BartizanCommand.self).compactMap { type in
    let lines = type.configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let start = lines.firstIndex(of: "EXAMPLES") else { return nil }
    return ("\(type)", Array(lines[(start + 1)...].prefix { !$0.isEmpty }))
  }

  /// Help is folded at 80 columns off a terminal, and a folded command is two.
  @Test func fitWhereHelpIsFolded() {
    #expect(Self.examples.count > 100)
    for example in Self.examples {
      for line in example.lines where line.count > 80 {
        Issue.record("\(example.command): an example of \(line.count) columns: \(line)")
      }
    }
  }

  @Test func nameWhatIsThere() throws {
    var seen = 0
    for example in Self.examples {
      let text = example.lines.joined(separator: "\n").replacing("\\\n", with: " ")
      for line in text.split(separator: "\n") {
        // What stands behind a pipe is another program, and a text in quotes is a value.
        for command in line.split(separator: "|") {
          var type: any ParsableCommand.Type = BartizanCommand.self
          var words = command.split(separator: " ").map(String.init)[...]
          guard words.first == "bartizan" || words.first == "kubectl" && words.dropFirst().first == "bartizan" else {
            continue
          }
          words = words.drop { $0 != "bartizan" }.dropFirst()
          while let word = words.first,
            let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word })
          {
            (type, words) = (next, words.dropFirst())
          }
          seen += 1
          if let standard = type.configuration.defaultSubcommand { type = standard }
          let help = BartizanCommand.helpMessage(for: type, includeHidden: true, columns: 10_000)
          for word in words where word.hasPrefix("-") && word.count > 1 && !word.dropFirst().allSatisfy(\.isNumber) {
            let option = String(word.prefix { $0 != "=" })
            // Moments before now begin with a dash as well.
            if option.dropFirst().first?.isNumber == true { continue }
            #expect(
              help.split(whereSeparator: { " ,\n/[]()".contains($0) }).contains { $0 == option },
              "\(example.command): no option \(option): \(line)")
          }
        }
      }
    }
    #expect(seen > 200)
  }
}
