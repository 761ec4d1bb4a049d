import Bytes
import Glibc
import Images
import Transport

/// What was read of layers, on disk, by their digests: a layer that many images share is read once.
///
/// Only facts of layers whose bytes had the sum that names them are kept, so that no image can speak for another.
package struct LayerCache: Sendable {
  private let folder: String
  /// Bytes that are kept; what was not used for longest goes first.
  private let sizeLimit: Int

  package init(folder: String, sizeLimit: Int = 512 << 20) {
    self.folder = folder
    self.sizeLimit = sizeLimit
  }

  private func path(_ digest: String) -> String? {
    Digest(digest).flatMap { $0.algorithm == .sha256 ? "\(folder)/\($0.hex).v\(LayerFacts.version).json" : nil }
  }

  /// Whether something is known of a layer, before its bytes are summed.
  func knows(_ digest: String) -> Bool { path(digest).map { FilePaths.exists($0) } ?? false }

  /// - Parameter digest: the sum of the layer's bytes, as they were read or as a manifest that was verified names them.
  /// - Parameter withPaths: whether the layer lies over others, whose files it may hide.
  /// - Parameter withSecrets: whether credentials must have been looked for.
  func facts(_ digest: String, withPaths: Bool, withSecrets: Bool) -> LayerFacts? {
    guard let path = path(digest), let bytes = try? FileReader.read(path), var facts = LayerFacts(json: bytes) else {
      return nil
    }
    if withSecrets, facts.secrets == nil { return nil }
    if withPaths {
      guard let paths = try? FileReader.read(path + ".paths") else { return nil }
      facts.paths = paths
    }
    // The time of use decides what goes first.
    utimensat(AT_FDCWD, path, nil, 0)
    return facts
  }

  /// What cannot be kept is read again next time; that is no trouble to speak of.
  func keep(_ facts: LayerFacts, _ digest: String) {
    guard let path = path(digest) else { return }
    let bytes = facts.json
    guard bytes.count + facts.paths.count < sizeLimit / 8 else { return }
    // The paths first: facts without them would be of no use.
    guard (try? FileWriter.writePrivate(facts.paths, to: path + ".paths")) != nil,
      (try? FileWriter.writePrivate(bytes, to: path)) != nil
    else { return }
    prune()
  }

  private func prune() {
    var files: [(path: String, size: Int, used: Int)] = []
    for name in FilePaths.names(in: folder) ?? []
    where name.hasSuffix(".json") || name.hasSuffix(".paths") || name.hasSuffix(".tmp") {
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0 else { continue }
      files.append((folder + "/" + name, Int(status.st_size), Int(status.st_mtim.tv_sec)))
    }
    var total = files.reduce(0) { $0 + $1.size }
    guard total > sizeLimit else { return }
    for file in files.sorted(by: { $0.used < $1.used }) where total > sizeLimit {
      if unlink(file.path) == 0 { total -= file.size }
    }
  }
}
