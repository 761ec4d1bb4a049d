import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for API versions that a Kubernetes release no longer serves. The severity depends on the target version: info
/// while it still serves them, medium once it does not, the check's own where no target is given.
package struct RemovedAPI: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "removed-api", title: "API version removed in newer clusters", area: .cluster, severity: .low,
    rationale:
      "After the upgrade the object can no longer be applied, and what protects the workload, a policy or a budget, is silently missing in the new cluster.",
    remediation:
      "Move to the version that the message names before upgrading.",
    example: """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      """,
    controls: [.nsa("authentication-and-authorization")],
    references: [
      Reference("Deprecated API migration guide", "https://kubernetes.io/docs/reference/using-api/deprecation-guide/")
    ],
    aliases: ["trivy:KSV-0107", "kube-linter:no-extensions-v1beta", "kube-score:stable-version"])

  package let kinds: [GroupKind] = Array(Set(Self.table.map(\.kind))).sorted()

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let row = Self.table.first(where: { $0.kind == object.groupKind && $0.version == object.version }) else {
      return .pass
    }
    let group = object.groupKind.group
    // A version that the target still serves is merely deprecated.
    let isServed = context.targetMinor.map { $0 < row.removed } ?? false
    return .fail(
      "\(group)/\(row.version) \(object.kind) \(isServed ? "goes away" : "was removed") in Kubernetes 1.\(row.removed); \(row.instead)",
      [Evidence(in: object.root, path: "", ["apiVersion"])],
      severity: isServed ? .info : context.targetMinor == nil ? nil : .medium,
      fix: Self.sameShape.contains(row.kind)
        ? Fix([Edit("apiVersion", .set(.text("\(group)/v1")))]) : nil)
  }

  /// Whether the object is of a kind and version that this check tells of.
  static func knows(_ object: KubeObject) -> Bool {
    table.contains { $0.kind == object.groupKind && $0.version == object.version }
  }

  /// Kinds with the same structure in `v1`, for which a new `apiVersion` is the whole fix.
  private static let sameShape: Set<GroupKind> = [
    .role, .roleBinding, .clusterRole, .clusterRoleBinding, GroupKind("batch", "CronJob"),
    GroupKind("apiregistration.k8s.io", "APIService"), GroupKind("scheduling.k8s.io", "PriorityClass"),
    GroupKind("storage.k8s.io", "StorageClass"), GroupKind("networking.k8s.io", "IngressClass"),
  ]

  private static let table: [(kind: GroupKind, version: String, removed: Int, instead: String)] = {
    var rows: [(kind: GroupKind, version: String, removed: Int, instead: String)] = []
    func add(_ group: String, _ version: String, _ removed: Int, _ instead: String, _ kinds: String...) {
      for kind in kinds { rows.append((GroupKind(group, kind), version, removed, instead)) }
    }
    add("extensions", "v1beta1", 16, "use apps/v1", "Deployment", "DaemonSet", "ReplicaSet")
    add("extensions", "v1beta1", 16, "use networking.k8s.io/v1", "NetworkPolicy")
    add("extensions", "v1beta1", 22, "use networking.k8s.io/v1", "Ingress")
    for version in ["v1beta1", "v1beta2"] {
      add("apps", version, 16, "use apps/v1", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    }
    add("networking.k8s.io", "v1beta1", 22, "use networking.k8s.io/v1", "Ingress", "IngressClass")
    add(
      "rbac.authorization.k8s.io", "v1beta1", 22, "use rbac.authorization.k8s.io/v1", "Role", "RoleBinding",
      "ClusterRole", "ClusterRoleBinding")
    add("apiextensions.k8s.io", "v1beta1", 22, "use apiextensions.k8s.io/v1", "CustomResourceDefinition")
    add("apiregistration.k8s.io", "v1beta1", 22, "use apiregistration.k8s.io/v1", "APIService")
    add(
      "admissionregistration.k8s.io", "v1beta1", 22, "use admissionregistration.k8s.io/v1",
      "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
    add("certificates.k8s.io", "v1beta1", 22, "use certificates.k8s.io/v1", "CertificateSigningRequest")
    add("scheduling.k8s.io", "v1beta1", 22, "use scheduling.k8s.io/v1", "PriorityClass")
    add(
      "storage.k8s.io", "v1beta1", 22, "use storage.k8s.io/v1", "StorageClass", "CSIDriver", "CSINode",
      "VolumeAttachment")
    add("batch", "v1beta1", 25, "use batch/v1", "CronJob")
    add("discovery.k8s.io", "v1beta1", 25, "use discovery.k8s.io/v1", "EndpointSlice")
    add("events.k8s.io", "v1beta1", 25, "use events.k8s.io/v1", "Event")
    add("autoscaling", "v2beta1", 25, "use autoscaling/v2", "HorizontalPodAutoscaler")
    add("autoscaling", "v2beta2", 26, "use autoscaling/v2", "HorizontalPodAutoscaler")
    add("policy", "v1beta1", 25, "use policy/v1", "PodDisruptionBudget")
    add("policy", "v1beta1", 25, "use Pod Security admission", "PodSecurityPolicy")
    add("node.k8s.io", "v1beta1", 25, "use node.k8s.io/v1", "RuntimeClass")
    add(
      "flowcontrol.apiserver.k8s.io", "v1beta1", 26, "use flowcontrol.apiserver.k8s.io/v1", "FlowSchema",
      "PriorityLevelConfiguration")
    add(
      "flowcontrol.apiserver.k8s.io", "v1beta2", 29, "use flowcontrol.apiserver.k8s.io/v1", "FlowSchema",
      "PriorityLevelConfiguration")
    add(
      "flowcontrol.apiserver.k8s.io", "v1beta3", 32, "use flowcontrol.apiserver.k8s.io/v1", "FlowSchema",
      "PriorityLevelConfiguration")
    return rows
  }()
}
