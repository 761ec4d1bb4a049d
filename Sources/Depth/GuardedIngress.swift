import Reach

/// Who may connect to whom, by those who enforce it apart from each other: the network's plugin, and the proxies of a mesh.
struct LayeredReach {
  let network: PodClassReach
  /// Nil where no policy of a mesh is in the input.
  let mesh: PodClassReach?
  /// What both let pass, on a port that both do.
  let whole: PodClassReach

  init(_ model: ReachModel) {
    network = PodClassReach(model, layer: .network)
    mesh = PodClassReach(model, ifGovernedBy: .mesh)
    whole = mesh == nil ? network : PodClassReach(model)
  }
}

extension PodClassReach {
  /// By class that does not let all classes pass, the number of its row: classes of one row let the same pass.
  ///
  /// - Parameter transport: by which something passes; nil: any.
  func closed(
    _ classes: [PodClassID], _ direction: TrafficDirection, by transport: ConnectionSet.TransportProtocol? = nil
  ) -> [PodClassID: Int] {
    var open: [Int: Bool] = [:]
    var found: [PodClassID: Int] = [:]
    for id in classes {
      let row = row(id, direction)
      let isOpen: Bool
      if let known = open[row] {
        isOpen = known
      } else {
        isOpen = classes.allSatisfy { other in
          transport.map { admits(id, direction, other, $0) } ?? admits(id, direction, other)
        }
        open[row] = isOpen
      }
      if !isOpen { found[id] = row }
    }
    return found
  }
}

/// What policies on ingress let in, with the classes that share it.
///
/// What pods send is not asked of a mesh: whoever owns a pod goes around its own proxy (istio.io, "Understanding traffic capture
/// limitations").
struct GuardedIngress {
  /// Classes from which something passes, and how far it comes.
  struct Way {
    let sources: [PodClassID]
    let admission: (Int) -> DepthPosition.Transit
  }

  /// Classes that let the same in.
  struct Row {
    let members: [PodClassID]
    let ways: [Way]
  }

  private struct Key: Hashable, Comparable {
    let network: Int
    let mesh: Int

    static func < (a: Key, b: Key) -> Bool { (a.network, a.mesh) < (b.network, b.mesh) }
  }

  /// Of classes that the layer closes to others, the number of the row.
  let network: [PodClassID: Int]
  let mesh: [PodClassID: Int]
  let rows: [Row]

  /// - Parameter beyondMesh: classes that listen to what a mesh does not see: it knows TCP alone.
  init(_ classes: [PodClassID], _ reach: LayeredReach, beyondMesh: Set<PodClassID>) {
    let network = reach.network.closed(classes, .ingress)
    let mesh = (reach.mesh?.closed(classes, .ingress, by: .tcp) ?? [:]).filter { !beyondMesh.contains($0.key) }
    self.network = network
    self.mesh = mesh
    let guarded = classes.filter { network[$0] != nil || mesh[$0] != nil }
    let groups = Dictionary(grouping: guarded) { Key(network: network[$0] ?? -1, mesh: mesh[$0] ?? -1) }
    rows = groups.sorted { $0.key < $1.key }.compactMap { key, members in
      guard let first = members.first else { return nil }
      let byNetwork = reach.network.admitted(by: first, .ingress, among: classes)
      if key.mesh < 0 { return Row(members: members, ways: [Way(sources: byNetwork) { .admitted($0) }]) }
      let byMesh = classes.filter { reach.mesh?.admits(first, .ingress, $0, .tcp) ?? false }
      if key.network < 0 { return Row(members: members, ways: [Way(sources: byMesh) { .admitted($0) }]) }
      let byBoth = classes.filter { reach.whole.admits(first, .ingress, $0, .tcp) }
      return Row(
        members: members,
        ways: [
          Way(sources: byBoth) { .admitted($0) }, Way(sources: byNetwork) { .admittedByNetwork($0) },
          Way(sources: byMesh) { .admittedByMesh($0) },
        ])
    }
  }

  /// How far something from one class comes at another; nil where nothing lets it in.
  func admission(of source: PodClassID, at target: PodClassID, _ reach: LayeredReach) -> DepthPosition.Transit? {
    // By a port that the source's own policies let out.
    let isByNetwork = network[target] != nil && reach.network.connections(source, target).hasPorts
    let isByMesh = mesh[target] != nil && reach.mesh?.admits(target, .ingress, source, .tcp) ?? false
    switch (network[target] != nil, mesh[target] != nil) {
    case (false, false): return nil
    case (true, false): return isByNetwork ? .admitted(target.index) : nil
    case (false, true): return isByMesh ? .admitted(target.index) : nil
    case (true, true):
      if isByNetwork && reach.whole.admits(target, .ingress, source, .tcp) { return .admitted(target.index) }
      if isByNetwork { return .admittedByNetwork(target.index) }
      return isByMesh ? .admittedByMesh(target.index) : nil
    }
  }

  static func rows(_ closed: [PodClassID: Int]) -> [(row: Int, members: [PodClassID])] {
    Dictionary(grouping: closed.keys, by: { closed[$0] ?? 0 }).map { ($0.key, $0.value.sorted()) }
      .sorted { $0.row < $1.row }
  }
}
