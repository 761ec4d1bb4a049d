import Access
package import Admission
import Bytes
package import Kube

/// What admission commands judge by: policies, and the cluster before which they stand.
package struct AdmissionInput: Sendable {
  package let judge: PolicyJudge
  private let door: Lazy<AdmissionChain>
  /// Nil where no cluster is given.
  private let authorizer: Authorizer
  private let ignorance: String?

  package var policies: PolicySet { judge.policies }
  package var cluster: AdmissionCluster { judge.cluster }

  /// - Parameters:
  ///   - policies: that are to be judged by, with their bindings, params and definitions; nil: those of the cluster.
  ///   - cluster: nil where only manifests are given.
  ///   - objects: that are judged; namespaces and params among them count.
  ///   - unbound: what becomes of policies without a binding.
  ///   - assumesNamespaces: whether a namespace that is not there is taken to exist.
  ///   - modes: what is done about violations instead of what bindings say, by name of the policy.
  package init(
    policies: ClusterSnapshot?, cluster: ClusterSnapshot?, objects: ClusterSnapshot? = nil,
    unbound: PolicySet.Unbound = .isNotInForce, assumesNamespaces: Bool = true, modes: [String: PolicyMode] = [:]
  ) {
    var all = cluster ?? ClusterSnapshot.Builder().build()
    if let policies { all = all.applying(policies) }
    if let objects { all = all.applying(objects) }
    ignorance = cluster == nil ? "no cluster is given" : nil
    authorizer = Authorizer(AccessInventory(all))
    let set =
      policies.map { PolicySet($0.objects, unbound: unbound, modes: modes) }
      ?? PolicySet(cluster?.objects ?? [], isCluster: true, modes: modes)
    let before = AdmissionCluster(all, isWhole: cluster != nil, assumesNamespaces: assumesNamespaces)
    let (authorizer, ignorance) = (authorizer, ignorance)
    judge = PolicyJudge(set, before) { ClusterAuthorizer(authorizer, user: $0, ignorance: ignorance) }
    let objects = all.objects
    let isCluster = policies == nil
    door = Lazy {
      let set = PolicySet(objects, isCluster: isCluster)
      return AdmissionChain(
        cluster: before, mutatingPolicies: set.mutating, validatingPolicies: set.validating,
        webhooks: Webhooks(
          before.objects(GroupKind(PolicySet.group, "MutatingWebhookConfiguration"))
            + before.objects(GroupKind(PolicySet.group, "ValidatingWebhookConfiguration"))))
    }
  }

  /// Everything at the door of that cluster, policies included. It is made when it is asked for: most questions are for the
  /// policies alone, and would have them compiled twice.
  package var chain: AdmissionChain { door.value }

  package func authorizer(for user: AdmissionRequest.User) -> ClusterAuthorizer {
    ClusterAuthorizer(authorizer, user: user, ignorance: ignorance)
  }
}
