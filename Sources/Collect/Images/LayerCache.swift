import Bytes
import Glibc
import Images
import Transport

/// Facts about layers on disk, by digest, so that a layer that many images share is read once.
///
/// Only facts of layers whose bytes matched their digest are stored, so that one image cannot speak for another.
package struct LayerCache: Sendable {
  private let folder: String
  /// Maximum size in bytes; the least recently used entries are removed first.
  private let sizeLimit: Int

  /// Of what is looked for beside the usual, as `SecretRuleFile.identity`; empty for nothing. Facts of one variant are
  /// none of another.
  private let variant: String
  /// Seconds since 1970.
  private let now: @Sendable () -> Int

  package init(
    folder: String, sizeLimit: Int = 512 << 20, variant: String = "", now: @escaping @Sendable () -> Int = { time(nil) }
  ) {
    self.variant = variant.isEmpty ? "" : "-" + variant
    self.folder = folder
    self.sizeLimit = sizeLimit
    self.now = now
  }

  private func path(_ digest: String) -> String? {
    guard let digest = Digest(digest), digest.algorithm == .sha256 else { return nil }
    return "\(folder)/\(digest.hex).v\(LayerFacts.version)\(variant).json"
  }

  /// Whether facts of a layer are stored, before its bytes are summed.
  func knows(_ digest: String) -> Bool { path(digest).map { FilePaths.exists($0) } ?? false }

  /// - Parameters:
  ///   - digest: of the layer's bytes as they were read, or as a verified manifest names it.
  ///   - withPaths: whether the layer lies over others, whose files it may hide.
  ///   - withSecrets: whether facts count only if credentials were looked for.
  func facts(_ digest: String, withPaths: Bool, withSecrets: Bool) -> LayerFacts? {
    guard let path = path(digest), let bytes = try? FileReader.read(path), var facts = LayerFacts(json: bytes) else {
      return nil
    }
    if withSecrets, facts.secrets == nil { return nil }
    if withPaths {
      guard let paths = try? FileReader.read(path + ".paths") else { return nil }
      facts.paths = paths
    }
    // The time of last use decides which entries are removed first.
    utimensat(AT_FDCWD, path, nil, 0)
    return facts
  }

  // MARK: Sums of files

  /// Seconds within which a file may be written to twice without a trace: what changed so lately is summed again next time.
  private static let tick = 2

  private func path(_ stamp: LayerStamp) -> String { "\(folder)/\(Digest.sha256(Array(stamp.text.utf8)).hex).sum" }

  /// The digest that these bytes had when they were summed; nil where nobody did since somebody wrote to the file.
  func sum(of stamp: LayerStamp) -> String? {
    guard let bytes = try? FileReader.read(path(stamp)) else { return nil }
    // The whole stamp stands there: what is looked for by a sum of it is not believed by that alone.
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 2, words[0] == stamp.text, Digest(words[1]) != nil else { return nil }
    utimensat(AT_FDCWD, path(stamp), nil, 0)
    return words[1]
  }

  /// Remembers what bytes were summed to.
  ///
  /// - Parameters:
  ///   - before: from before they were read, and below from after that. Nothing is kept of a file that changed, or just did.
  func keep(sum: String, of before: LayerStamp?, _ after: LayerStamp?) {
    guard let before, before == after, now() - before.changed > Self.tick else { return }
    try? FileWriter.writePrivate(Array("\(before.text) \(sum)".utf8), to: path(before))
  }

  // MARK: Facts

  /// A layer that cannot be stored is read again next time, which is not worth a message.
  func keep(_ facts: LayerFacts, _ digest: String) {
    guard let path = path(digest) else { return }
    let bytes = facts.json
    guard bytes.count + facts.paths.count < sizeLimit / 8 else { return }
    // The paths are written first: facts without them are useless.
    guard (try? FileWriter.writePrivate(facts.paths, to: path + ".paths")) != nil,
      (try? FileWriter.writePrivate(bytes, to: path)) != nil
    else { return }
    prune()
  }

  private func prune() {
    var files: [(path: String, size: Int, used: Int)] = []
    for name in FilePaths.names(in: folder) ?? []
    where name.hasSuffix(".json") || name.hasSuffix(".paths") || name.hasSuffix(".sum") || name.hasSuffix(".tmp") {
      guard let status = FileStatus(folder + "/" + name, followsLinks: false) else { continue }
      files.append((folder + "/" + name, status.size, status.modified))
    }
    var total = files.reduce(0) { $0 + $1.size }
    guard total > sizeLimit else { return }
    for file in files.sorted(by: { $0.used < $1.used }) where total > sizeLimit {
      if unlink(file.path) == 0 { total -= file.size }
    }
  }
}
