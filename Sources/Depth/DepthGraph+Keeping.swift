import Access
import Bytes
package import Findings
package import Kube

/// A graph from another one in which little is different.
extension DepthGraph {
  /// What objects may be about, and nothing else.
  package enum Part: Sendable {
    /// Rights: what pods and nodes make of them is looked at again.
    case access
    /// Networks, with what leads in from outside.
    case network
    /// What leads in from outside. Where policies read it as well, it is the whole network.
    case entryPoints
  }

  /// What of a graph still holds once objects have changed.
  package enum Kept: Sendable, Equatable {
    case nothing
    /// What was found out about workloads, but for those of these objects.
    case facts(changed: Set<Subject>)
    /// All but one part, which those objects alone are about.
    case allBut(Part)
  }

  private static let grants: Set<GroupKind> = [.role, .clusterRole, .roleBinding, .clusterRoleBinding]
  private static let policies: Set<GroupKind> = [
    .networkPolicy, GroupKind("policy.networking.k8s.io", "AdminNetworkPolicy"),
    GroupKind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    GroupKind("policy.networking.k8s.io", "ClusterNetworkPolicy"), GroupKind("cilium.io", "CiliumNetworkPolicy"),
    GroupKind("cilium.io", "CiliumClusterwideNetworkPolicy"),
  ]
  private static let entries: Set<GroupKind> = [
    .service, .ingress, GroupKind("networking.k8s.io", "IngressClass"), GroupKind("discovery.k8s.io", "EndpointSlice"),
    GroupKind("", "Endpoints"), GroupKind("gateway.networking.k8s.io", "Gateway"),
    GroupKind("gateway.networking.k8s.io", "GatewayClass"), GroupKind("gateway.networking.k8s.io", "HTTPRoute"),
    GroupKind("gateway.networking.k8s.io", "GRPCRoute"), GroupKind("gateway.networking.k8s.io", "TCPRoute"),
    GroupKind("gateway.networking.k8s.io", "TLSRoute"), GroupKind("gateway.networking.k8s.io", "UDPRoute"),
  ]
  private static let volumes: Set<GroupKind> = [
    GroupKind("", "PersistentVolume"), GroupKind("", "PersistentVolumeClaim"),
    GroupKind("storage.k8s.io", "StorageClass"),
  ]

  /// - Parameters:
  ///   - snapshot: of the changed cluster.
  ///   - changed: objects that have come, gone or become others: the only difference between the two.
  ///   - names: positions that are asked for in the new graph.
  package static func kept(
    of old: DepthGraph, in snapshot: ClusterSnapshot, changed: [KubeObject], names: [DepthName]
  ) -> Kept {
    // Names in the input are the user's, and make places.
    old.input.names == names ? kept(of: old.input.inventory.snapshot, in: snapshot, changed: changed) : .nothing
  }

  /// The same where the names that are asked for are the same.
  ///
  /// - Parameter before: of the cluster before the change.
  package static func kept(of before: ClusterSnapshot, in snapshot: ClusterSnapshot, changed: [KubeObject]) -> Kept {
    let kinds = Set(changed.map(\.groupKind))
    // What could not be read may hide anything.
    let isComparable =
      before.problems.count == snapshot.problems.count && before.refused == snapshot.refused
      && before.skipped == snapshot.skipped && before.serverMinor == snapshot.serverMinor
    guard isComparable else { return .nothing }
    if before.namespaces == snapshot.namespaces, before.objects.count <= snapshot.objects.count {
      let parts: [(kinds: Set<GroupKind>, part: Part)] = [
        (grants, .access), (entries, .entryPoints), (policies.union(entries), .network),
      ]
      if let found = parts.first(where: { kinds.isSubset(of: $0.kinds) }), !mayAskFor(kinds, before) {
        return .allBut(found.part)
      }
    }
    return kinds.isDisjoint(with: volumes) ? .facts(changed: Set(changed.map(\.subject))) : .nothing
  }

  /// Whether an admission policy of the cluster has objects of these kinds as its parameters.
  private static func mayAskFor(_ kinds: Set<GroupKind>, _ snapshot: ClusterSnapshot) -> Bool {
    let names = Set(kinds.map(\.kind))
    return ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"].contains { kind in
      snapshot.objects(GroupKind("admissionregistration.k8s.io", kind)).contains {
        $0.spec?["paramKind"]?["kind"]?.string.map(names.contains) ?? false
      }
    }
  }
}
