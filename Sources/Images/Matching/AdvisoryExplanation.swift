package import Bytes

/// Each advisory that speaks of a package, with the comparisons that say whether it applies: what `AdvisoryQuery` decides, told.
package struct AdvisoryExplanation: Sendable {
  /// What became of one advisory.
  package enum Outcome: String, Sendable {
    case applies
    case doesNotApply = "does not apply"
    /// It speaks of another release of the distribution.
    case otherRelease = "is for another release"
    case undecided
  }

  package let advisory: Advisory
  package let outcome: Outcome
  /// Such as `introduced 0, fixed 2.36-9+deb12u7: 2.36-9+deb12u4 is less (dpkg)`.
  package let comparisons: [String]
  /// The lowest fixed version for this package; nil where none is known.
  package let fix: String?

  /// In the order of the advisories' ids.
  package static func all(of package: SoftwarePackage, in store: AdvisoryStore) throws(DocumentError)
    -> [AdvisoryExplanation]
  {
    let query = AdvisoryQuery(package)
    let matches = Dictionary(
      try query.run(store).matches.map { ($0.advisory.id, $0) }, uniquingKeysWith: { first, _ in first })
    var result: [AdvisoryExplanation] = []
    var told = Set<String>()
    for name in query.names {
      for advisory in try store.advisories(for: name.text, in: query.ecosystem) {
        let own = query.ecosystem.normalized(name.text)
        let about = advisory.affected.filter {
          $0.ecosystem.name == query.ecosystem.name
            && ($0.name == name.text || $0.ecosystem.normalized($0.name) == own)
        }
        // By its first name an advisory speaks of the package, and by another one of its others.
        guard !about.isEmpty, told.insert(advisory.id).inserted else { continue }
        result.append(explain(advisory, about, name, query, matches[advisory.id]))
      }
    }
    return result.sorted { $0.advisory.id < $1.advisory.id }
  }

  private static func explain(
    _ advisory: Advisory, _ about: [Advisory.Affected], _ name: AdvisoryQuery.Name, _ query: AdvisoryQuery,
    _ match: AdvisoryQuery.Match?
  ) -> AdvisoryExplanation {
    let here = about.filter { query.ecosystem.isSameRelease($0.ecosystem) }
    guard let version = name.version, !here.isEmpty else {
      return AdvisoryExplanation(
        advisory: advisory, outcome: .otherRelease, comparisons: about.map { "for \($0.ecosystem.text)" }, fix: nil)
    }
    let order = query.ecosystem.order
    var comparisons: [String] = []
    var isUndecided = false
    if query.ecosystem.lacksRelease(Set(here.map(\.ecosystem.text))) {
      isUndecided = true
      comparisons.append("the package's release of \(query.ecosystem.name) is not told")
    }
    for affected in here {
      switch query.isSameModule(affected.modules) {
      case true?: break
      case false?:
        comparisons.append(
          affected.modules.map { "for the module stream \($0.joined(separator: ", "))" }
            ?? "for the package outside of modules")
        continue
      case nil:
        isUndecided = true
        comparisons.append(
          "for \(affected.modules.map { $0.isEmpty ? "a" : $0.joined(separator: ", ") } ?? "a") module stream")
        continue
      }
      if affected.versions.contains(version) { comparisons.append("\(version) is named by the record") }
      if let order, !affected.versions.isEmpty, !affected.versions.contains(version), !order.isVersion(version) {
        isUndecided = true
        comparisons.append("\(version) is no version that can be compared with those that the record names")
      }
      for range in affected.inOrder.ranges {
        if range.isEmpty {
          isUndecided = true
          comparisons.append("the record tells of no versions, at most of commits")
          continue
        }
        let events = range.map { "\($0.kind.rawValue) \($0.version)" }.joined(separator: ", ")
        let told = range.filter { $0.version != "0" }.map { event -> String in
          guard let outcome = order?.decide(version, event.version) else {
            isUndecided = true
            return "\(version) cannot be compared with \(event.version)"
          }
          return "\(version) \(outcome.symbol) \(event.version)"
        }
        comparisons.append(events + (told.isEmpty ? "" : ": " + told.joined(separator: ", ")))
      }
    }
    return AdvisoryExplanation(
      advisory: advisory, outcome: match != nil ? .applies : isUndecided ? .undecided : .doesNotApply,
      comparisons: comparisons, fix: match?.fix)
  }
}
