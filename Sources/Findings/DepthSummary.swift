/// How deep what matters lies, as a scan tells it in its first lines.
package struct DepthSummary: Sendable {
  /// One thing worth protecting.
  package struct Row: Sendable {
    package let target: String
    /// The position that an attacker starts from, as the command line spells it.
    package let start: String
    /// Controls that have to fail, if what the input does not show is as it may be; nil: no path.
    package let possible: Int?
    /// The same over what the input shows; nil: no path for certain.
    package let certain: Int?
    /// The weakest path in one line; empty without one.
    package let path: String

    package init(target: String, start: String, possible: Int?, certain: Int?, path: String) {
      self.target = target
      self.start = start
      self.possible = possible
      self.certain = certain
      self.path = path
    }
  }

  /// Why there is none.
  package enum Omission: Sendable, Hashable {
    /// More workloads than are looked at beside a scan.
    case tooLarge(workloads: Int, limit: Int)
    case severalClusters
    /// Nothing that runs is in the input.
    case nothingRuns

    package var text: String {
      switch self {
      case .tooLarge(let workloads, let limit):
        "\(workloads) workloads are more than \(limit), which a scan looks at; `bartizan depth` has no such limit"
      case .severalClusters: "several clusters are in one report; `bartizan depth --context NAME` takes one"
      case .nothingRuns: "the input holds no pods and no workloads, through which paths lead"
      }
    }
  }

  package let rows: [Row]
  /// By finding: how many controls more would have to fail before the first of the things is reached, were it mended. Findings that
  /// change nothing are absent.
  package let taken: [Fingerprint: Int]
  /// Nil where it was worked out.
  package let omission: Omission?
  /// What was not seen, each in a sentence without a full stop: what leads somewhere may be among it.
  package let unseen: [String]

  /// Whether everything was seen.
  package var isWhole: Bool { omission == nil && unseen.isEmpty }

  package init(rows: [Row], taken: [Fingerprint: Int], unseen: [String]) {
    self.rows = rows
    self.taken = taken
    self.unseen = unseen
    omission = nil
  }

  package init(omitted: Omission) {
    rows = []
    taken = [:]
    unseen = []
    omission = omitted
  }

  /// Why there is no number, in a sentence without a full stop; nil where there is one, or nothing leads to anything for certain.
  package var gap: String? {
    switch omission {
    case .nothingRuns?: return "Depth is unknown: \(Omission.nothingRuns.text)"
    case let omission?: return "Depth was not worked out: \(omission.text)"
    case nil: break
    }
    guard reached.isEmpty, let first = unseen.first else { return nil }
    return "Depth is unknown: \(first)"
      + (unseen.count > 1 ? ", and \(unseen.count - 1) more; `bartizan depth` names them" : "")
  }

  /// Things to which a path leads.
  package var reached: [Row] { rows.filter { $0.possible != nil } }
}

extension DepthSummary.Row {
  /// `2`; `1 to 2` where the input does not tell; `no path`, or `unknown` where not everything was seen.
  package func text(isWhole: Bool) -> String {
    guard let possible else { return isWhole ? "no path" : "unknown" }
    guard certain != possible else { return "\(possible)" }
    return certain.map { "\(possible) to \($0)" } ?? "\(possible) or no path"
  }
}
