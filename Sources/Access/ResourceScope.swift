import Bytes
package import Kube

/// Which resources live in namespaces. A RoleBinding grants within its namespace, and no request for a resource of the cluster
/// ever names one, so that such a right in a RoleBinding grants nothing.
package struct ResourceScope: Sendable {
  private let namespaced: [String: Bool]

  /// - Parameter snapshot: its CustomResourceDefinitions count, too.
  package init(_ snapshot: ClusterSnapshot) {
    var table = Self.known
    for object in snapshot.objects(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")) {
      guard let group = object.spec?["group"]?.string, let plural = object.spec?[path: "names", "plural"]?.string,
        let scope = object.spec?["scope"]?.string
      else { continue }
      table[group + "/" + plural] = scope == "Namespaced"
    }
    namespaced = table
  }

  /// - Parameter resource: without subresource.
  /// - Returns: nil for a resource that is not known.
  package func isNamespaced(group: String, resource: String) -> Bool? { namespaced[group + "/" + resource] }

  /// Whether a request for the resource can be one of a namespace: also where the request goes to the namespace itself, or the
  /// verb is one that the server asks in a namespace although the resource has none.
  package func isAskedInNamespaces(group: String, resource: String, verb: String) -> Bool? {
    Self.isAskedInNamespaces(group: group, resource: resource, verb: verb)
      ?? isNamespaced(group: group, resource: resource)
  }

  static func isAskedInNamespaces(group: String, resource: String, verb: String) -> Bool? {
    switch (group, resource) {
    // The server gives a request for one Namespace that namespace.
    case ("", "namespaces"): !["list", "watch", "create", "deletecollection"].contains(verb)
    case ("rbac.authorization.k8s.io", "clusterroles") where verb == "bind": true
    case ("security.openshift.io", "securitycontextconstraints") where verb == "use": true
    default: nil
    }
  }

  /// Built-in resources, those that only authorization knows, and those of well-known projects.
  static let known: [String: Bool] = {
    var table: [String: Bool] = [:]
    for resource in APIResource.builtIn where resource.subresource.isEmpty {
      table[resource.group + "/" + resource.resource] = resource.isNamespaced
    }
    let cluster = [
      // Impersonation asks for these without a namespace; for service accounts it gives theirs.
      "/users", "/groups", "/uids", "authentication.k8s.io/uids", "authentication.k8s.io/userextras",
      "authentication.k8s.io/users", "authentication.k8s.io/groups", "authentication.k8s.io/nodes",
      "certificates.k8s.io/signers", "policy/podsecuritypolicies", "extensions/podsecuritypolicies",
      "security.openshift.io/securitycontextconstraints",
      "policy.networking.k8s.io/adminnetworkpolicies", "policy.networking.k8s.io/baselineadminnetworkpolicies",
      "policy.networking.k8s.io/clusternetworkpolicies", "crd.projectcalico.org/globalnetworkpolicies",
      "crd.projectcalico.org/tiers", "projectcalico.org/globalnetworkpolicies", "projectcalico.org/tiers",
      "cilium.io/ciliumclusterwidenetworkpolicies", "cert-manager.io/clusterissuers",
      "external-secrets.io/clustersecretstores", "kyverno.io/clusterpolicies", "pkg.crossplane.io/providers",
      "pkg.crossplane.io/configurations", "karpenter.sh/nodepools", "karpenter.k8s.aws/ec2nodeclasses",
      "storage.k8s.io/storageclasses", "argoproj.io/clusterworkflowtemplates", "tekton.dev/clustertasks",
      "apps.kruise.io/sidecarsets", "crd.antrea.io/clusternetworkpolicies",
    ]
    for name in cluster { table[name] = false }
    for name in ["authentication.k8s.io/serviceaccounts", "crd.projectcalico.org/networksets"] { table[name] = true }
    return table
  }()
}

extension PolicyRule {
  /// What of the rule has an effect when it is bound in a namespace: a rule for each set of verbs that is left of some
  /// resources, in their order.
  package func effective(inNamespaces scope: ResourceScope) -> [PolicyRule] {
    guard nonResourceURLs.isEmpty else { return [] }
    var left: [(verbs: [String], resources: [String])] = []
    for path in resources {
      let resource = path.split(separator: "/").first.map(String.init) ?? path
      let verbs = verbs.filter { verb in
        apiGroups.contains { scope.isAskedInNamespaces(group: $0, resource: resource, verb: verb) ?? true }
      }
      guard !verbs.isEmpty else { continue }
      if let index = left.firstIndex(where: { $0.verbs == verbs }) {
        left[index].resources.append(path)
      } else {
        left.append((verbs, [path]))
      }
    }
    return left.map {
      PolicyRule(verbs: $0.verbs, apiGroups: apiGroups, resources: $0.resources, resourceNames: resourceNames)
    }
  }
}
