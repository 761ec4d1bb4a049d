import Access
import Bytes
import Kube

/// Controllers that do with their own rights what an object of theirs says: whoever may write the object gives the orders.
enum ConfusedDeputies {
  /// Whose rights are lent.
  enum Lends: Sendable {
    /// An account of one of these names, wherever the controller runs; a name that ends in `*` is a beginning.
    case controller([String])
    /// Any account of the object's own namespace, since the object names it.
    case accountsOfNamespace
  }

  struct Order: Sendable {
    let group: String
    let resources: [String]
    let lends: Lends
    /// Whether the controller obeys only in its own namespace.
    var onlyBeside = false
    /// An argument by which the controller is told to act as an account of the object's namespace instead.
    var lockedBy: String?
  }

  /// Sources: the documentation of each project on multi-tenancy and its RBAC.
  static let orders: [Order] = [
    Order(
      group: "kustomize.toolkit.fluxcd.io", resources: ["kustomizations"],
      lends: .controller(["kustomize-controller"]), lockedBy: "--default-service-account"),
    Order(
      group: "helm.toolkit.fluxcd.io", resources: ["helmreleases"], lends: .controller(["helm-controller"]),
      lockedBy: "--default-service-account"),
    Order(
      group: "argoproj.io", resources: ["applications", "applicationsets", "appprojects"],
      lends: .controller(["argocd-application-controller", "openshift-gitops-argocd-application-controller"]),
      onlyBeside: true),
    Order(
      group: "argoproj.io", resources: ["workflows", "cronworkflows", "workflowtemplates"],
      lends: .accountsOfNamespace),
    Order(group: "tekton.dev", resources: ["pipelineruns", "taskruns"], lends: .accountsOfNamespace),
    // An issuer tells cert-manager which Secrets of its own namespace to sign with, and where to send tokens.
    Order(group: "cert-manager.io", resources: ["clusterissuers"], lends: .controller(["cert-manager"])),
    Order(
      group: "pkg.crossplane.io", resources: ["providers", "configurations", "functions"],
      lends: .controller(["crossplane", "rbac-manager"])),
    Order(
      group: "kubernetes.crossplane.io", resources: ["objects"], lends: .controller(["provider-kubernetes*"])),
    Order(group: "helm.crossplane.io", resources: ["releases"], lends: .controller(["provider-helm*"])),
    Order(
      group: "kyverno.io", resources: ["clusterpolicies", "policies"],
      lends: .controller(["kyverno", "kyverno-background-controller"])),
    Order(group: "velero.io", resources: ["restores"], lends: .controller(["velero", "velero-server"])),
    Order(
      group: "operators.coreos.com", resources: ["subscriptions", "clusterserviceversions"],
      lends: .controller(["olm-operator-serviceaccount"])),
    Order(group: "fleet.cattle.io", resources: ["bundles", "gitrepos"], lends: .controller(["fleet-agent"])),
    Order(
      group: "infra.contrib.fluxcd.io", resources: ["terraforms"],
      lends: .controller(["tf-controller", "tofu-controller"])),
  ]

  static func isNamed(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : $0 == name }
  }

  /// Whether every workload that runs as the account carries the argument.
  static func isLocked(_ account: AccessSubject, by argument: String, _ snapshot: ClusterSnapshot) -> Bool {
    guard case .serviceAccount(let namespace, let name) = account else { return false }
    let own = snapshot.workloads.filter {
      $0.object.effectiveNamespace == namespace && $0.template.serviceAccountName == name
    }
    return !own.isEmpty
      && own.allSatisfy { workload in
        workload.containers.contains { container in
          (container.node["args"]?.strings ?? []).contains { $0.hasPrefix(argument) && $0 != argument + "=" }
        }
      }
  }
}
