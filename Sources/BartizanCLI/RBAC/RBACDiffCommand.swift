import Access
import ArgumentParser
import Bytes
import Report

struct RBACDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Who gained or lost which permission between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan rbac diff last-month.yaml today.yaml
        bartizan rbac diff main/manifests/ branch/manifests/ --format json

      Rights are compared by what they allow, not by how they are written. Exit code 1: somebody gained something.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let changes = AccessDiff.changes(
      from: try await RBACSources.inventory([old]), to: try await RBACSources.inventory([new]))
    switch format {
    case .json:
      StandardOutput.answer("AccessDiff") { writer in
        writer.key("changes")
        writer.array(of: changes) { writer, change in
          writer.object { writer in
            writer.field("subject", change.subject.text)
            writer.field("namespace", change.namespace)
            writer.key("gained")
            writer.array(of: change.gained) { $0.value(GrantManifest.rule($1)) }
            writer.key("lost")
            writer.array(of: change.lost) { $0.value(GrantManifest.rule($1)) }
          }
        }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text = ""
      for change in changes {
        text += "\(Terminal.printable(change.subject.text)) \(change.namespace.map { "in " + $0 } ?? "everywhere")\n"
        for rule in change.gained { text += terminal.wrapped("+ " + rule.text, indent: 2) + "\n" }
        for rule in change.lost { text += terminal.wrapped("- " + rule.text, indent: 2) + "\n" }
      }
      let gained = Set(changes.filter { !$0.gained.isEmpty }.map(\.subject)).count
      let lost = Set(changes.filter { !$0.lost.isEmpty }.map(\.subject)).count
      text += changes.isEmpty ? "Nobody gained or lost a permission.\n" : "\(gained) gained, \(lost) lost.\n"
      StandardOutput.write(text)
    }
    throw ExitCode(changes.contains { !$0.gained.isEmpty } ? ExitStatus.findings : ExitStatus.clean)
  }
}
