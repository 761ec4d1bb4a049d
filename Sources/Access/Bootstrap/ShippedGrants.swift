import Bytes
import Findings
package import Kube

/// Who brought a grant that nobody who works with the cluster decided on.
package enum GrantShipper: Sendable, Hashable {
  /// The API server.
  case kubernetes
  /// What the cluster was made with.
  case distribution(String)
}

/// Grants that come with a cluster, by the exact name of the binding, its role and the holder. A holder is never told by its name
/// alone: anybody may make an account in kube-system.
enum ShippedGrants {
  struct Key: Hashable {
    let namespace: String?
    let binding: String
    /// `ClusterRole/system:discovery`
    let role: String
    let subject: AccessSubject
  }

  /// Who brought a grant, as far as names and marks tell; what the role grants has to be looked at as well.
  ///
  /// - Returns: who, and whether the grant is known to the letter.
  static func shipper(_ key: Key, labels: [String: String]) -> (shipper: GrantShipper, isKnown: Bool)? {
    if bootstrap.contains(key) { return (.kubernetes, true) }
    if let distribution = distributions[key] { return (.distribution(distribution), true) }
    // Another release has bindings that ours does not know; they are marked, and each of their names is the system's. Whoever may write
    // bindings may mark them, too: that everybody has something is never taken from a mark.
    let role = key.role.split(separator: "/", maxSplits: 1).last ?? ""
    if labels[BootstrapPolicy.label] == "rbac-defaults", key.binding.hasPrefix("system:"), role.hasPrefix("system:"),
      key.subject.isNamedLikeControlPlane, !key.subject.isEverybody
    {
      return (.kubernetes, false)
    }
    return nil
  }

  private static let bootstrap: Set<Key> = Set(
    BootstrapPolicy.all.flatMap(\.bindings).flatMap { object in keys(of: object) })

  private static func keys(of object: KubeObject) -> [Key] {
    let role =
      "\(object.root[path: "roleRef", "kind"]?.string ?? "")/\(object.root[path: "roleRef", "name"]?.string ?? "")"
    return AccessSubject.named(in: object).map {
      Key(namespace: object.namespace, binding: object.name, role: role, subject: $0)
    }
  }

  /// Sources: kubeadm (cmd/kubeadm/app/phases: kubeconfig, bootstraptoken, addons), k3s (manifests, rolebindings.yaml), the RBAC
  /// objects that EKS, AKS and GKE document as theirs.
  private static let distributions: [Key: String] = {
    func cluster(_ binding: String, _ role: String, _ subject: AccessSubject) -> Key {
      Key(namespace: nil, binding: binding, role: "ClusterRole/" + role, subject: subject)
    }
    func local(_ namespace: String, _ binding: String, _ role: String, _ subject: AccessSubject) -> Key {
      Key(namespace: namespace, binding: binding, role: "Role/" + role, subject: subject)
    }
    func constraints(_ name: String, _ subject: AccessSubject) -> Key {
      Key(namespace: nil, binding: name, role: "SecurityContextConstraints/" + name, subject: subject)
    }
    func account(_ name: String) -> AccessSubject { .serviceAccount(namespace: "kube-system", name: name) }
    let bootstrappers = AccessSubject.group("system:bootstrappers:kubeadm:default-node-token")
    let approval = "system:certificates.k8s.io:certificatesigningrequests:"
    let table: [(String, [Key])] = [
      (
        "kubeadm",
        [
          cluster("kubeadm:cluster-admins", "cluster-admin", .group("kubeadm:cluster-admins")),
          cluster("kubeadm:get-nodes", "kubeadm:get-nodes", bootstrappers),
          cluster("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", bootstrappers),
          cluster("kubeadm:node-autoapprove-bootstrap", approval + "nodeclient", bootstrappers),
          cluster(
            "kubeadm:node-autoapprove-certificate-rotation", approval + "selfnodeclient", .group("system:nodes")),
          cluster("kubeadm:node-proxier", "system:node-proxier", account("kube-proxy")),
          cluster("system:coredns", "system:coredns", account("coredns")),
          local(
            "kube-public", "kubeadm:bootstrap-signer-clusterinfo", "kubeadm:bootstrap-signer-clusterinfo",
            .user("system:anonymous")),
          local("kube-system", "kube-proxy", "kube-proxy", bootstrappers),
          local("kube-system", "kubeadm:kubelet-config", "kubeadm:kubelet-config", .group("system:nodes")),
          local("kube-system", "kubeadm:kubelet-config", "kubeadm:kubelet-config", bootstrappers),
          local("kube-system", "kubeadm:nodes-kubeadm-config", "kubeadm:nodes-kubeadm-config", .group("system:nodes")),
          local("kube-system", "kubeadm:nodes-kubeadm-config", "kubeadm:nodes-kubeadm-config", bootstrappers),
        ]
      ),
      (
        "k3s",
        [
          cluster("kube-apiserver-kubelet-admin", "system:kubelet-api-admin", .user("kube-apiserver")),
          cluster("system:k3s-controller", "system:k3s-controller", .user("system:k3s-controller")),
          cluster("helm-kube-system-traefik", "cluster-admin", account("helm-traefik")),
          cluster("helm-kube-system-traefik-crd", "cluster-admin", account("helm-traefik-crd")),
        ]
      ),
      (
        "EKS",
        [
          cluster("eks:addon-cluster-admin", "cluster-admin", .user("eks:addon-manager")),
          cluster("eks:node-bootstrapper", "eks:node-bootstrapper", .group("system:bootstrappers")),
          cluster("eks:node-bootstrapper", "eks:node-bootstrapper", .group("system:nodes")),
          cluster("eks:kube-proxy", "system:node-proxier", account("kube-proxy")),
          cluster(
            "eks:certificate-controller", "system:controller:certificate-controller",
            .user("eks:certificate-controller")),
        ]
      ),
      (
        "AKS",
        [
          cluster("aks-cluster-admin-binding", "cluster-admin", .user("clusterAdmin")),
          cluster("aks-service-rolebinding", "aks-service", .user("aks-support")),
        ]
      ),
      (
        "GKE",
        [
          cluster("kubelet-cluster-admin", "system:node", .user("kubelet")),
          cluster("gce:cloud-provider", "gce:cloud-provider", account("cloud-provider")),
          cluster("kube-apiserver-kubelet-api-admin", "kubelet-api-admin", .user("kube-apiserver")),
        ]
      ),
      (
        "OpenShift",
        [
          cluster("cluster-admins", "cluster-admin", .group("system:cluster-admins")),
          cluster("cluster-admins", "cluster-admin", .user("system:admin")),
          constraints("privileged", .user("system:admin")), constraints("privileged", .group("system:cluster-admins")),
          constraints("privileged", .group("system:nodes")), constraints("privileged", .group("system:masters")),
          constraints("privileged", .serviceAccount(namespace: "openshift-infra", name: "build-controller")),
          constraints("anyuid", .group("system:cluster-admins")),
          constraints(
            "hostmount-anyuid", .serviceAccount(namespace: "openshift-infra", name: "pv-recycler-controller")),
          constraints("restricted", .group("system:authenticated")),
        ]
      ),
    ]
    return Dictionary(table.flatMap { name, keys in keys.map { ($0, name) } }, uniquingKeysWith: { first, _ in first })
  }()
}

