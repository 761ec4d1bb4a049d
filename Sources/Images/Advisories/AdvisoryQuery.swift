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

    /// The version that mends it on the line of the one asked for; nil where none is known.
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

  /// Advisories of packages that were asked for before, for the next question about them.
  package struct Memory {
    fileprivate var advisories: [String: [Advisory]] = [:]
    package init() {}
  }

  package func run(_ store: AdvisoryStore) throws(DocumentError) -> Answer {
    var memory = Memory()
    return try run(store, &memory)
  }

  package func run(_ store: AdvisoryStore, _ memory: inout Memory) throws(DocumentError) -> Answer {
    var answer = Answer()
    let key = AdvisoryStore.key(name, ecosystem)
    let all: [Advisory]
    if let known = memory.advisories[key] {
      all = known
    } else {
      all = try store.advisories(for: name, in: ecosystem)
      memory.advisories[key] = all
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
    let own = ecosystem.normalized(name)
    for advisory in all {
      var isUndecided = false
      var match: Match?
      for affected in advisory.affected where match == nil {
        guard affected.ecosystem.name == ecosystem.name,
          affected.name == name || affected.ecosystem.normalized(affected.name) == own,
          isSameRelease(affected.ecosystem)
        else { continue }
        guard let version else {
          match = Match(
            advisory: advisory, affected: affected,
            verdict: .init(isAffected: true, events: [], isListed: false))
          continue
        }
        guard let verdict = affected.verdict(on: version, compare: order == nil ? nil : compare) else {
          isUndecided = true
          continue
        }
        if verdict.isAffected { match = Match(advisory: advisory, affected: affected, verdict: verdict) }
      }
      if let match {
        answer.matches.append(match)
      } else if isUndecided {
        answer.undecided.append(advisory)
      }
    }
    answer.matches.sort { $0.advisory.id < $1.advisory.id }
    return answer
  }

  /// A question without a release means any; an advisory without one holds for all.
  func isSameRelease(_ other: Ecosystem) -> Bool {
    guard let mine = ecosystem.release, let theirs = other.release else { return true }
    func bare(_ text: String) -> Substring { text.hasPrefix("v") ? text.dropFirst() : text[...] }
    return bare(mine) == bare(theirs)
  }
}
