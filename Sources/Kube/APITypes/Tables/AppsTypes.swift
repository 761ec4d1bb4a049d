/// Types of the API group `apps`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum AppsTypes {
  static let v1 = """
    ControllerRevision
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     data Any ?
     revision int64
    DaemonSet
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DaemonSetSpec ?
     status DaemonSetStatus ?
    DaemonSetCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    DaemonSetSpec
     selector *meta/v1.LabelSelector
     template core/v1.PodTemplateSpec
     updateStrategy DaemonSetUpdateStrategy ?
     minReadySeconds int32 ?
     revisionHistoryLimit *int32 ?
    DaemonSetStatus
     currentNumberScheduled int32
     numberMisscheduled int32
     desiredNumberScheduled int32
     numberReady int32
     observedGeneration int64 ?
     updatedNumberScheduled int32 ?
     numberAvailable int32 ?
     numberUnavailable int32 ?
     collisionCount *int32 ?
     conditions []DaemonSetCondition ? map=type
    DaemonSetUpdateStrategy
     type string ?
     rollingUpdate *RollingUpdateDaemonSet ?
    Deployment
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeploymentSpec ?
     status DeploymentStatus ?
    DeploymentCondition
     type string
     status string
     lastUpdateTime Time ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    DeploymentSpec
     replicas *int32 ?
     selector *meta/v1.LabelSelector
     template core/v1.PodTemplateSpec
     strategy DeploymentStrategy ?
     minReadySeconds int32 ?
     revisionHistoryLimit *int32 ?
     paused bool ?
     progressDeadlineSeconds *int32 ?
    DeploymentStatus
     observedGeneration int64 ?
     replicas int32 ?
     updatedReplicas int32 ?
     readyReplicas int32 ?
     availableReplicas int32 ?
     unavailableReplicas int32 ?
     terminatingReplicas *int32 ?
     conditions []DeploymentCondition ? map=type
     collisionCount *int32 ?
    DeploymentStrategy
     type string ?
     rollingUpdate *RollingUpdateDeployment ?
    ReplicaSet
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ReplicaSetSpec ?
     status ReplicaSetStatus ?
    ReplicaSetCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    ReplicaSetSpec
     replicas *int32 ?
     minReadySeconds int32 ?
     selector *meta/v1.LabelSelector
     template core/v1.PodTemplateSpec ?
    ReplicaSetStatus
     replicas int32
     fullyLabeledReplicas int32 ?
     readyReplicas int32 ?
     availableReplicas int32 ?
     terminatingReplicas *int32 ?
     observedGeneration int64 ?
     conditions []ReplicaSetCondition ? map=type
    RollingUpdateDaemonSet
     maxUnavailable *IntOrString ?
     maxSurge *IntOrString ?
    RollingUpdateDeployment
     maxUnavailable *IntOrString ?
     maxSurge *IntOrString ?
    RollingUpdateStatefulSetStrategy
     partition *int32 ?
     maxUnavailable *IntOrString ? gate=MaxUnavailableStatefulSet
    StatefulSet
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec StatefulSetSpec ?
     status StatefulSetStatus ?
    StatefulSetCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    StatefulSetOrdinals
     start int32
    StatefulSetPersistentVolumeClaimRetentionPolicy
     whenDeleted string ?
     whenScaled string ?
    StatefulSetSpec
     replicas *int32 ?
     selector *meta/v1.LabelSelector
     template core/v1.PodTemplateSpec
     volumeClaimTemplates []core/v1.PersistentVolumeClaim ?
     serviceName string
     podManagementPolicy string ?
     updateStrategy StatefulSetUpdateStrategy ?
     revisionHistoryLimit *int32 ?
     minReadySeconds int32 ?
     persistentVolumeClaimRetentionPolicy *StatefulSetPersistentVolumeClaimRetentionPolicy ?
     ordinals *StatefulSetOrdinals ?
    StatefulSetStatus
     observedGeneration int64 ?
     replicas int32
     readyReplicas int32 ?
     currentReplicas int32 ?
     updatedReplicas int32 ?
     currentRevision string ?
     updateRevision string ?
     collisionCount *int32 ?
     conditions []StatefulSetCondition ? map=type
     availableReplicas int32
    StatefulSetUpdateStrategy
     type string ?
     rollingUpdate *RollingUpdateStatefulSetStrategy ?
    """
}
