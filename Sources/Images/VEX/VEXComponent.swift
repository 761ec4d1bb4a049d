import Bytes

/// What a statement names: a product, or a part of one. All names that it gives are names of one thing: where one of them is
/// another thing's, it is not known what is meant, and nothing is.
///
/// Source: OpenVEX specification 0.2.0, "Component"; CycloneDX 1.6, `components[]`; CSAF 2.0, "Product Identification Helper".
struct VEXComponent: Sendable {
  /// Whether what is looked at is meant.
  enum Match: Sendable, Equatable {
    case meant
    case other
    /// The same thing, in versions that this is none of.
    case otherVersion(String)
    /// It is among the versions that are said to be affected, or of which it is not known.
    case openVersion(String)
    /// Names of two things.
    case contradictory(String)
    /// By what cannot be compared with what is known of this.
    case unverified(String)
  }

  /// What is said of versions beside the names.
  struct Version: Sendable {
    let text: String
    /// Nil for one version, and for a range of another notation.
    let range: VersionRange?
    let isRange: Bool
    /// Whether the statement holds for it: it does not for one that is said to be affected, or unknown.
    let isMeant: Bool

    init(version: String, isMeant: Bool = true) {
      (text, range, isRange, self.isMeant) = (version, nil, false, isMeant)
    }

    init(range: String, isMeant: Bool = true) {
      (text, self.range, isRange, self.isMeant) = (range, VersionRange(range), true, isMeant)
    }

    /// Nil where it cannot be told.
    fileprivate func contains(_ version: String, _ order: VersionOrder?, type: String?) -> Bool? {
      if !isRange {
        if text == version { return true }
        return order?.compare(text, version).map { $0 == .equal } ?? false
      }
      guard let range, let order, type.map({ range.isAbout($0) }) ?? true else { return nil }
      return range.contains(version, order)
    }
  }

  /// Package URLs.
  private(set) var purls: [PackageURL] = []
  private(set) var cpes: [PlatformName] = []
  /// Names that are neither, and digests.
  private(set) var names: [String] = []
  /// Sums of it by SHA-256, `sha256:…`.
  var digests: Set<String> = []
  /// Nil: what the names tell, or all.
  var versions: [Version]?

  var isEmpty: Bool { purls.isEmpty && cpes.isEmpty && names.isEmpty && digests.isEmpty && versions == nil }

  /// How it is told to people.
  var title: String {
    purls.first?.text ?? names.first ?? digests.sorted().first ?? cpes.first?.text ?? "something without a name"
  }

  /// Whether it can be the name of an image, rather than that of a package.
  var mayBeImage: Bool { purls.allSatisfy { ["oci", "docker"].contains($0.type) } }

  init() {}

  init(purl: PackageURL) { purls = [purl] }

  mutating func add(name text: String) {
    if text.lowercased().hasPrefix("pkg:"), let purl = try? PackageURL(text) {
      purls.append(purl)
    } else if let cpe = PlatformName(text) {
      cpes.append(cpe)
    } else if !text.isEmpty {
      names.append(text)
    }
  }

  /// Whether any of its names or versions tells one version from another.
  var hasVersion: Bool {
    versions != nil || !digests.isEmpty || cpes.contains { $0.version != nil }
      || purls.contains { $0.version != nil || $0.qualifiers["tag"] != nil }
      || names.contains { name in
        Digest(name) != nil || ImageReference(name)?.tellsVersion(in: name) ?? false
      }
  }

  // MARK: Packages

  /// Whether a package is meant.
  func match(_ package: SoftwarePackage, _ own: PackageURL) -> Match {
    var isMeant = false
    var wrong: String?
    var otherVersion: String?
    for purl in purls {
      switch Self.match(purl, package, own) {
      case .meant: isMeant = true
      case .otherVersion(let text):
        otherVersion = text
        wrong = purl.text
      default: wrong = purl.text
      }
    }
    if isMeant {
      if let wrong { return .contradictory("\(title) and \(wrong)") }
      for cpe in cpes where !cpe.isLike([package.name, package.source ?? package.name], [package.version]) {
        return .contradictory("\(title) and \(cpe.text)")
      }
      return versions(of: [package.version], package.ecosystem.order, type: own.type)
    }
    if !purls.isEmpty {
      let isOne = purls.allSatisfy { if case .otherVersion = Self.match($0, package, own) { true } else { false } }
      return isOne ? otherVersion.map { .otherVersion($0) } ?? .other : .other
    }
    // What dictionaries of products call it is not the name of a package.
    if let cpe = cpes.first(where: { $0.isNamed(package.name) || $0.isNamed(package.source ?? "") }) {
      return .unverified(cpe.text)
    }
    return .other
  }

