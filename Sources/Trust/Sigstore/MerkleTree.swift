/// Hashes of a log's tree.
///
/// Source: RFC 9162, section 2.1.3.2, "Verifying an Inclusion Proof".
enum MerkleTree {
  static func leafHash(_ leaf: [UInt8]) -> [UInt8] { HashAlgorithm.sha256.hash([0] + leaf) }

  private static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    HashAlgorithm.sha256.hash([1] + left + right)
  }

  /// The root that a proof leads to; nil where the proof has not the length that index and size ask for.
  static func root(leaf: [UInt8], index: UInt64, size: UInt64, proof: [[UInt8]]) -> [UInt8]? {
    guard index < size else { return nil }
    var place = index
    var last = size - 1
    var hash = leafHash(leaf)
    for sibling in proof {
      guard last > 0 else { return nil }
      if place & 1 == 1 || place == last {
        hash = node(sibling, hash)
        while place & 1 == 0, place != 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        hash = node(hash, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 ? hash : nil
  }
}
