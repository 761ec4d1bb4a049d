import Bytes
package import Collect
package import Findings
package import Images
package import Report
package import Store
import Transport

/// Records what images contain, and reports what has become known of them since the previous run.
package struct ImageWatchOperation: Sendable {
  /// What changed, and what kept the run from being complete.
  package struct Outcome: Sendable {
    package let report: LedgerRunReport
    /// Failures to read images or to ask registries, one line each.
    package let troubles: [String]
    /// Sources that are not watched, since they could not be read completely.
    package let unread: [String]
    /// Number of names that no registry could resolve.
    package let unanswered: Int

    package var isComplete: Bool { unread.isEmpty && unanswered == 0 }
  }

  package let ledger: any ImageLedger
  /// How to read the images with these names.
  private let options: @Sendable (_ images: [String]) throws -> ImageSource.Options

  package init(
    _ ledger: any ImageLedger, options: @escaping @Sendable (_ images: [String]) throws -> ImageSource.Options
  ) {
    self.ledger = ledger
    self.options = options
  }

  /// - Parameters:
  ///   - adding: images to watch from now on.
  ///   - refreshing: whether to ask registries which names now refer to another image.
  package func run(
    _ state: AdvisoryState, adding sources: [String], refreshing: Bool, progress: @escaping ProgressHandler
  ) async throws -> Outcome {
    let moved = refreshing ? try await moved(progress) : (names: [], troubles: [])
    let (images, troubles, unread) = try await read(sources + moved.names, progress)
    let report = try await ledger.run(state, adding: images)
    return Outcome(
      report: report, troubles: moved.troubles + troubles, unread: unread, unanswered: moved.troubles.count)
  }

  /// Names in registries that refer to another image than the one in the ledger.
  private func moved(_ progress: @escaping ProgressHandler) async throws -> (names: [String], troubles: [String]) {
    var known: [(name: String, digest: String, reference: ImageReference)] = []
    for entry in try await ledger.images() where !entry.image.digest.isEmpty {
      for name in entry.names where !name.hasPrefix("/") {
        // A name with a digest never changes its meaning.
        if let reference = ImageReference(name), reference.digest == nil {
          known.append((name, entry.image.digest, reference))
        }
      }
    }
    let settings = try options(known.map(\.name))
    let all = known
    @Sendable func ask(_ index: Int) async -> (moved: String?, trouble: String?) {
      do {
        let digest = try await ImageSource.digest(of: all[index].reference, settings)
        return (digest == all[index].digest ? nil : all[index].name, nil)
      } catch {
        return (nil, String(describing: error))
      }
    }
    let answers = await Parallel.map(
      Array(all.indices), width: Processors.count, progress: { progress(.askingRegistries, $0, $1) }, ask)
    try Task.checkCancellation()
    return (answers.compactMap(\.moved), answers.compactMap(\.trouble))
  }

  /// Reads the sources.
  private func read(
    _ sources: [String], _ progress: @escaping ProgressHandler
  ) async throws -> (images: [LedgerImage], troubles: [String], unread: [String]) {
    let settings = try options(sources)
    @Sendable func one(_ index: Int) async -> (image: LedgerImage?, troubles: [String]) {
      let source = sources[index]
      do {
        let contents = try await ImageSource.read(source, settings)
        let image = LedgerImage(contents, name: LedgerNames.name(source))
        let troubles = contents.problems.map(\.text)
        return (image, image == nil && troubles.isEmpty ? ["\(source): no package was found in it"] : troubles)
      } catch {
        return (nil, [String(describing: error)])
      }
    }
    let read = await Parallel.map(
      Array(sources.indices), width: Processors.count, progress: { progress(.readingImages, $0, $1) }, one)
    try Task.checkCancellation()
    return (
      read.compactMap(\.image), read.flatMap(\.troubles), zip(sources, read).filter { $0.1.image == nil }.map(\.0)
    )
  }
}

/// How images are named in the ledger.
package enum LedgerNames {
  /// The absolute path of a file or folder, or the full reference of an image in a registry. The same image thus has
  /// the same name wherever the command runs.
  package static func name(_ source: String) -> String {
    if let path = FilePaths.real(source) { return path }
    return ImageReference(ImageReference.withoutScheme(source) ?? source)?.text ?? source
  }

  /// Finds an image by a digest, by the beginning of one, or by a name in any common form.
  package static func entry(of name: String, in ledger: any ImageLedger) async throws(BartizanError) -> LedgerEntry {
    let whole = Self.name(name)
    do throws(BartizanError) {
      return try await ledger.entry(of: name)
    } catch {
      guard error.code == .usage, whole != name else { throw error }
    }
    return try await ledger.entry(of: whole)
  }
}

extension LedgerRunReport {
  /// Whether the change is a new or more urgent vulnerability of at least this priority.
  package func isUrgent(from level: Priority.Level) -> Bool {
    news.contains { news in
      news.changes.contains { change in
        change.kind.isNews && change.isOpen && change.kind != .fixable
          && change.match.level.reaches(level)
      }
    }
  }
}

extension ImageWatchAnswer {
  /// - Parameter showsAll: whether the table shows every change.
  package init(_ report: LedgerRunReport, showsAll: Bool) {
    self.init(
      since: report.before, images: report.images, packages: report.packages, added: report.added,
      moved: report.moved, changedNames: report.changedNames, rematched: report.rematched,
      changes: report.news.flatMap { news in
        news.changes.map { Change(package: news.package, change: $0, images: news.images) }
      },
      gaps: report.gaps.map { gap in
        switch gap.reason {
        case .notCovered(let what): Gap(uncovered: what, packages: gap.packages, images: gap.images)
        case .undecided: Gap(uncovered: nil, packages: gap.packages, images: gap.images)
        }
      }, names: report.names, showsAll: showsAll)
  }
}

extension WatchedImage {
  package init(_ entry: LedgerEntry) {
    self.init(
      names: entry.names, formerNames: entry.former, identifier: entry.image.key, digest: entry.image.digest,
      system: entry.image.system, packages: entry.image.packages, added: entry.image.added, open: entry.open)
  }
}

extension ImageHistoryAnswer {
  /// - Parameter showsAll: whether the text includes changes that are not news.
  package init(_ history: ImageHistory, showsAll: Bool) {
    self.init(
      WatchedImage(history.entry), first: history.first,
      events: history.events.map {
        Event(time: $0.time, advisoriesOf: $0.built, package: $0.package, change: $0.change)
      }, open: history.open, showsAll: showsAll)
  }
}
