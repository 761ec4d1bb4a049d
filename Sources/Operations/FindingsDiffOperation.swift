import Collect
package import Findings
package import Kube
import Posture

/// The findings of two inputs, for a comparison.
package struct FindingsDiffOperation: Sendable {
  /// One side of the comparison.
  package struct Side: Sendable {
    package let entries: Set<Baseline.Entry>
    /// The same findings under the fingerprints of earlier versions, for a comparison with a report of theirs.
    package let former: [Baseline.Entry: Baseline.Entry]
    package let problems: [Problem]
    /// What it could not see.
    package let notSeen: [NotSeen]
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
    if source.hasSuffix(".json"), let known = try? BaselineReport.read(source) {
      let gap = NotSeen(GroupKind("", "*"), reason: "\(source) is the report of a scan that was not complete")
      return Side(
        entries: Set(known.entries.map(\.withoutFile)), former: [:], problems: [],
        notSeen: known.isComplete ? [] : [gap])
    }
    let snapshot = try await SnapshotReading.read([Sources.source(source, keepsSchemas: true)], progress: progress)
    let scan = ScanOperation(
      filter: try FindingFilter(only: [], exclude: [], policies: []), suppressions: suppressions, today: today)
    let result = try await scan.run(snapshot, cluster: nil, progress: progress).result
    var entries = Set<Baseline.Entry>()
    var former: [Baseline.Entry: Baseline.Entry] = [:]
    for finding in result.findings {
      let entry = Baseline.Entry(finding).withoutFile
      entries.insert(entry)
      if let fingerprint = finding.formerFingerprint(as: finding.check) {
        former[entry] = Baseline.Entry(check: entry.check, subject: entry.subject, fingerprint: fingerprint.text)
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
    return Side(
      entries: entries, former: former, problems: snapshot.problems,
      notSeen: (refused + [hidden, misshapen].compactMap { $0 }).sorted())
  }

  /// Both sides under the same fingerprints: where one is a report of an earlier version, under its.
  package static func aligned(_ before: Side, _ after: Side) -> (
    before: Set<Baseline.Entry>, after: Set<Baseline.Entry>
  ) {
    func renamed(_ side: Side, like other: Set<Baseline.Entry>) -> Set<Baseline.Entry> {
      Set(
        side.entries.map { entry in
          if other.contains(entry) { return entry }
          return side.former[entry].flatMap { other.contains($0) ? $0 : nil } ?? entry
        })
    }
    return (renamed(before, like: after.entries), renamed(after, like: before.entries))
  }
}
