import ArgumentParser
import BartizanCLI
import Bytes
import TestKit
import Testing

/// Every command of the parser's own tree is tested, in every way that it can end, and so is every kind of answer.
@Suite struct CommandCoverageTests {
  /// The words of each command that does something, such as `network can`, with its type.
  private static let commands: [(words: [String], type: any ParsableCommand.Type)] = leaves(
    BartizanCommand.self, [])

  private static func leaves(
    _ command: any ParsableCommand.Type, _ words: [String]
  ) -> [(words: [String], type: any ParsableCommand.Type)] {
    let below = command.configuration.subcommands
    guard !below.isEmpty else { return [(words, command)] }
    return below.flatMap { leaves($0, words + [$0.configuration.commandName ?? ""]) }
  }

  private static func cases() throws -> [[CommandCase]] {
    let all = try CommandCaseFiles.all.flatMap { try CommandCase.all(try CommandCaseFiles.text($0)) }
    return commands.map { command in all.filter { $0.line.arguments.starts(with: command.words) } }
  }

  @Test func everyCommandIsTested() throws {
    for (command, own) in zip(Self.commands, try Self.cases()) {
      let name = command.words.joined(separator: " ")
      #expect(own.contains { $0.status < 2 }, "no case shows what `\(name)` prints")
      #expect(own.contains { $0.status == 2 }, "no case shows what `\(name)` says of a wrong command line or input")
    }
  }

  /// Every format that a command's help names has a case.
  @Test func everyFormatIsTested() throws {
    for (command, own) in zip(Self.commands, try Self.cases()) {
      let name = command.words.joined(separator: " ")
      for (option, values) in Self.enumerations(command.type) {
        for value in values {
          let isTested = own.contains { item in
            zip(item.line.arguments, item.line.arguments.dropFirst()).contains { $0 == option && $1 == value }
          }
          #expect(isTested, "no case shows `\(name) \(option) \(value)`")
        }
      }
    }
  }

  @Test func everyKindOfAnswerIsTested() throws {
    let shown = Set(try Self.cases().flatMap { $0 }.compactMap(\.kind))
    let known = Set(try Schemas.answers.get().kinds + ["ScanReport"])
    #expect(shown.isSuperset(of: known), "no case shows \(known.subtracting(shown).sorted().joined(separator: ", "))")
  }

  /// `--format` and `--type` with their values, as the command's help lists them, the default left out.
  private static func enumerations(_ type: any ParsableCommand.Type) -> [(option: String, values: [String])] {
    let help = BartizanCommand.helpMessage(for: type, columns: 10_000)
    return ["--format", "--type"].compactMap { option in
      guard let line = help.split(separator: "\n").first(where: { $0.contains(option + " <") }),
        let start = line.firstRange(of: "(values: "),
        let end = line[start.upperBound...].firstIndex(where: { ";)".contains($0) })
      else { return nil }
      let values = line[start.upperBound..<end].split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
      let standard = line.firstRange(of: "default: ").map { line[$0.upperBound...].prefix { $0 != ")" } }
      return (option, values.filter { $0 != standard.map(String.init) })
    }
  }
}
