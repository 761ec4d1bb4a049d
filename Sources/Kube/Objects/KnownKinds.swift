/// Kinds of the built-in API groups, to tell a wrong `apiVersion` from a custom resource.
enum KnownKinds {
  /// Every group that has or had the kind; the current one first.
  private static let groups: [String: [String]] = {
    var table: [String: [String]] = [:]
    func add(_ groups: [String], _ kinds: String...) { for kind in kinds { table[kind] = groups } }
    add(
      [""], "Pod", "Secret", "ConfigMap", "Namespace", "ServiceAccount", "PersistentVolume", "PersistentVolumeClaim",
      "ReplicationController", "ResourceQuota", "LimitRange")
    add(["apps", "extensions"], "Deployment", "DaemonSet", "ReplicaSet")
    add(["apps"], "StatefulSet")
    add(["batch"], "CronJob")
    add(["networking.k8s.io", "extensions"], "Ingress", "NetworkPolicy")
    add(["rbac.authorization.k8s.io"], "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
    add(["policy"], "PodDisruptionBudget")
    add(["storage.k8s.io"], "StorageClass")
    return table
  }()

  /// Groups of Kubernetes itself; other groups may use any kind.
  private static let builtIn: Set<String> = [
    "", "apps", "batch", "extensions", "policy", "autoscaling", "networking.k8s.io", "rbac.authorization.k8s.io",
    "storage.k8s.io",
  ]

  /// The right group of a kind that is written with a wrong one; nil where the group is right or the kind is unknown.
  static func group(wrongly kind: GroupKind) -> String? {
    guard builtIn.contains(kind.group), let right = groups[kind.kind], !right.contains(kind.group) else { return nil }
    return right.first
  }
}
