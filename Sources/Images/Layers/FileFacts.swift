import Bytes

/// What one file says of packages.
package enum FileFacts {
  /// Whether a file of this path, from the root, is read whatever its first bytes are.
  package static func wants(_ path: String) -> Bool {
    OperatingSystem.paths.contains(path) || OpenAccounts.paths.contains(path)
      || PackageExtractors.extractor(for: path) != nil
  }

  /// Reads a file whose path is wanted, or a program.
  ///
  /// - Parameter facts: what the file says beside its packages is added to them.
  package static func read(_ bytes: [UInt8], _ path: String, _ facts: inout LayerFacts) -> LayerFacts.File {
    var file = LayerFacts.File(path: path)
    if OperatingSystem.paths.contains(path) {
      file.release = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    } else if OpenAccounts.paths.contains(path) {
      facts.openAccounts[path] = OpenAccounts.read(bytes)
    } else if let extractor = PackageExtractors.extractor(for: path) {
      // A mark of an encoding begins no database and no archive.
      take(extractor.read(TextEncoding.decoded(bytes).utf8, path), &file, &facts)
      file.isOfSystem = extractor.isOfSystem
      file.isOfProject = extractor.isOfProject
    } else {
      take(PackageExtractors.program(bytes, path), &file, &facts)
    }
    return file
  }

  /// Reads a file that a list of requirements includes, whatever its name is.
  package static func readIncluded(_ bytes: [UInt8], _ path: String, _ facts: inout LayerFacts) -> LayerFacts.File {
    var file = LayerFacts.File(path: path, isOfProject: true)
    take(PackageExtractor.pythonRequirements.read(TextEncoding.decoded(bytes).utf8, path), &file, &facts)
    return file
  }

  private static func take(_ found: Extraction, _ file: inout LayerFacts.File, _ facts: inout LayerFacts) {
    file.packages = found.packages
    file.unresolved = found.unresolved
    file.project = found.project
    file.renamed = found.renamed
    file.leftOut = found.leftOut
    facts.owned += found.owned.filter { mayMatter($0.path) }
    facts.traits += found.traits
    for problem in found.problems { facts.note(problem) }
  }

  /// Whether a file may hold packages, or be a program that runs as its owner: those lie with programs, or below a folder of their
  /// package's, and have no ending.
  private static func mayMatter(_ path: String) -> Bool {
    if liesWithPrograms(path) || PackageExtractors.extractor(for: path) != nil { return true }
    guard path.hasPrefix("usr/lib/") || path.hasPrefix("lib/") else { return false }
    let parts = path.split(separator: "/")
    return parts.count >= 4 && parts.last?.contains(".") == false
  }

  /// Whether a folder on the way is called `…bin`, or `libexec` and not the first: asked of each file of an image.
  private static func liesWithPrograms(_ path: String) -> Bool {
    path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropLast().enumerated().contains { place, part in
      part.suffix(3).elementsEqual("bin".utf8) || place > 0 && part.elementsEqual("libexec".utf8)
    }
  }
}
