import Bytes
import Glibc
import Images
import Transport

/// What was read of layers, on disk, by their digests: a layer that many images share is read once.
///
/// Only facts of layers whose bytes had the sum that names them are kept, so that no image can speak for another.
package struct LayerCache: Sendable {
  private let folder: String
  /// Most bytes that are kept; what was not used for longest goes first.
  private let most: Int

  package init(folder: String, most: Int = 512 << 20) {
    self.folder = folder
    self.most = most
  }

  private func path(_ digest: String) -> String? {
    Digest(digest).flatMap { $0.algorithm == .sha256 ? "\(folder)/\($0.hex).v\(LayerFacts.version).json" : nil }
  }

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
    guard bytes.count + facts.paths.count < most / 8 else { return }
    // The paths first: facts without them would be of no use.
    for (name, content) in [(path + ".paths", facts.paths), (path, bytes)] {
      let half = "\(name).\(getpid()).part"
      guard FileWriter.write(content, to: half, making: folder) else { return }
      if rename(half, name) != 0 {
        unlink(half)
        return
      }
    }
    prune()
  }

  private func prune() {
    var files: [(path: String, size: Int, used: Int)] = []
    for name in FilePaths.names(in: folder) ?? []
    where name.hasSuffix(".json") || name.hasSuffix(".paths") || name.hasSuffix(".part") {
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0 else { continue }
      files.append((folder + "/" + name, Int(status.st_size), Int(status.st_mtim.tv_sec)))
    }
    var total = files.reduce(0) { $0 + $1.size }
    guard total > most else { return }
    for file in files.sorted(by: { $0.used < $1.used }) where total > most {
      if unlink(file.path) == 0 { total -= file.size }
    }
  }
}
