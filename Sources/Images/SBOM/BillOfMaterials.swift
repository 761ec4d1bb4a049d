import Bytes

/// The packages of one image or project, to be written as an SBOM. The same packages give the same bytes.
package struct BillOfMaterials: Sendable {
  package let subject: String
  /// Whether somebody says what the subject is called, whatever else it may be known by.
  private let isNamed: Bool
  /// The version that somebody says.
  private let givenVersion: String?
  /// What it is about, as others may name it.
  package let identity: ImageIdentity
  /// Nil for a project, or an image without a distribution.
  package let system: OperatingSystem?
  package let packages: [SoftwarePackage]
  /// Digests of the image's layers, from the bottom; empty for what is no image.
  package let layers: [String]
  /// Whether parts of it could not be read, so that packages may be missing.
  package let isPartial: Bool
  /// RFC 3339; an SBOM is as old as what it describes, so that it can be made again.
  package let created: String
  package let toolVersion: String

  /// - Parameters:
  ///   - created: of the image; the epoch where that is not known.
  ///   - name: what the subject is to be called; nil for what is known of it.
  ///   - version: of the subject; nil for what is known of it.
  package init(
    subject: String, identity: ImageIdentity = ImageIdentity(), system: OperatingSystem?, packages: [SoftwarePackage],
    layers: [String] = [], isPartial: Bool = false, created: String?, toolVersion: String,
    name: String? = nil, version: String? = nil
  ) {
    self.subject = name ?? subject
    isNamed = name != nil
    givenVersion = version
    self.identity = identity
    self.system = system
    self.layers = layers
    self.isPartial = isPartial
    var seen = Set<SoftwarePackage>()
    self.packages = packages.filter { seen.insert($0).inserted }.sorted(by: SoftwarePackage.precedes)
    self.created = created ?? "1970-01-01T00:00:00Z"
    self.toolVersion = toolVersion
  }

  /// A number for each package that stays the same as long as the package does.
  func reference(_ package: SoftwarePackage) -> String {
    "\(package.purl?.text ?? "\(package.ecosystem.text)/\(package.name)@\(package.version)")#\(Self.hash(package.path))"
  }

  /// FNV-1a, 64 bits, as sixteen hexadecimal digits. Source: draft-eastlake-fnv.
  static func hash(_ text: String) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return Hex.text(value)
  }

  var digest: String {
    Self.hash(subject + created + packages.map { reference($0) }.joined(separator: "\n"))
  }

  /// A serial number that the same packages of the same subject have always: a UUID made of a hash.
  ///
  /// Source: RFC 9562, section 5.8, version 8.
  package var serialNumber: String {
    let hash = Bytes.Digest.sha256(
      Array((subject + "\0" + created + "\0" + packages.map { reference($0) }.joined(separator: "\n")).utf8))
    var digits = Array(hash.text.dropFirst(7).prefix(32))
    digits[12] = "8"
    // The variant takes the two upper bits.
    digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return "urn:uuid:" + text
  }

  /// Which packages the packages of the distribution brought, by the references of both.
  var ownership: [(owner: String, owned: String)] {
    var owners: [String: String] = [:]
    for package in packages where package.ecosystem.isDistribution && package.owner == nil {
      if owners[package.name] == nil { owners[package.name] = reference(package) }
    }
    return packages.compactMap { package in
      package.owner.flatMap { owners[$0] }.map { ($0, reference(package)) }
    }
  }

  /// What packages need, as far as it is among the packages: by references, in the order of the packages. A package of a distribution
  /// needs others of it, one of a lock file others of the same file.
  var requirements: [(reference: String, needed: [String])] {
    var named: [String: [String]] = [:]
    func key(_ package: SoftwarePackage, _ name: String) -> String {
      package.ecosystem.isDistribution
        ? "\(package.ecosystem.text)\0\(name)" : "\(package.path)\0\(package.ecosystem.normalized(name))"
    }
    for package in packages where package.owner == nil || !package.requires.isEmpty {
      named[key(package, package.name), default: []].append(reference(package))
    }
    return packages.compactMap { package in
      let own = reference(package)
      // Of several versions of one name it is not known which is meant.
      let needed = package.requires.compactMap { name in
        named[key(package, name)].flatMap { $0.count == 1 ? $0[0] : nil }
      }
      .filter { $0 != own }
      return needed.isEmpty ? nil : (own, Set(needed).sorted())
    }
  }

  /// What the subject is called in documents that have one place for it.
  var subjectTitle: String { isNamed ? subject : identity.references.first?.text ?? subject }

  /// The version of the subject: the one that somebody says, else the tag or the digest of an image; nil for none.
  var subjectVersion: String? { givenVersion ?? identity.references.first.map { $0.tag ?? $0.digest ?? "" } }

  /// What the subject is called, by its names and its digests, by names of our own; in order.
  var subjectProperties: [(name: String, value: String)] { identity.properties }

  /// What formats have no word for and the answer depends on, by names of our own; in order.
  func properties(_ package: SoftwarePackage) -> [(name: String, value: String)] {
    var all: [(name: String, value: String?)] = [
      ("ecosystem", package.ecosystem.text), ("path", package.path), ("source", package.source),
      ("sourceVersion", package.sourceVersion), ("module", package.module), ("vendor", package.vendor),
      ("owner", package.owner), ("architecture", package.architecture), ("layer", package.layer.map(String.init)),
    ]
    if let layer = package.layer, layers.indices.contains(layer), !layers[layer].isEmpty {
      all.append(("layerDigest", layers[layer]))
    }
    if package.holdsNoCode { all.append(("holdsNoCode", "true")) }
    return all.compactMap { item in item.value.map { ("bartizan:" + item.name, $0) } }
  }
}

