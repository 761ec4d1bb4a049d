import Bytes
package import Findings
package import Kube
import Posture
import Transport

/// What takes findings out of a report: exceptions in files and on objects, and the findings of an earlier report.
package struct Suppressions: Sendable {
  /// How many findings were taken out, and by what.
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
  /// Exceptions that cannot be used, with the reason.
  package private(set) var problems: [Problem] = []

  /// - Parameters:
  ///   - exceptions: files in YAML.
  ///   - baseline: a report in JSON.
  /// - Throws: `BartizanError` when a file cannot be read, or a baseline is none.
  package init(exceptions: [String] = [], baseline: String? = nil) throws(BartizanError) {
    for path in exceptions {
      let stream = DocumentReader.read(try FileReader.named(path))
      problems += stream.errors.map {
        Problem(
          code: Problem.Code(rawValue: $0.code.rawValue), location: Location(file: path, line: $0.line),
          message: $0.message, hidesInput: false)
      }
      let read = Waivers.file(stream.documents, name: path)
      waivers += read.waivers
      problems += read.problems
    }
    self.baseline = try baseline.map { path throws(BartizanError) in Baseline(try BaselineReport.entries(path)) }
  }

  /// Those of the files, and those that stand on the objects of a snapshot.
  package func adding(annotationsOf snapshot: ClusterSnapshot) -> Suppressions {
    var all = self
    let read = Waivers.annotated(snapshot)
    all.waivers = read.waivers + waivers
    all.problems = read.problems + problems
    return all
  }

  /// The same with exceptions by other names of what they are for.
  ///
  /// - Parameter names: the ids that an id stands for among the findings; none: it stays as it is.
  package func renamed(_ names: (String) -> [String]) -> Suppressions {
    var all = self
    all.waivers = waivers.flatMap { waiver in
      let ids = names(waiver.check)
      return ids.isEmpty ? [waiver] : ids.map { waiver.with(check: $0) }
    }
    return all
  }

  /// Takes out what is suppressed. An exception that has expired or covers nothing becomes a finding.
  ///
  /// - Parameters:
  ///   - today: `YYYY-MM-DD`.
  ///   - judged: whether what an exception is for was judged at all; one for what was not is not unused.
  package func apply(to result: inout ScanResult, today: String, judged: (String) -> Bool) -> Tally {
    var tally = Tally()
    tally.byExceptions = result.apply(waivers, today: today) { $0 == "*" || judged($0) }
    if let baseline {
      let before = result.findings.count
      result.findings.removeAll(where: baseline.knows)
      tally.byBaseline = before - result.findings.count
    }
    return tally
  }
}
