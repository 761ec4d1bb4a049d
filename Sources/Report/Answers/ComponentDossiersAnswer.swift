package import Access
package import Bytes
package import Depth
import Findings
package import Kube

/// What is known of components, one page each (`component review`, `component list`).
package struct ComponentDossiersAnswer: KindOfAnswer {
  package static let kind = "ComponentDossiers"
  package static let formats: [OutputFormat] = [.table, .json, .markdown, .html]

  /// What an earlier review said of a component.
  package struct Earlier: Sendable {
    package let grade: ComponentDossier.Grade?
    /// `chapter: line`.
    package let facts: Set<String>

    package init(grade: ComponentDossier.Grade?, facts: Set<String>) {
      self.grade = grade
      self.facts = facts
    }
  }

  private struct Page {
    let dossier: ComponentDossier
    let chapters: [ComponentChapter]

    var title: String { dossier.component.name + (dossier.component.version.map { " " + $0 } ?? "") }
    var facts: [String] {
      (dossier.remarks.map { "grade: \($0.text)" }
        + chapters.flatMap { chapter in chapter.lines.map { "\(chapter.id): \($0)" } })
    }
  }

  private let pages: [Page]
  /// Applications beside them, which were not asked for.
  private let others: [String]
  private let earlier: [String: Earlier]?
  private let isBrief: Bool
  /// What the dossiers do not hold, and who tells it.
  private let remarks: [String]
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - unused: nil without an audit log.
  ///   - needed: nil without an audit log.
  ///   - records: of images, from scans and verifications; nil without any.
  ///   - deeds: what accounts did, by an audit log; nil without one.
  ///   - earlier: by name, from an earlier review; nil without one.
  ///   - others: names of what runs beside them and is no platform.
  ///   - isBrief: whether a table of all is enough.
  package init(
    _ dossiers: [ComponentDossier], unused: [UnusedAccess.Unused]?, needed: [LeastPrivilege.Grant]?,
    records: ImageRecords? = nil, deeds: [AccessSubject: ComponentDeeds]? = nil, earlier: [String: Earlier]?,
    others: [String], isBrief: Bool, notSeen: [NotSeen]
  ) {
    pages = dossiers.sorted { (-$0.grade.rawValue, $0.component.name) < (-$1.grade.rawValue, $1.component.name) }.map {
      dossier in
      let accounts = Set(dossier.access.accounts)
      return Page(
        dossier: dossier,
        chapters: ComponentChapter.all(
          dossier, unused: unused.map { $0.filter { accounts.contains($0.subject) } },
          needed: needed.map { $0.filter { accounts.contains($0.subject) } }, records: records, deeds: deeds,
          isWhole: notSeen.isEmpty))
    }
    self.others = others
    self.earlier = earlier
    self.isBrief = isBrief
    self.notSeen = notSeen
    remarks =
      (records == nil
        ? [
          "What is in the images, who signed them and how old they are: pass what `bartizan image scan` and `bartizan image verify` write with --format json as --image-report FILE."
        ] : [])
      + (unused == nil ? ["What it did with its rights: pass --audit-log FILE."] : [])
  }

  /// The worst grade; nil for no component.
  package var worst: ComponentDossier.Grade? { pages.map(\.dossier.grade).max() }

  /// Whether a component is graded worse than in the earlier review.
  package var isWorse: Bool {
    pages.contains { page in
      earlier?[page.dossier.component.name]?.grade.map { page.dossier.grade > $0 } ?? false
    }
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .markdown: sink(Array(markdown.utf8))
    case .html: sink(Array(html.utf8))
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  // MARK: JSON

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("components")
    writer.array(of: pages) { writer, page in
      let dossier = page.dossier
      writer.object { writer in
        writer.field("name", dossier.component.name)
        writer.field("version", dossier.component.version)
        writer.field("grade", dossier.grade.name)
        writer.field("isPlatform", dossier.component.isPlatform)
        writer.key("reasons")
        writer.array(of: dossier.remarks) { writer, remark in
          writer.object { writer in
            writer.field("id", remark.kind.rawValue)
            writer.field("grade", remark.grade.name)
            writer.field("text", remark.text)
          }
        }
        writer.field("namespaces", dossier.component.namespaces)
        writer.field("accounts", dossier.access.accounts.map(\.name))
        writer.field("workloads", dossier.confinement.map(\.workload.text))
        writer.field("images", dossier.images.map(\.reference))
        writer.key("chapters")
        writer.array(of: page.chapters) { writer, chapter in
          writer.object { writer in
            writer.field("id", chapter.id)
            writer.field("title", chapter.title)
            writer.field("lines", chapter.lines)
          }
        }
        writer.key("change")
        if let change = change(page) {
          writer.object { writer in
            writer.field("gradeBefore", change.grade)
            writer.field("isNew", change.isNew)
            writer.field("added", change.added)
            writer.field("removed", change.removed)
          }
        } else {
          writer.null()
        }
      }
      writer.drain(to: sink)
    }
    writer.field("notEvaluated", remarks)
    writer.field("gone", gone)
    writer.field("others", others)
  }

  // MARK: Comparing

  private struct Change {
    let grade: String?
    let isNew: Bool
    let added: [String]
    let removed: [String]
  }

  private func change(_ page: Page) -> Change? {
    guard let earlier else { return nil }
    guard let before = earlier[page.dossier.component.name] else {
      return Change(grade: nil, isNew: true, added: [], removed: [])
    }
    let now = Set(page.facts)
    return Change(
      grade: before.grade?.name, isNew: false, added: now.subtracting(before.facts).sorted(),
      removed: before.facts.subtracting(now).sorted())
  }

  /// Components of the earlier review that are no more among those asked for.
  private var gone: [String] {
    let names = Set(pages.map(\.dossier.component.name))
    return (earlier ?? [:]).keys.filter { !names.contains($0) }.sorted()
  }

  private func changeLines(_ page: Page) -> [String] {
    guard let change = change(page) else { return [] }
    if change.isNew { return ["not in the earlier review"] }
    var lines: [String] = []
    if let grade = change.grade, grade != page.dossier.grade.name {
      lines.append("grade \(grade) before, \(page.dossier.grade.name) now")
    }
    lines += change.added.map { "+ \($0)" } + change.removed.map { "- \($0)" }
    return lines.isEmpty ? ["nothing has changed"] : lines
  }

  // MARK: Text

  private var table: TextTable {
    TextTable(
      columns: ["component", "version", "grade", "worst reason", "recognised by"],
      rows: pages.map { page in
        let dossier = page.dossier
        return [
          dossier.component.name, dossier.component.version ?? "", dossier.grade.name,
          dossier.remarks.first?.text ?? "nothing to be said against it", dossier.component.signs.first?.text ?? "",
        ]
      })
  }

  package func text(_ terminal: Terminal) -> String {
    guard !pages.isEmpty else {
      return
        "No platform was recognised\(others.isEmpty ? "" : "; applications: \(Phrase.list(others, shown: 8))").\n"
    }
    var text = ""
    if isBrief || pages.count > 1 { text += table.text(terminal) }
    if isBrief {
      if !others.isEmpty {
        text +=
          "\n"
          + terminal.wrapped("Beside them, without a hold on the API: \(Phrase.list(others, shown: 12)).", indent: 0)
          + "\n"
      }
      return text
    }
    for page in pages {
      if !text.isEmpty { text += "\n" }
      text += terminal.bold(Terminal.printable("\(page.title): grade \(page.dossier.grade.name)")) + "\n"
      for remark in page.dossier.remarks {
        text += terminal.wrapped("\(remark.grade.name)  \(Terminal.printable(remark.text))", indent: 2) + "\n"
      }
      if page.dossier.remarks.isEmpty { text += "  nothing to be said against it\n" }
      let changes = changeLines(page)
      if !changes.isEmpty {
        text += "\nSINCE THE EARLIER REVIEW\n"
        for line in changes { text += terminal.wrapped(Terminal.printable(line), indent: 2) + "\n" }
      }
      for chapter in page.chapters {
        text += "\n\(chapter.title.uppercased())\n"
        for line in chapter.lines { text += terminal.wrapped(Terminal.printable(line), indent: 2) + "\n" }
      }
    }
    if !gone.isEmpty {
      text +=
        "\n" + terminal.wrapped("In the earlier review and not here: \(gone.joined(separator: ", ")).", indent: 0)
        + "\n"
    }
    return text + "\n" + remarks.map { terminal.wrapped($0, indent: 0) + "\n" }.joined()
  }

  // MARK: Markdown

  private var markdown: String {
    var text = "# Components\n\n| component | version | grade | worst reason |\n|---|---|---|---|\n"
    for page in pages {
      let cells = [
        page.dossier.component.name, page.dossier.component.version ?? "", page.dossier.grade.name,
        page.dossier.remarks.first?.text ?? "",
      ]
      text += "| " + cells.map(Markdown.cell).joined(separator: " | ") + " |\n"
    }
    for page in pages where !isBrief {
      text += "\n## \(Markdown.cell(page.title)): grade \(page.dossier.grade.name)\n\n"
      for remark in page.dossier.remarks { text += "- **\(remark.grade.name)** \(Markdown.cell(remark.text))\n" }
      let changes = changeLines(page)
      if !changes.isEmpty {
        text += "\n### Since the earlier review\n\n"
        for line in changes { text += "- \(Markdown.cell(line))\n" }
      }
      for chapter in page.chapters {
        text += "\n### \(chapter.title)\n\n"
        for line in chapter.lines { text += "- \(Markdown.cell(line))\n" }
      }
    }
    if !isBrief { text += "\n## Not looked at here\n\n" + remarks.map { "- \(Markdown.cell($0))\n" }.joined() }
    if !notSeen.isEmpty {
      text += "\n## Not seen: the answer is not the whole\n\n"
      for item in notSeen { text += "- \(Markdown.cell("\(item.kind.text): \(item.reason)"))\n" }
    }
    return text
  }

  // MARK: HTML

  private var html: String {
    func line(_ text: String) -> String { XML.escaped(Terminal.printable(text)) }
    var page = HTMLPage.opening(title: "Components")
    page +=
      "<header><h1>Components</h1><p class=\"sources\">\(Phrase.count(pages.count, "component"))</p></header>\n<main>\n"
    page += "<table class=\"sheet\"><tr><th>component</th><th>version</th><th>grade</th><th>worst reason</th></tr>\n"
    for (index, item) in pages.enumerated() {
      let cells = [
        item.dossier.component.version ?? "", item.dossier.grade.name, item.dossier.remarks.first?.text ?? "",
      ]
      page +=
        "<tr><td><a href=\"#c\(index)\">\(line(item.dossier.component.name))</a></td>"
        + cells.map { "<td>\(line($0))</td>" }.joined() + "</tr>\n"
    }
    page += "</table>\n"
    for (index, item) in pages.enumerated() where !isBrief {
      page += "<h2 id=\"c\(index)\">\(line(item.title)) <small>grade \(item.dossier.grade.name)</small></h2>\n"
      for remark in item.dossier.remarks {
        page +=
          "<p class=\"finding \(Self.style(remark.grade))\"><span class=\"badge \(Self.style(remark.grade))\">\(remark.grade.name)</span>\(line(remark.text))</p>\n"
      }
      let changes = changeLines(item)
      if !changes.isEmpty { page += list("Since the earlier review", changes, isOpen: true) }
      for chapter in item.chapters {
        page += list(chapter.title, chapter.lines, isOpen: ["worth", "exposure", "recognised-by"].contains(chapter.id))
      }
    }
    if !isBrief { page += list("Not looked at here", remarks, isOpen: true) }
    if !notSeen.isEmpty {
      page += list(
        "Not seen: the answer is not the whole", notSeen.map { "\($0.kind.text): \($0.reason)" }, isOpen: true)
    }
    return page + "</main>\n</body>\n</html>\n"
  }

  private func list(_ title: String, _ lines: [String], isOpen: Bool) -> String {
    "<details class=\"finding\"\(isOpen ? " open" : "")><summary>\(XML.escaped(title)) (\(lines.count))</summary>\n<ul>"
      + lines.map { "<li>\(XML.escaped(Terminal.printable($0)))</li>" }.joined(separator: "\n") + "</ul></details>\n"
  }

  private static func style(_ grade: ComponentDossier.Grade) -> String {
    switch grade {
    case .f: "critical"
    case .e, .d: "high"
    case .c: "medium"
    case .b: "low"
    case .a: "info"
    }
  }
}
