import Bytes
import Collect
package import Findings
import Kube
import PodSecurity
import Posture
package import Report

/// The findings of two inputs, for a comparison.
package struct FindingsDiffOperation: Sendable {
  /// One side of the comparison.
  package struct Side: Sendable {
    fileprivate let entries: Set<Baseline.Entry>
    /// The same findings under the fingerprints of earlier versions, for a comparison with a report of theirs.
    let former: [Baseline.Entry: Baseline.Entry]
    package let problems: [Problem]
    /// What it could not see.
    let notSeen: [NotSeen]
    /// Checks that may have findings in what was not seen; nil where any check may.
    let mayHide: Set<CheckID>?
    /// What a report on images did not judge, and the ecosystems that its findings are of; nil for every other side.
    let images: (blindness: BaselineReport.Blindness, ecosystems: [String: Set<String>])?
    /// What exceptions and statements took out of the findings.
    let accepted: Set<Baseline.Entry>
    let kind: BaselineReport.Kind
    /// As the user named it.
    let source: String
    /// Filters of the scan, and how many findings a baseline took out of it.
    let filters: [String]
    let known: Int

    /// Why this side may have findings of the other that it leaves out; nil where both leave out the same.
    private func leftOut(unlike other: Side) -> NotSeen? {
      let reason: String? =
        if filters != other.filters, !filters.isEmpty {
          "\(source) is a report of a part: \(filters.joined(separator: ", "))"
        } else if known > 0, known != other.known {
          "\(source) leaves out \(Phrase.count(known, "finding")) that a baseline knows"
        } else {
          nil
        }
      return reason.map { NotSeen(GroupKind("", "*"), reason: $0) }
    }

    /// Checks of findings that this side may have as well, in what was not seen of it; nil where any may.
    private func hidden(of other: Side) -> Set<CheckID>? {
      guard let images, let theirs = other.images, !images.blindness.isTotal else { return mayHide }
      // A vulnerability of a Debian package is not among jars that nobody judged.
      let among = theirs.ecosystems.filter { !$0.value.isDisjoint(with: images.blindness.ecosystems) }.keys
      return Set(images.blindness.advisories.union(among).map { CheckID($0) })
    }

    fileprivate func renamed(like side: Side) -> FindingsDiffAnswer.Side {
      let other = side.entries
      let entries = entries.map { entry in
        if other.contains(entry) { return entry }
        return former[entry].flatMap { other.contains($0) ? $0 : nil } ?? entry
      }
      let part = leftOut(unlike: side)
      let mayHide = hidden(of: side)
      return FindingsDiffAnswer.Side(
        Set(entries), accepted: accepted, notSeen: (notSeen + [part].compactMap { $0 }).sorted(),
        mayHide: part == nil ? mayHide : nil)
    }
  }

  private let suppressions: Suppressions
  private let today: String

  /// - Parameter today: `YYYY-MM-DD`, by which exceptions expire.
  package init(suppressions: Suppressions, today: String) {
    self.suppressions = suppressions
    self.today = today
  }

  /// The findings of a JSON report; for any other input, those of a scan of it, with its exceptions.
  ///
  /// - Parameter source: a report, or manifests.
  package func side(_ source: String, progress: @escaping ProgressHandler) async throws -> Side {
    if source.hasSuffix(".json"), let known = try? BaselineReport(source) {
      let gap = NotSeen(GroupKind("", "*"), reason: "\(source) is the report of a scan that was not complete")
      return Side(
        entries: Self.worst(known.entries), former: [:], problems: [],
        notSeen: known.isComplete ? [] : [gap], mayHide: nil,
        images: known.kind == .images ? (known.blindness, known.ecosystems) : nil, accepted: Self.worst(known.accepted),
        kind: known.kind,
        source: source, filters: known.filters, known: known.known)
    }
    let snapshot = try await SnapshotReading.read([Sources.source(source, keepsSchemas: true)], progress: progress)
    let scan = ScanOperation(
      filter: try FindingFilter(only: [], exclude: [], policies: []), suppressions: suppressions, today: today)
    let result = try await scan.run(snapshot, cluster: nil, progress: progress).result
    var entries = Set<Baseline.Entry>()
    var former: [Baseline.Entry: Baseline.Entry] = [:]
    for finding in result.findings {
      let entry = Baseline.Entry(finding).withoutFile
      Self.insert(entry, into: &entries)
      if let fingerprint = finding.formerFingerprint(as: finding.check) {
        former[entry] = Baseline.Entry(
          check: entry.check, subject: entry.subject, fingerprint: fingerprint.text, severity: entry.severity,
          values: entry.values)
      }
    }
    try Task.checkCancellation()
    let refused = snapshot.notListed
    // A file that could not be read may hold any kind.
    let hidden = snapshot.problems.first(where: \.hidesInput).map {
      NotSeen(GroupKind("", "*"), reason: "\($0.location.text) was not read: \($0.message)")
    }
    let misshapen = snapshot.problems.first { $0.code == .wrongShape && !$0.hidesInput }.map {
      NotSeen(GroupKind("", "*"), reason: $0.text)
    }
    // Where single kinds are missing, a check that reads none of them has seen all that it asks for.
    let blind = CheckCatalogue.checks.filter { check in
      // A check without kinds of its own looks at every object.
      check.needs.isEmpty || check.needs.contains { snapshot.refusal(of: $0) != nil }
    }
    return Side(
      entries: entries, former: former, problems: snapshot.problems,
      notSeen: (refused + [hidden, misshapen].compactMap { $0 }).sorted(),
      mayHide: hidden ?? misshapen == nil ? Set(blind.map(\.metadata.id)) : nil,
      images: nil, accepted: Self.worst(result.setAside.map { Baseline.Entry($0.finding) }), kind: .objects,
      source: source,
      filters: [], known: 0)
  }

  /// Entries without their files; of those that are about the same thing, the worst.
  private static func worst(_ all: [Baseline.Entry]) -> Set<Baseline.Entry> {
    var entries = Set<Baseline.Entry>()
    for entry in all { insert(entry.withoutFile, into: &entries) }
    return entries
  }

  private static func insert(_ entry: Baseline.Entry, into entries: inout Set<Baseline.Entry>) {
    if let known = entries.firstIndex(of: entry), (entries[known].severity ?? .info) >= (entry.severity ?? .info) {
      return
    }
    entries.update(with: entry)
  }

  /// What appeared and disappeared; where one side is a report of an earlier version, under its fingerprints.
  ///
  /// - Throws: `BartizanError` where one side is about images and the other is not.
  package static func answer(from before: Side, to after: Side) throws(BartizanError) -> FindingsDiffAnswer {
    guard before.kind == after.kind else {
      let (images, other) = before.kind == .images ? (before, after) : (after, before)
      throw BartizanError(
        .input, "\(images.source) is a report on images, and \(other.source) is not: they have no finding in common")
    }
    return FindingsDiffAnswer(from: before.renamed(like: after), to: after.renamed(like: before))
  }
}
