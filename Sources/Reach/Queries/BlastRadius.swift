package import Findings

/// What an attacker who has one workload reaches from it, step by step.
package struct BlastRadius: Sendable {
  /// A workload that is reached, directly or through others.
  package struct Reached: Sendable {
    package let workload: Subject
    /// Connections on the shortest way to it.
    package let steps: Int
    /// The workload before it on that way.
    package let from: Subject
    package let ports: ConnectionSet
  }

  package let reached: [Reached]
  /// Ports on which the workload itself reaches external addresses.
  package let external: ConnectionSet

  /// - Returns: nil for what is no workload of the cluster.
  package init?(_ start: Subject, _ model: ReachModel) {
    guard let radius = Search(model).radius(of: start) else { return nil }
    self = radius
  }

  private init(reached: [Reached], external: ConnectionSet) {
    self.reached = reached
    self.external = external
  }

  /// Many radii of one cluster: the rows of the matrix are made once, and who reaches whom at all is kept as bits.
  package final class Search {
    private let cluster: ReachCluster
    private let rows: ReachRows
    /// In order.
    private let workloads: [Subject]
    private let indexes: [Subject: Int]
    /// By class of pods: workloads that have such pods, as places in `workloads`.
    private let members: [[Int]]
    /// By workload.
    private let podClasses: [[PodClassID]]
    /// By class of pods those that it reaches; made when asked for.
    private var reachable: [PeerSet?]

    package init(_ model: ReachModel) {
      cluster = model.cluster
      rows = ReachRows(model)
      workloads = Set(cluster.endpoints.map(\.workload)).map { (subject: $0, text: $0.workloadText) }
        .sorted { $0.text < $1.text }.map(\.subject)
      let indexes = Dictionary(uniqueKeysWithValues: workloads.enumerated().map { ($1, $0) })
      self.indexes = indexes
      var members = [Set<Int>](repeating: [], count: cluster.podClasses.count)
      var podClasses = [Set<PodClassID>](repeating: [], count: workloads.count)
      for endpoint in cluster.endpoints {
        guard let index = indexes[endpoint.workload] else { continue }
        members[endpoint.podClass.index].insert(index)
        podClasses[index].insert(endpoint.podClass)
      }
      self.members = members.map { $0.sorted() }
      self.podClasses = podClasses.map { $0.sorted() }
      reachable = [PeerSet?](repeating: nil, count: cluster.podClasses.count)
    }

    private func reached(from podClass: PodClassID) -> PeerSet {
      if let known = reachable[podClass.index] { return known }
      var result = PeerSet(count: cluster.podClasses.count)
      rows.visitPairs(from: podClass) { destination, id in
        if !members[destination.index].isEmpty, rows.hasPorts(id) { result.insert(destination) }
      }
      reachable[podClass.index] = result
      return result
    }

    /// Workloads that reach most others in one step, the widest first.
    package func widest(_ count: Int) -> [Subject] {
      let width = cluster.podClassIDs.map { podClass -> Int in
        if members[podClass.index].isEmpty { return 0 }
        var total = 0
        reached(from: podClass).visit { total += members[$0.index].count }
        return total
      }
      return workloads.indices.map { (index: $0, width: podClasses[$0].map { width[$0.index] }.max() ?? 0) }
        .sorted { ($1.width, $0.index) < ($0.width, $1.index) }.prefix(count).map { workloads[$0.index] }
    }

    /// - Returns: nil for what is no workload of the cluster.
    package func radius(of start: Subject) -> BlastRadius? {
      guard let own = indexes[start] else { return nil }
      // Whoever owns one pod of a class owns, for the network, all of them: the search goes over classes.
      var isSeen = [Bool](repeating: false, count: workloads.count)
      isSeen[own] = true
      var left = PeerSet(count: cluster.podClasses.count, full: true)
      var isSource = [Bool](repeating: false, count: cluster.podClasses.count)
      var open = podClasses[own].map { (podClass: $0, workload: own) }
      for podClass in podClasses[own] { isSource[podClass.index] = true }
      var reached: [Reached] = []
      var step = 0
      while !open.isEmpty {
        step += 1
        var found: [(workload: Int, from: Int, ports: ConnectionSetTable.ID)] = []
        for source in open {
          let news = self.reached(from: source.podClass).intersection(left)
          if news.isEmpty { continue }
          left.subtract(news)
          news.visit { peer in
            for workload in members[peer.index] where !isSeen[workload] {
              isSeen[workload] = true
              found.append((workload, source.workload, rows.pair(source.podClass, PodClassID(peer.index))))
            }
          }
          if left.isEmpty { break }
        }
        found.sort { $0.workload < $1.workload }
        open = []
        for item in found {
          reached.append(
            Reached(
              workload: workloads[item.workload], steps: step, from: workloads[item.from],
              ports: rows.set(item.ports)))
          for podClass in podClasses[item.workload] where !isSource[podClass.index] {
            isSource[podClass.index] = true
            open.append((podClass, item.workload))
          }
        }
      }
      var outside = ConnectionSetTable.none
      for podClass in podClasses[own] {
        for position in cluster.ranges.indices {
          outside = rows.union(outside, rows.side(podClass, .egress, cluster.peer(ofRange: position)))
        }
      }
      return BlastRadius(reached: reached, external: rows.set(outside))
    }
  }
}
