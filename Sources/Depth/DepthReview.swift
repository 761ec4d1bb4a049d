/// Things worth protecting, each with its depth from several positions.
package struct DepthReview: Sendable {
  /// One thing.
  package struct Row: Sendable {
    package let target: DepthTarget
    /// In the order of the starts.
    package let answers: [DepthField.Answer]
    /// The weakest path of all starts, and from which of them; nil where none leads there.
    package let weakest: (start: DepthPosition, path: DepthPath)?
  }

  package let starts: [DepthPosition]
  /// Those with least depth first.
  package let rows: [Row]

  /// - Parameter starts: that are in the graph.
  package init(_ graph: DepthGraph, from starts: [DepthPosition], to targets: [DepthTarget]) {
    self.starts = starts
    let solver = graph.solver()
    let fields = starts.map { graph.field(from: $0, solver) }
    let rows = targets.map { target in
      let answers = fields.map { field in
        field.map { graph.answer($0, target.position) } ?? DepthField.Answer.none
      }
      let depths = answers.map { $0.depth?.upper ?? Int.max }
      var weakest: (start: DepthPosition, path: DepthPath)?
      if let least = depths.min(), least < Int.max, let place = depths.firstIndex(of: least), let field = fields[place],
        let path = graph.weakestPath(field, to: target.position)
      {
        weakest = (starts[place], path)
      }
      return Row(target: target, answers: answers, weakest: weakest)
    }
    self.rows = rows.enumerated().sorted { a, b in
      let (x, y) = (Self.rank(a.element), Self.rank(b.element))
      return x == y ? a.offset < b.offset : x < y
    }.map(\.element)
  }

  private static func rank(_ row: Row) -> Int { row.answers.map { $0.depth?.upper ?? 1000 }.min() ?? 1000 }
}

/// How depths change from one state of a cluster to another.
package struct DepthChanges: Sendable {
  /// Of one target from one position.
  package struct Change: Sendable {
    package let target: DepthTarget
    package let start: DepthPosition
    package let before: DepthField.Answer
    package let after: DepthField.Answer

    /// What has become of a depth.
    package enum Kind: String, Sendable {
      case shallower
      case deeper
      /// A path that was found is not found any more, in what was seen: whether one leads there is not known.
      case unknown
      case same
    }

    /// Whether an attacker needs fewer controls to fail than before, for certain or as far as the input tells.
    package var isShallower: Bool {
      Self.isLess(after.depth, before.depth) || Self.isLess(after.certain, before.certain)
    }

    package var isDeeper: Bool {
      !isShallower && (Self.isLess(before.depth, after.depth) || Self.isLess(before.certain, after.certain))
    }

    /// - Parameter isWhole: whether everything was seen: what is not found is not there then.
    package func kind(isWhole: Bool) -> Kind {
      if isShallower { return .shallower }
      guard isDeeper else { return .same }
      return after.depth == nil && !isWhole ? .unknown : .deeper
    }

    private static func isLess(_ a: DepthSolver.Depth?, _ b: DepthSolver.Depth?) -> Bool {
      guard let a else { return false }
      return b.map { a.upper < $0.upper } ?? true
    }
  }

  /// Of every target and start, in the order in which they were asked for.
  package let all: [Change]

  package var changed: [Change] { all.filter { $0.isShallower || $0.isDeeper } }
  package var isShallower: Bool { all.contains(where: \.isShallower) }

  package init(_ old: DepthReview, _ new: DepthReview) {
    var changes: [Change] = []
    let before = Dictionary(old.rows.map { ($0.target.position, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.rows.map { ($0.target.position, $0) }, uniquingKeysWith: { first, _ in first })
    var seen = Set<DepthPosition>()
    for row in old.rows + new.rows where seen.insert(row.target.position).inserted {
      for (index, start) in old.starts.enumerated() {
        changes.append(
          Change(
            target: row.target, start: start,
            before: before[row.target.position]?.answers[index] ?? DepthField.Answer.none,
            after: after[row.target.position]?.answers[index] ?? DepthField.Answer.none))
      }
    }
    all = changes
  }
}
