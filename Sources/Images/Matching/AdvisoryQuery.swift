package import Bytes

/// Which advisories a package of a version falls under.
package struct AdvisoryQuery: Sendable {
  package let ecosystem: Ecosystem
  package let name: String
  /// Nil: any version.
  package let version: String?

  package init(ecosystem: Ecosystem, name: String, version: String?) {
    self.ecosystem = ecosystem
    self.name = name
    self.version = version
  }

  package struct Match: Sendable {
    package let advisory: Advisory
    package let affected: Advisory.Affected
    package let verdict: Advisory.Affected.Verdict

    /// The fixed version on the line of the one asked for; nil where none is known.
    package var fix: String? {
      verdict.events.last { $0.kind == .fixed }?.version ?? (verdict.isListed ? affected.fixes.last : nil)
    }

    /// What of the record makes it apply: the events around the version, or that it is listed.
    package var because: [String] {
      verdict.isListed ? ["named by the record"] : verdict.events.map { "\($0.kind.rawValue) \($0.version)" }
    }
  }

  package struct Answer: Sendable {
    /// In the order of their ids.
    package var matches: [Match] = []
    /// Advisories whose versions could not be compared with this one.
    package var undecided: [Advisory] = []
  }

  /// What was read for questions before, for the next ones.
  package struct Memory {
    fileprivate var candidates: [String: [AdvisoryStore.Candidate]] = [:]
    fileprivate var cache = AdvisoryStore.Cache()
    package init() {}
  }

  package func run(_ store: AdvisoryStore) throws(DocumentError) -> Answer {
    var memory = Memory()
    return try run(store, &memory)
  }

  package func run(_ store: AdvisoryStore, _ memory: inout Memory) throws(DocumentError) -> Answer {
    var answer = Answer()
    for verdict in try judge(store, &memory) {
      guard let advisory = try store.advisory(verdict.candidate.number, &memory.cache) else { continue }
      if let affected = verdict.affected, let outcome = verdict.verdict {
        answer.matches.append(Match(advisory: advisory, affected: affected, verdict: outcome))
      } else {
        answer.undecided.append(advisory)
      }
    }
    answer.matches.sort { $0.advisory.id < $1.advisory.id }
    return answer
  }

  /// The ids alone, in their order, without reading the advisories.
  package func ids(
    _ store: AdvisoryStore, _ memory: inout Memory
  ) throws(DocumentError) -> (matches: [String], undecided: [String]) {
    let all = try judge(store, &memory)
    return (
      all.filter { $0.affected != nil }.map(\.candidate.id).sorted(),
      all.filter { $0.affected == nil }.map(\.candidate.id)
    )
  }

  private struct Judged {
    let candidate: AdvisoryStore.Candidate
    /// Nil where it cannot be told.
    let affected: Advisory.Affected?
    let verdict: Advisory.Affected.Verdict?
  }

  /// Those that apply, and those of which it cannot be told.
  private func judge(_ store: AdvisoryStore, _ memory: inout Memory) throws(DocumentError) -> [Judged] {
    let key = AdvisoryStore.key(name, ecosystem) + "\u{0}" + (ecosystem.release ?? "")
    let all: [AdvisoryStore.Candidate]
    if let known = memory.candidates[key] {
      all = known
    } else {
      all = try store.candidates(for: name, in: ecosystem, &memory.cache)
      memory.candidates[key] = all
    }
    // Advisories of one package name the same versions over and over.
    var outcomes: [String: VersionOrder.Outcome?] = [:]
    let order = ecosystem.order
    func compare(_ other: String) -> VersionOrder.Outcome? {
      if let known = outcomes[other] { return known }
      let outcome = order?.compare(other, version ?? "")
      outcomes[other] = .some(outcome)
      return outcome
    }
    var found: [Judged] = []
    for candidate in all {
      var isUndecided = false
      var match: Judged?
      for affected in candidate.affected where match == nil && isSameRelease(affected.ecosystem) {
        guard let version else {
          match = Judged(
            candidate: candidate, affected: affected, verdict: .init(isAffected: true, events: [], isListed: false))
          continue
        }
        guard let verdict = affected.verdict(on: version, compare: order == nil ? nil : compare) else {
          isUndecided = true
          continue
        }
        if verdict.isAffected { match = Judged(candidate: candidate, affected: affected, verdict: verdict) }
      }
      if let match {
        found.append(match)
      } else if isUndecided {
        found.append(Judged(candidate: candidate, affected: nil, verdict: nil))
      }
    }
    return found
  }

  /// A question without a release means any; an advisory without one holds for all.
  func isSameRelease(_ other: Ecosystem) -> Bool {
    guard let mine = ecosystem.release, let theirs = other.release else { return true }
    func bare(_ text: String) -> Substring { text.hasPrefix("v") ? text.dropFirst() : text[...] }
    return bare(mine) == bare(theirs)
  }
}
