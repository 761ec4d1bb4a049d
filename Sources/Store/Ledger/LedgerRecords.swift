import Bytes
package import Images

/// The advisory store and the risk index at one time.
package struct AdvisoryState: Sendable {
  package let store: AdvisoryStore
  package let risks: RiskIndex
  /// Time of the run, RFC 3339.
  package let time: String

  package init(store: AdvisoryStore, risks: RiskIndex, time: String) {
    self.store = store
    self.risks = risks
    self.time = time
  }

  /// Made when it is asked for: it takes longer than the scan of a small image, which does not ask.
  var storeDigest: String { store.digest }
  var riskDigest: String { risks.digest }

  /// Build time of the advisory store, RFC 3339; empty where it has none.
  package var built: String { store.header["built"]?.string ?? "" }
}

/// An image to store.
package struct LedgerImage: Sendable, Hashable {
  /// Identifies the content: the digest of the configuration or, without one, of the package list.
  package let key: String
  /// Digest of the manifest; empty where there is none.
  package let digest: String
  package let name: String
  package let system: String
  package let packages: [SoftwarePackage]

  /// - Parameter packages: all packages. Those whose files belong to a package of the distribution are not stored.
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

/// What changed for a package, and the images that contain it.
package struct PackageNews: Sendable {
  package let package: SoftwarePackage
  package let changes: [MatchChange]
  /// Ids of the images, ascending.
  package let images: [Int64]
}

/// Packages that cannot be judged, for one reason, and the images that contain them.
package struct LedgerGap: Sendable, Hashable {
  /// Why packages are not judged.
  package enum Reason: Sendable, Hashable, Comparable {
    /// The store has no advisories for packages of this kind.
    case notCovered(String)
    /// There are advisories of which it cannot be told whether they apply.
    case undecided
  }

  package let reason: Reason
  /// How many different ones.
  package let packages: Int
  /// Ids of the images, ascending.
  package let images: [Int64]

  package init(reason: Reason, packages: Int, images: [Int64]) {
    self.reason = reason
    self.packages = packages
    self.images = images
  }
}

/// What a run found.
package struct LedgerRunReport: Sendable {
  /// Number of the run, ascending.
  package let run: Int64
  /// Time of the previous run, RFC 3339; nil for the first run.
  package let before: String?
  /// By package. A package may occur twice: for images that were known before, and for added ones.
  package var news: [PackageNews] = []
  /// Names of all images that are mentioned.
  package var names: [Int64: [String]] = [:]
  /// Ids of images that were added by this run.
  package var added: [Int64] = []
  /// Names that now refer to another image.
  package var moved: [String] = []
  /// Number of package names with changed advisories, and of packages that were matched again because of them.
  package var changedNames = 0
  package var rematched = 0
  /// What of the watched images cannot be judged: that nothing new is told of it does not mean that there is nothing.
  package var gaps: [LedgerGap] = []
  /// Totals of the ledger.
  package var images = 0
  package var packages = 0

  package init(run: Int64, before: String?) {
    self.run = run
    self.before = before
  }
}

/// An image of the ledger.
package struct LedgerEntry: Sendable {
  /// A row of the ledger. `key` identifies the image's content; `packages` is their number; `added` is RFC 3339.
  package struct Image: Sendable {
    /// Number of the image, valid as long as it is in the ledger.
    package let id: Int64
    package let key: String
    package let digest: String
    package let system: String
    package let packages: Int
    /// The run that added it, and the time of that run.
    package let run: Int64
    package let added: String
  }

  package let image: Image
  /// Names that refer to it now.
  package let names: [String]
  /// Names that used to refer to it and now refer to another image.
  package let former: [String]
  /// Number of advisories that apply to its packages now.
  package let open: Int
}

/// The history of an image since it was added.
package struct ImageHistory: Sendable {
  /// A change that a later run found. Times are RFC 3339.
  package struct Event: Sendable {
    package let time: String
    /// Build time of the advisories that revealed the change.
    package let built: String
    package let package: SoftwarePackage
    package let change: MatchChange
  }

  package let entry: LedgerEntry
  /// Advisories that applied when it was added.
  package let first: [(package: SoftwarePackage, match: KnownMatch)]
  package let events: [Event]
  /// Advisories that apply now.
  package let open: [(package: SoftwarePackage, match: KnownMatch)]
}
