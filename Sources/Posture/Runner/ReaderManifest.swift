package import Kube
import Reach

/// A manifest with the rights to list what the checks need, and nothing else.
package enum ReaderManifest {
  /// Kinds that other analyses read, where the cluster has them.
  static let beyondChecks: [GroupKind] =
    ReachInput.kinds + PodTemplateCatalogue.kinds + [
      GroupKind("projectcalico.org", "*"), GroupKind("crd.projectcalico.org", "*"), GroupKind("cilium.io", "*"),
      GroupKind("gateway.networking.k8s.io", "*"), GroupKind("networking.istio.io", "*"),
      GroupKind("security.istio.io", "*"),
      // Volumes that lie on a node behind a claim.
      GroupKind("", "PersistentVolumeClaim"), GroupKind("", "PersistentVolume"),
      // Who is in which group.
      GroupKind("user.openshift.io", "Group"), GroupKind("security.openshift.io", "SecurityContextConstraints"),
      // What controllers are told to apply, and with whose rights.
      GroupKind("kustomize.toolkit.fluxcd.io", "Kustomization"), GroupKind("helm.toolkit.fluxcd.io", "HelmRelease"),
      GroupKind("source.toolkit.fluxcd.io", "HelmChart"),
      // What stands at the API server's door.
      GroupKind("", "LimitRange"), GroupKind("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
      GroupKind("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
      GroupKind("scheduling.k8s.io", "PriorityClass"), GroupKind("node.k8s.io", "RuntimeClass"),
      GroupKind("storage.k8s.io", "StorageClass"),
      // By what images are verified at that door.
      GroupKind("policy.sigstore.dev", "ClusterImagePolicy"),
      GroupKind("policies.kyverno.io", "ImageValidatingPolicy"), GroupKind("config.ratify.deislabs.io", "Policy"),
      GroupKind("imagepolicies.portieris.cloud.ibm.com", "ImagePolicy"),
      GroupKind("portieris.cloud.ibm.com", "ImagePolicy"), GroupKind("portieris.cloud.ibm.com", "ClusterImagePolicy"),
    ]

  /// Kinds that checks name and no live cluster is asked for: they are many, and change all the time.
  static let neverListed: Set<GroupKind> = [GroupKind("events.k8s.io", "Event"), GroupKind("", "Event")]

  /// What a live cluster is asked for; `*` stands for all kinds of a group.
  package static func kinds(_ checks: [any Check] = CheckCatalogue.checks) -> [GroupKind] {
    Set(checks.flatMap(\.needs) + beyondChecks).subtracting(neverListed).sorted()
  }

  /// Resources whose names are not the plural that Kubernetes guesses. Source: their projects' CustomResourceDefinitions.
  private static let irregular: [GroupKind: String] = [
    GroupKind("consul.hashicorp.com", "ServiceIntentions"): "serviceintentions",
    GroupKind("kubeovn.io", "SecurityGroup"): "security-groups",
    GroupKind("ingress.v1.haproxy.com", "TCP"): "tcps",
    GroupKind("projectcontour.io", "HTTPProxy"): "httpproxies",
    GroupKind("security.openshift.io", "SecurityContextConstraints"): "securitycontextconstraints",
  ]

  /// YAML of a Namespace and a ServiceAccount with the right to list what the checks need.
  ///
  /// - Parameter withSecrets: whether Secrets may be listed, which some checks need.
  package static func text(namespace: String, withSecrets: Bool) -> String {
    var groups: [String: Set<String>] = [:]
    for kind in kinds() where withSecrets || kind != .secret {
      groups[kind.group, default: []].insert(
        kind.kind == "*" ? "*" : irregular[kind] ?? ResourceName.plural(kind.kind))
    }
    // Custom groups are few and granted as a whole; a wildcard for the built-in ones would grant too much.
    var rules = ""
    for (group, names) in groups.sorted(by: { $0.key < $1.key }) {
      let shown = names.contains("*") ? ["*"] : names.sorted()
      rules += """
          - apiGroups: ["\(group)"]
            resources: [\(shown.map { $0 == "*" ? "\"*\"" : $0 }.joined(separator: ", "))]
            verbs: [list]

        """
    }
    return """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: \(namespace)
        labels:
          pod-security.kubernetes.io/enforce: restricted
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: bartizan
        namespace: \(namespace)
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: bartizan-reader
      rules:
      \(rules)---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata:
        name: bartizan-reader
      roleRef:
        apiGroup: rbac.authorization.k8s.io
        kind: ClusterRole
        name: bartizan-reader
      subjects:
        - kind: ServiceAccount
          name: bartizan
          namespace: \(namespace)

      """
  }
}
