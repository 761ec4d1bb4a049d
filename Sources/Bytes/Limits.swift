/// Every bound that protects the readers from hostile input, in one place.
///
/// The defaults are far above what real clusters hold and far below what would exhaust a small machine.
package struct Limits: Sendable {
  /// Largest single input (file, archive member, standard input) in bytes.
  package var inputBytes = 256 << 20
  /// Deepest nesting of sequences and mappings in one document.
  package var depth = 128
  /// Most documents in one stream.
  package var documents = 500_000
  /// Most nodes that the aliases of one document may stand for in all; a "billion laughs" document exceeds it.
  package var aliasedNodes = 200_000
  /// Most bytes that one archive may expand to.
  package var archiveBytes = 1 << 30
  /// Most members of one archive.
  package var archiveEntries = 200_000
  /// Most expanded bytes for each compressed byte, once an archive exceeds 10 MiB.
  package var compressionRatio = 200
  /// Most bytes that one layer of an image may unpack to; it is read as it comes and never held.
  package var layerBytes = 64 << 30
  /// Most members of one layer.
  package var layerEntries = 4_000_000
  /// Most layers of one image; container runtimes take some hundred.
  package var layers = 1_000
  /// Largest file that is searched for credentials, in bytes.
  package var secretBytes = 4 << 20
  /// Largest manifest, index or configuration of an image, in bytes.
  package var manifestBytes = 8 << 20
  /// Most files that a directory walk reads.
  package var files = 200_000
  /// Deepest directory that a walk enters.
  package var directoryDepth = 64

  package init() {}

  package static let standard = Limits()
}
