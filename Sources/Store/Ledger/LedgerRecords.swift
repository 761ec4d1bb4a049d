import Bytes
package import Images

/// A state of the advisories, and of what is known of exploitation.
package struct AdvisoryState: Sendable {
  package let store: AdvisoryStore
  package let risks: RiskIndex
  let storeDigest: String
  let riskDigest: String
  /// When the run is made, RFC 3339.
  package let time: String

  package init(store: AdvisoryStore, risks: RiskIndex, time: String) {
    self.store = store
    self.risks = risks
    storeDigest = store.digest
    riskDigest = risks.digest
    self.time = time
  }

  /// When the store was built, RFC 3339.
  package var built: String { store.header["built"]?.string ?? "" }
}

/// An image as it is kept.
package struct LedgerImage: Sendable, Hashable {
  /// What makes it one and the same: the digest of its configuration; of its packages where it has none.
  package let key: String
  /// Of the manifest; empty where there is none.
  package let digest: String
  package let name: String
  package let system: String
  package let packages: [SoftwarePackage]

  /// - Parameter packages: all; what the distribution speaks for is not asked for by itself.
  package init(
    key: String?, digest: String?, name: String, system: OperatingSystem?, packages: [SoftwarePackage]
  ) {
    var seen = Set<SoftwarePackage>()
    self.packages = packages.filter { $0.owner == nil }.map(\.withoutPlace).filter { seen.insert($0).inserted }
    self.key = key ?? Self.sum(self.packages)
    self.digest = digest ?? ""
    self.name = name
    self.system = system?.title ?? ""
  }

  private static func sum(_ packages: [SoftwarePackage]) -> String {
    let lines = packages.map { "\($0.ecosystem.text)\0\($0.name)\0\($0.version)\n" }.sorted().joined()
    return "packages:" + Digest.sha256(lines.utf8).hex
  }
}

/// What has become otherwise with a package, and the images that hold it.
package struct PackageNews: Sendable {
  package let package: SoftwarePackage
  package let changes: [MatchChange]
  /// Numbers of images, in order.
  package let images: [Int64]
}

/// What a run found.
package struct LedgerRunReport: Sendable {
  package let run: Int64
  /// When the run before was; nil for the first.
  package let before: String?
  /// In the order of packages. A package may stand here twice: for images that were there, and for those that were added.
  package var news: [PackageNews] = []
  /// Names of the images that are spoken of.
  package var names: [Int64: [String]] = [:]
  /// Images that were not known.
  package var added: [Int64] = []
  /// Names that mean another image than before.
  package var moved: [String] = []
  /// Package names whose advisories changed, and packages that were matched anew for it.
  package var changedNames = 0
  package var rematched = 0
  /// What there is in all.
  package var images = 0
  package var packages = 0

  package init(run: Int64, before: String?) {
    self.run = run
    self.before = before
  }
}

/// An image of the ledger.
package struct LedgerEntry: Sendable {
  package struct Image: Sendable {
    package let id: Int64
    package let key: String
    package let digest: String
    package let system: String
    package let packages: Int
    /// The run that added it, and when that was.
    package let run: Int64
    package let added: String
  }

  package let image: Image
  /// Names that it has now.
  package let names: [String]
  /// Names that it had, and that mean another image by now.
  package let former: [String]
  /// Advisories that apply to its packages now.
  package let open: Int
}

/// What became of an image since it was added.
package struct ImageHistory: Sendable {
  package struct Event: Sendable {
    package let time: String
    /// When the advisories were built that told of it.
    package let built: String
    package let package: SoftwarePackage
    package let change: MatchChange
  }

  package let entry: LedgerEntry
  /// What applied when it was added.
  package let first: [(package: SoftwarePackage, match: KnownMatch)]
  package let events: [Event]
  /// What applies now.
  package let open: [(package: SoftwarePackage, match: KnownMatch)]
}
