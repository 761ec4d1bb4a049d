package import Bytes
package import Images

/// What has become known of watched images since the previous run (`image watch`).
package struct ImageWatchAnswer: KindOfAnswer {
  package static let kind = "ImageWatch"

  /// A change of one package's matches, told once for all images that hold it.
  package struct Change: Sendable {
    package let package: SoftwarePackage
    package let change: MatchChange
    /// Ids of the images that contain the package.
    package let images: [Int64]

    package init(package: SoftwarePackage, change: MatchChange, images: [Int64]) {
      self.package = package
      self.change = change
      self.images = images
    }
  }

  /// Packages that cannot be judged, for one reason.
  package struct Gap: Sendable {
    /// What they are packages of, where the store has no advisories for them; nil where advisories cannot be compared with their versions.
    package let uncovered: String?
    package let packages: Int
    /// Ids of the images that contain them.
    package let images: [Int64]

    package init(uncovered: String?, packages: Int, images: [Int64]) {
      self.uncovered = uncovered
      self.packages = packages
      self.images = images
    }
  }

  /// Time of the previous run, RFC 3339; nil for the first run.
  package let since: String?
  /// Number of watched images, and of distinct packages in them.
  package let images: Int
  package let packages: Int
  /// Ids of images that were added by this run.
  package let added: [Int64]
  /// Names that now refer to another image.
  package let moved: [String]
  /// Number of package names with changed advisories, and of packages that were matched again because of them.
  package let changedNames: Int
  package let rematched: Int
  package let changes: [Change]
  let gaps: [Gap]
  /// Names of the images that the changes and gaps mention, by id.
  package let names: [Int64: [String]]
  private let showsAll: Bool

  /// - Parameter showsAll: whether the table shows every change instead of the most urgent ones.
  package init(
    since: String?, images: Int, packages: Int, added: [Int64], moved: [String], changedNames: Int, rematched: Int,
    changes: [Change], gaps: [Gap] = [], names: [Int64: [String]], showsAll: Bool
  ) {
    self.since = since
    self.images = images
    self.packages = packages
    self.added = added
    self.moved = moved
    self.changedNames = changedNames
    self.rematched = rematched
    self.changes = changes
    self.gaps = gaps
    self.names = names
    self.showsAll = showsAll
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("since", since)
    writer.field("images", images)
    writer.field("packages", packages)
    writer.field("added", added.flatMap { names[$0] ?? [] })
    writer.field("moved", moved)
    writer.field("namesChanged", changedNames)
    writer.field("packagesMatched", rematched)
    writer.key("changes")
    writer.array(of: changes) { writer, item in
      writer.object { writer in
        writer.field("change", item.change.kind.rawValue)
        writer.field("applies", item.change.isOpen)
        writer.fields(item.change.match, of: item.package)
        writer.field("images", item.images.flatMap { names[$0] ?? [] }.sorted())
      }
      writer.drain(to: sink)
    }
    writer.key("notJudged")
    writer.array(of: gaps) { writer, gap in
      writer.object { writer in
        writer.field("why", gap.uncovered == nil ? "undecided" : "not covered")
        writer.field("of", gap.uncovered)
        writer.field("packages", gap.packages)
        writer.field("images", gap.images.flatMap { names[$0] ?? [] }.sorted())
      }
    }
  }

  /// One line of the table: a vulnerability of a source package, in any number of binary packages and images.
  private struct Row {
    let match: KnownMatch
    let package: String
    let version: String
    var images: Set<Int64>
  }

  private struct RowKey: Hashable {
    let kind: MatchChange.Kind
    let advisory: String
    let ecosystem: String
    let package: String
    let version: String
  }

  private enum Shown {
    static let rows = 25
    static let names = 2
  }

  private static let headings: [(kind: MatchChange.Kind, title: String)] = [
    (.new, "NEW"), (.raised, "MORE URGENT THAN BEFORE"), (.fixable, "FIX AVAILABLE NOW"), (.gone, "NO LONGER AFFECTED"),
  ]

  /// Rows by kind of change, the most urgent first.
  private var rows: [MatchChange.Kind: [Row]] {
    var rows: [RowKey: Row] = [:]
    for item in changes where item.change.kind.isNews {
      let key = RowKey(
        kind: item.change.kind, advisory: item.change.match.advisory, ecosystem: item.package.ecosystem.text,
        package: item.package.source ?? item.package.name, version: item.package.sourceVersion ?? item.package.version)
      rows[
        key, default: Row(match: item.change.match, package: key.package, version: key.version, images: [])
      ].images.formUnion(item.images)
    }
    return Dictionary(grouping: rows, by: \.key.kind).mapValues { own in
      own.map(\.value).sorted { a, b in
        if a.match.level != b.match.level { return a.match.level.rawValue > b.match.level.rawValue }
        if a.images.count != b.images.count { return a.images.count > b.images.count }
        return (a.package, a.version, a.match.title) < (b.package, b.version, b.match.title)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let rows = rows
    var text = ""
    for (kind, title) in Self.headings {
      guard let own = rows[kind], !own.isEmpty else { continue }
      let shown = showsAll ? own[...] : own.prefix(Shown.rows)
      let table = TextTable(
        title, columns: ["priority", "package", "version", "fixed in", "vulnerability", "images"],
        rows: shown.map { row in
          [
            row.match.level.name, row.package, row.version, row.match.fix ?? "none", row.match.title,
            Phrase.list(row.images.flatMap { names[$0] ?? [] }.sorted(), shown: Shown.names),
          ]
        })
      text += table.text(terminal)
      if shown.count < own.count {
        text +=
          "and \(Phrase.count(own.count - shown.count, "less urgent one")); --all shows \(Phrase.noun(own.count - shown.count, "it", "them"))\n"
      }
      text += "\n"
    }
    for name in moved { text += "MOVED  \(Terminal.printable(name)) is another image than before\n" }
    for gap in gaps {
      let images = Phrase.list(gap.images.flatMap { names[$0] ?? [] }.sorted(), shown: Shown.names)
      let count = Phrase.count(gap.packages, "package")
      let line =
        gap.uncovered.map {
          "NOT COVERED  \(count) of \($0) in \(images): the store has no advisories for \(Phrase.noun(gap.packages, "it", "them"))"
        } ?? "UNDECIDED  \(count) in \(images): the versions, or the streams of the module, cannot be compared"
      text += Terminal.printable(line) + "\n"
    }
    let new = rows[.new]?.count ?? 0
    let vulnerabilities =
      new == 0
      ? "no new vulnerabilities" + (gaps.isEmpty ? "" : " in what could be judged")
      : Phrase.count(new, "new vulnerability")
    text +=
      "\(Phrase.count(images, "image")) with \(Phrase.count(packages, "different package"))\(added.isEmpty ? "" : ", \(Phrase.count(added.count, "new image"))"); \(vulnerabilities)\(since.map { " since \($0)" } ?? "").\n"
    if since != nil, rematched > 0 || added.isEmpty {
      text +=
        changedNames == 0
        ? "The advisories for these packages have not changed.\n"
        : "Advisories changed for \(Phrase.count(changedNames, "package name")): \(Phrase.count(rematched, "package")) matched again.\n"
    }
    return text
  }
}
