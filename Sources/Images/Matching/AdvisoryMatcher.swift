package import Bytes

/// Judges packages by one state of the advisories, for those who remember what was said before.
package struct AdvisoryMatcher {
  private let store: AdvisoryStore
  private let risks: RiskIndex
  private var memory = AdvisoryQuery.Memory()

  package init(_ store: AdvisoryStore, _ risks: RiskIndex) {
    self.store = store
    self.risks = risks
  }

  /// Advisories that apply, in the order of their ids.
  package mutating func matches(of package: SoftwarePackage) throws(DocumentError) -> [KnownMatch] {
    try ImageFinding.all(of: package, store, risks, &memory).findings.map { KnownMatch($0) }.sorted {
      $0.advisory < $1.advisory
    }
  }

  /// Stays the same for as long as nothing changes that is said of packages of this name.
  package func contentHash(of name: String, in ecosystem: Ecosystem) -> UInt64 {
    store.contentHash(of: name, in: ecosystem)
  }
}

extension SoftwarePackage {
  /// Without the place where it lies, which advisories do not ask for.
  package var withoutPlace: SoftwarePackage {
    SoftwarePackage(
      ecosystem: ecosystem, name: name, version: version, source: source, sourceVersion: sourceVersion, path: "")
  }
}
