package import Access
import Bytes
import Depth
package import Findings
package import Images
package import Kube
package import PodSecurity
package import Reach

/// One question that Bartizan asks of a cluster. Conform to `WorkloadCheck` or `ObjectCheck`, and add one line to
/// `CheckCatalogue`; `docs/how-to/add-a-check.md` walks through it.
package protocol Check: Sendable {
  var metadata: CheckMetadata { get }
}

extension Check {
  /// Kinds that must have been listed, all of them, before this check may say *pass*.
  package var needs: Set<GroupKind> {
    var needs = Set(metadata.absenceOf + metadata.reads)
    if let check = self as? any ObjectCheck { needs.formUnion(check.kinds) }
    if self is any WorkloadCheck { needs.formUnion(PodTemplateCatalogue.kinds) }
    return needs
  }
}

/// A check of everything that makes pods.
package protocol WorkloadCheck: Check {
  func examine(_ workload: Workload, _ context: CheckContext) -> Outcome
}

/// A check of single objects of certain kinds.
package protocol ObjectCheck: Check {
  var kinds: [GroupKind] { get }
  func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome
}

/// What a check says of one object.
package enum Outcome: Sendable {
  case pass
  case fail(Failure)
  /// The question makes no sense for this object: a Windows pod has no seccomp profile.
  case notApplicable
  /// The question makes sense, and the input does not hold the answer.
  case notEvaluated(String)

  package static func fail(
    _ message: String, _ evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil
  ) -> Outcome {
    .fail(Failure(message: message, evidence: evidence, severity: severity, fix: fix, cause: cause, why: why))
  }

  /// Fails when there is any evidence, with a message made from it.
  package static func failing(
    on evidence: [Evidence], _ message: @autoclosure () -> String, fix: @autoclosure () -> Fix? = nil
  ) -> Outcome {
    evidence.isEmpty ? .pass : .fail(message(), evidence, fix: fix())
  }
}

package struct Failure: Sendable {
  package let message: String
  /// At least one; the first is where the finding is shown.
  package let evidence: [Evidence]
  /// Overrides the check's own severity.
  package let severity: Severity?
  package let fix: Fix?
  package let cause: String?
  /// Why it is within reach here, whatever else is.
  package let why: String?

  package init(
    message: String, evidence: [Evidence], severity: Severity? = nil, fix: Fix? = nil, cause: String? = nil,
    why: String? = nil
  ) {
    self.fix = fix
    self.cause = cause
    self.why = why
    self.message = message
    self.evidence = evidence
    self.severity = severity
  }
}

