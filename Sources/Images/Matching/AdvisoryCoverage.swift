/// Which packages the advisories at hand speak of.
package struct AdvisoryCoverage {
  /// Why the advisories clear nothing of a package.
  package struct Gap {
    /// What it is one of, in words.
    package let text: String
    /// Whether what they say is of use all the same: of the release that nobody tells, one of theirs may be the one.
    package let mayApply: Bool
  }

  private let covered: Set<String>
  private var known: [Ecosystem: Bool] = [:]

  /// - Parameter covered: ecosystems, with their releases, that the store holds advisories for.
  package init(_ covered: Set<String>) { self.covered = covered }

  /// Nil for a package that is covered.
  package mutating func gap(_ package: SoftwarePackage) -> Gap? {
    let ecosystem = package.ecosystem
    if let vendor = package.vendor { return Gap(text: "\(ecosystem.text) by \(vendor)", mayApply: false) }
    guard package.isIdentified else { return Gap(text: "\(ecosystem.text) of unknown group", mayApply: false) }
    let covers = known[ecosystem] ?? ecosystem.isCovered(by: covered)
    known[ecosystem] = covers
    guard covers else { return Gap(text: ecosystem.text, mayApply: false) }
    return ecosystem.lacksRelease(covered)
      ? Gap(text: "\(ecosystem.name) of a release that is not told", mayApply: true) : nil
  }
}
