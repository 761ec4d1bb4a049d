import Bytes
import Images

extension FuzzTarget {
  /// Small limits keep an input that expands within what one run may take.
  private static let limits = {
    var limits = Limits()
    limits.archiveBytes = 16 << 20
    limits.inputBytes = 16 << 20
    limits.layerBytes = 16 << 20
    return limits
  }()

  static let archives: [FuzzTarget] = [
    FuzzTarget(name: "gzip") { _ = try Gzip.decompress($0, limits: limits) },
    FuzzTarget(name: "zstandard") { _ = try Zstandard.decompress($0, limits: limits) },
    FuzzTarget(name: "deflate") { _ = try Deflate.decompress($0, limits: limits) },
    FuzzTarget(name: "zip") { bytes in
      let archive = try ZipReader(bytes, limits: limits)
      for member in archive.members.prefix(8) { _ = try? archive.content(member) }
    },
    FuzzTarget(name: "tar") { _ = TarReader($0, limits: limits) },
    FuzzTarget(name: "sqlite") { _ = SQLiteTable.read($0, table: "Packages") },
    FuzzTarget(name: "layer") { bytes in
      let scanner = LayerScanner(limits: limits, secrets: true)
      scanner.feed(bytes.span.bytes)
      let facts = scanner.finish().facts
      _ = LayerFacts(json: facts.json)
      var stack = LayerStack()
      stack.add(facts, layer: 0)
      stack.add(facts, layer: 1)
      _ = (stack.packages, stack.system, stack.exposures)
    },
  ]
}
