/// Types of the API group `policy`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum PolicyTypes {
  static let v1 = """
    Eviction
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     deleteOptions *meta/v1.DeleteOptions ?
    PodDisruptionBudget
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PodDisruptionBudgetSpec ?
     status PodDisruptionBudgetStatus ?
    PodDisruptionBudgetSpec
     minAvailable *IntOrString ?
     selector *meta/v1.LabelSelector ?
     maxUnavailable *IntOrString ?
     unhealthyPodEvictionPolicy *string ?
    PodDisruptionBudgetStatus
     observedGeneration int64 ?
     disruptedPods {}Time ?
     disruptionsAllowed int32
     currentHealthy int32
     desiredHealthy int32
     expectedPods int32
     conditions []meta/v1.Condition ? map=type
    """
}
