package import Bytes

/// Which advisories a package of a version falls under.
package struct AdvisoryQuery: Sendable {
  /// What advisories may call the package. What one says by an earlier name counts, whatever it says by a later one: an erratum of
  /// rpm that lists a binary package means its version.
  package struct Name: Sendable, Hashable {
    package let text: String
    /// Nil: any version.
    package let version: String?
  }

  package let ecosystem: Ecosystem
  package let names: [Name]
  private let modularity: Modularity

  private enum Modularity: Sendable {
    /// Nobody asks.
    case any
    case outside
    case stream(String)
    /// In a module, and nobody says which stream.
    case unknown
  }

  /// - Parameter version: nil: any version.
  package init(ecosystem: Ecosystem, name: String, version: String?) {
    self.ecosystem = ecosystem
    names = [Name(text: name, version: version)]
    modularity =
      version == nil || ecosystem.order?.name != VersionOrder.rpm.name
      ? .any : Advisory.Affected.isModular(version ?? "") ? .unknown : .outside
  }

  package init(_ package: SoftwarePackage) {
    ecosystem = package.ecosystem
    let isRPM = ecosystem.order?.name == VersionOrder.rpm.name
    // A source has the version of the binary where none is told, but for rebuilds of the binary alone.
    let own =
      ecosystem.order?.name == VersionOrder.debian.name
      ? DebianVersions.withoutRebuild(package.version) : package.version
    let source = Name(text: package.source ?? package.name, version: package.sourceVersion ?? own)
    let binary = Name(text: package.name, version: package.version)
    // Errata of rpm name binary packages, source packages, or both; those of others source packages.
    names = isRPM && source.text != binary.text ? [binary, source] : [source]
    modularity =
      !isRPM
      ? .any
      : package.module.map { .stream($0) } ?? (Advisory.Affected.isModular(package.version) ? .unknown : .outside)
  }

  /// Whether an erratum of a stream speaks of the package; nil where that cannot be told.
  func isSameModule(_ modules: [String]?) -> Bool? {
    switch (modularity, modules) {
    case (.any, _), (.outside, nil): true
    case (.outside, _), (_, nil): false
    case (.unknown, _): nil
    case (.stream(let own), let others?): others.isEmpty ? nil : others.contains(own)
    }
  }

  /// An advisory that applies, and the entry of its record that makes it apply.
  package struct Match: Sendable {
    package let advisory: Advisory
    package let affected: Advisory.Affected
    package let verdict: Advisory.Affected.Verdict
    /// Which versions of the package are out of it.
    package let wayOut: WayOut
    /// Every version that the record calls fixed for the package, as the record orders them.
    package let fixes: [String]

    /// The lowest fixed version, on the line of the one asked for where that has one; nil where none is known.
    package var fix: String? { wayOut.fix }

    /// What of the record makes it apply: the events around the version, or that it is listed.
    package var because: [String] {
      verdict.isListed ? ["named by the record"] : verdict.events.map { "\($0.kind.rawValue) \($0.version)" }
    }
  }

  /// All that the store says of one package.
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

  /// - Throws: when the store is damaged.
  package func run(_ store: AdvisoryStore, _ memory: inout Memory) throws(DocumentError) -> Answer {
    var answer = Answer()
    for verdict in try judge(store, &memory) {
      guard let advisory = try store.advisory(verdict.candidate.number, &memory.cache) else { continue }
      if let affected = verdict.affected, let outcome = verdict.verdict {
        var seen = Set<String>()
        // Without a version there is none to get away from.
        let isTold = outcome.isListed || !outcome.events.isEmpty
        answer.matches.append(
          Match(
            advisory: advisory, affected: affected, verdict: outcome,
            wayOut: isTold
              ? WayOut(outcome, affected, verdict.others, ecosystem.order) : WayOut(fix: nil, lastAffected: nil),
            fixes: (verdict.others.isEmpty ? [affected] : verdict.others).flatMap(\.fixes)
              .filter { seen.insert($0).inserted }))
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
    /// All entries of the record that are about the package, where there is more than one range.
    var others: [Advisory.Affected] = []
  }

  /// Those that apply, and those of which it cannot be told.
  private func judge(_ store: AdvisoryStore, _ memory: inout Memory) throws(DocumentError) -> [Judged] {
    var found: [Judged] = []
    // Advisories that speak of the package by an earlier name.
    var told = Set<Int>()
    for name in names {
      let key = AdvisoryStore.key(name.text, ecosystem) + "\u{0}" + (ecosystem.release ?? "")
      let all: [AdvisoryStore.Candidate]
      if let known = memory.candidates[key] {
        all = known
      } else {
        all = try store.candidates(for: name.text, in: ecosystem, &memory.cache)
        memory.candidates[key] = all
      }
      // Advisories of one package name the same versions over and over.
      var outcomes: [String: VersionOrder.Outcome?] = [:]
      let order = ecosystem.order
      let isVersion = name.version.flatMap { order?.isVersion($0) } ?? true
      func compare(_ other: String) -> VersionOrder.Outcome? {
        if let known = outcomes[other] { return known }
        let outcome = order?.decide(other, name.version ?? "")
        outcomes[other] = .some(outcome)
        return outcome
      }
      for candidate in all where !told.contains(candidate.number) {
        let here = candidate.affected.filter { ecosystem.isSameRelease($0.ecosystem) }
        guard !here.isEmpty else { continue }
        if names.count > 1 { told.insert(candidate.number) }
        if let judged = judge(candidate, here, name, isVersion, order == nil ? nil : compare) { found.append(judged) }
      }
    }
    return found
  }

  /// Nil for one that does not apply.
  private func judge(
    _ candidate: AdvisoryStore.Candidate, _ here: [Advisory.Affected], _ name: Name, _ isVersion: Bool,
    _ compare: ((String) -> VersionOrder.Outcome?)?
  ) -> Judged? {
    var isUndecided = false
    for affected in here {
      guard let version = name.version else {
        return Judged(
          candidate: candidate, affected: affected, verdict: .init(isAffected: true, events: [], isListed: false),
          others: here)
      }
      let isSame = isSameModule(affected.modules)
      if isSame == false { continue }
      guard isSame == true, let verdict = affected.verdict(on: version, isVersion: isVersion, compare: compare)
      else {
        isUndecided = true
        continue
      }
      if verdict.isAffected {
        return Judged(
          candidate: candidate, affected: affected, verdict: verdict,
          others: here.count == 1 && affected.ranges.count < 2 ? [] : here.filter { isSameModule($0.modules) == true })
      }
    }
    return isUndecided ? Judged(candidate: candidate, affected: nil, verdict: nil) : nil
  }
}
