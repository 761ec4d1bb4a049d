/// Types of the API group `meta.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/apimachinery v0.36.2.
enum MetaTypes {
  static let v1 = """
    Condition
     type string
     status string
     observedGeneration int64 ?
     lastTransitionTime Time
     reason string
     message string
    DeleteOptions
     kind string ?
     apiVersion string ?
     gracePeriodSeconds *int64 ?
     preconditions *Preconditions ?
     orphanDependents *bool ?
     propagationPolicy *string ?
     dryRun []string ?
     ignoreStoreReadErrorWithClusterBreakingPotential *bool ?
    FieldSelectorRequirement
     key string
     operator string
     values []string ?
    GroupKind
     group string
     kind string
    GroupResource
     group string
     resource string
    GroupVersionKind
     group string
     version string
     kind string
    GroupVersionResource
     group string
     version string
     resource string
    LabelSelector atomic
     matchLabels {}string ?
     matchExpressions []LabelSelectorRequirement ?
    LabelSelectorRequirement
     key string
     operator string
     values []string ?
    ManagedFieldsEntry
     manager string ?
     operation string ?
     apiVersion string ?
     time *Time ?
     fieldsType string ?
     fieldsV1 *Any ?
     subresource string ?
    ObjectMeta
     name string ?
     generateName string ?
     namespace string ?
     selfLink string ?
     uid string ?
     resourceVersion string ?
     generation int64 ?
     creationTimestamp Time ? 0
     deletionTimestamp *Time ?
     deletionGracePeriodSeconds *int64 ?
     labels {}string ?
     annotations {}string ?
     ownerReferences []OwnerReference ? map=uid
     finalizers []string ? set
     managedFields []ManagedFieldsEntry ?
    OwnerReference atomic
     apiVersion string
     kind string
     name string
     uid string
     controller *bool ?
     blockOwnerDeletion *bool ?
    Preconditions
     uid *string ?
     resourceVersion *string ?
    """
}
