package import Access
package import Bytes
import Depth
import Findings
package import Kube

/// The access review: a grade for each subject, and remarks on the whole (`rbac review`). The HTML page and the CSV
/// rows are meant for sign-off.
package struct AccessReviewAnswer: KindOfAnswer {
  package static let kind = "AccessReview"
  package static let formats: [OutputFormat] = [.table, .json, .html, .csv]

  /// Changes since an earlier review.
  package struct Changes: Sendable {
    package let since: String
    package let changes: [AccessDiff.Change]

    /// - Parameter since: the earlier input, as the user named it.
    package init(since: String, _ changes: [AccessDiff.Change]) {
      self.since = since
      self.changes = changes
    }
  }

  private let rows: [AccessReview.Row]
  private let subjects: TextTable
  /// The subjects for sign-off: with all that each holds, its last use, and room for the decision.
  private let sheet: TextTable
  /// Names of the bindings of each row.
  private let bindings: [[String]]
  /// The last request of each row in the log, RFC 3339; nil where it made none, or without a log.
  private let lastUses: [String?]
  private let sections: [TextTable]
  private let sources: [String]
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - sources: the input, as the user named it.
  ///   - controlPlane: whether the rows include subjects of the control plane.
  ///   - events: of an audit log; nil without one.
  ///   - log: what of the log could not be read, or of the earlier review's input.
  package init(
    _ inventory: AccessInventory, sources: [String], controlPlane: Bool, changes: Changes?, events: [ObservedRequest]?,
    unread log: [NotSeen] = []
  ) {
    let review = AccessReview(AccessProfile(inventory))
    self.sources = sources
    let unseen =
      inventory.snapshot.notSeen(
        anyOf: AccessInventory.kinds + [.serviceAccount, .secret, .namespace] + PodTemplateCatalogue.kinds)
      + inventory.unknownGrants(inventory.givenBindings)
    // What both reviews lack is said once.
    notSeen = unseen + log.filter { !unseen.contains($0) }
    rows = review.rows.filter { controlPlane || !$0.isShipped }
    subjects = TextTable(
      "Subjects", columns: ["grade", "subject", "steps", "bindings", "what is dangerous"],
      rows: rows.map { row in
        [
          row.grade, row.subject.text, row.stepsToClusterAdmin.map(String.init) ?? "", String(row.bindings.count),
          Self.summary(row),
        ]
      })
    let shown = rows
    let bindings = shown.map { $0.bindings.map(inventory.describe) }
    let uses = events.map { UnusedAccess.lastUses($0) }
    let lastUses = shown.map { uses?[$0.subject] }
    sheet = TextTable(
      "Subjects",
      columns: ["grade", "subject", "steps", "bindings", "what is dangerous", "last used", "decision"],
      rows: zip(shown, zip(bindings, lastUses)).map { row, held in
        [
          row.grade, row.subject.text, row.stepsToClusterAdmin.map(String.init) ?? "",
          held.0.joined(separator: "; "), Self.titles(row).joined(separator: "; "),
          uses == nil ? "" : held.1 ?? "not in the log", "",
        ]
      })
    self.bindings = bindings
    self.lastUses = lastUses
    var sections = [
      TextTable(
        "Remarks", columns: ["what", "place", "who"],
        rows: review.remarks.map { [$0.kind.title, $0.location?.text ?? "", $0.subject] }),
      Self.withoutEffect(inventory),
    ]
    if let changes {
      sections.append(
        TextTable(
          "Changed since \(changes.since)", columns: ["subject", "where", "change"],
          rows: changes.changes.map { change in
            [
              change.subject.text, change.namespace ?? "everywhere",
              (change.gained.map { "+ " + $0.text } + change.lost.map { "- " + $0.text }).joined(separator: "; "),
            ]
          }))
    }
    if let events {
      let first = events.map(\.time).filter { !$0.isEmpty }.min() ?? "the log began"
      sections.append(
        TextTable(
          "Never used since \(first)", columns: ["subject", "by", "rules"],
          rows: UnusedAccess.unusedRules(inventory, events).map {
            [$0.subject.text, inventory.describe(binding: $0.binding), $0.text]
          }))
    }
    self.sections = sections
  }

  private static func withoutEffect(_ inventory: AccessInventory) -> TextTable {
    let roles = UnusedAccess.unboundRoles(inventory).map { index in
      [
        inventory.roles[index].object.subject.text, inventory.roles[index].object.location.text,
        "no binding refers to it",
      ]
    }
    let bindings = UnusedAccess.emptyBindings(inventory).map { item in
      [inventory.bindings[item.binding].object.subject.text, inventory.place(binding: item.binding), item.reason]
    }
    return TextTable("Roles and bindings without effect", columns: ["object", "place", "why"], rows: roles + bindings)
  }

  /// The risks of a subject in one line, worst first, without duplicates.
  private static func summary(_ row: AccessReview.Row) -> String { Phrase.list(titles(row), separator: "; ") }

  private static func titles(_ row: AccessReview.Row) -> [String] {
    var seen = Set<String>()
    let titles = row.exposures.compactMap { exposure -> String? in
      guard exposure.severity >= .medium, seen.insert(exposure.risk.id).inserted else { return nil }
      return exposure.risk.deed + (exposure.namespace.map { " (\($0))" } ?? "")
    }
    guard titles.isEmpty, let way = row.way, let deed = way.first(where: { !$0.technique.isMembership }) else {
      return titles
    }
    let member = way.first.flatMap { $0.technique.isMembership ? "as a member of \($0.to.text) " : nil } ?? ""
    return ["\(member)\(deed.text), on the way to cluster admin"]
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .csv:
      let unseen = notSeen.map { ["?", $0.kind.text, "", "", "not seen: \($0.reason)", "", ""] }
      sink(Array(TextTable("", columns: sheet.columns, rows: sheet.rows + unseen).csv.utf8))
    case .html:
      let page = TextTable.html(
        title: "Access review", subtitle: sources.joined(separator: ", "), [sheet] + sections + unseenTable)
      sink(Array(page.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  private var unseenTable: [TextTable] {
    notSeen.isEmpty
      ? []
      : [TextTable("Not seen", columns: ["kind", "why"], rows: notSeen.map { [$0.kind.text, $0.reason] })]
  }

  package func text(_ terminal: Terminal) -> String {
    ([subjects] + sections).map { $0.text(terminal) }.joined(separator: "\n")
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("subjects")
    writer.array(of: rows.indices) { writer, index in
      let row = rows[index]
      writer.object { writer in
        writer.field("kind", row.subject.kind)
        writer.field("name", row.subject.name)
        writer.field("grade", row.grade)
        writer.key("stepsToClusterAdmin")
        if let steps = row.stepsToClusterAdmin { writer.value(steps) } else { writer.null() }
        writer.field("bindings", bindings[index])
        writer.field("lastUsed", lastUses[index])
        writer.key("risks")
        writer.array(of: row.exposures) { writer, exposure in
          writer.object { writer in
            writer.field("id", exposure.risk.id)
            writer.field("severity", exposure.severity.name)
            writer.field("namespace", exposure.namespace)
          }
        }
      }
      writer.drain(to: sink)
    }
    writer.key("sections")
    writer.array(of: sections) { writer, section in
      writer.object { writer in
        writer.field("title", section.title)
        writer.key("rows")
        writer.array(of: section.rows) { writer, row in
          writer.object { writer in
            for (column, cell) in zip(section.columns, row) { writer.field(column, cell) }
          }
        }
      }
    }
  }
}
