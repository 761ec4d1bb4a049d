package import Findings

extension FrameworkReport {
  /// How a scan and the benchmark, judged over the same objects and over records of nodes, answer each control.
  ///
  /// - Parameter isOneCluster: whether the review has seen the objects. Of several clusters at once the scan's own verdicts
  ///   stand for what is about objects.
  package init(
    _ framework: Control.Framework, _ result: ScanResult, _ review: BenchmarkReview, isOneCluster: Bool = true
  ) {
    let scanned = Dictionary(
      FrameworkReport(.cis, result).rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    switch framework {
    case .cis:
      self.init(
        .cis,
        rows: review.results.map { own in
          if !isOneCluster, let row = scanned[own.key] { return row }
          return Row(own.number, own.title, [own], checks: scanned[own.key]?.checks ?? []).without(
            [scanned[own.key]].compactMap { $0 })
        }, benchmark: "cis-\(review.edition.rawValue)")
    case .stig:
      var titles: [String: [BenchmarkReview.Result]] = [:]
      for own in review.results {
        for control in own.controls where control.framework == .stig { titles[control.id, default: []].append(own) }
      }
      let judged = titles.map { id, own in
        Row(id, own.map(\.title).joined(separator: "; "), own, checks: own.map { "cis-" + $0.number }).without(
          own.compactMap { scanned[$0.key] })
      }
      // A rule that no check is about is told: what is left out would seem to be in order.
      let others = BenchmarkControls.uncovered.filter { titles[$0.id] == nil }.map { id, title in
        Row(
          id: id, title: title, status: .notEvaluated, checks: [], findings: 0, reason: "no check here is about it",
          isGap: true)
      }
      self.init(.stig, rows: (judged + others).sorted { $0.id < $1.id })
    case .nsa:
      self.init(
        .nsa,
        rows: FrameworkReport(.nsa, result).rows.map { row in
          let own = review.results.filter {
            $0.section.first != "5" && $0.controls.contains(Control(.nsa, row.id))
          }
          guard !own.isEmpty else { return row }
          let nodes = Row(row.id, row.title, own, checks: [])
          let states = [row.status, nodes.status]
          let status =
            [Status.failed, .notEvaluated, .accepted, .warn, .passed].first(where: states.contains) ?? row.status
          return Row(
            id: row.id, title: row.title, status: status, checks: row.checks + own.map { "cis-" + $0.number },
            findings: row.findings + nodes.findings, accepted: row.accepted, isSetAside: row.isSetAside,
            reason: status == row.status ? row.reason ?? nodes.reason : nodes.reason,
            isGap: status == .notEvaluated && (row.isGap || nodes.isGap))
        })
    case .mitre, .pss: self.init(framework, result)
    }
  }
}

extension FrameworkReport.Row {
  /// The same where the scan left out what it found for these controls: what seems to pass does so for that alone.
  fileprivate func without(_ scanned: [FrameworkReport.Row]) -> FrameworkReport.Row {
    let open = scanned.filter(\.isSetAside)
    guard let first = open.first(where: { $0.status == .notEvaluated }) ?? open.first,
      [.passed, .warn, .notApplicable].contains(status)
    else { return self }
    return FrameworkReport.Row(
      id: id, title: title, status: first.status, checks: checks, findings: findings,
      accepted: open.map(\.accepted).reduce(0, +), isSetAside: true, reason: first.reason, isGap: false)
  }

  /// The worst of the benchmark's verdicts counts. Findings are what failed, by place.
  fileprivate init(_ id: String, _ title: String, _ results: [BenchmarkReview.Result], checks: [String]) {
    let worst = results.min { $0.verdict.status.rank < $1.verdict.status.rank }?.verdict.status
    let status: FrameworkReport.Status =
      switch worst {
      case .pass: .passed
      case .fail: .failed
      case .warn: .warn
      case .notApplicable: .notApplicable
      case .notEvaluated, nil: .notEvaluated
      }
    self.init(
      id: id, title: title, status: status, checks: checks,
      findings: results.filter { $0.verdict.status == .fail }.map(\.failures).reduce(0, +), reason: worst?.reason,
      isGap: status == .notEvaluated && worst != .notEvaluated(.person))
  }
}

extension BenchmarkReview.Result {
  /// How many nodes fail, or in how many places the cluster's objects do.
  fileprivate var failures: Int {
    nodes.isEmpty ? max(1, verdict.evidence.count) : nodes.count { $0.verdict.status == .fail }
  }
}