  /// Whether a package URL of a statement is that of a package: without a version it means all versions; qualifiers that tell
  /// builds of a package apart have to be the package's.
  ///
  /// Source: purl-spec, "Known qualifiers": those for where a package is to be had tell nothing of what it is.
  private static func match(_ product: PackageURL, _ package: SoftwarePackage, _ own: PackageURL) -> Match {
    guard product.type == own.type, product.name == own.name,
      product.namespace == nil || product.namespace == own.namespace
    else { return .other }
    let isBuild = product.qualifiers.allSatisfy { key, value in
      switch key {
      case "arch": return own.qualifiers[key] == value
      case "distro":
        guard let release = OperatingSystem(namespace: product.namespace ?? "", distro: value)?.packageEcosystem else {
          return own.qualifiers[key] == value
        }
        return release.isSameRelease(package.ecosystem)
      // With a version it is a part of that.
      case "epoch":
        return product.version != nil || own.qualifiers[key] == value || package.version.hasPrefix(value + ":")
      case "rpmmod", "modularitylabel": return SoftwarePackage.stream(value) == package.module
      case "classifier": return own.qualifiers[key] == value
      default: return own.qualifiers[key].map { $0 == value } ?? true
      }
    }
    guard isBuild else { return .other }
    if let version = product.version, version != own.version {
      guard let other = SoftwarePackage(purl: product, path: ""), other.version == package.version else {
        return .otherVersion(product.text)
      }
    }
    return .meant
  }

  // MARK: Images

  /// Whether what packages were found in is meant.
  func match(_ subject: ImageIdentity) -> Match {
    var isMeant = false
    var wrong: String?
    for purl in purls {
      if subject.isMeant(by: purl) { isMeant = true } else { wrong = purl.text }
    }
    for name in names {
      if subject.isMeant(byName: name) {
        isMeant = true
      } else if Self.namesImage(name) {
        wrong = name
      }
    }
    let hasDigest = !digests.isDisjoint(with: subject.digests)
    if purls.isEmpty, names.isEmpty, hasDigest { isMeant = true }
    guard isMeant else { return .other }
    if let wrong { return .contradictory("\(title) and \(wrong)") }
    if !digests.isEmpty, !hasDigest {
      let text = digests.sorted().joined(separator: " ")
      return subject.digests.isEmpty ? .unverified(text) : .otherVersion(text)
    }
    for cpe in cpes where !cpe.isLike(purls.map(\.name) + subject.lastNames, subject.versions) {
      return .contradictory("\(title) and \(cpe.text)")
    }
    return versions(of: subject.versions, .semver, type: nil)
  }

  /// Whether a text can be nothing but the name of an image: a label of somebody's own, and an address, are no such names.
  private static func namesImage(_ text: String) -> Bool {
    if Digest(text) != nil { return true }
    guard !text.contains("://"), !text.hasPrefix("urn:"), let reference = ImageReference(text) else { return false }
    return text.contains("/") || reference.tellsVersion(in: text)
  }

  // MARK: Versions

  private func versions(of known: [String], _ order: VersionOrder?, type: String?) -> Match {
    Self.versions(versions, of: known, order, type: type)
  }

  /// Whether a version is one of those that a statement is bounded to.
  ///
  /// - Parameters:
  ///   - versions: nil for all.
  ///   - known: what is known of the version; several where it is called by several.
  ///   - type: of package URLs; nil for an image.
  static func versions(_ versions: [Version]?, of known: [String], _ order: VersionOrder?, type: String?) -> Match {
    guard let versions else { return .meant }
    let told = versions.map(\.text).joined(separator: ", ")
    var isMeant = false
    var isUnclear = known.isEmpty
    for version in versions {
      let answers = known.map { version.contains($0, order, type: type) }
      if answers.contains(true) {
        guard version.isMeant else { return .openVersion(version.text) }
        isMeant = true
      } else if answers.contains(nil) {
        isUnclear = true
        // It may be the one that is affected.
        if !version.isMeant { return .unverified(version.text) }
      }
    }
    return isMeant ? .meant : isUnclear ? .unverified(told) : .otherVersion(told)
  }
}
