import Access
package import Admission
package import Kube

/// What admission commands judge by: policies, and the cluster before which they stand.
package struct AdmissionInput: Sendable {
  package let judge: PolicyJudge
  /// Everything at the door of that cluster, policies included.
  package let chain: AdmissionChain
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
  package init(
    policies: ClusterSnapshot?, cluster: ClusterSnapshot?, objects: ClusterSnapshot? = nil,
    unbound: PolicySet.Unbound = .isNotInForce, assumesNamespaces: Bool = true
  ) {
    var all = cluster ?? ClusterSnapshot.Builder().build()
    if let policies { all = all.applying(policies) }
    if let objects { all = all.applying(objects) }
    ignorance = cluster == nil ? "no cluster is given" : nil
    authorizer = Authorizer(AccessInventory(all))
    let set =
      policies.map { PolicySet($0.objects, unbound: unbound) } ?? PolicySet(cluster?.objects ?? [], isStored: true)
    let before = AdmissionCluster(all, isWhole: cluster != nil, assumesNamespaces: assumesNamespaces)
    let (authorizer, ignorance) = (authorizer, ignorance)
    judge = PolicyJudge(set, before) { ClusterAuthorizer(authorizer, user: $0, ignorance: ignorance) }
    let group = PolicySet.group
    let door = PolicySet(all.objects, isStored: policies == nil)
    chain = AdmissionChain(
      cluster: before, mutatingPolicies: door.mutating, validatingPolicies: door.validating,
      webhooks: Webhooks(
        before.objects(GroupKind(group, "MutatingWebhookConfiguration"))
          + before.objects(GroupKind(group, "ValidatingWebhookConfiguration"))))
  }

  package func authorizer(for user: AdmissionRequest.User) -> ClusterAuthorizer {
    ClusterAuthorizer(authorizer, user: user, ignorance: ignorance)
  }

  /// Kinds of a live cluster that admission looks at, beside those that are judged.
  package static let wantedKinds: Set<GroupKind> = [
    .namespace, GroupKind(PolicySet.group, "ValidatingAdmissionPolicy"),
    GroupKind(PolicySet.group, "ValidatingAdmissionPolicyBinding"),
    GroupKind(PolicySet.group, "MutatingAdmissionPolicy"), GroupKind(PolicySet.group, "MutatingAdmissionPolicyBinding"),
    GroupKind(PolicySet.group, "ValidatingWebhookConfiguration"),
    GroupKind(PolicySet.group, "MutatingWebhookConfiguration"),
    GroupKind("apiextensions.k8s.io", "CustomResourceDefinition"),
  ]
}