/// What a check may look at besides the object at hand.
package struct CheckContext: Sendable {
  package let snapshot: ClusterSnapshot
  /// The rules' version by which the Pod Security checks judge.
  package let podSecurityVersion: PodSecurityVersion
  /// The minor version of Kubernetes that the objects are meant for; nil for any newer one.
  package let targetMinor: Int?
  /// Registries, or paths in them, that images may come from; none: any.
  package let trustedRegistries: [String]
  /// What is known of images; nil where nobody asked for them to be read.
  package let images: ImageVerdicts?
  package let access: AccessProfile
  /// Which pods carry a token.
  package let tokens: TokenMounts
  /// Where workloads and accounts stand, by which findings are weighed.
  let standing: RiskContext
  private let lint: [Subject?: [PolicyRemark]]
  private let exposure: Exposure
  private let bindings: [Subject: Int]
  private let serviceAccounts: [String: KubeObject]
  private let policedNamespaces: Set<String>
  private let workloads: [String: [Workload]]
  private let services: [String: Set<String>]
  private let budgets: [String: [LabelSelector]]
  private let autoscaled: [String: Set<String>]
  private let quotaNamespaces: Set<String>

  package init(
    snapshot: ClusterSnapshot, podSecurityVersion: PodSecurityVersion, targetMinor: Int? = nil,
    trustedRegistries: [String] = [], images: ImageVerdicts? = nil
  ) {
    self.images = images
    self.trustedRegistries = trustedRegistries
    self.targetMinor = targetMinor
    self.snapshot = snapshot
    self.podSecurityVersion = podSecurityVersion
    // Without any policy there is nothing to lint.
    let model = ReachModel(snapshot, profile: .fitting(snapshot))
    let remarks = PolicyDialects.isPresent(in: snapshot) ? PolicyLint(model).remarks : []
    lint = Dictionary(grouping: remarks, by: \.object)
    let exposure = Exposure(model)
    self.exposure = exposure
    let access = AccessProfile(AccessInventory(snapshot))
    self.access = access
    tokens = TokenMounts(snapshot)
    standing = RiskContext(snapshot, exposure: exposure, access: access)
    bindings = Dictionary(
      access.inventory.bindings.enumerated().map { ($1.object.subject, $0) }, uniquingKeysWith: { _, last in last })
    serviceAccounts = Dictionary(
      snapshot.objects(.serviceAccount).map { ("\($0.effectiveNamespace)/\($0.name)", $0) },
      uniquingKeysWith: { _, last in last })
    workloads = Dictionary(grouping: snapshot.workloads, by: \.object.effectiveNamespace)
    budgets = Dictionary(
      grouping: snapshot.objects(GroupKind("policy", "PodDisruptionBudget")), by: \.effectiveNamespace
    ).mapValues { $0.compactMap { $0.spec?["selector"].flatMap { try? LabelSelector($0) } } }
    autoscaled = Dictionary(
      grouping: snapshot.objects(GroupKind("autoscaling", "HorizontalPodAutoscaler")), by: \.effectiveNamespace
    ).mapValues { Set($0.compactMap { $0.spec?[path: "scaleTargetRef", "name"]?.string }) }
    quotaNamespaces = Set(snapshot.objects(GroupKind("", "ResourceQuota")).map(\.effectiveNamespace))
    services = Dictionary(grouping: snapshot.objects(.service), by: \.effectiveNamespace)
      .mapValues { Set($0.map(\.name)) }
    policedNamespaces = Set(snapshot.objects(.networkPolicy).map(\.effectiveNamespace))
  }

  /// Fails with what the policy lint remarks under the code about a network policy, or about the policies of a namespace.
  package func lintOutcome(
    of object: KubeObject, code: PolicyRemark.Code, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome { lintOutcome(of: object, codes: [code], evidence: evidence) }

  package func lintOutcome(
    of object: KubeObject, codes: Set<PolicyRemark.Code>, evidence: (PolicyRemark) -> Evidence
  ) -> Outcome {
    let remarks = (lint[object.subject] ?? []).filter { codes.contains($0.code) }
    return .failing(on: remarks.map(evidence), remarks.map(\.detail).joined(separator: "; "))
  }

  /// Ways into a workload from outside the cluster that network policies leave open.
  package func entryPoints(of workload: Workload) -> [Exposure.EntryPoint] {
    exposure.entryPoints(of: workload.object).filter(\.open)
  }

  /// Index of a binding in the access inventory.
  package func bindingIndex(of object: KubeObject) -> Int? { bindings[object.subject] }

  package func serviceAccount(_ name: String, namespace: String) -> KubeObject? {
    serviceAccounts["\(namespace)/\(name)"]
  }

  package func workloads(in namespace: String) -> [Workload] { workloads[namespace] ?? [] }

  /// Names of the Services of a namespace.
  package func services(in namespace: String) -> Set<String> { services[namespace] ?? [] }

  /// Whether a disruption budget of the namespace covers pods with these labels.
  package func hasBudget(_ labels: [String: String], namespace: String) -> Bool {
    budgets[namespace]?.contains { $0.matches(labels) } ?? false
  }

  /// Whether an autoscaler decides the number of pods of an object.
  package func isAutoscaled(_ object: KubeObject) -> Bool {
    autoscaled[object.effectiveNamespace]?.contains(object.name) ?? false
  }

  package func hasQuota(_ namespace: String) -> Bool { quotaNamespaces.contains(namespace) }

  package func hasNetworkPolicy(_ namespace: String) -> Bool { policedNamespaces.contains(namespace) }
}

/// `container "a"`, `containers "a", "b" and 3 more`: names in a sentence.
package func listed(_ singular: String, _ names: [String], plural: String? = nil) -> String {
  var seen = Set<String>()
  let unique = names.filter { seen.insert($0).inserted }
  let shown = unique.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
  let rest = unique.count > 4 ? " and \(unique.count - 4) more" : ""
  return (unique.count == 1 ? singular : plural ?? singular + "s") + " " + shown + rest
}
