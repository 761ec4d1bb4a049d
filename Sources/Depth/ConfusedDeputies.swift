import Access
import Bytes
import Kube

/// Controllers that do with their own rights what an object of theirs says: whoever may write the object gives the orders.
enum ConfusedDeputies {
  /// Whose rights are lent.
  enum Lends: Sendable {
    /// An account of one of these names, wherever the controller runs; a name that ends in `*` is a beginning.
    case controller([String])
    /// The controller is a part of the control plane, or its account is cluster-admin wherever it is installed.
    case clusterAdmin
  }

  struct Order: Sendable {
    let group: String
    let resources: [String]
    let lends: Lends
    /// Whether the controller obeys only in its own namespace.
    var onlyBeside = false
    /// An argument by which the controller is told to act as an account of the object's namespace instead.
    var lockedBy: String?
    /// The kind of object that names a source of Flux.
    var fluxKind: String?
  }

  /// Sources: the documentation of each project on multi-tenancy and its RBAC.
  static let orders: [Order] = [
    Order(
      group: "kustomize.toolkit.fluxcd.io", resources: ["kustomizations"],
      lends: .controller(["kustomize-controller"]), lockedBy: "--default-service-account", fluxKind: "Kustomization"),
    Order(
      group: "helm.toolkit.fluxcd.io", resources: ["helmreleases"], lends: .controller(["helm-controller"]),
      lockedBy: "--default-service-account", fluxKind: "HelmRelease"),
    Order(
      group: "argoproj.io", resources: ["applications", "applicationsets", "appprojects"],
      lends: .controller(["argocd-application-controller", "openshift-gitops-argocd-application-controller"]),
      onlyBeside: true),
    // k3s and RKE2 install charts, and apply manifests, in the process of the control plane itself, or as cluster-admin.
    Order(group: "helm.cattle.io", resources: ["helmcharts", "helmchartconfigs"], lends: .clusterAdmin),
    Order(group: "k3s.cattle.io", resources: ["addons"], lends: .clusterAdmin),
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
    // Jobs of a plan have the node's disk, and run on the nodes that it names.
    Order(group: "upgrade.cattle.io", resources: ["plans"], lends: .controller(["system-upgrade"]), onlyBeside: true),
    Order(group: "core.oam.dev", resources: ["applications"], lends: .controller(["vela-core", "kubevela-vela-core"])),
    Order(group: "kapp.k14s.io", resources: ["apps"], lends: .controller(["kapp-controller-sa"])),
  ]

  /// An object from which a controller fetches what it applies: whoever may change it chooses what is applied.
  struct Source: Hashable {
    let resource: String
    let namespace: String
    let name: String
  }

  /// Flux: the accounts with whose rights the contents of a source are applied, by the Kustomizations and HelmReleases of the
  /// input that name it.
  ///
  /// Source: fluxcd.io, API references of kustomize-controller, helm-controller and source-controller.
  ///
  /// - Parameter deputies: by the place of an order in `orders`, the accounts whose rights it lends.
  static func sources(_ snapshot: ClusterSnapshot, _ deputies: [[AccessSubject]]) -> [Source: Set<AccessSubject>] {
    var found: [Source: Set<AccessSubject>] = [:]
    func add(_ reference: DocumentNode?, _ namespace: String, _ lent: [AccessSubject]) {
      guard let reference, let resource = sourceKinds[reference["kind"]?.string ?? ""],
        let name = reference["name"]?.string
      else { return }
      let place = reference["namespace"]?.string ?? namespace
      found[Source(resource: resource, namespace: place, name: name), default: []].formUnion(lent)
    }
    let charts = Dictionary(
      snapshot.objects(GroupKind(sourceGroup, "HelmChart")).map { ("\($0.effectiveNamespace)/\($0.name)", $0) },
      uniquingKeysWith: { first, _ in first })
    for (index, order) in orders.enumerated() {
      guard let kind = order.fluxKind else { continue }
      for object in snapshot.objects(GroupKind(order.group, kind)) {
        let namespace = object.effectiveNamespace
        let own = object.spec?["serviceAccountName"]?.string.map {
          [AccessSubject.serviceAccount(namespace: namespace, name: $0)]
        }
        let lent = own ?? deputies[index]
        add(object.spec?["sourceRef"], namespace, lent)
        add(object.spec?[path: "chart", "spec", "sourceRef"], namespace, lent)
        let chart = object.spec?["chartRef"]
        add(chart, namespace, lent)
        if chart?["kind"]?.string == "HelmChart", let name = chart?["name"]?.string {
          let place = chart?["namespace"]?.string ?? namespace
          add(charts["\(place)/\(name)"]?.spec?["sourceRef"], place, lent)
        }
      }
    }
    return found
  }

  static let sourceGroup = "source.toolkit.fluxcd.io"

  /// Resources by kind.
  static let sourceKinds = [
    "GitRepository": "gitrepositories", "OCIRepository": "ocirepositories", "Bucket": "buckets",
    "HelmRepository": "helmrepositories", "HelmChart": "helmcharts",
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
