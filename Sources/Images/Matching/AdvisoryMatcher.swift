package import Bytes

/// Judges packages by one state of the advisories, for those who remember what was said before.
package struct AdvisoryMatcher {
  private let store: AdvisoryStore
  private let risks: RiskIndex
  private var memory = AdvisoryQuery.Memory()
  private var coverage: AdvisoryCoverage

  package init(_ store: AdvisoryStore, _ risks: RiskIndex) {
    self.store = store
    self.risks = risks
    coverage = AdvisoryCoverage(store.ecosystems)
  }

  /// Advisories that apply, in the order of their ids; and how many there are of which it cannot be told.
  package mutating func judge(
    _ package: SoftwarePackage
  ) throws(DocumentError) -> (matches: [KnownMatch], undecided: Int) {
    let answer = try ImageFinding.all(of: package, store, risks, &memory)
    return (KnownMatch.all(answer.findings), answer.undecided.count)
  }

  /// What a package that no advisory speaks of is one of, in words; nil for a package that is covered.
  package mutating func gap(_ package: SoftwarePackage) -> String? { coverage.gap(package)?.text }

  /// What is asked of advisories about a package, as one text: its names as they are compared.
  package static func question(_ package: SoftwarePackage) -> String {
    let bare = Ecosystem(package.ecosystem.name)
    return AdvisoryQuery(package).names.map { bare.normalized($0.text) }.joined(separator: " ")
  }

  /// Stays the same for as long as nothing changes that is said of packages of these names.
  ///
  /// - Parameter question: see `question(_:)`.
  package func contentHash(of question: String, in ecosystem: Ecosystem) -> UInt64 {
    question.split(separator: " ").reduce(0) { hash, name in
      (hash << 7 | hash >> 57) ^ store.contentHash(of: String(name), in: ecosystem)
    }
  }
}

extension SoftwarePackage {
  /// Without the place where it lies, which advisories do not ask for.
  package var withoutPlace: SoftwarePackage {
    var package = SoftwarePackage(
      ecosystem: ecosystem, name: name, version: version, source: source, sourceVersion: sourceVersion, path: "")
    package.module = module
    package.vendor = vendor
    package.holdsNoCode = holdsNoCode
    return package
  }
}
