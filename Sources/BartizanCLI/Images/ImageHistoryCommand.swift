import ArgumentParser
import Bytes
import Findings
import Images
import Report
import Store

struct ImageHistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "What became known of a watched image, and when.",
    discussion: """
      EXAMPLES
        bartizan image history
        bartizan image history registry.example/team/app:1.4
        bartizan image history sha256:6b4d9f

      Without an image: those that are watched, with what applies to them now. With one: what applied when it was added, and each
      change since, with the time of the look that saw it. Exit code 0: it is a look back, and no scan.
      """)
  @Argument(help: "A name, or the digest of a manifest or a configuration, or the beginning of one.") var image: String?
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @Flag(help: "In the table: changes that are no news as well, and all that applied at the beginning.") var all = false
  @OptionGroup var ledger: LedgerOptions

  func run() async throws {
    let book = try ledger.open()
    if let image {
      let history = try await book.history(of: try await LedgerOptions.entry(of: image, in: book))
      switch format {
      case .json: json(history)
      case .table: StandardOutput.write(text(history))
      }
      return
    }
    let images = try await book.images()
    switch format {
    case .json:
      StandardOutput.answer("WatchedImages") { writer in
        writer.key("images")
        writer.array(of: images) { writer, entry in
          writer.object { writer in
            Self.head(entry, &writer)
            writer.field("open", entry.open)
          }
        }
      }
    case .table:
      let rows = images.map { entry in
        [
          entry.names.joined(separator: ", ").isEmpty
            ? "(no name means it any more)" : entry.names.joined(separator: ", "),
          Self.short(entry.image.key), entry.image.system, "\(entry.image.packages)", "\(entry.open)",
          String(entry.image.added.prefix(10)),
        ]
      }
      StandardOutput.write(
        rows.isEmpty
          ? "No image is watched; `bartizan image watch IMAGE` adds one.\n"
          : TextTable("", columns: ["image", "digest", "system", "packages", "open", "since"], rows: rows).text(
            Terminal(width: StandardOutput.width, colour: false)))
    }
  }

  /// As many digits of a digest as people read.
  private static func short(_ digest: String) -> String {
    String(digest.split(separator: ":").last?.prefix(12) ?? "")
  }

  private static func head(_ entry: LedgerEntry, _ writer: inout JSONWriter) {
    writer.field("names", entry.names)
    writer.field("formerNames", entry.former)
    writer.field("imageId", entry.image.key)
    writer.field("digest", entry.image.digest)
    writer.field("system", entry.image.system)
    writer.field("packages", entry.image.packages)
    writer.field("added", entry.image.added)
  }

  private func json(_ history: ImageHistory) {
    StandardOutput.answer("ImageHistory") { writer in
      Self.head(history.entry, &writer)
      for (key, list) in [("atFirst", history.first), ("open", history.open)] {
        writer.key(key)
        writer.array(of: list) { writer, item in writer.object { $0.fields(item.match, of: item.package) } }
      }
      writer.key("changes")
      writer.array(of: history.events) { writer, event in
        writer.object { writer in
          writer.field("time", event.time)
          writer.field("advisoriesOf", event.built)
          writer.field("change", event.change.kind.rawValue)
          writer.field("applies", event.change.isOpen)
          writer.fields(event.change.match, of: event.package)
        }
      }
    }
  }

  private static let words: [MatchChange.Kind: String] = [
    .new: "new", .gone: "no longer there", .fixable: "can be mended", .fixMoved: "another fix", .raised: "more urgent",
    .lowered: "less urgent", .renamed: "told by another",
  ]

  private static func tally(_ list: [(package: SoftwarePackage, match: KnownMatch)]) -> String {
    let levels = Priority.Level.allCases.reversed().compactMap { level -> String? in
      let count = list.count { $0.match.level == level }
      return count == 0 ? nil : "\(count) \(level.name)"
    }
    return levels.isEmpty ? "nothing" : levels.joined(separator: ", ")
  }

  private func text(_ history: ImageHistory) -> String {
    let entry = history.entry
    let terminal = Terminal(width: StandardOutput.width, colour: false)
    var text = "\((entry.names.isEmpty ? entry.former : entry.names).joined(separator: ", "))\n"
    if entry.names.isEmpty { text += "  no name means it any more; it is not watched\n" }
    text += "  image \(entry.image.key)\n"
    if !entry.image.digest.isEmpty { text += "  manifest \(entry.image.digest)\n" }
    text +=
      "  \(entry.image.system.isEmpty ? "no distribution" : entry.image.system), \(entry.image.packages) packages, added \(entry.image.added)\n\n"
    text += "At first: \(Self.tally(history.first))\n"
    if all { text += rows(history.first.map { ("", "", $0.match, $0.package) }, terminal) }
    let events = history.events.filter { all || $0.change.kind.isNews }
    text += rows(events.map { ($0.time, Self.words[$0.change.kind] ?? "", $0.change.match, $0.package) }, terminal)
    if events.isEmpty { text += "Nothing has changed since.\n" }
    text += "Now: \(Self.tally(history.open))\n"
    return text
  }

  private func rows(
    _ items: [(time: String, what: String, match: KnownMatch, package: SoftwarePackage)], _ terminal: Terminal
  ) -> String {
    guard !items.isEmpty else { return "" }
    let cells = items.map { item in
      [
        item.time, item.what, item.match.level.name, item.package.name, item.package.version, item.match.fix ?? "none",
        item.match.title,
      ]
    }
    return "\n"
      + TextTable("", columns: ["time", "what", "priority", "package", "version", "fixed in", "flaw"], rows: cells)
      .text(terminal) + "\n"
  }
}
