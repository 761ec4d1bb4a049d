import Access
import ArgumentParser
import Bytes
import Depth
import Events
import Findings
import Kube
import Report
import Transport

enum ReviewFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
  case html
  case csv
}

struct RBACReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "The access review: a grade for each subject, and what should not be there.",
    discussion: """
      EXAMPLES
        bartizan rbac review -f manifests/
        bartizan rbac review -f today.yaml --since last-quarter.yaml --audit-log audit.log --format html -o review.html

      Grades: F is cluster admin or one step from it, A holds nothing dangerous.
      """)

  @OptionGroup var input: RBACSources
  @Option(help: "The snapshot of the last review, to show what has changed.", completion: .file()) var since: String?
  @Option(help: "Audit logs, to show what was never used. Repeatable.", completion: .file()) var auditLog: [String] = []
  @Option(help: "table, json, html or csv (the subjects alone).") var format: ReviewFormat = .table
  @Option(name: .shortAndLong, help: "Write to a file.", completion: .file()) var output: String?
  @Flag(help: "Subjects of the control plane, too.") var all = false

  func run() async throws {
    let inventory = try await input.inventory()
    let review = AccessReview(AccessProfile(inventory))
    let rows = review.rows.filter { all || !$0.subject.isControlPlane }
    var sheets = [
      TextTable(
        "Subjects", columns: ["grade", "subject", "steps", "bindings", "what is dangerous"],
        rows: rows.map { row in
          [
            row.grade, row.subject.text, row.stepsToClusterAdmin.map(String.init) ?? "",
            String(row.bindings.count), Self.summary(row.exposures),
          ]
        }),
      TextTable(
        "Remarks", columns: ["what", "place", "who"],
        rows: review.remarks.map { [$0.kind.title, $0.location?.text ?? "", $0.subject] }),
      TextTable(
        "Roles and bindings without effect", columns: ["object", "place", "why"],
        rows: UnusedAccess.unboundRoles(inventory).map {
          [
            inventory.roles[$0].object.subject.text, inventory.roles[$0].object.location.text,
            "no binding refers to it",
          ]
        }
          + UnusedAccess.emptyBindings(inventory).map {
            [inventory.bindings[$0.binding].object.subject.text, inventory.place(binding: $0.binding), $0.reason]
          }),
    ]
    if let since {
      let changes = AccessDiff.changes(from: try await RBACSources.inventory([since]), to: inventory)
      sheets.append(
        TextTable(
          "Changed since \(since)", columns: ["subject", "where", "change"],
          rows: changes.map { change in
            [
              change.subject.text, change.namespace ?? "everywhere",
              (change.gained.map { "+ " + $0.text } + change.lost.map { "- " + $0.text }).joined(separator: "; "),
            ]
          }))
    }
    if !auditLog.isEmpty {
      let events = try await AuditLogFiles.read(auditLog)
      let first = events.map(\.time).filter { !$0.isEmpty }.min() ?? "the log began"
      sheets.append(
        TextTable(
          "Never used since \(first)", columns: ["subject", "by", "rules"],
          rows: UnusedAccess.unusedRules(inventory, events).map {
            [$0.subject.text, inventory.describe(binding: $0.binding), $0.rules.map(\.text).joined(separator: "; ")]
          }))
    }
    let text: String
    switch format {
    case .table:
      let terminal = Terminal(width: output == nil ? StandardOutput.width : 120, colour: false)
      text = sheets.map { $0.text(terminal) }.joined(separator: "\n")
    case .html:
      text = TextTable.html(title: "Access review", subtitle: input.file.joined(separator: ", "), sheets)
    case .csv: text = sheets[0].csv
    case .json:
      var writer = JSONWriter(pretty: true)
      write(rows, sheets, &writer)
      writer.endLine()
      text = writer.text
    }
    if let output {
      try FileWriter.write(Array(text.utf8), to: output)
    } else {
      StandardOutput.write(text)
    }
  }

  private static func summary(_ exposures: [AccessProfile.Exposure]) -> String {
    var seen = Set<String>()
    let titles = exposures.compactMap { exposure -> String? in
      guard exposure.severity >= .medium, seen.insert(exposure.risk.id).inserted else { return nil }
      return exposure.risk.title.prefix(1).lowercased() + exposure.risk.title.dropFirst()
        + (exposure.namespace.map { " (\($0))" } ?? "")
    }
    return titles.prefix(4).joined(separator: "; ") + (titles.count > 4 ? "; and \(titles.count - 4) more" : "")
  }

  private func write(_ rows: [AccessReview.Row], _ sheets: [TextTable], _ writer: inout JSONWriter) {
    writer.answer("AccessReview") { writer in
      writer.key("subjects")
      writer.array(of: rows) { writer, row in
        writer.object { writer in
          writer.field("kind", row.subject.kind)
          writer.field("name", row.subject.name)
          writer.field("grade", row.grade)
          writer.key("stepsToClusterAdmin")
          if let steps = row.stepsToClusterAdmin { writer.value(steps) } else { writer.null() }
          writer.key("risks")
          writer.array(of: row.exposures) { writer, exposure in
            writer.object { writer in
              writer.field("id", exposure.risk.id)
              writer.field("severity", exposure.severity.name)
              writer.field("namespace", exposure.namespace)
            }
          }
        }
      }
      writer.key("sections")
      writer.array(of: sheets.dropFirst()) { writer, sheet in
        writer.object { writer in
          writer.field("title", sheet.title)
          writer.key("rows")
          writer.array(of: sheet.rows) { writer, row in
            writer.object { writer in
              for (column, cell) in zip(sheet.columns, row) { writer.field(column, cell) }
            }
          }
        }
      }
    }
  }
}
