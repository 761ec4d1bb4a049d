import Bytes

/// What one file says of packages.
package enum FileFacts {
  /// Whether a file of this path, from the root, is read whatever its first bytes are.
  package static func wants(_ path: String) -> Bool {
    OperatingSystem.paths.contains(path) || path == OpenAccounts.path || PackageExtractors.reader(for: path) != nil
  }

  /// Reads a file whose path is wanted, or a program.
  ///
  /// - Parameter facts: what the file says beside its packages is added to them.
  package static func read(_ bytes: [UInt8], _ path: String, _ facts: inout LayerFacts) -> LayerFacts.File {
    var file = LayerFacts.File(path: path)
    if OperatingSystem.paths.contains(path) {
      file.release = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    } else if path == OpenAccounts.path {
      facts.openAccounts = OpenAccounts.read(bytes)
    } else if let reader = PackageExtractors.reader(for: path) {
      file.packages = reader.read(bytes, path)
      file.isOfSystem = reader.isOfSystem
      for (place, owner) in reader.owns(bytes, path) where mayMatter(place) {
        facts.owned.append(LayerFacts.Owned(path: place, owner: owner))
      }
    } else {
      file.packages = PackageExtractors.program(bytes, path)
    }
    return file
  }

  /// Whether a file may hold packages, or be a program that runs as its owner: those lie with programs, or below a folder of their
  /// package's, and have no ending.
  private static func mayMatter(_ path: String) -> Bool {
    if path.contains("bin/") || path.contains("/libexec/") || PackageExtractors.reader(for: path) != nil { return true }
    guard path.hasPrefix("usr/lib/") || path.hasPrefix("lib/") else { return false }
    let parts = path.split(separator: "/")
    return parts.count >= 4 && parts.last?.contains(".") == false
  }
}

/// Accounts that anybody may log in to.
///
/// Source: shadow(5).
package enum OpenAccounts {
  package static let path = "etc/shadow"

  /// Names of accounts whose password is empty; no sum of a password is kept.
  package static func read(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0A).compactMap { line in
      let fields = line.split(separator: 0x3A, maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[1].isEmpty, !fields[0].isEmpty else { return nil }
      return String(decoding: fields[0], as: UTF8.self)
    }
  }
}
