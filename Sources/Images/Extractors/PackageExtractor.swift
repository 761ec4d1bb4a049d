/// One kind of file that tells of packages: a database, a lock file, an installed package.
///
/// It is pure: which files there are, and where their bytes come from, is told by whoever asks.
package struct PackageExtractor: Sendable {
  package let name: String
  /// Whether a path, from the root and without a leading slash, is of this kind.
  package let matches: PathPattern
  /// Takes the packages out of a file, as far as it can be read; what cannot is a problem beside them.
  package let extract: @Sendable (_ bytes: [UInt8], _ path: String) -> Extraction
  /// Whether it is the database of a distribution, whose release the packages belong to.
  package var isOfSystem = false
  /// Whether it is a lock file or a manifest: it says what a project uses, and not what is installed.
  package var isOfProject = false

  /// What a file says, with those packages of a project taken out whose versions are none.
  package func read(_ bytes: [UInt8], _ path: String) -> Extraction {
    var found = extract(bytes, path)
    if isOfProject { found.settle(path) }
    return found
  }
}

/// All extractors. A new one is a file of its own and one line here.
package enum PackageExtractors {
  package static let all: [PackageExtractor] = [
    .alpine, .bunLock, .bunBinaryLock, .cabalFreeze, .cargoLock, .cargoManifest, .composerLock, .composerManifest,
    .conanLock, .debianCopyright, .denoLock, .dotNetDependencies, .dotNetProject,
    .dpkg, .dpkgFiles,
    .dpkgFragment, .dpkgSums, .gemfileLock, .gemManifest, .goModule, .gradleLock, .installedGem, .javaArchive,
    .mavenProject,
    .mixLock,
    .nodeLock, .nodeManifest, .nodeModule, .nugetLock, .nugetPackages, .otherManifest, .pipfile, .pipfileLock,
    .pnpmLock, .podfileLock, .poetryLock, .pubLock, .pubManifest, .pythonEgg, .pythonInstalled, .pythonLock,
    .pythonManifest,
    .pythonRequirements, .rebarLock, .renvLock, .rpm, .rpmLog, .stackLock, .swiftResolved, .unreadLock, .uvLock,
    .yarnLock,
  ]

  /// The extractor of a path, from the root; nil for a path that no extractor means.
  package static func extractor(for path: String) -> PackageExtractor? { index.first(path).map { all[$0] } }

  /// What a program bears within it, whatever its name; nothing for what is no program.
  package static func program(_ bytes: [UInt8], _ path: String) -> Extraction {
    guard isProgram(bytes.prefix(4)) else { return Extraction() }
    var found = GoBinary.extract(bytes, path)
    found.add(RustBinary.extract(bytes, path))
    return found
  }

  /// Whether the first four bytes of a file are those of a program: ELF, PE or Mach-O.
  package static func isProgram(_ head: some Collection<UInt8>) -> Bool {
    head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) || head.starts(with: [0x4D, 0x5A])
      || head.starts(with: [0xCF, 0xFA, 0xED, 0xFE])
  }

  private static let index = PathPattern.Index(all.map(\.matches))

  static func lastPart(_ path: String) -> Substring {
    path.utf8.lastIndex(of: 0x2F).map { path[path.utf8.index(after: $0)...] } ?? path[...]
  }
}
