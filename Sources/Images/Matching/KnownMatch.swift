/// That an advisory applies to a package, as it is remembered from one look to the next.
package struct KnownMatch: Sendable, Hashable {
  package let advisory: String
  /// What the advisory tells of, in order: its CVEs, or its names where it has none.
  package let vulnerabilities: [String]
  /// The fixed version; nil where none is known.
  package let fix: String?
  package let level: Priority.Level

  package init(advisory: String, vulnerabilities: [String], fix: String?, level: Priority.Level) {
    self.advisory = advisory
    self.vulnerabilities = vulnerabilities
    self.fix = fix
    self.level = level
  }

  package init(_ finding: ImageFinding) {
    self.init(
      advisory: finding.advisory.id, vulnerabilities: finding.advisory.vulnerabilities.sorted(), fix: finding.fix,
      level: finding.priority.level)
  }

  /// A short name for people: the CVE where there is one.
  package var title: String { vulnerabilities.first { $0.hasPrefix("CVE-") } ?? advisory }
}

/// What has become otherwise with one package since the last look.
package struct MatchChange: Sendable, Hashable {
  package enum Kind: String, Sendable, CaseIterable {
    /// It is vulnerable in a way that nobody knew of.
    case new
    /// An advisory no longer applies, and no other tells of the same.
    case gone
    /// A fixed version is known now.
    case fixable
    /// Another version is said to be the fixed one than before, or none is after all.
    case fixMoved
    /// It is more urgent than before: exploited by now, say.
    case raised
    case lowered
    /// Another advisory tells of what was known before.
    case renamed

    /// Whether people want to hear of it.
    package var isNews: Bool { self != .renamed && self != .lowered && self != .fixMoved }
  }

  package let kind: Kind
  /// As it is now; of what is gone, or told by another advisory, as it was.
  package let match: KnownMatch
  /// The advisory is open from now on, or is no more.
  package let isOpen: Bool

  package init(kind: Kind, match: KnownMatch, isOpen: Bool) {
    self.kind = kind
    self.match = match
    self.isOpen = isOpen
  }

  /// What led from one state of a package to the next; replaying it on the one gives the other.
  package static func between(_ before: [KnownMatch], _ after: [KnownMatch]) -> [MatchChange] {
    let old = Dictionary(before.map { ($0.advisory, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.map { ($0.advisory, $0) }, uniquingKeysWith: { first, _ in first })
    let knownVulnerabilities = Set(before.flatMap(\.vulnerabilities))
    let openVulnerabilities = Set(after.flatMap(\.vulnerabilities))
    var changes: [MatchChange] = []
    for match in before where new[match.advisory] == nil {
      let isTold = match.vulnerabilities.allSatisfy(openVulnerabilities.contains)
      changes.append(MatchChange(kind: isTold ? .renamed : .gone, match: match, isOpen: false))
    }
    for match in after {
      guard let was = old[match.advisory] else {
        let isTold = match.vulnerabilities.allSatisfy(knownVulnerabilities.contains)
        changes.append(MatchChange(kind: isTold ? .renamed : .new, match: match, isOpen: true))
        continue
      }
      guard was != match else { continue }
      if was.level != match.level {
        let kind: Kind = was.level.rawValue < match.level.rawValue ? .raised : .lowered
        changes.append(MatchChange(kind: kind, match: match, isOpen: true))
      }
      // An advisory that tells of more than before is news of a kind as well.
      if !match.vulnerabilities.allSatisfy(knownVulnerabilities.contains) {
        changes.append(MatchChange(kind: .new, match: match, isOpen: true))
      }
      if was.fix != match.fix {
        changes.append(MatchChange(kind: was.fix == nil ? .fixable : .fixMoved, match: match, isOpen: true))
      }
      if was.vulnerabilities != match.vulnerabilities, match.vulnerabilities.allSatisfy(knownVulnerabilities.contains) {
        changes.append(MatchChange(kind: .renamed, match: match, isOpen: true))
      }
    }
    return changes.sorted { ($0.match.advisory, $0.kind.rawValue) < ($1.match.advisory, $1.kind.rawValue) }
  }

  /// The state after changes, in the order of the advisories.
  package static func replay(_ changes: some Sequence<MatchChange>, on before: [KnownMatch] = []) -> [KnownMatch] {
    var state = Dictionary(before.map { ($0.advisory, $0) }, uniquingKeysWith: { first, _ in first })
    for change in changes { state[change.match.advisory] = change.isOpen ? change.match : nil }
    return state.values.sorted { $0.advisory < $1.advisory }
  }
}
