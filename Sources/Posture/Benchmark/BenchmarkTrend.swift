package import Bytes

/// What changed between an earlier report of the benchmark and one of now.
package struct BenchmarkTrend: Sendable {
  /// Which way a verdict went.
  package enum Change: String, Sendable, CaseIterable {
    case worse
    /// It was judged, and what it rested on was not read this time.
    case unseen
    case better
    /// The earlier report has no such check or node.
    case new
    /// This report has none.
    case gone
    /// Neither better nor worse, such as to not applicable.
    case changed
  }

  /// A check whose verdict, as a whole or on a node, is another one.
  package struct Row: Sendable, Equatable {
    package let number: String
    package let title: String
    /// Statuses by their names in reports; nil for none.
    package let before: String?
    package let now: String?
    package let change: Change
    /// Nodes on which it changed.
    package let nodes: [Node]
  }

  /// A node on which the verdict of a check is another one.
  package struct Node: Sendable, Equatable {
    package let name: String
    package let before: String?
    package let now: String?
    package let change: Change
  }

  /// Checks that changed, in the order of their numbers.
  package let rows: [Row]
  /// Whether a check fails, as a whole or on a node, that did not fail before.
  package let hasNewFailures: Bool

  /// - Parameter earlier: a report in JSON (`cis --format json`).
  /// - Throws: `DocumentError` for anything else, and for a report of another edition, whose numbers mean other checks.
  package init(earlier: DocumentNode, now review: BenchmarkReview) throws(DocumentError) {
    guard earlier["kind"]?.string == "CISBenchmark", let checks = earlier["checks"]?.array,
      let edition = earlier["benchmark"]?.string
    else {
      throw DocumentError(
        .syntax, "not a report of the benchmark; a baseline is a report in JSON (`bartizan cis --format json`)",
        line: Int(earlier.line))
    }
    guard edition == "cis-" + review.edition.rawValue else {
      throw DocumentError(
        .syntax,
        "the report is of \(edition), and this one of cis-\(review.edition.rawValue); name one with --benchmark",
        line: Int(earlier.line))
    }
    var before: [String: DocumentNode] = [:]
    var order: [String] = []
    for check in checks {
      guard let id = check["id"]?.string, before.updateValue(check, forKey: id) == nil else { continue }
      order.append(id)
    }
    var rows: [Row] = []
    var hasNewFailures = false
    for result in review.results {
      let old = before.removeValue(forKey: result.number)
      let then = old?["status"]?.string
      let status = result.verdict.status.name
      var past: [String: String] = [:]
      for node in old?["nodes"]?.elements ?? [] {
        if let name = node["name"]?.string, let status = node["status"]?.string { past[name] = status }
      }
      var nodes: [Node] = []
      for (name, verdict) in result.nodes {
        let own = verdict.status.name
        let then = past.removeValue(forKey: name)
        if own == "fail", then != "fail" { hasNewFailures = true }
        if then != own { nodes.append(Node(name: name, before: then, now: own, change: Self.change(then, own))) }
      }
      nodes += past.sorted { $0.key < $1.key }.map { Node(name: $0.key, before: $0.value, now: nil, change: .gone) }
      if status == "fail", then != "fail" { hasNewFailures = true }
      guard then != status || !nodes.isEmpty else { continue }
      rows.append(
        Row(
          number: result.number, title: result.title, before: then, now: status,
          change: then == status ? Self.worst(nodes) : Self.change(then, status), nodes: nodes))
    }
    for id in order {
      guard let old = before[id] else { continue }
      rows.append(
        Row(
          number: id, title: old["title"]?.string ?? "", before: old["status"]?.string, now: nil, change: .gone,
          nodes: []))
    }
    self.rows = rows
    self.hasNewFailures = hasNewFailures
  }

  /// How many checks changed each way.
  package func count(_ change: Change) -> Int { rows.count { $0.change == change } }

  private static func worst(_ nodes: [Node]) -> Change {
    Change.allCases.first { change in nodes.contains { $0.change == change } } ?? .changed
  }

  private static func change(_ before: String?, _ now: String) -> Change {
    // Better the larger; nil for what is neither.
    let rank = ["fail": 0, "warn": 1, "pass": 2]
    guard let before else { return .new }
    if now == "not-evaluated" { return .unseen }
    if before == "not-evaluated" { return now == "fail" ? .worse : now == "pass" ? .better : .changed }
    guard let a = rank[before], let b = rank[now] else { return now == "fail" ? .worse : .changed }
    return b < a ? .worse : .better
  }
}
