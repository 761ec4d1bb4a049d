import Access
import ArgumentParser
import Bytes
import Findings
import Report

struct RBACSubjectsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subjects", abstract: "Everybody who holds a binding, with the worst that it allows.",
    discussion: """
      EXAMPLES
        bartizan rbac subjects -f manifests/
      """)

  @OptionGroup var input: RBACSources
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let inventory = try await input.inventory()
    let profile = AccessProfile(inventory)
    let rows = inventory.allSubjects.map { subject in
      (
        subject: subject,
        bindings: inventory.bindings(of: subject),
        worst: profile.exposures(of: subject.identity).first
      )
    }
    switch format {
    case .json:
      StandardOutput.answer("SubjectList") { writer in
        writer.key("subjects")
        writer.array(of: rows) { writer, row in
          writer.object { writer in
            writer.field("kind", row.subject.kind)
            writer.field("name", row.subject.name)
            writer.field("bindings", row.bindings.map(inventory.describe))
            writer.field("worst", row.worst?.risk.id)
            writer.field("severity", row.worst?.severity.name)
          }
        }
      }
    case .table:
      let sheet = TextTable(
        "", columns: ["subject", "bindings", "worst"],
        rows: rows.map { row in
          [
            row.subject.text, String(row.bindings.count),
            row.worst.map { "\($0.severity.name): \($0.risk.title) \($0.namespace.map { "in " + $0 } ?? "everywhere")" }
              ?? "",
          ]
        })
      StandardOutput.write(sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
  }
}
