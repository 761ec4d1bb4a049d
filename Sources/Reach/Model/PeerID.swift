/// A number that stands for a thing of a cluster, counted from 0.
package protocol ClusterNumber: Sendable, Hashable, Comparable {
  init(_ index: Int)
  var index: Int { get }
}

extension ClusterNumber {
  package static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// All numbers of a kind, ascending.
package struct ClusterNumbers<ID: ClusterNumber>: RandomAccessCollection, Sendable {
  package let endIndex: Int
  package var startIndex: Int { 0 }

  init(count: Int) { endIndex = count }

  package subscript(position: Int) -> ID { ID(position) }
}

/// The number of something that may stand at an end of a connection, as policies see it: a class of pods, a range of external
/// addresses or a DNS name, counted in this order by `ReachCluster`.
package struct PeerID: ClusterNumber {
  package let index: Int

  @inline(__always) package init(_ index: Int) { self.index = index }

  @inline(__always) package init(_ podClass: PodClassID) { index = podClass.index }
}

/// The number of a class of pods; the same number as that of the class as a peer.
package struct PodClassID: ClusterNumber {
  package let index: Int

  @inline(__always) package init(_ index: Int) { self.index = index }
}

/// The number of an endpoint: its place in `ReachCluster.endpoints`.
package struct EndpointID: ClusterNumber {
  package let index: Int

  @inline(__always) package init(_ index: Int) { self.index = index }
}
