import Bytes

/// A piece of software that an image or a folder holds.
package struct SoftwarePackage: Sendable, Hashable {
  package var ecosystem: Ecosystem
  package let name: String
  /// As its ecosystem writes it, with the epoch where it has one.
  package let version: String
  /// The source package that advisories of a distribution speak of, where it has another name.
  package var source: String?
  package var sourceVersion: String?
  /// The module stream that a package of rpm belongs to, `nodejs:18`; nil for one outside of modules.
  ///
  /// Source: rpm, tag 5096, `ModularityLabel`; Fedora documentation, "Modularity".
  package var module: String?
  /// Whose package it is, where its database says that it is not the distribution's: advisories of the distribution do not speak of
  /// it.
  package var vendor: String?
  /// Who made it, as its database or its own description says: `Debian OpenSSL Team <…>`, `Red Hat, Inc.`.
  package var supplier: String?
  /// What it runs on, as its database writes it: `amd64`, `x86_64`, `noarch`.
  package var architecture: String?
  /// As it says itself: identifiers of SPDX, expressions of them, or the words of its author.
  package var licenses: [String] = []
  /// Names of what it needs, as its database or lock file names them: packages, or what packages provide.
  package var requires: [String] = []
  /// Sums of its archive, or of the file that it is.
  package var checksums: [Checksum] = []
  /// Where it was found: a path, in an image from the root.
  package var path: String
  /// Index of the image's layer that brought it, from the bottom; nil outside images.
  package var layer: Int?
  /// The package of the distribution whose file this is; advisories of the distribution speak for it.
  package var owner: String?
  /// Whether all of its files are headers, documentation or translations, by the list of them: nothing of it runs.
  package var holdsNoCode = false

  /// A sum, as the package's database or lock file gives it.
  package struct Checksum: Sendable, Hashable {
    /// The hash functions that package databases and lock files use.
    package enum Algorithm: String, Sendable {
      case md5
      case sha1
      case sha256
      case sha512

      var cycloneDX: String { self == .md5 ? "MD5" : "SHA-" + rawValue.dropFirst(3) }
      var spdx: String { rawValue.uppercased() }
      fileprivate var digits: Int {
        switch self {
        case .md5: 32
        case .sha1: 40
        case .sha256: 64
        case .sha512: 128
        }
      }
    }

    package let algorithm: Algorithm
    /// In lower case.
    package let hex: String

    /// - Returns: nil for a text of another length, or of other digits.
    package init?(_ algorithm: Algorithm, _ hex: String) {
      guard hex.utf8.count == algorithm.digits, hex.allSatisfy(\.isHexDigit) else { return nil }
      self.algorithm = algorithm
      self.hex = hex.lowercased()
    }

    /// `sha512-…` in base 64, as npm writes it; the first that is understood.
    ///
    /// Source: W3C, "Subresource Integrity".
    package init?(integrity text: String) {
      for word in text.split(separator: " ") {
        let sides = word.split(separator: "-", maxSplits: 1)
        guard sides.count == 2, let algorithm = Algorithm(rawValue: String(sides[0])),
          let bytes = Base64.decode(String(sides[1].prefix { $0 != "?" }))
        else { continue }
        self.init(algorithm, Hex.text(bytes))
        return
      }
      return nil
    }
  }

  package init(
    ecosystem: Ecosystem, name: String, version: String, source: String? = nil, sourceVersion: String? = nil,
    path: String
  ) {
    self.ecosystem = ecosystem
    self.name = name
    self.version = version
    self.source = source
    self.sourceVersion = sourceVersion
    self.path = path
  }

  /// Whether its name is the one that advisories use: a Java archive without a known group has only half of it.
  package var isIdentified: Bool { ecosystem.name != "Maven" || name.contains(":") && !version.isEmpty }

  /// The order in which packages are listed: by ecosystem, name, version and place.
  package static func precedes(_ a: SoftwarePackage, _ b: SoftwarePackage) -> Bool {
    (a.ecosystem.text, a.name, a.version, a.path) < (b.ecosystem.text, b.name, b.version, b.path)
  }
}
