import Bytes

/// What one file says of packages.
package enum FileFacts {
  /// Whether a file of this path, from the root, is read whatever its first bytes are.
  package static func wants(_ path: String) -> Bool {
    OperatingSystem.paths.contains(path) || PackageReaders.reader(for: path) != nil
  }

  /// Reads a file whose path is wanted, or a program.
  ///
  /// - Parameter owned: files that packages of the distribution brought are added to it.
  package static func read(_ bytes: [UInt8], _ path: String, _ owned: inout [LayerFacts.Owned]) -> LayerFacts.File {
    var file = LayerFacts.File(path: path)
    if OperatingSystem.paths.contains(path) {
      file.release = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
    } else if let reader = PackageReaders.reader(for: path) {
      file.packages = reader.read(bytes, path)
      file.isOfSystem = reader.isOfSystem
      for (place, owner) in reader.owns(bytes, path) where mayHoldPackages(place) {
        owned.append(LayerFacts.Owned(path: place, owner: owner))
      }
    } else {
      file.packages = PackageReaders.program(bytes, path)
    }
    return file
  }

  private static func mayHoldPackages(_ path: String) -> Bool {
    path.contains("bin/") || path.contains("/libexec/") || PackageReaders.reader(for: path) != nil
  }
}
