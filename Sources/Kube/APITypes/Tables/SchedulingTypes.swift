/// Types of the API group `scheduling.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum SchedulingTypes {
  static let v1 = """
    PriorityClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     value int32
     globalDefault bool ?
     description string ?
     preemptionPolicy *string ?
    """
  static let v1alpha2 = """
    BasicSchedulingPolicy
    GangSchedulingPolicy
     minCount int32
    PodGroup
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PodGroupSpec
     status PodGroupStatus ?
    PodGroupResourceClaim
     name string
     resourceClaimName *string ?
     resourceClaimTemplateName *string ?
    PodGroupResourceClaimStatus
     name string
     resourceClaimName *string ?
    PodGroupSchedulingConstraints
     topology []TopologyConstraint ?
    PodGroupSchedulingPolicy
     basic *BasicSchedulingPolicy ?
     gang *GangSchedulingPolicy ?
    PodGroupSpec
     podGroupTemplateRef *PodGroupTemplateReference
     schedulingPolicy PodGroupSchedulingPolicy
     schedulingConstraints *PodGroupSchedulingConstraints ? gate=TopologyAwareWorkloadScheduling
     resourceClaims []PodGroupResourceClaim ? map=name gate=DRAWorkloadResourceClaims
     disruptionMode *string ? gate=WorkloadAwarePreemption default="Pod"
     priorityClassName string ? gate=WorkloadAwarePreemption
     priority *int32 ? gate=WorkloadAwarePreemption
    PodGroupStatus
     conditions []meta/v1.Condition ? map=type
     resourceClaimStatuses []PodGroupResourceClaimStatus ? map=name gate=DRAWorkloadResourceClaims
    PodGroupTemplate
     name string
     schedulingPolicy PodGroupSchedulingPolicy
     schedulingConstraints *PodGroupSchedulingConstraints gate=TopologyAwareWorkloadScheduling
     resourceClaims []PodGroupResourceClaim ? map=name gate=DRAWorkloadResourceClaims
     disruptionMode *string ? gate=WorkloadAwarePreemption
     priorityClassName string ? gate=WorkloadAwarePreemption
     priority *int32 ? gate=WorkloadAwarePreemption
    PodGroupTemplateReference
     workload *WorkloadPodGroupTemplateReference
    TopologyConstraint
     key string
    TypedLocalObjectReference
     apiGroup string ?
     kind string
     name string
    Workload
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec WorkloadSpec
    WorkloadPodGroupTemplateReference
     workloadName string
     podGroupTemplateName string
    WorkloadSpec
     controllerRef *TypedLocalObjectReference ?
     podGroupTemplates []PodGroupTemplate map=name
    """
}
