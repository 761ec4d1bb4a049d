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
    let query = package.query
    let matches = Dictionary(
      try query.run(store).matches.map { ($0.advisory.id, $0) }, uniquingKeysWith: { first, _ in first })
    let own = query.ecosystem.normalized(query.name)
    var result: [AdvisoryExplanation] = []
    for advisory in try store.advisories(for: query.name, in: query.ecosystem) {
      let about = advisory.affected.filter {
        $0.ecosystem.name == query.ecosystem.name
          && ($0.name == query.name || $0.ecosystem.normalized($0.name) == own)
      }
      guard !about.isEmpty else { continue }
      let here = about.filter { query.isSameRelease($0.ecosystem) }
      guard let version = query.version, !here.isEmpty else {
        result.append(
          AdvisoryExplanation(
            advisory: advisory, outcome: .otherRelease, comparisons: about.map { "for \($0.ecosystem.text)" }, fix: nil)
        )
        continue
      }
      let order = query.ecosystem.order
      var comparisons: [String] = []
      var isUndecided = false
      for affected in here {
        if affected.versions.contains(version) { comparisons.append("\(version) is named by the record") }
        for range in affected.inOrder.ranges {
          let events = range.map { "\($0.kind.rawValue) \($0.version)" }.joined(separator: ", ")
          let told = range.filter { $0.version != "0" }.map { event -> String in
            guard let outcome = order?.compare(version, event.version) else {
              isUndecided = true
              return "\(version) cannot be compared with \(event.version)"
            }
            return "\(version) \(outcome.symbol) \(event.version)"
          }
          comparisons.append(events + (told.isEmpty ? "" : ": " + told.joined(separator: ", ")))
        }
      }
      let match = matches[advisory.id]
      result.append(
        AdvisoryExplanation(
          advisory: advisory, outcome: match != nil ? .applies : isUndecided ? .undecided : .doesNotApply,
          comparisons: comparisons, fix: match?.fix))
    }
    return result.sorted { $0.advisory.id < $1.advisory.id }
  }
}
