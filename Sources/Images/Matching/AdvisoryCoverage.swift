/// Which packages the advisories at hand speak of.
package struct AdvisoryCoverage {
  private let covered: Set<String>
  private var known: [Ecosystem: Bool] = [:]

  /// - Parameter covered: ecosystems, with their releases, that the store holds advisories for.
  package init(_ covered: Set<String>) { self.covered = covered }

  /// What a package that nothing speaks of is one of, in words; nil for a package that is covered.
  package mutating func gap(_ package: SoftwarePackage) -> String? {
    if let vendor = package.vendor { return "\(package.ecosystem.text) by \(vendor)" }
    guard package.isIdentified else { return "\(package.ecosystem.text) of unknown group" }
    let covers = known[package.ecosystem] ?? package.ecosystem.isCovered(by: covered)
    known[package.ecosystem] = covers
    return covers ? nil : package.ecosystem.text
  }
}
