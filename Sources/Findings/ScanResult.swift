/// The complete result of one scan.
package struct ScanResult: Sendable {
  /// How much of the input the result covers, apart from what was found in it.
  package enum Status: String, Sendable {
    /// Everything that the user named was read and judged.
    case complete
    /// Something was not read or not judged; see `problems` and `notEvaluated`.
    case partial
    /// Nothing could be judged.
    case failed
  }

  /// Counts of verdicts, one for each pair of a check and an object.
  package struct Tally: Sendable, Equatable {
    package var passed = 0
    package var failed = 0
    package var notApplicable = 0
    package var notEvaluated = 0
    package init() {}

    package mutating func add(_ other: Tally) {
      passed += other.passed
      failed += other.failed
      notApplicable += other.notApplicable
      notEvaluated += other.notEvaluated
    }
  }

  package var findings: [Finding]
  /// Findings that do not count, by exceptions, earlier reports, statements and filters.
  package var setAside: [SetAside] = []
  /// Filters that take out findings, as the command line spells them.
  package var filters: [String] = []
  /// Checks that the filters kept from running.
  package var checksLeftOut: Set<CheckID> = []
  package var problems: [Problem]
  package var notEvaluated: [NotEvaluated]
  package var tally: Tally
  /// The tally of each check.
  package var byCheck: [CheckID: Tally]
  /// Number of objects in the snapshot, and below of workloads, namespaces and checks that ran.
  package var objects: Int
  package var workloads: Int
  package var namespaces: Int
  package var checks: Int
  /// How deep what matters lies; nil where it was not asked for, or nothing in the input can be reached.
  package var depth: DepthSummary?

  package init(
    findings: [Finding], problems: [Problem], notEvaluated: [NotEvaluated], tally: Tally,
    byCheck: [CheckID: Tally] = [:], objects: Int, workloads: Int,
    namespaces: Int, checks: Int
  ) {
    self.findings = findings.sorted(by: Finding.isOrderedBefore)
    self.problems = problems.sorted(by: Problem.isOrderedBefore)
    self.notEvaluated = notEvaluated.sorted(by: NotEvaluated.isOrderedBefore)
    self.tally = tally
    self.byCheck = byCheck
    self.objects = objects
    self.workloads = workloads
    self.namespaces = namespaces
    self.checks = checks
  }

  /// Merges the results of several clusters. Each finding, problem and gap carries its cluster's name.
  package init(clusters: [(name: String, result: ScanResult)]) {
    func named(_ subject: Subject, _ name: String) -> Subject {
      var subject = subject
      subject.cluster = name
      return subject
    }
    var tally = Tally()
    var byCheck: [CheckID: Tally] = [:]
    for (_, result) in clusters {
      tally.add(result.tally)
      for (id, own) in result.byCheck { byCheck[id, default: Tally()].add(own) }
    }
    self.init(
      findings: clusters.flatMap { name, result in
        result.findings.map { $0.with(subject: named($0.subject, name)) }
      },
      problems: clusters.flatMap(\.result.problems),
      notEvaluated: clusters.flatMap { name, result in
        result.notEvaluated.map {
          NotEvaluated(
            check: $0.check, subject: $0.subject.map { named($0, name) }, reason: "\(name): \($0.reason)",
            cause: $0.cause)
        }
      },
      tally: tally, byCheck: byCheck, objects: clusters.reduce(0) { $0 + $1.result.objects },
      workloads: clusters.reduce(0) { $0 + $1.result.workloads },
      namespaces: clusters.reduce(0) { $0 + $1.result.namespaces },
      checks: clusters.map(\.result.checks).max() ?? 0)
    setAside = clusters.flatMap { name, result in
      result.setAside.map {
        SetAside($0.finding.with(subject: named($0.finding.subject, name)), $0.cause, reason: $0.reason)
      }
    }
    filters = clusters.first?.result.filters ?? []
    checksLeftOut = clusters.first?.result.checksLeftOut ?? []
  }

  package var status: Status {
    if objects == 0, problems.contains(where: \.hidesInput) { return .failed }
    return problems.contains(where: \.hidesInput) || !notEvaluated.isEmpty ? .partial : .complete
  }

  /// Whether something that was not judged may be what some checks are about. An object of a known kind that could not be
  /// judged, and a kind that was refused, are counted by those checks that are about it.
  package func leavesRoom(for checks: [CheckID]) -> Bool {
    status == .failed || checks.contains { (byCheck[$0]?.notEvaluated ?? 0) > 0 }
      || notEvaluated.contains { $0.check.map(checks.contains) ?? $0.cause.mayBeAnything }
  }

  package func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }

  /// Nil where there are no findings.
  package var worst: Severity? { findings.map(\.severity).max() }
}
