/// Types of the API group `rbac.authorization.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum RbacTypes {
  static let v1 = """
    AggregationRule
     clusterRoleSelectors []meta/v1.LabelSelector ?
    ClusterRole
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     rules []PolicyRule
     aggregationRule *AggregationRule ?
    ClusterRoleBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     subjects []Subject ?
     roleRef RoleRef
    PolicyRule
     verbs []string
     apiGroups []string ?
     resources []string ?
     resourceNames []string ?
     nonResourceURLs []string ?
    Role
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     rules []PolicyRule
    RoleBinding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     subjects []Subject ?
     roleRef RoleRef
    RoleRef atomic
     apiGroup string
     kind string
     name string
    Subject atomic
     kind string
     apiGroup string ?
     name string
     namespace string ?
    """
}
