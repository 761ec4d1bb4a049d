import Bytes
import Kube

/// The user-facing roles that every cluster has, for manifests, which do not carry them.
///
/// Source: bootstrap policy of Kubernetes 1.36, `plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`. Aggregated roles
/// are written out.
enum BuiltInRoles {
  static let rules: [(name: String, rules: [PolicyRule])] = [
    (
      "cluster-admin",
      [
        PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
        PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]),
      ]
    ),
    (
      "admin",
      [
        PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["pods/eviction", "serviceaccounts/token"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: [""],
          resources: [
            "configmaps", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec", "pods/portforward",
            "pods/proxy", "replicationcontrollers", "replicationcontrollers/scale", "secrets", "serviceaccounts",
            "services", "services/proxy",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: [""],
          resources: [
            "bindings", "configmaps", "endpoints", "limitranges", "namespaces", "namespaces/status",
            "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/attach", "pods/exec", "pods/log",
            "pods/portforward", "pods/proxy", "pods/status", "replicationcontrollers", "replicationcontrollers/scale",
            "replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "secrets", "serviceaccounts",
            "services", "services/proxy", "services/status",
          ]),
        PolicyRule(verbs: ["impersonate"], apiGroups: [""], resources: ["serviceaccounts"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["", "events.k8s.io"],
          resources: ["events"]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["", "events.k8s.io"], resources: ["events"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["apps"],
          resources: [
            "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets",
            "replicasets/scale", "statefulsets", "statefulsets/scale",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["apps"],
          resources: [
            "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
            "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
            "statefulsets/scale", "statefulsets/status",
          ]),
        PolicyRule(verbs: ["create"], apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["autoscaling"],
          resources: ["horizontalpodautoscalers"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["autoscaling"],
          resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["batch"],
          resources: ["cronjobs", "jobs"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["batch"],
          resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
          apiGroups: ["coordination.k8s.io"], resources: ["leases"]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["extensions"],
          resources: [
            "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "ingresses", "networkpolicies",
            "replicasets", "replicasets/scale", "replicationcontrollers/scale",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["extensions"],
          resources: [
            "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status", "ingresses",
            "ingresses/status", "networkpolicies", "replicasets", "replicasets/scale", "replicasets/status",
            "replicationcontrollers/scale",
          ]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["networking.k8s.io"],
          resources: ["ingresses", "networkpolicies"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["networking.k8s.io"],
          resources: ["ingresses", "ingresses/status", "networkpolicies"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["policy"],
          resources: ["poddisruptionbudgets"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["policy"],
          resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
          apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["resource.k8s.io"],
          resources: ["resourceclaims", "resourceclaimtemplates"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["resource.k8s.io"],
          resources: ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["scheduling.k8s.io"],
          resources: ["podgroups", "workloads"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["scheduling.k8s.io"],
          resources: ["podgroups", "podgroups/status", "workloads"]),
      ]
    ),
    (
      "edit",
      [
        PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["pods/eviction", "serviceaccounts/token"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: [""],
          resources: [
            "configmaps", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec", "pods/portforward",
            "pods/proxy", "replicationcontrollers", "replicationcontrollers/scale", "secrets", "serviceaccounts",
            "services", "services/proxy",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: [""],
          resources: [
            "bindings", "configmaps", "endpoints", "limitranges", "namespaces", "namespaces/status",
            "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/attach", "pods/exec", "pods/log",
            "pods/portforward", "pods/proxy", "pods/status", "replicationcontrollers", "replicationcontrollers/scale",
            "replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "secrets", "serviceaccounts",
            "services", "services/proxy", "services/status",
          ]),
        PolicyRule(verbs: ["impersonate"], apiGroups: [""], resources: ["serviceaccounts"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["", "events.k8s.io"],
          resources: ["events"]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["", "events.k8s.io"], resources: ["events"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["apps"],
          resources: [
            "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets",
            "replicasets/scale", "statefulsets", "statefulsets/scale",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["apps"],
          resources: [
            "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
            "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
            "statefulsets/scale", "statefulsets/status",
          ]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["autoscaling"],
          resources: ["horizontalpodautoscalers"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["autoscaling"],
          resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["batch"],
          resources: ["cronjobs", "jobs"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["batch"],
          resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
          apiGroups: ["coordination.k8s.io"], resources: ["leases"]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["extensions"],
          resources: [
            "daemonsets", "deployments", "deployments/rollback", "deployments/scale", "ingresses", "networkpolicies",
            "replicasets", "replicasets/scale", "replicationcontrollers/scale",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["extensions"],
          resources: [
            "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status", "ingresses",
            "ingresses/status", "networkpolicies", "replicasets", "replicasets/scale", "replicasets/status",
            "replicationcontrollers/scale",
          ]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["networking.k8s.io"],
          resources: ["ingresses", "networkpolicies"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["networking.k8s.io"],
          resources: ["ingresses", "ingresses/status", "networkpolicies"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["policy"],
          resources: ["poddisruptionbudgets"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["policy"],
          resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["resource.k8s.io"],
          resources: ["resourceclaims", "resourceclaimtemplates"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["resource.k8s.io"],
          resources: ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"]),
        PolicyRule(
          verbs: ["create", "delete", "deletecollection", "patch", "update"], apiGroups: ["scheduling.k8s.io"],
          resources: ["podgroups", "workloads"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["scheduling.k8s.io"],
          resources: ["podgroups", "podgroups/status", "workloads"]),
      ]
    ),
    (
      "view",
      [
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: [""],
          resources: [
            "bindings", "configmaps", "endpoints", "limitranges", "namespaces", "namespaces/status",
            "persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/log", "pods/status",
            "replicationcontrollers", "replicationcontrollers/scale", "replicationcontrollers/status", "resourcequotas",
            "resourcequotas/status", "serviceaccounts", "services", "services/status",
          ]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["", "events.k8s.io"], resources: ["events"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["apps"],
          resources: [
            "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
            "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
            "statefulsets/scale", "statefulsets/status",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["autoscaling"],
          resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["batch"],
          resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        PolicyRule(verbs: ["get", "list", "watch"], apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["extensions"],
          resources: [
            "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status", "ingresses",
            "ingresses/status", "networkpolicies", "replicasets", "replicasets/scale", "replicasets/status",
            "replicationcontrollers/scale",
          ]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["networking.k8s.io"],
          resources: ["ingresses", "ingresses/status", "networkpolicies"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["policy"],
          resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["resource.k8s.io"],
          resources: ["resourceclaims", "resourceclaims/status", "resourceclaimtemplates"]),
        PolicyRule(
          verbs: ["get", "list", "watch"], apiGroups: ["scheduling.k8s.io"],
          resources: ["podgroups", "podgroups/status", "workloads"]),
      ]
    ),
  ]

  /// Stands for the role in reports; it has no place in any file.
  static func object(_ name: String) -> KubeObject? {
    func text(_ key: String, _ value: String) -> Mapping.Entry {
      .init(key: key, value: Bytes.DocumentNode(.string(value)))
    }
    let metadata = Bytes.DocumentNode(.object(Mapping([text("name", name)])))
    return KubeObject(
      Bytes.DocumentNode(
        .object(
          Mapping([
            text("apiVersion", "rbac.authorization.k8s.io/v1"), text("kind", "ClusterRole"),
            .init(key: "metadata", value: metadata),
          ]))), file: "(built in)")
  }
}
