import Access
import Bytes
package import Findings
package import Kube

/// A graph from another one in which little is different.
extension DepthGraph {
  /// What a graph is built of, in order.
  package enum Part: Int, Sendable, CaseIterable {
    case access
    case podPlaces
    case pods
    case nodes
    /// With the entry points.
    case network
  }

  /// What of a graph still holds once objects have changed.
  package enum Kept: Sendable, Equatable {
    case nothing
    /// What was found out about workloads, but for those of these objects.
    case facts(changed: Set<Subject>)
    /// All but one part, which those objects alone are about.
    case allBut(Part)
  }

  /// Where a part ends.
  struct Extent: Sendable {
    let positions: Int
    let controls: Int
    let edges: Int
  }

  private static let grants: Set<GroupKind> = [.role, .clusterRole, .roleBinding, .clusterRoleBinding]
  private static let policies: Set<GroupKind> = [GroupKind("networking.k8s.io", "NetworkPolicy")]
  private static let volumes: Set<GroupKind> = [
    GroupKind("", "PersistentVolume"), GroupKind("", "PersistentVolumeClaim"),
  ]

  /// - Parameters:
  ///   - snapshot: of the changed cluster.
  ///   - changed: objects that have come, gone or become others: the only difference between the two.
  ///   - names: positions that are asked for in the new graph.
  package static func kept(
    of old: DepthGraph, in snapshot: ClusterSnapshot, changed: [KubeObject], names: [DepthName]
  ) -> Kept {
    let before = old.input.inventory.snapshot
    let kinds = Set(changed.map(\.groupKind))
    // What could not be read may hide anything; names in the input are the user's, and make places.
    let isComparable =
      before.problems.count == snapshot.problems.count && before.refused == snapshot.refused
      && before.skipped == snapshot.skipped && before.serverMinor == snapshot.serverMinor
      && old.input.names == names
    guard isComparable else { return .nothing }
    if before.namespaces == snapshot.namespaces, before.objects.count <= snapshot.objects.count {
      if kinds.isSubset(of: grants), !mayAskFor(kinds, before) { return .allBut(.access) }
      if kinds.isSubset(of: policies), !mayAskFor(kinds, before) { return .allBut(.network) }
    }
    return kinds.isDisjoint(with: volumes) ? .facts(changed: Set(changed.map(\.subject))) : .nothing
  }

  /// Whether an admission policy of the cluster has objects of these kinds as its parameters.
  private static func mayAskFor(_ kinds: Set<GroupKind>, _ snapshot: ClusterSnapshot) -> Bool {
    let names = Set(kinds.map(\.kind))
    return snapshot.objects(GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy")).contains {
      $0.spec?["paramKind"]?["kind"]?.string.map(names.contains) ?? false
    }
  }

  // MARK: Parts

  mutating func end(_ part: Part) {
    ends[part] = Extent(positions: positions.count, controls: controls.count, edges: edges.count)
  }

  /// Begins with what another graph began with.
  mutating func take(_ other: DepthGraph, upTo part: Part) {
    guard let extent = other.ends[part] else { return }
    positions = Array(other.positions[..<extent.positions])
    controls = Array(other.controls[..<extent.controls])
    edges = Array(other.edges[..<extent.edges])
    places = other.places
    for position in other.positions[extent.positions...] { places[position] = nil }
    controlNumbers = other.controlNumbers
    for control in other.controls[extent.controls...] { controlNumbers[control] = nil }
    confinements = other.confinements
    logReaders = other.logReaders
    podNames = other.podNames
    // Those that were asked for come in again by their names.
    identities = other.identities.filter { places[.subject($0)] != nil }
    secrets = other.secrets
    secretNamespaces = other.secretNamespaces
    for (known, extent) in other.ends where known.rawValue <= part.rawValue { ends[known] = extent }
  }

  /// Adds the steps of a part of another graph, whose places may have other numbers there.
  mutating func append(_ other: DepthGraph, _ part: Part) {
    let start = Part(rawValue: part.rawValue - 1).flatMap { other.ends[$0]?.edges } ?? 0
    guard let end = other.ends[part]?.edges else { return }
    var positionNumbers = [Int32](repeating: -1, count: other.positions.count)
    var controlNumbers = [Int32](repeating: -1, count: other.controls.count)
    func number(_ old: Int32, _ graph: inout DepthGraph) -> Int32 {
      if positionNumbers[Int(old)] < 0 {
        positionNumbers[Int(old)] = Int32(graph.place(other.positions[Int(old)]))
      }
      return positionNumbers[Int(old)]
    }
    edges.reserveCapacity(edges.count + end - start)
    for edge in other.edges[start..<end] {
      let from = number(edge.from, &self)
      let to = number(edge.to, &self)
      let standing = edge.controls.map { old -> Int32 in
        if controlNumbers[Int(old)] < 0 { controlNumbers[Int(old)] = control(other.controls[Int(old)]) }
        return controlNumbers[Int(old)]
      }
      edges.append(
        Edge(
          from: from, to: to, technique: edge.technique, controls: standing, evidence: edge.evidence,
          doubt: edge.doubt))
    }
    self.end(part)
  }
}