extension SoftwarePackage {
  /// A name of the Common Platform Enumeration as the package's own name makes it. What the dictionary of such names calls the
  /// product, if it has it at all, may be otherwise.
  ///
  /// Source: NIST IR 7695, "Formatted String Binding".
  var cpe: String? {
    guard !version.isEmpty, !name.isEmpty else { return nil }
    let parts = name.split(whereSeparator: { $0 == "/" || $0 == ":" }).map(String.init)
    guard let product = parts.last else { return nil }
    let vendor = parts.count > 1 ? String(parts[0].drop { $0 == "@" }) : product
    return "cpe:2.3:a:\(Self.bound(vendor)):\(Self.bound(product)):\(Self.bound(version)):*:*:*:*:*:*:*"
  }

  private static func bound(_ text: String) -> String {
    var result = ""
    for scalar in text.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9", "_", "-", ".": result.unicodeScalars.append(scalar)
      case "!"..."~":
        result.append("\\")
        result.unicodeScalars.append(scalar)
      default: result.append("_")
      }
    }
    return result.isEmpty ? "-" : result
  }

  /// One expression of SPDX for what the package says of its licences; nil where its words are none.
  package var licenseExpression: String? {
    guard !licenses.isEmpty else { return nil }
    let all = licenses.map { LicenseExpression.normalized($0) }
    guard all.allSatisfy({ $0 != nil }) else { return nil }
    let parts = all.compactMap { $0 }
    var seen = Set<String>()
    let unique = parts.filter { seen.insert($0).inserted }
    return unique.count == 1 ? unique[0] : unique.map { $0.contains(" ") ? "(\($0))" : $0 }.joined(separator: " AND ")
  }
}

