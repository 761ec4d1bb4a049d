package import Access
import Bytes
import Depth
package import Findings
package import Images
package import Kube
package import PodSecurity
package import Reach

/// What a check may consult besides the object it judges. Each part is computed when a check first asks for it, so that
/// a scan with a few checks does not build a network model for nothing.
package struct CheckContext: Sendable {
  package let snapshot: ClusterSnapshot
  /// The version of the Pod Security Standards to judge by.
  package let podSecurityVersion: PodSecurityVersion
  /// The minor version of Kubernetes that the objects are meant for; nil where the user names none.
  package let targetMinor: Int?
  /// Registries, or paths in them, that images may come from; empty for any.
  package let trustedRegistries: [String]
  /// Verdicts on images; nil where the user did not ask for images to be read.
  package let images: ImageVerdicts?
  /// What policies say of signatures; nil where the user named no image policy.
  package let imageTrust: ImageTrustVerdicts?
  /// What the API server has against the objects.
  package let schemas: SchemaReview
  private let model: Lazy<ReachModel>
  private let profile: Lazy<AccessProfile>
  private let ways: Lazy<(graph: EscalationGraph, toClusterAdmin: EscalationGraph.Paths)>
  private let risk: Lazy<RiskContext>
  private let tokenMounts: Lazy<TokenMounts>
  private let lint: Lazy<[Subject?: [PolicyRemark]]>
  private let exposure: Lazy<Exposure>
  private let bindings: Lazy<[Subject: Int]>
  private let serviceAccounts: Lazy<[String: KubeObject]>
  private let policedNamespaces: Lazy<Set<String>>
  private let perhapsPolicedNamespaces: Lazy<Set<String>>
  private let workloads: Lazy<[String: [Workload]]>
  /// Namespaces that the input names and does not hold, by their first workload.
  private let undeclared: Lazy<[Subject: String]>
  private let services: Lazy<[String: Set<String>]>
  private let budgets: Lazy<[String: [LabelSelector]]>
  private let autoscaled: Lazy<[String: Set<String>]>
  private let quotaNamespaces: Lazy<Set<String>>
  private let servicePorts: Lazy<[String: Set<String>]>
  private let configurationKeys: Lazy<[String: Set<String>]>
  private let operated: Lazy<[String: Set<String>]>
  private let containerDefaults: Lazy<[String: ContainerDefaults]>

  /// Resources that limit ranges of a namespace give to containers which ask for none.
  struct ContainerDefaults: Sendable {
    fileprivate(set) var limits = Set<String>()
    fileprivate(set) var requests = Set<String>()
  }

  package init(
    snapshot: ClusterSnapshot, podSecurityVersion: PodSecurityVersion, targetMinor: Int? = nil,
    trustedRegistries: [String] = [], images: ImageVerdicts? = nil, imageTrust: ImageTrustVerdicts? = nil,
    schemas: SchemaReview
  ) {
    self.schemas = schemas
    self.images = images
    self.imageTrust = imageTrust
    self.trustedRegistries = trustedRegistries
    self.targetMinor = targetMinor
    self.snapshot = snapshot
    self.podSecurityVersion = podSecurityVersion
    let model = Lazy { ReachModel(snapshot, profile: .fitting(snapshot)) }
    let exposure = Lazy { Exposure(model.value) }
    let profile = Lazy { AccessProfile(AccessInventory(snapshot)) }
    self.model = model
    self.exposure = exposure
    self.profile = profile
    lint = Lazy {
      // Without any policy there is nothing to lint.
      let remarks = PolicyDialects.isPresent(in: snapshot) ? PolicyLint(model.value).remarks : []
      return Dictionary(grouping: remarks, by: \.object)
    }
    ways = Lazy {
      let graph = EscalationGraph(profile.value)
      return (graph, graph.paths(to: .clusterAdmin))
    }
    tokenMounts = Lazy { TokenMounts(snapshot) }
    risk = Lazy { RiskContext(snapshot, exposure: exposure.value, access: profile.value) }
    bindings = Lazy {
      Dictionary(
        profile.value.inventory.bindings.enumerated().map { ($1.object.subject, $0) },
        uniquingKeysWith: { _, last in last })
    }
    serviceAccounts = Lazy {
      Dictionary(
        snapshot.objects(.serviceAccount).map { ("\($0.effectiveNamespace)/\($0.name)", $0) },
        uniquingKeysWith: { _, last in last })
    }
    workloads = Lazy { Dictionary(grouping: snapshot.workloads, by: \.object.effectiveNamespace) }
    undeclared = Lazy {
      let declared = Set(snapshot.objects(.namespace).map(\.name))
      var seen = declared
      var found: [Subject: String] = [:]
      for workload in snapshot.workloads where seen.insert(workload.object.effectiveNamespace).inserted {
        found[Subject(workload: workload.object)] = workload.object.effectiveNamespace
      }
      return found
    }
    budgets = Lazy {
      Dictionary(grouping: snapshot.objects(GroupKind("policy", "PodDisruptionBudget")), by: \.effectiveNamespace)
        .mapValues { $0.compactMap { $0.spec?["selector"].flatMap { try? LabelSelector($0) } } }
    }
    autoscaled = Lazy {
      Dictionary(
        grouping: snapshot.objects(GroupKind("autoscaling", "HorizontalPodAutoscaler")), by: \.effectiveNamespace
      ).mapValues { Set($0.compactMap { $0.spec?[path: "scaleTargetRef", "name"]?.string }) }
    }
    containerDefaults = Lazy {
      var all: [String: ContainerDefaults] = [:]
      for range in snapshot.objects(GroupKind("", "LimitRange")) {
        var own = all[range.effectiveNamespace] ?? ContainerDefaults()
        for item in range.spec?["limits"]?.elements ?? [] where item["type"]?.string == "Container" {
          func names(_ keys: String...) -> [String] { keys.flatMap { (item[$0]?.entries ?? []).map(\.key) } }
          // A maximum is the default of the limit, the limit that of the request. Source: Kubernetes
          // `pkg/apis/core/v1/defaults.go`, SetDefaults_LimitRangeItem.
          own.limits.formUnion(names("default", "max"))
          own.requests.formUnion(names("defaultRequest", "default", "max", "min"))
        }
        all[range.effectiveNamespace] = own
      }
      return all
    }
    quotaNamespaces = Lazy { Set(snapshot.objects(GroupKind("", "ResourceQuota")).map(\.effectiveNamespace)) }
    services = Lazy {
      Dictionary(grouping: snapshot.objects(.service), by: \.effectiveNamespace).mapValues { Set($0.map(\.name)) }
    }
    servicePorts = Lazy {
      Dictionary(
        snapshot.objects(.service).map { service in
          let ports = (service.spec?["ports"]?.elements ?? []).flatMap { [$0["name"]?.text, $0["port"]?.text] }
          return ("\(service.effectiveNamespace)/\(service.name)", Set(ports.compactMap(\.self)))
        }, uniquingKeysWith: { $0.union($1) })
    }
    configurationKeys = Lazy {
      Dictionary(
        snapshot.objects(.configMap).map { map in
          let keys = ["data", "binaryData"].flatMap { (map.root[$0]?.entries ?? []).map(\.key) }
          return ("\(map.effectiveNamespace)/\(map.name)", Set(keys))
        }, uniquingKeysWith: { $0.union($1) })
    }
    operated = Lazy {
      var names: [String: Set<String>] = [:]
      for object in snapshot.objects
      where !object.name.isEmpty && !CustomKinds.isBuiltIn(object.groupKind) && !CustomKinds.isPolicy(object.groupKind)
        && !Self.aboutOthers.contains(object.groupKind.group)
      {
        names[object.effectiveNamespace, default: []].insert(object.name)
      }
      return names
    }
    policedNamespaces = Lazy { model.value.governedNamespaces }
    perhapsPolicedNamespaces = Lazy { model.value.perhapsGovernedNamespaces }
  }

  package var access: AccessProfile { profile.value }
  /// Ways to cluster admin.
  var escalation: (graph: EscalationGraph, toClusterAdmin: EscalationGraph.Paths) { ways.value }
  /// Which pods carry a token.
  package var tokens: TokenMounts { tokenMounts.value }
  /// The exposure and power of workloads and accounts, by which findings are weighed.
  var riskContext: RiskContext { risk.value }

  /// Fails with the remarks of the policy linter that have the code and are about the object: a network policy, or a
  /// namespace for remarks about its policies together.
  package func lintOutcome(
    of subject: Subject, code: PolicyRemark.Code, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome { lintOutcome(of: subject, codes: [code], evidence: evidence) }

  package func lintOutcome(
    of object: KubeObject, code: PolicyRemark.Code, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome { lintOutcome(of: object.subject, codes: [code], evidence: evidence) }

  package func lintOutcome(
    of object: KubeObject, codes: Set<PolicyRemark.Code>, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome { lintOutcome(of: object.subject, codes: codes, evidence: evidence) }

  private func lintOutcome(
    of subject: Subject, codes: Set<PolicyRemark.Code>, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome {
    let remarks = (lint.value[subject] ?? []).filter { codes.contains($0.code) }
    return .failing(on: remarks.map(evidence), remarks.map(\.detail).joined(separator: "; "))
  }

  /// Entry points of a workload from outside the cluster that network policies leave open.
  package func entryPoints(of workload: Workload) -> [EntryPoint] {
    exposure.value.entryPoints(of: workload.object).filter { $0.verdict != .denied }
  }

  /// Index of a binding in the access inventory; nil for anything else.
  package func bindingIndex(of object: KubeObject) -> Int? { bindings.value[object.subject] }

  package func serviceAccount(_ name: String, namespace: String) -> KubeObject? {
    serviceAccounts.value["\(namespace)/\(name)"]
  }

  /// The namespace that checks of namespaces judge at this object: a Namespace itself, or the first workload of one that the
  /// input does not hold; nil for any other object.
  package func namespace(judgedBy object: KubeObject) -> String? {
    if object.groupKind == .namespace { return object.name }
    let places = undeclared.value
    return places.isEmpty ? nil : places[Subject(workload: object)]
  }

  package func workloads(in namespace: String) -> [Workload] { workloads.value[namespace] ?? [] }

  /// Names of the Services of a namespace.
  package func services(in namespace: String) -> Set<String> { services.value[namespace] ?? [] }

  /// Whether a disruption budget of the namespace covers pods with these labels.
  package func hasBudget(_ labels: [String: String], namespace: String) -> Bool {
    budgets.value[namespace]?.contains { $0.matches(labels) } ?? false
  }

  /// Whether an autoscaler sets the number of replicas of an object.
  package func isAutoscaled(_ object: KubeObject) -> Bool {
    autoscaled.value[object.effectiveNamespace]?.contains(object.name) ?? false
  }

  /// Names and numbers of the ports of a Service; nil where the input does not hold it, or it has none.
  func ports(ofService name: String, in namespace: String) -> Set<String>? {
    servicePorts.value["\(namespace)/\(name)"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Keys of a ConfigMap; nil where the input does not hold it.
  func keys(ofConfigMap name: String, in namespace: String) -> Set<String>? {
    configurationKeys.value["\(namespace)/\(name)"]
  }

  /// Groups whose objects are about pods and Services of others and make none.
  private static let aboutOthers: Set<String> = [
    "gateway.networking.k8s.io", "monitoring.coreos.com", "autoscaling.k8s.io", "cilium.io", "projectcalico.org",
    "crd.projectcalico.org", "networking.istio.io", "security.istio.io", "telemetry.istio.io", "traefik.io",
    "external-secrets.io", "cert-manager.io", "policy.networking.k8s.io", "policy.linkerd.io", "bitnami.com",
  ]

  /// Whether an operator may make an object of that name: it calls it by a custom resource of the input.
  func mayBeMade(named name: String, in namespace: String) -> Bool {
    operated.value[namespace]?.contains { name == $0 || name.hasPrefix($0 + "-") } ?? false
  }

  /// Whether an operator may make something with labels that a selector asks for: one of them has the name of a custom
  /// resource of the input.
  func mayBeMade(having selector: DocumentNode, in namespace: String) -> Bool {
    guard let names = operated.value[namespace] else { return false }
    let plain = selector["matchLabels"] == nil && selector["matchExpressions"] == nil ? selector.entries : []
    let single = ((selector["matchLabels"]?.entries ?? []) + plain).compactMap(\.value.string)
    let several = (selector["matchExpressions"]?.elements ?? []).flatMap { $0["values"]?.strings ?? [] }
    return (single + several).contains(where: names.contains)
  }

  /// Whether the pods of a workload have the labels, those that its controller adds among them.
  func matches(_ selector: LabelSelector, _ workload: Workload) -> Bool {
    let labels = workload.template.labels
    return selector.requirements.allSatisfy { requirement in
      requirement.matches(labels) || Self.addedLabels.contains(requirement.key) && labels[requirement.key] == nil
    }
  }

  /// Labels that controllers give to pods; which values they will have is not looked at.
  ///
  /// Source: kubernetes.io, "Well-Known Labels, Annotations and Taints".
  private static let addedLabels: Set<String> = [
    "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-name", "job-name",
    "batch.kubernetes.io/controller-uid", "controller-uid", "batch.kubernetes.io/job-completion-index",
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "rollouts-pod-template-hash",
  ]

  /// Whether a container of the workload that says nothing has a limit all the same: from its pod or its namespace.
  func hasLimit(_ resource: String, _ workload: Workload) -> Bool {
    workload.template.spec[path: "resources", "limits", resource] != nil
      || containerDefaults.value[workload.object.effectiveNamespace]?.limits.contains(resource) ?? false
  }

  /// The same of a request. A limit without a request is its own request.
  func hasRequest(_ resource: String, _ workload: Workload) -> Bool {
    workload.template.spec[path: "resources", "requests", resource] != nil || hasLimit(resource, workload)
      || containerDefaults.value[workload.object.effectiveNamespace]?.requests.contains(resource) ?? false
  }

  package func hasQuota(_ namespace: String) -> Bool { quotaNamespaces.value.contains(namespace) }

  package func hasNetworkPolicy(_ namespace: String) -> Bool { policedNamespaces.value.contains(namespace) }

  /// Whether policies that are not evaluated may restrict what its pods reach.
  package func mayHaveNetworkPolicy(_ namespace: String) -> Bool { perhapsPolicedNamespaces.value.contains(namespace) }
}
