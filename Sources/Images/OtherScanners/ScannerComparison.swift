package import Bytes

/// What another scanner and this one say of the same image: what both say, and what each says alone, with the reason.
package struct ScannerComparison: Sendable {
  package struct Agreement: Sendable {
    package let ours: ImageFinding
    package let theirs: ScannerReport.Finding
    /// Both name a fixed version, and not the same one.
    package var fixDiffers: Bool {
      guard let fix = ours.fix, let other = theirs.fix else { return false }
      // Of several lines of releases they name one version each.
      return !other.split(separator: ",").contains { $0.trimmed == fix }
    }
  }

  package let both: [Agreement]
  package let theirsAlone: [(finding: ScannerReport.Finding, reason: String)]
  package let oursAlone: [(finding: ImageFinding, reason: String)]

  /// - Parameter covered: ecosystems, with their releases, that the store holds advisories for.
  package init(
    _ ours: ImageReport, _ theirs: ScannerReport, store: AdvisoryStore, covered: Set<String>
  ) throws(DocumentError) {
    let index = PackageIndex(ours.packages)
    var both: [Agreement] = []
    var theirsAlone: [(finding: ScannerReport.Finding, reason: String)] = []
    var told = Set<Int>()
    var byName: [String: [Int]] = [:]
    for (place, finding) in ours.findings.enumerated() {
      for name in PackageIndex.names(finding.package) { byName[name, default: []].append(place) }
    }
    for finding in theirs.findings {
      let here = (byName[PackageIndex.name(finding.package.name)] ?? []).filter {
        Self.isSame(ours.findings[$0], finding)
      }
      // A version that is written in another way is the same where there is no other.
      let exact = here.filter { Self.isSameVersion(ours.findings[$0].package, finding.package) }
      if let place = (exact.isEmpty ? here : exact).first {
        told.formUnion(exact.isEmpty ? here : exact)
        both.append(Agreement(ours: ours.findings[place], theirs: finding))
      } else {
        theirsAlone.append((finding, try Self.why(finding, index, ours, store, covered)))
      }
    }
    self.both = both
    self.theirsAlone = theirsAlone
    let seen = theirs.packages.map { Set($0.map { PackageIndex.name($0.name) }) }
    let affected = Set(theirs.findings.map { PackageIndex.name($0.package.name) })
    oursAlone = ours.findings.enumerated().filter { !told.contains($0.offset) }.map { item in
      (item.element, Self.why(item.element, theirs, seen, affected))
    }
  }

  private static func isSame(_ ours: ImageFinding, _ theirs: ScannerReport.Finding) -> Bool {
    let names = Set([ours.advisory.id] + ours.advisory.aliases + ours.also).union(ours.advisory.vulnerabilities)
    return !names.isDisjoint(with: theirs.vulnerabilities)
      || !names.isDisjoint(with: theirs.vulnerabilities.compactMap { RiskIndex.cve(in: $0) })
  }

  private static func isSameVersion(_ ours: SoftwarePackage, _ theirs: ScannerReport.Package) -> Bool {
    func bare(_ text: String) -> Substring { text.drop { $0 == "v" } }
    return bare(ours.version) == bare(theirs.version)
      || ours.sourceVersion.map { bare($0) == bare(theirs.version) } ?? false
  }

  // MARK: Reasons

  /// Packages by the names that other scanners may call them.
  private struct PackageIndex {
    private var packages: [String: [SoftwarePackage]] = [:]

    init(_ all: [SoftwarePackage]) {
      for package in all {
        for name in Self.names(package) { packages[name, default: []].append(package) }
      }
    }

    subscript(_ package: ScannerReport.Package) -> [SoftwarePackage] { packages[Self.name(package.name)] ?? [] }

    static func names(_ package: SoftwarePackage) -> Set<String> {
      var names: Set<String> = [name(package.name)]
      if let source = package.source { names.insert(name(source)) }
      // Java's packages are told by their artifact alone, or with their group.
      if package.ecosystem.name == "Maven", let artifact = package.name.split(separator: ":").last {
        names.insert(name(String(artifact)))
      }
      return names
    }

    /// As names are compared: in any case, `-`, `_` and `.` for one.
    static func name(_ text: String) -> String {
      String(text.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 })
    }
  }

  /// Why we do not say what they say.
  private static func why(
    _ finding: ScannerReport.Finding, _ index: PackageIndex, _ ours: ImageReport, _ store: AdvisoryStore,
    _ covered: Set<String>
  ) throws(DocumentError) -> String {
    let named = index[finding.package]
    guard !named.isEmpty else { return "no package of this name was found here" }
    let same = named.filter { isSameVersion($0, finding.package) }
    guard let package = same.first ?? named.first else { return "" }
    if same.isEmpty {
      return
        "found here as \(Set(named.map(\.version)).sorted().joined(separator: ", ")), not \(finding.package.version)"
    }
    if let owner = same.compactMap(\.owner).first {
      return "it came with \(owner) of the distribution, whose advisories speak for it"
    }
    guard package.ecosystem.isCovered(by: covered) else {
      return "the store holds no advisories for \(package.ecosystem.text)"
    }
    var known: [Advisory] = []
    for id in finding.vulnerabilities.sorted() { known += try store.advisories(id: id) }
    guard !known.isEmpty else { return "no advisory of the store tells of it" }
    let ids = Set(known.map(\.id))
    let explanations = try AdvisoryExplanation.all(of: package, in: store).filter { ids.contains($0.advisory.id) }
    guard let explanation = explanations.first(where: { $0.outcome == .doesNotApply }) ?? explanations.first else {
      let others = Set(known.flatMap { $0.affected.map { "\($0.name) (\($0.ecosystem.text))" } }).sorted()
      return
        "advisories of it name other packages: \(others.prefix(3).joined(separator: ", "))\(others.count > 3 ? ", …" : "")"
    }
    switch explanation.outcome {
    case .applies: return "told here as \(explanation.advisory.id), which other records tell of as well"
    case .doesNotApply: return "\(explanation.advisory.id): \(explanation.comparisons.joined(separator: "; "))"
    case .otherRelease:
      return
        "\(explanation.advisory.id) is for another release: \(explanation.comparisons.prefix(3).joined(separator: ", "))"
    case .undecided: return "\(explanation.advisory.id): the versions cannot be compared"
    }
  }

  /// Why they do not say what we say, as far as their report lets it be told.
  private static func why(
    _ finding: ImageFinding, _ theirs: ScannerReport, _ seen: Set<String>?, _ affected: Set<String>
  ) -> String {
    let names = PackageIndex.names(finding.package)
    if let seen, seen.isDisjoint(with: names) { return "it did not see the package" }
    if finding.advisory.published.count == 10, theirs.created.count >= 10,
      finding.advisory.published > theirs.created.prefix(10)
    {
      return "published on \(finding.advisory.published), after the report"
    }
    if seen != nil || !affected.isDisjoint(with: names) {
      return finding.fix == nil
        ? "it saw the package; there is no fixed version yet, and it may leave such vulnerabilities out"
        : "it saw the package, and does not say this"
    }
    return "it tells nothing of the package, which it may not have seen"
  }
}

extension Substring {
  /// Without white space around it.
  fileprivate var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