extension AccessInventory {
  /// Who brought a subject's grant by a binding; nil for a decision of those who run the cluster. Such a decision is also what was
  /// added to a role that comes with the cluster.
  package func shipper(of subject: AccessSubject, binding index: Int) -> GrantShipper? {
    let binding = bindings[index]
    guard
      let (shipper, isKnown) = ShippedGrants.shipper(
        .init(
          namespace: binding.namespace, binding: binding.object.name, role: "\(binding.roleKind)/\(binding.roleName)",
          subject: subject), labels: binding.object.labels)
    else { return nil }
    guard let role = binding.role, !binding.isItsOwnRole else { return shipper }
    switch ShippedRoles.verdict(roles[role]) {
    case .asShipped where isKnown: return shipper
    case .widened: return nil
    case .asShipped, .unknown:
      // Of a grant that no release known here has, nobody can say whether it is as it came: what is dangerous is somebody's decision.
      let worst: Severity = shipper == .kubernetes ? .medium : .high
      let set = CapabilitySet(roles[role].rules, inNamespace: binding.namespace != nil)
      let isDangerous = AccessRiskCatalogue.risks.contains { risk in
        risk.applies(toNamespace: binding.namespace) && risk.match(set) > .no
          && risk.severity(risk.match(set), namespace: binding.namespace) > worst
      }
      return isDangerous ? nil : shipper
    }
  }

  /// Whether all that a subject holds by its own name comes with the cluster.
  package func holdsOnlyShipped(_ subject: AccessSubject) -> Bool {
    let own = bindings(of: subject)
    return !own.isEmpty && own.allSatisfy { shipper(of: subject, binding: $0) != nil }
  }

  /// Whether a role is one that the API server gives every cluster, and grants what it does there.
  package static func isBootstrapRole(_ object: KubeObject) -> Bool {
    guard object.kind == "ClusterRole" else { return false }
    // The rules of a role that gathers others are theirs: the controller writes them anew.
    if BootstrapPolicy.aggregatingRoles.contains(object.name), object.root["aggregationRule"] != nil { return true }
    let rules = PolicyRule.written(in: object)
    return ShippedRoles.verdict(kind: object.kind, namespace: nil, name: object.name, rules) == .asShipped
  }

  /// Whether a role is one that every cluster has, and grants more here.
  package func isWidened(role index: Int) -> Bool { ShippedRoles.verdict(roles[index]) == .widened }
}
