import Bytes
package import Findings
package import Kube
import Posture
import Report
import Transport

/// What suppresses findings: exceptions in files and annotations, and the findings of an earlier report.
package struct Suppressions: Sendable {
  /// How many findings were suppressed, and by what.
  package struct Tally: Sendable, Equatable {
    package var byExceptions = 0
    package var byBaseline = 0

    package init() {}

    package mutating func add(_ other: Tally) {
      byExceptions += other.byExceptions
      byBaseline += other.byBaseline
    }
  }

  package private(set) var waivers: [Waiver] = []
  private var baseline: Baseline?
  private var parts: [BaselineReport.Part] = []
  private var baselinePath = ""
  /// Invalid exceptions, with the reason.
  package private(set) var problems: [Problem] = []

  /// - Parameters:
  ///   - exceptions: paths of YAML files.
  ///   - baseline: path of a JSON report.
  /// - Throws: `BartizanError` when a file cannot be read, or the baseline is not a report.
  package init(exceptions: [String] = [], baseline: String? = nil) throws(BartizanError) {
    for path in exceptions {
      let stream = DocumentReader.read(try FileReader.named(path))
      problems += stream.errors.map {
        Problem(
          code: Problem.Code(rawValue: $0.code.rawValue), location: Location(file: path, line: $0.line),
          message: $0.message, hidesInput: false)
      }
      for document in stream.documents where !Waivers.isList(document) {
        throw BartizanError(
          .input,
          "\(path):\(max(1, document.line)): no list of exceptions; wanted is `exceptions:` with a list below it")
      }
      let read = Waivers.file(stream.documents, name: path)
      waivers += read.waivers
      problems += read.problems
    }
    guard let baseline else { return }
    parts = try BaselineReport(baseline).parts
    baselinePath = baseline
    self.baseline = Baseline(parts.flatMap(\.entries))
  }

  /// With what a baseline knows of one image: of a report on several that on this one.
  ///
  /// - Returns: with the baseline, where it is about something else, or not known to be about this image.
  func known(of image: ReportSubject.Image) -> (suppressions: Suppressions, other: OtherReport?) {
    guard !parts.isEmpty else { return (self, nil) }
    let own = parts.filter { $0.subject?.isBuild(of: image) == true }
    var narrowed = self
    if !own.isEmpty {
      narrowed.baseline = Baseline(own.flatMap(\.entries))
      return (narrowed, nil)
    }
    let subjects = parts.compactMap(\.subject)
    guard !subjects.isEmpty else {
      // A scan of a cluster tells of its images as well.
      let hasImages = parts.contains { $0.entries.contains { $0.subject == Baseline.Entry.subject(.image("")) } }
      guard !hasImages else { return (self, nil) }
      return (
        self,
        OtherReport(
          file: baselinePath, name: "of a scan without images", digests: [], expected: [image.source], isCertain: true,
          use: .baseline)
      )
    }
    let others = subjects.compactMap { subject in
      subject.other(than: image, file: baselinePath, isBuild: true) { _ in .baseline }
    }
    // Of one that it cannot be told of the worse is not said.
    return (self, others.first { !$0.isCertain } ?? others.first)
  }

  /// Adds the exceptions in the annotations of a snapshot.
  package func adding(annotationsOf snapshot: ClusterSnapshot) -> Suppressions {
    var all = self
    let read = Waivers.annotated(snapshot)
    all.waivers = read.waivers + waivers
    all.problems = read.problems + problems
    return all
  }

  /// Sets aside what is suppressed of a result. An exception that has expired or covers nothing becomes a finding.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`.
  ///   - judged: whether the subject of an exception was judged at all. An exception is not reported as unused
  ///     otherwise.
  package func apply(to result: inout ScanResult, today: String, judged: (String) -> Bool) -> Tally {
    var tally = Tally()
    tally.byExceptions = result.apply(waivers, today: today) { $0 == "*" || judged($0) }
    if let baseline {
      let judged = zip(result.findings, baseline.known(among: result.findings))
      result.setAside += judged.filter(\.1).map { SetAside($0.0, .baseline) }
      result.findings = judged.filter { !$0.1 }.map(\.0)
      tally.byBaseline = judged.count { $0.1 }
    }
    return tally
  }
}
