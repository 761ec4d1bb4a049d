import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report
import Store
import Transport

struct ImageWatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "What has become known of images since the last look, without reading them again.",
    discussion: """
      EXAMPLES
        bartizan image watch registry.example/team/app:1.4 web.tar.gz
        bartizan advisories update --source mirror/osv && bartizan image watch
        bartizan image watch --refresh
        bartizan image watch --every 1h --format json
        bartizan image watch --forget registry.example/team/app:1.3

      Images that are named are read once, and the packages that they hold are kept. From then on nothing is pulled: when the store of
      advisories has changed, the packages of which something else is said are matched again, and what is new is told with
      the images that hold them: vulnerabilities, versions that mend what nothing mended before, what is exploited by now, and what
      no longer applies. A flaw that another record tells of as well is not new. For an image that was not known, all is new.

      `scan --images --watch-images` adds the images of a cluster. Of a name that means another image by now, only the newer
      image is watched; --refresh asks registries for such names, by their digests alone. Exit code 1: something new is vulnerable or more urgent, from the priority of --fail-on on.
      """)
  @Argument(help: "Images to add, as for `image scan`; none: only what is remembered.", completion: .file())
  var sources: [String] = []
  @Option(help: "A file with more of them, one a line.", completion: .file()) var from: String?
  @Option(help: "Take an image out: a name, or a digest or the beginning of one. Repeatable.") var forget: [String] = []
  @Flag(help: "Ask registries which names mean another image by now, and read those images.") var refresh = false
  @Option(help: "Look again after this time, and go on until stopped: 90s, 30m, 6h, 1d.") var every: Interval?
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @Flag(help: "In the table: everything, not only the most urgent.") var all = false
  @Option(help: "Fail from this priority on: unknown, low, medium, high, critical, likely or exploited.")
  var failOn: ImageScanCommand.PriorityName = ImageScanCommand.PriorityName()
  @OptionGroup var ledger: LedgerOptions
  @OptionGroup var options: StoreOptions
  @OptionGroup var reading: ImageReading

  /// A number with a unit.
  struct Interval: ExpressibleByArgument {
    let seconds: Int
    init?(argument: String) {
      let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
      guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()),
        (1...10_000).contains(number)
      else { return nil }
      seconds = number * unit
    }
  }

  func run() async throws {
    let book = try ledger.open()
    for name in forget { try await book.forget(try await LedgerOptions.entry(of: name, in: book)) }
    if !forget.isEmpty, sources.isEmpty, from == nil, every == nil {
      StandardOutput.write("\(forget.count) image\(forget.count == 1 ? "" : "s") forgotten.\n")
      return
    }
    let moved = refresh ? try await moved(book) : (names: [], unanswered: 0)
    var (images, unread) = try await read(try sources + listed() + moved.names)
    unread += moved.unanswered
    var report = try await book.run(try options.state(), adding: images)
    guard report.images > 0 else {
      throw BartizanError(unread > 0 ? .remote : .usage, "no image is watched yet; name those to watch")
    }
    tell(report)
    while let every {
      try await Task.sleep(for: .seconds(every.seconds))
      do {
        let others = refresh ? try await read(try await self.moved(book).names).images : []
        report = try await book.run(try options.state(), adding: others)
        if !report.news.isEmpty { tell(report) }
      } catch {
        // A store that is being replaced, or a disk that is full, may be well again next time.
        StandardError.line("bartizan: \(error)")
      }
    }
    if unread > 0 { throw ExitCode(ExitStatus.internalFailure) }
    let isUrgent = report.news.contains { news in
      news.changes.contains { change in
        change.kind.isNews && change.isOpen && change.kind != .fixable
          && change.match.level.rawValue >= failOn.level.rawValue
      }
    }
    if isUrgent { throw ExitCode(ExitStatus.findings) }
  }

  private func listed() throws -> [String] {
    guard let from else { return [] }
    return String(decoding: try FileReader.read(from), as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
  }

  /// Names in registries that mean another image than the ledger has.
  private func moved(_ book: any ImageLedger) async throws -> (names: [String], unanswered: Int) {
    var known: [(name: String, digest: String, reference: ImageReference)] = []
    for entry in try await book.images() where !entry.image.digest.isEmpty {
      for name in entry.names where !name.hasPrefix("/") {
        // A name with a digest means one image for ever.
        if let reference = ImageReference(name), reference.digest == nil {
          known.append((name, entry.image.digest, reference))
        }
      }
    }
    let progress = Progress("name")
    let settings = try reading.options(nil, for: known.map(\.name))
    let all = known
    @Sendable func one(_ index: Int) async -> (moved: String?, trouble: String?) {
      do {
        let digest = try await ImageSource.digest(of: all[index].reference, settings)
        return (digest == all[index].digest ? nil : all[index].name, nil)
      } catch {
        return (nil, String(describing: error))
      }
    }
    let answers = await Parallel.map(
      Array(all.indices), width: Processors.count, progress: { progress.update($0, $1) }, one)
    progress.finish()
    for trouble in answers.compactMap(\.trouble) { StandardError.line("bartizan: \(trouble)") }
    return (answers.compactMap(\.moved), answers.count { $0.trouble != nil })
  }

  /// - Returns: what could be read, and how many could not.
  private func read(_ sources: [String]) async throws -> (images: [LedgerImage], unread: Int) {
    let progress = Progress("image")
    let settings = try reading.options(nil, for: sources)
    @Sendable func one(_ index: Int) async -> (image: LedgerImage?, trouble: [String]) {
      let source = sources[index]
      do {
        let contents = try await ImageSource.read(source, settings)
        let image = LedgerImage(contents, name: LedgerOptions.name(source))
        let troubles = contents.problems.map(\.text)
        return (image, image == nil && troubles.isEmpty ? ["\(source): no package was found in it"] : troubles)
      } catch {
        return (nil, [String(describing: error)])
      }
    }
    let read = await Parallel.map(
      Array(sources.indices), width: Processors.count, progress: { progress.update($0, $1) }, one)
    progress.finish()
    for trouble in read.flatMap(\.trouble) { StandardError.line("bartizan: \(trouble)") }
    let unread = zip(sources, read).filter { $0.1.image == nil }.map(\.0)
    for source in unread { StandardError.line("bartizan: \(source): not watched, since it could not be read whole") }
    return (read.compactMap(\.image), unread.count)
  }

  private func tell(_ report: LedgerRunReport) {
    switch format {
    case .json: json(report)
    case .table: StandardOutput.write(WatchTable(report, all: all, width: StandardOutput.width).text)
    }
  }

  private func json(_ report: LedgerRunReport) {
    StandardOutput.answer("ImageWatch") { writer in
      writer.field("since", report.before)
      writer.field("images", report.images)
      writer.field("packages", report.packages)
      writer.field("added", report.added.flatMap { report.names[$0] ?? [] })
      writer.field("moved", report.moved)
      writer.field("namesChanged", report.changedNames)
      writer.field("packagesMatched", report.rematched)
      writer.key("changes")
      writer.array(of: report.news.flatMap { news in news.changes.map { (news, $0) } }) { writer, item in
        let (news, change) = item
        writer.object { writer in
          writer.field("change", change.kind.rawValue)
          writer.field("applies", change.isOpen)
          writer.fields(change.match, of: news.package)
          writer.field("images", news.images.flatMap { report.names[$0] ?? [] }.sorted())
        }
      }
    }
  }
}