/// Expressions of licences. Source: SPDX specification 2.3, annex D.
enum LicenseExpression {
  /// A text as an expression of known identifiers; nil for words that are none.
  static func normalized(_ text: String) -> String? {
    // `A or B, and C` of Debian: the comma binds less than the words.
    let sides = text.split(separator: ", and ").map(String.init)
    if sides.count > 1 {
      let parts = sides.compactMap { normalized($0) }
      guard parts.count == sides.count else { return nil }
      return parts.map { $0.contains(" OR ") ? "(\($0))" : $0 }.joined(separator: " AND ")
    }
    var words: [String] = []
    var wantsTerm = true
    var depth = 0
    let spaced = text.replacing("ASL 2.0", with: "Apache-2.0").replacing("(", with: " ( ").replacing(")", with: " ) ")
    let tokens = spaced.split(whereSeparator: \.isWhitespace).map(String.init)
    guard !tokens.isEmpty, tokens.count <= 200 else { return nil }
    var isException = false
    for token in tokens {
      switch token.uppercased() {
      case "(":
        guard wantsTerm else { return nil }
        depth += 1
        words.append("(")
      case ")":
        guard !wantsTerm, depth > 0 else { return nil }
        depth -= 1
        words.append(")")
      case "AND", "OR":
        guard !wantsTerm else { return nil }
        words.append(token.uppercased())
        wantsTerm = true
      case "WITH":
        guard !wantsTerm else { return nil }
        words.append("WITH")
        (wantsTerm, isException) = (true, true)
      default:
        guard wantsTerm else { return nil }
        if isException {
          guard token.lowercased().hasSuffix("exception") || token.lowercased().contains("-exception-") else {
            return nil
          }
          words.append(token)
        } else {
          guard let id = identifier(token) else { return nil }
          words.append(id)
        }
        (wantsTerm, isException) = (false, false)
      }
    }
    guard !wantsTerm, depth == 0 else { return nil }
    return words.joined(separator: " ").replacing("( ", with: "(").replacing(" )", with: ")")
  }

  /// The identifier of one licence, by whatever name; nil for what is none.
  static func id(_ text: String) -> String? {
    identifier(text).flatMap { LicenseIdentifiers.all.contains($0) ? $0 : nil }
  }

  private static func identifier(_ token: String) -> String? {
    // Some of the former names are identifiers that SPDX has given up.
    if let known = former[token.lowercased()] { return known }
    if LicenseIdentifiers.all.contains(token) { return token }
    let bare = token.hasSuffix("+") ? String(token.dropLast()) : token
    if let known = byLowercase[bare.lowercased()] { return token.hasSuffix("+") ? known + "+" : known }
    return nil
  }

  /// What distributions wrote before they took the identifiers of SPDX. Names that may mean several licences, such as `BSD`, are left
  /// out.
  ///
  /// Source: Fedora documentation, "Legacy identifiers (Callaway)"; Alpine's APKBUILD reference, "license"; Debian's "Machine-readable
  /// debian/copyright file", version 1.0, "License specification".
  private static let former: [String: String] = {
    var table = [
      "zlib": "Zlib", "boost": "BSL-1.0", "mplv1.1": "MPL-1.1", "mplv2.0": "MPL-2.0", "mpl2": "MPL-2.0",
      "asl2.0": "Apache-2.0", "apache2": "Apache-2.0", "gpl+": "GPL-1.0-or-later", "cc0": "CC0-1.0",
      "epl": "EPL-1.0", "vim": "Vim", "expat": "MIT", "apache-2": "Apache-2.0", "artistic-2": "Artistic-2.0",
      "psf-2": "PSF-2.0", "mpl-2": "MPL-2.0", "lgpl+": "LGPL-2.0-or-later",
    ]
    for (family, versions) in [
      ("GPL", ["1", "2", "3"]), ("LGPL", ["2", "2.1", "3"]), ("AGPL", ["3"]), ("GFDL", ["1.1", "1.2", "1.3"]),
    ] {
      for version in versions {
        let id = "\(family)-\(version.contains(".") ? version : version + ".0")"
        for head in ["\(family)v\(version)", "\(family)\(version)", "\(family)-\(version)"].map({ $0.lowercased() }) {
          table[head] = id + "-only"
          table[head + "+"] = id + "-or-later"
        }
      }
    }
    return table.filter { LicenseIdentifiers.all.contains($0.value) }
  }()

  private static let byLowercase: [String: String] = {
    var table: [String: String] = [:]
    for id in LicenseIdentifiers.all.sorted() { table[id.lowercased()] = id }
    return table
  }()
}

/// A format of SBOMs. A new one is a file here and a line in `all`.
package struct SBOMFormat: Sendable {
  package let name: String
  package let write: @Sendable (BillOfMaterials) -> [UInt8]

  package static let all: [SBOMFormat] = [.cycloneDX, .cycloneDXXML, .spdxJSON, .spdxTagValue, .spdx3JSON]
}
