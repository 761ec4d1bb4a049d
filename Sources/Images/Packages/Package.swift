/// A piece of software that an image or a folder holds.
package struct SoftwarePackage: Sendable, Hashable {
  package var ecosystem: Ecosystem
  package let name: String
  package let version: String
  /// The source package that advisories of a distribution speak of, where it has another name.
  package let source: String?
  package let sourceVersion: String?
  /// Where it was found: a path, in an image from the root.
  package var path: String
  /// Index of the image's layer that brought it, from the bottom; nil outside images.
  package var layer: Int?
  /// The package of the distribution whose file this is; advisories of the distribution speak for it.
  package var owner: String?

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

  /// The order in which packages are listed: by ecosystem, name, version and place.
  package static func precedes(_ a: SoftwarePackage, _ b: SoftwarePackage) -> Bool {
    (a.ecosystem.text, a.name, a.version, a.path) < (b.ecosystem.text, b.name, b.version, b.path)
  }

  /// The question to ask of advisories.
  package var query: AdvisoryQuery {
    AdvisoryQuery(ecosystem: ecosystem, name: source ?? name, version: sourceVersion ?? version)
  }
}

/// One way in which packages stand in files: a database, a lock file, an installed package.
package struct PackageExtractor: Sendable {
  package let name: String
  /// Whether a path, from the root and without a leading slash, is of this kind.
  package let matches: PathPattern
  /// - Returns: nothing for a file that is not what its name says.
  package let read: @Sendable (_ bytes: [UInt8], _ path: String) -> [SoftwarePackage]
  /// Whether it is the database of a distribution, whose release the packages belong to.
  package var isOfSystem = false
  /// Files, from the root, that packages of the distribution brought, with the name of the package.
  package var owns: @Sendable (_ bytes: [UInt8], _ path: String) -> [(path: String, owner: String)] = { _, _ in [] }
}

/// All readers of packages. A new kind is a file of its own and one line here.
package enum PackageExtractors {
  package static let all: [PackageExtractor] = [
    .alpine, .bunLock, .cargoLock, .composerLock, .conanLock, .dotNetDependencies, .dpkg, .dpkgFiles, .dpkgFragment,
    .gemfileLock,
    .goModule, .haskellLock, .installedGem, .javaArchive, .mixLock, .nodeLock, .nodeModule, .nugetLock, .pipfileLock,
    .pnpmLock, .poetryLock, .pubLock, .pythonInstalled, .pythonRequirements, .rpm, .swiftResolved, .uvLock, .yarnLock,
  ]

  /// Packages that a program bears within it, whatever its name.
  package static func program(_ bytes: [UInt8], _ path: String) -> [SoftwarePackage] {
    GoBinary.isProgram(bytes.prefix(4)) ? GoBinary.read(bytes, path) + RustBinary.read(bytes, path) : []
  }

  /// Whether the first bytes of a file are those of a program.
  package static func isProgram(_ head: some Collection<UInt8>) -> Bool { GoBinary.isProgram(head) }

  package static func reader(for path: String) -> PackageExtractor? { index.first(path).map { all[$0] } }

  private static let index = PathPattern.Index(all.map(\.matches))

  static func lastPart(_ path: String) -> Substring {
    path.utf8.lastIndex(of: 0x2F).map { path[path.utf8.index(after: $0)...] } ?? path[...]
  }
}
