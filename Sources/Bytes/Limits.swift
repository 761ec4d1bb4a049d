/// Every bound that protects the readers from hostile input, in one place.
///
/// The defaults are far above what real clusters hold and far below what would exhaust a small machine.
package struct Limits: Sendable {
  /// Largest single input (file, archive member, standard input) in bytes.
  package var inputBytes = 256 << 20
  /// Deepest nesting of sequences and mappings in one document.
  package var depth = 128
  /// Maximum number of documents in one stream.
  package var documents = 500_000
  /// Maximum number of nodes that the aliases of one document expand to; a "billion laughs" document exceeds it.
  package var aliasedNodes = 200_000
  /// Maximum size of an expanded archive in bytes.
  package var archiveBytes = 1 << 30
  /// Maximum number of members in one archive.
  package var archiveEntries = 200_000
  /// Maximum expanded bytes per compressed byte, once an archive exceeds 10 MiB.
  package var compressionRatio = 200
  /// Maximum size of a decompressed image layer in bytes; it is streamed and never held in memory.
  package var layerBytes = 64 << 30
  /// Maximum number of members in one layer.
  package var layerEntries = 4_000_000
  /// Maximum number of layers in one image; container runtimes support about a hundred.
  package var layers = 1_000
  /// Largest file that is searched for credentials, in bytes.
  package var secretBytes = 4 << 20
  /// Largest manifest, index or configuration of an image, in bytes.
  package var manifestBytes = 8 << 20
  /// Maximum number of files that a directory walk reads.
  package var files = 200_000
  /// Deepest directory that a walk enters.
  package var directoryDepth = 64

  package init() {}

  package static let standard = Limits()
}
