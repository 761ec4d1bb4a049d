import ArgumentParser
import BartizanCLI
import Bytes
import TestKit
import Testing

/// Every command of the parser's own tree is tested, in every way that it can end, and so is every kind of answer.
@Suite struct CommandCoverageTests {
  private static func cases() throws -> [[CommandCase]] {
    let all = try CommandCaseFiles.all.flatMap { try CommandCase.all(try CommandCaseFiles.text($0)) }
    return CommandCoverage.commands.map { command in all.filter { $0.line.arguments.starts(with: command.words) } }
  }

  @Test func everyCommandIsTested() throws {
    for (command, own) in zip(CommandCoverage.commands, try Self.cases()) {
      let name = command.words.joined(separator: " ")
      #expect(own.contains { $0.status < 2 }, "no case shows what `\(name)` prints")
      #expect(own.contains { $0.status == 2 }, "no case shows what `\(name)` says of a wrong command line or input")
    }
  }

  /// Every format that a command's help names, the first of which is the one by default, has a case.
  @Test func everyFormatIsTested() throws {
    for (command, own) in zip(CommandCoverage.commands, try Self.cases()) {
      let name = command.words.joined(separator: " ")
      for format in CommandCoverage.formats(command.type).dropFirst() {
        let isTested = own.contains { item in
          zip(item.line.arguments, item.line.arguments.dropFirst()).contains { option, value in
            ["--format", "-o", "--output"].contains(option) && (value == format || value.hasPrefix(format + "="))
          }
        }
        #expect(isTested, "no case shows `\(name) --format \(format)`")
      }
    }
  }

  @Test func everyKindOfAnswerIsTested() throws {
    let shown = Set(try Self.cases().flatMap { $0 }.compactMap(\.kind))
    let known = Set(try Schemas.answers.get().kinds + ["ScanReport"])
    #expect(shown.isSuperset(of: known), "no case shows \(known.subtracting(shown).sorted().joined(separator: ", "))")
  }
}

/// The commands of the parser's own tree.
enum CommandCoverage {
  /// The words of each command that does something, such as `network can`, with its type.
  static let commands: [(words: [String], type: any ParsableCommand.Type)] = leaves(
    BartizanCommand.self, [])

  private static func leaves(
    _ command: any ParsableCommand.Type, _ words: [String]
  ) -> [(words: [String], type: any ParsableCommand.Type)] {
    let below = command.configuration.subcommands
    guard !below.isEmpty else { return [(words, command)] }
    return below.flatMap { leaves($0, words + [$0.configuration.commandName ?? ""]) }
  }

  /// The formats of a command, as its help lists them.
  static func formats(_ type: any ParsableCommand.Type) -> [String] {
    let help = BartizanCommand.helpMessage(for: type, columns: 10_000)
    guard let line = help.split(separator: "\n").first(where: { $0.contains("--format <") }),
      let start = line.firstRange(of: "(values: "),
      let end = line[start.upperBound...].firstIndex(where: { ";)".contains($0) })
    else { return [] }
    return line[start.upperBound..<end].split(separator: ",").map { String($0.drop { $0 == " " }) }
  }
}
