import Bytes
package import Findings
package import Kube
import Posture
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
    self.baseline = try baseline.map { path throws(BartizanError) in Baseline(try BaselineReport.entries(path)) }
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
