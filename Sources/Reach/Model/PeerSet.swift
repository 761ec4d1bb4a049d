/// A set of peers of one cluster, a bit for each.
package struct PeerSet: Sendable, Hashable {
  private var words: [UInt64]
  private let count: Int

  /// - Parameter count: how many peers the cluster has; sets of different clusters do not go together.
  init(count: Int, full: Bool = false) {
    self.count = count
    words = [UInt64](repeating: full ? .max : 0, count: (count + 63) / 64)
    if full { trim() }
  }

  private mutating func trim() {
    if count % 64 != 0, let last = words.indices.last { words[last] &= (1 << UInt64(count % 64)) - 1 }
  }

  @inline(__always)
  package func contains(_ peer: PeerID) -> Bool { words[peer.index >> 6] & (1 << UInt64(peer.index & 63)) != 0 }

  @inline(__always)
  package func contains(_ podClass: PodClassID) -> Bool { contains(PeerID(podClass)) }

  package mutating func insert(_ peer: PeerID) { words[peer.index >> 6] |= 1 << UInt64(peer.index & 63) }

  package mutating func insert(_ podClass: PodClassID) { insert(PeerID(podClass)) }

  package mutating func remove(_ peer: PeerID) { words[peer.index >> 6] &= ~(1 << UInt64(peer.index & 63)) }

  package mutating func formUnion(_ other: PeerSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  package mutating func formIntersection(_ other: PeerSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  package mutating func subtract(_ other: PeerSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }

  package func union(_ other: PeerSet) -> PeerSet {
    var result = self
    result.formUnion(other)
    return result
  }

  package func intersection(_ other: PeerSet) -> PeerSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  package func subtracting(_ other: PeerSet) -> PeerSet {
    var result = self
    result.subtract(other)
    return result
  }

  package mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    trim()
  }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Calls for each peer in ascending order.
  @inline(__always) package func visit(_ body: (PeerID) -> Void) {
    for (position, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(PeerID(position << 6 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
  }

  /// In ascending order.
  package var elements: [PeerID] {
    var result: [PeerID] = []
    visit { result.append($0) }
    return result
  }
}
