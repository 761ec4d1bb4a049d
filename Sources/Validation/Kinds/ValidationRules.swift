import Kube

/// What each kind is held to beyond the types of its fields. A new kind is one line here.
enum ValidationRules {
  /// - Parameter object: the root of an object whose values have the right types.
  typealias Rule = @Sendable (_ object: Field, _ found: inout Violations) -> Void

  static let all: [GroupKind: Rule] = [
    .pod: PodRules.pod,
    GroupKind("", "PodTemplate"): PodRules.podTemplate,
    GroupKind("", "ReplicationController"): WorkloadRules.replicationController,
    GroupKind("apps", "Deployment"): WorkloadRules.deployment,
    GroupKind("apps", "ReplicaSet"): WorkloadRules.replicaSet,
    GroupKind("apps", "StatefulSet"): WorkloadRules.statefulSet,
    GroupKind("apps", "DaemonSet"): WorkloadRules.daemonSet,
    GroupKind("batch", "Job"): JobRules.job,
    GroupKind("batch", "CronJob"): JobRules.cronJob,
    .service: NetworkRules.service,
    .ingress: NetworkRules.ingress,
    GroupKind("networking.k8s.io", "IngressClass"): NetworkRules.ingressClass,
    .networkPolicy: NetworkRules.networkPolicy,
    GroupKind("", "Endpoints"): NetworkRules.endpoints,
    GroupKind("discovery.k8s.io", "EndpointSlice"): NetworkRules.endpointSlice,
    GroupKind("node.k8s.io", "RuntimeClass"): ClusterRules.runtimeClass,
    GroupKind("networking.k8s.io", "ServiceCIDR"): NetworkRules.serviceCIDR,
    .role: AccessRules.role,
    .clusterRole: AccessRules.clusterRole,
    .roleBinding: AccessRules.roleBinding,
    .clusterRoleBinding: AccessRules.clusterRoleBinding,
    GroupKind("", "PersistentVolume"): StorageRules.volume,
    GroupKind("", "PersistentVolumeClaim"): StorageRules.volumeClaim,
    GroupKind("storage.k8s.io", "StorageClass"): StorageRules.storageClass,
    GroupKind("policy", "PodDisruptionBudget"): PolicyRules.disruptionBudget,
    GroupKind("autoscaling", "HorizontalPodAutoscaler"): PolicyRules.autoscaler,
    GroupKind("", "LimitRange"): PolicyRules.limitRange,
    GroupKind("", "ResourceQuota"): PolicyRules.quota,
    GroupKind("scheduling.k8s.io", "PriorityClass"): PolicyRules.priorityClass,
    .configMap: ClusterRules.configMap,
    .secret: ClusterRules.secret,
    .namespace: ClusterRules.namespace,
    GroupKind("flowcontrol.apiserver.k8s.io", "FlowSchema"): ClusterRules.flowSchema,
    GroupKind("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): ClusterRules.priorityLevel,
    GroupKind("resource.k8s.io", "DeviceClass"): ClusterRules.deviceClass,
    GroupKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): ClusterRules.policyBinding,
    GroupKind("coordination.k8s.io", "Lease"): ClusterRules.lease,
    GroupKind("certificates.k8s.io", "CertificateSigningRequest"): ClusterRules.certificateRequest,
    GroupKind("apiregistration.k8s.io", "APIService"): ClusterRules.apiService,
  ]
}
