package import Bytes

/// A package of an image with the advisories that it falls under.
package struct ImageFinding: Sendable {
  package let package: SoftwarePackage
  package let advisory: Advisory
  /// Nil where no version is known that mends it.
  package let fix: String?
  /// The events of the range, or that the record names the version.
  package let because: [String]
  package let priority: Priority
}

/// What was found in one image.
package struct ImageReport: Sendable {
  package let system: OperatingSystem?
  package let packages: [SoftwarePackage]
  package private(set) var findings: [ImageFinding] = []
  /// Packages that no advisory of the store speaks of, by ecosystem: they are not covered, and not clean.
  package private(set) var uncovered: [String: Int] = [:]
  /// Advisories whose versions could not be compared, as `package: advisory`.
  package private(set) var undecided: [String] = []

  /// - Parameter covered: ecosystems, with their releases, that the store holds advisories for.
  package init(
    system: OperatingSystem?, packages: [SoftwarePackage], store: AdvisoryStore, covered: Set<String>,
    risks: RiskIndex = .empty
  ) throws(DocumentError) {
    self.system = system
    self.packages = packages.sorted(by: SoftwarePackage.precedes)
    var memory = AdvisoryQuery.Memory()
    for package in self.packages {
      guard covered.contains(package.ecosystem.text) || covered.contains(package.ecosystem.name) else {
        uncovered[package.ecosystem.text, default: 0] += 1
        continue
      }
      let answer = try package.query.run(store, &memory)
      undecided += answer.undecided.map { "\(package.name) \(package.version): \($0.id)" }
      for match in answer.matches {
        findings.append(
          ImageFinding(
            package: package, advisory: match.advisory, fix: match.fix,
            because: match.because,
            priority: Priority(match.advisory, risks)))
      }
    }
    // What is most urgent stands first; equals stay in the order of their packages.
    findings = findings.enumerated().sorted { a, b in
      if a.element.priority < b.element.priority { return false }
      return b.element.priority < a.element.priority || a.offset < b.offset
    }.map(\.element)
  }
}