/// News for people: a line for each flaw of a package, however many packages of one source and images have it.
private struct WatchTable {
  private let report: LedgerRunReport
  private let all: Bool
  private let width: Int

  private struct Row {
    let kind: MatchChange.Kind
    let match: KnownMatch
    let package: String
    let version: String
    var images: Set<Int64>
  }

  /// Rows of each kind that are shown without --all.
  private static let mostRows = 25

  init(_ report: LedgerRunReport, all: Bool, width: Int) {
    self.report = report
    self.all = all
    self.width = width
  }

  private static let heads: [(kind: MatchChange.Kind, title: String)] = [
    (.new, "NEW"), (.raised, "MORE URGENT THAN BEFORE"), (.fixable, "CAN BE MENDED NOW"), (.gone, "NO LONGER THERE"),
  ]

  private var rows: [Row] {
    var rows: [String: Row] = [:]
    for news in report.news {
      for change in news.changes where change.kind.isNews {
        let package = news.package.source ?? news.package.name
        let version = news.package.sourceVersion ?? news.package.version
        let key =
          "\(change.kind.rawValue)\0\(change.match.advisory)\0\(news.package.ecosystem.text)\0\(package)\0\(version)"
        rows[
          key, default: Row(kind: change.kind, match: change.match, package: package, version: version, images: [])
        ].images.formUnion(news.images)
      }
    }
    return rows.values.sorted { a, b in
      if a.match.level != b.match.level { return a.match.level.rawValue > b.match.level.rawValue }
      if a.images.count != b.images.count { return a.images.count > b.images.count }
      return (a.package, a.version, a.match.title) < (b.package, b.version, b.match.title)
    }
  }

  private func images(_ row: Row) -> String {
    let names = row.images.flatMap { report.names[$0] ?? [] }.sorted()
    let shown = names.prefix(2).joined(separator: ", ")
    return names.count > 2 ? "\(shown) and \(names.count - 2) more" : shown
  }

  var text: String {
    let rows = rows
    var text = ""
    for (kind, title) in Self.heads {
      let own = rows.filter { $0.kind == kind }
      guard !own.isEmpty else { continue }
      let cells = (all ? own : Array(own.prefix(Self.mostRows))).map { row in
        [
          row.match.level.name, row.package, row.version, row.match.fix ?? "none", row.match.title, images(row),
        ]
      }
      text += TextTable(title, columns: ["priority", "package", "version", "fixed in", "flaw", "images"], rows: cells)
        .text(
          Terminal(width: width, colour: false))
      if cells.count < own.count { text += "and \(own.count - cells.count) less urgent; --all shows them\n" }
      text += "\n"
    }
    for name in report.moved { text += "MOVED  \(Terminal.printable(name)) means another image than before\n" }
    let new = rows.count { $0.kind == .new }
    let since = report.before.map { " since \($0)" } ?? ""
    text +=
      "\(report.images) image\(report.images == 1 ? "" : "s") with \(report.packages) different packages\(report.added.isEmpty ? "" : ", \(report.added.count) of the images not known before"); \(new == 0 ? "no" : "\(new)") new vulnerabilit\(new == 1 ? "y" : "ies")\(since).\n"
    if report.before != nil, report.rematched > 0 || report.added.isEmpty {
      text +=
        report.changedNames == 0
        ? "The advisories say nothing else of their packages than before.\n"
        : "The advisories say something else of \(report.changedNames) package name\(report.changedNames == 1 ? "" : "s"): \(report.rematched) packages were matched again.\n"
    }
    return text
  }
}
