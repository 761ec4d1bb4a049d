import Bytes
import Kube
import PodSecurity
import Reach

/// Objects whose effect on a cluster is up to a controller and is not judged: what they make is in no manifest.
enum UnjudgedObjects {
  /// Kinds that install other objects. A new one is a line here.
  static let installers: [GroupKind] = [
    GroupKind("helm.toolkit.fluxcd.io", "HelmRelease"), GroupKind("kustomize.toolkit.fluxcd.io", "Kustomization"),
    GroupKind("argoproj.io", "Application"), GroupKind("argoproj.io", "ApplicationSet"),
    GroupKind("helm.cattle.io", "HelmChart"), GroupKind("k3s.cattle.io", "Addon"),
    GroupKind("fleet.cattle.io", "GitRepo"), GroupKind("fleet.cattle.io", "Bundle"),
    GroupKind("kappctrl.k14s.io", "App"), GroupKind("packaging.carvel.dev", "PackageInstall"),
    GroupKind("operators.coreos.com", "Subscription"), GroupKind("operators.coreos.com", "ClusterServiceVersion"),
    GroupKind("olm.operatorframework.io", "ClusterExtension"), GroupKind("helm.crossplane.io", "Release"),
    GroupKind("kubernetes.crossplane.io", "Object"), GroupKind("infra.contrib.fluxcd.io", "Terraform"),
    GroupKind("core.oam.dev", "Application"), GroupKind("work.open-cluster-management.io", "ManifestWork"),
    GroupKind("apps.open-cluster-management.io", "Subscription"),
    GroupKind("addons.cluster.x-k8s.io", "HelmChartProxy"), GroupKind("addons.cluster.x-k8s.io", "ClusterResourceSet"),
    GroupKind("configsync.gke.io", "RootSync"), GroupKind("configsync.gke.io", "RepoSync"),
    GroupKind("source.toolkit.fluxcd.io", "GitRepository"), GroupKind("source.toolkit.fluxcd.io", "OCIRepository"),
    GroupKind("source.toolkit.fluxcd.io", "Bucket"), GroupKind("source.toolkit.fluxcd.io", "HelmChart"),
    GroupKind("source.toolkit.fluxcd.io", "HelmRepository"),
  ]

  /// Custom resources that the graph of depths reads.
  private static let judged: Set<GroupKind> = Set(PodTemplateCatalogue.kinds + ReachInput.kinds).subtracting(
    ReachInput.unreadRoutes
  ).union([
    GroupKind("kyverno.io", "ClusterPolicy"), GroupKind("kyverno.io", "Policy"),
    GroupKind("policies.kyverno.io", "ImageValidatingPolicy"), GroupKind("policy.sigstore.dev", "ClusterImagePolicy"),
    GroupKind("security.openshift.io", "SecurityContextConstraints"),
  ])

  /// Custom resources that make nothing that runs, grants or lets in: they are read by the programs that they configure.
  private static let inert: Set<GroupKind> = [
    GroupKind("monitoring.coreos.com", "ServiceMonitor"), GroupKind("monitoring.coreos.com", "PodMonitor"),
    GroupKind("monitoring.coreos.com", "PrometheusRule"), GroupKind("monitoring.coreos.com", "Probe"),
    GroupKind("autoscaling.k8s.io", "VerticalPodAutoscaler"), GroupKind("keda.sh", "ScaledObject"),
  ]

  private static func isJudged(_ kind: GroupKind) -> Bool {
    CustomKinds.isBuiltIn(kind) || judged.contains(kind) || inert.contains(kind)
  }

  /// Of a change, what it changes and nobody judges; one line for a kind.
  ///
  /// - Parameter others: a state of the cluster beside this one: objects that are in it as they are here have not changed.
  static func changed(_ objects: [KubeObject], from others: ClusterSnapshot) -> [NotSeen] {
    let doubtful = objects.filter { !isJudged($0.groupKind) }
    guard !doubtful.isEmpty else { return [] }
    let kinds = Set(doubtful.map(\.groupKind))
    let known = Dictionary(
      grouping: kinds.sorted().flatMap { others.objects($0) }, by: \.subject)
    return lines(doubtful.filter { object in !(known[object.subject] ?? []).contains { $0.root == object.root } }) {
      "what comes of \($0) is up to a controller and was not judged"
    }
  }

  /// What manifests of a cluster have installed: it is in no copy of them.
  static func installed(by snapshot: ClusterSnapshot) -> [NotSeen] {
    let sources = installers.filter { $0.group != "source.toolkit.fluxcd.io" }
    return lines(sources.flatMap { snapshot.objects($0) }) { "what \($0) installs is not in the input" }
  }

  private static func lines(_ objects: [KubeObject], _ reason: (String) -> String) -> [NotSeen] {
    Dictionary(grouping: objects, by: \.groupKind).map { kind, own in
      let names = Set(own.map { ($0.namespace.map { $0 + "/" } ?? "") + $0.name }).sorted()
      return NotSeen(kind, reason: reason(Phrase.list(names, shown: 3)))
    }.sorted()
  }
}
