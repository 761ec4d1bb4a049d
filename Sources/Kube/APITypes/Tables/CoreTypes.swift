/// Types of the API group `core`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum CoreTypes {
  static let v1 = """
    AWSElasticBlockStoreVolumeSource
     volumeID string
     fsType string ?
     partition int32 ?
     readOnly bool ?
    Affinity
     nodeAffinity *NodeAffinity ?
     podAffinity *PodAffinity ?
     podAntiAffinity *PodAntiAffinity ?
    AppArmorProfile
     type string
     localhostProfile *string ?
    AttachedVolume
     name string
     devicePath string
    AvoidPods
     preferAvoidPods []PreferAvoidPodsEntry ?
    AzureDiskVolumeSource
     diskName string
     diskURI string
     cachingMode *string ? default="ReadWrite"
     fsType *string ? default="ext4"
     readOnly *bool ? default=false
     kind *string ? default="Shared"
    AzureFilePersistentVolumeSource
     secretName string
     shareName string
     readOnly bool ?
     secretNamespace *string
    AzureFileVolumeSource
     secretName string
     shareName string
     readOnly bool ?
    Binding
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     target ObjectReference
    CSIPersistentVolumeSource
     driver string
     volumeHandle string
     readOnly bool ?
     fsType string ?
     volumeAttributes {}string ?
     controllerPublishSecretRef *SecretReference ?
     nodeStageSecretRef *SecretReference ?
     nodePublishSecretRef *SecretReference ?
     controllerExpandSecretRef *SecretReference ?
     nodeExpandSecretRef *SecretReference ?
    CSIVolumeSource
     driver string
     readOnly *bool ?
     fsType *string ?
     volumeAttributes {}string ?
     nodePublishSecretRef *LocalObjectReference ?
    Capabilities
     add []string ?
     drop []string ?
    CephFSPersistentVolumeSource
     monitors []string
     path string ?
     user string ?
     secretFile string ?
     secretRef *SecretReference ?
     readOnly bool ?
    CephFSVolumeSource
     monitors []string
     path string ?
     user string ?
     secretFile string ?
     secretRef *LocalObjectReference ?
     readOnly bool ?
    CinderPersistentVolumeSource
     volumeID string
     fsType string ?
     readOnly bool ?
     secretRef *SecretReference ?
    CinderVolumeSource
     volumeID string
     fsType string ?
     readOnly bool ?
     secretRef *LocalObjectReference ?
    ClientIPConfig
     timeoutSeconds *int32 ?
    ClusterTrustBundleProjection
     name *string ?
     signerName *string ?
     labelSelector *meta/v1.LabelSelector ?
     optional *bool ?
     path string
    ComponentCondition
     type string
     status string
     message string ?
     error string ?
    ComponentStatus
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     conditions []ComponentCondition ? map=type
    ConfigMap
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     immutable *bool ?
     data {}string ?
     binaryData {}bytes ?
    ConfigMapEnvSource
     name string ? default=""
     optional *bool ?
    ConfigMapKeySelector atomic
     name string ? default=""
     key string
     optional *bool ?
    ConfigMapNodeConfigSource
     namespace string
     name string
     uid string ?
     resourceVersion string ?
     kubeletConfigKey string
    ConfigMapProjection
     name string ? default=""
     items []KeyToPath ?
     optional *bool ?
    ConfigMapVolumeSource
     name string ? default=""
     items []KeyToPath ?
     defaultMode *int32 ?
     optional *bool ?
    Container
     name string
     image string ?
     command []string ?
     args []string ?
     workingDir string ?
     ports []ContainerPort ? map=containerPort,protocol
     envFrom []EnvFromSource ?
     env []EnvVar ? map=name
     resources ResourceRequirements ?
     resizePolicy []ContainerResizePolicy ? gate=InPlacePodVerticalScaling
     restartPolicy *string ?
     restartPolicyRules []ContainerRestartRule ? gate=ContainerRestartRules
     volumeMounts []VolumeMount ? map=mountPath
     volumeDevices []VolumeDevice ? map=devicePath
     livenessProbe *Probe ?
     readinessProbe *Probe ?
     startupProbe *Probe ?
     lifecycle *Lifecycle ?
     terminationMessagePath string ?
     terminationMessagePolicy string ?
     imagePullPolicy string ?
     securityContext *SecurityContext ?
     stdin bool ?
     stdinOnce bool ?
     tty bool ?
    ContainerExtendedResourceRequest
     containerName string
     resourceName string
     requestName string
    ContainerImage
     names []string
     sizeBytes int64 ?
    ContainerPort
     name string ?
     hostPort int32 ?
     containerPort int32
     protocol string ? default="TCP"
     hostIP string ?
    ContainerResizePolicy
     resourceName string
     restartPolicy string
    ContainerRestartRule
     action string ?
     exitCodes *ContainerRestartRuleOnExitCodes ?
    ContainerRestartRuleOnExitCodes
     operator string ?
     values []int32 ? set
    ContainerState
     waiting *ContainerStateWaiting ?
     running *ContainerStateRunning ?
     terminated *ContainerStateTerminated ?
    ContainerStateRunning
     startedAt Time ?
    ContainerStateTerminated
     exitCode int32
     signal int32 ?
     reason string ?
     message string ?
     startedAt Time ?
     finishedAt Time ?
     containerID string ?
    ContainerStateWaiting
     reason string ?
     message string ?
    ContainerStatus
     name string
     state ContainerState ?
     lastState ContainerState ?
     ready bool
     restartCount int32
     image string
     imageID string
     containerID string ?
     started *bool ?
     allocatedResources {}Quantity ?
     resources *ResourceRequirements ? gate=InPlacePodVerticalScaling
     volumeMounts []VolumeMountStatus ? map=mountPath
     user *ContainerUser ? gate=SupplementalGroupsPolicy
     allocatedResourcesStatus []ResourceStatus ? map=name gate=ResourceHealthStatus
     stopSignal *string ? gate=ContainerStopSignals
    ContainerUser
     linux *LinuxContainerUser ?
    DaemonEndpoint
     Port int32
    DownwardAPIProjection
     items []DownwardAPIVolumeFile ?
    DownwardAPIVolumeFile
     path string
     fieldRef *ObjectFieldSelector ?
     resourceFieldRef *ResourceFieldSelector ?
     mode *int32 ?
    DownwardAPIVolumeSource
     items []DownwardAPIVolumeFile ?
     defaultMode *int32 ?
    EmptyDirVolumeSource
     medium string ?
     sizeLimit *Quantity ?
    EndpointAddress atomic
     ip string
     hostname string ?
     nodeName *string ?
     targetRef *ObjectReference ?
    EndpointPort atomic
     name string ?
     port int32
     protocol string ?
     appProtocol *string ?
    EndpointSubset
     addresses []EndpointAddress ?
     notReadyAddresses []EndpointAddress ?
     ports []EndpointPort ?
    Endpoints
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     subsets []EndpointSubset ?
    EnvFromSource
     prefix string ?
     configMapRef *ConfigMapEnvSource ?
     secretRef *SecretEnvSource ?
    EnvVar
     name string
     value string ?
     valueFrom *EnvVarSource ?
    EnvVarSource
     fieldRef *ObjectFieldSelector ?
     resourceFieldRef *ResourceFieldSelector ?
     configMapKeyRef *ConfigMapKeySelector ?
     secretKeyRef *SecretKeySelector ?
     fileKeyRef *FileKeySelector ? gate=EnvFiles
    EphemeralContainer
     name string
     image string ?
     command []string ?
     args []string ?
     workingDir string ?
     ports []ContainerPort ? map=containerPort,protocol
     envFrom []EnvFromSource ?
     env []EnvVar ? map=name
     resources ResourceRequirements ?
     resizePolicy []ContainerResizePolicy ? gate=InPlacePodVerticalScaling
     restartPolicy *string ?
     restartPolicyRules []ContainerRestartRule ? gate=ContainerRestartRules
     volumeMounts []VolumeMount ? map=mountPath
     volumeDevices []VolumeDevice ? map=devicePath
     livenessProbe *Probe ?
     readinessProbe *Probe ?
     startupProbe *Probe ?
     lifecycle *Lifecycle ?
     terminationMessagePath string ?
     terminationMessagePolicy string ?
     imagePullPolicy string ?
     securityContext *SecurityContext ?
     stdin bool ?
     stdinOnce bool ?
     tty bool ?
     targetContainerName string ?
    EphemeralContainerCommon
     name string
     image string ?
     command []string ?
     args []string ?
     workingDir string ?
     ports []ContainerPort ? map=containerPort,protocol
     envFrom []EnvFromSource ?
     env []EnvVar ? map=name
     resources ResourceRequirements ?
     resizePolicy []ContainerResizePolicy ? gate=InPlacePodVerticalScaling
     restartPolicy *string ?
     restartPolicyRules []ContainerRestartRule ? gate=ContainerRestartRules
     volumeMounts []VolumeMount ? map=mountPath
     volumeDevices []VolumeDevice ? map=devicePath
     livenessProbe *Probe ?
     readinessProbe *Probe ?
     startupProbe *Probe ?
     lifecycle *Lifecycle ?
     terminationMessagePath string ?
     terminationMessagePolicy string ?
     imagePullPolicy string ?
     securityContext *SecurityContext ?
     stdin bool ?
     stdinOnce bool ?
     tty bool ?
    EphemeralVolumeSource
     volumeClaimTemplate *PersistentVolumeClaimTemplate ?
    Event
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta
     involvedObject ObjectReference
     reason string ?
     message string ?
     source EventSource ?
     firstTimestamp Time ?
     lastTimestamp Time ?
     count int32 ?
     type string ?
     eventTime MicroTime ?
     series *EventSeries ?
     action string ?
     related *ObjectReference ?
     reportingComponent string
     reportingInstance string
    EventSeries
     count int32 ?
     lastObservedTime MicroTime ?
    EventSource
     component string ?
     host string ?
    ExecAction
     command []string ?
    FCVolumeSource
     targetWWNs []string ?
     lun *int32 ?
     fsType string ?
     readOnly bool ?
     wwids []string ?
    FileKeySelector atomic
     volumeName string
     path string
     key string
     optional *bool ? default=false
    FlexPersistentVolumeSource
     driver string
     fsType string ?
     secretRef *SecretReference ?
     readOnly bool ?
     options {}string ?
    FlexVolumeSource
     driver string
     fsType string ?
     secretRef *LocalObjectReference ?
     readOnly bool ?
     options {}string ?
    FlockerVolumeSource
     datasetName string ?
     datasetUUID string ?
    GCEPersistentDiskVolumeSource
     pdName string
     fsType string ?
     partition int32 ?
     readOnly bool ?
    GRPCAction
     port int32
     service *string default=""
    GitRepoVolumeSource
     repository string
     revision string ?
     directory string ?
    GlusterfsPersistentVolumeSource
     endpoints string
     path string
     readOnly bool ?
     endpointsNamespace *string ?
    GlusterfsVolumeSource
     endpoints string
     path string
     readOnly bool ?
    HTTPGetAction
     path string ?
     port IntOrString
     host string ?
     scheme string ?
     httpHeaders []HTTPHeader ?
    HTTPHeader
     name string
     value string
    HostAlias
     ip string
     hostnames []string ?
    HostIP
     ip string
    HostPathVolumeSource
     path string
     type *string ?
    ISCSIPersistentVolumeSource
     targetPortal string
     iqn string
     lun int32
     iscsiInterface string ? default="default"
     fsType string ?
     readOnly bool ?
     portals []string ?
     chapAuthDiscovery bool ?
     chapAuthSession bool ?
     secretRef *SecretReference ?
     initiatorName *string ?
    ISCSIVolumeSource
     targetPortal string
     iqn string
     lun int32
     iscsiInterface string ? default="default"
     fsType string ?
     readOnly bool ?
     portals []string ?
     chapAuthDiscovery bool ?
     chapAuthSession bool ?
     secretRef *LocalObjectReference ?
     initiatorName *string ?
    ImageVolumeSource
     reference string ?
     pullPolicy string ?
    ImageVolumeStatus
     imageRef string ?
    KeyToPath
     key string
     path string
     mode *int32 ?
    Lifecycle
     postStart *LifecycleHandler ?
     preStop *LifecycleHandler ?
     stopSignal *string ?
    LifecycleHandler
     exec *ExecAction ?
     httpGet *HTTPGetAction ?
     tcpSocket *TCPSocketAction ?
     sleep *SleepAction ?
    LimitRange
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec LimitRangeSpec ?
    LimitRangeItem
     type string
     max {}Quantity ?
     min {}Quantity ?
     default {}Quantity ?
     defaultRequest {}Quantity ?
     maxLimitRequestRatio {}Quantity ?
    LimitRangeSpec
     limits []LimitRangeItem
    LinuxContainerUser
     uid int64
     gid int64
     supplementalGroups []int64 ?
    LoadBalancerIngress
     ip string ?
     hostname string ?
     ipMode *string ?
     ports []PortStatus ?
    LoadBalancerStatus
     ingress []LoadBalancerIngress ?
    LocalObjectReference atomic
     name string ? default=""
    LocalVolumeSource
     path string
     fsType *string ?
    ModifyVolumeStatus
     targetVolumeAttributesClassName string ?
     status string
    NFSVolumeSource
     server string
     path string
     readOnly bool ?
    Namespace
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec NamespaceSpec ?
     status NamespaceStatus ?
    NamespaceCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    NamespaceSpec
     finalizers []string ?
    NamespaceStatus
     phase string ?
     conditions []NamespaceCondition ? map=type
    Node
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec NodeSpec ?
     status NodeStatus ?
    NodeAddress
     type string
     address string
    NodeAffinity
     requiredDuringSchedulingIgnoredDuringExecution *NodeSelector ?
     preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm ?
    NodeAllocatableResourceClaimStatus
     resourceClaimName string
     containers []string ? set
     resources {}Quantity
    NodeCondition
     type string
     status string
     lastHeartbeatTime Time ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    NodeConfigSource
     configMap *ConfigMapNodeConfigSource ?
    NodeConfigStatus
     assigned *NodeConfigSource ?
     active *NodeConfigSource ?
     lastKnownGood *NodeConfigSource ?
     error string ?
    NodeDaemonEndpoints
     kubeletEndpoint DaemonEndpoint ?
    NodeFeatures
     supplementalGroupsPolicy *bool ?
    NodeProxyOptions
     kind string ?
     apiVersion string ?
     path string ?
    NodeRuntimeHandler
     name string
     features *NodeRuntimeHandlerFeatures ?
    NodeRuntimeHandlerFeatures
     recursiveReadOnlyMounts *bool ?
     userNamespaces *bool ?
    NodeSelector atomic
     nodeSelectorTerms []NodeSelectorTerm
    NodeSelectorRequirement
     key string
     operator string
     values []string ?
    NodeSelectorTerm atomic
     matchExpressions []NodeSelectorRequirement ?
     matchFields []NodeSelectorRequirement ?
    NodeSpec
     podCIDR string ?
     podCIDRs []string ? set
     providerID string ?
     unschedulable bool ?
     taints []Taint ?
     configSource *NodeConfigSource ?
     externalID string ?
    NodeStatus
     capacity {}Quantity ?
     allocatable {}Quantity ?
     phase string ?
     conditions []NodeCondition ? map=type
     addresses []NodeAddress ? map=type
     daemonEndpoints NodeDaemonEndpoints ?
     nodeInfo NodeSystemInfo ?
     images []ContainerImage ?
     volumesInUse []string ?
     volumesAttached []AttachedVolume ?
     config *NodeConfigStatus ?
     runtimeHandlers []NodeRuntimeHandler ?
     features *NodeFeatures ? gate=SupplementalGroupsPolicy
     declaredFeatures []string ? gate=NodeDeclaredFeatures
    NodeSwapStatus
     capacity *int64 ?
    NodeSystemInfo
     machineID string
     systemUUID string
     bootID string
     kernelVersion string
     osImage string
     containerRuntimeVersion string
     kubeletVersion string
     kubeProxyVersion string
     operatingSystem string
     architecture string
     swap *NodeSwapStatus ?
    ObjectFieldSelector atomic
     apiVersion string ?
     fieldPath string
    ObjectReference atomic
     kind string ?
     namespace string ?
     name string ?
     uid string ?
     apiVersion string ?
     resourceVersion string ?
     fieldPath string ?
    PersistentVolume
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PersistentVolumeSpec ?
     status PersistentVolumeStatus ?
    PersistentVolumeClaim
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PersistentVolumeClaimSpec ?
     status PersistentVolumeClaimStatus ?
    PersistentVolumeClaimCondition
     type string
     status string
     lastProbeTime Time ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    PersistentVolumeClaimSpec
     accessModes []string ?
     selector *meta/v1.LabelSelector ?
     resources VolumeResourceRequirements ?
     volumeName string ?
     storageClassName *string ?
     volumeMode *string ?
     dataSource *TypedLocalObjectReference ?
     dataSourceRef *TypedObjectReference ?
     volumeAttributesClassName *string ? gate=VolumeAttributesClass
    PersistentVolumeClaimStatus
     phase string ?
     accessModes []string ?
     capacity {}Quantity ?
     conditions []PersistentVolumeClaimCondition ? map=type
     allocatedResources {}Quantity ?
     allocatedResourceStatuses {}string ?
     currentVolumeAttributesClassName *string ? gate=VolumeAttributesClass
     modifyVolumeStatus *ModifyVolumeStatus ? gate=VolumeAttributesClass
    PersistentVolumeClaimTemplate
     metadata meta/v1.ObjectMeta ?
     spec PersistentVolumeClaimSpec
    PersistentVolumeClaimVolumeSource
     claimName string
     readOnly bool ?
    PersistentVolumeSource
     gcePersistentDisk *GCEPersistentDiskVolumeSource ?
     awsElasticBlockStore *AWSElasticBlockStoreVolumeSource ?
     hostPath *HostPathVolumeSource ?
     glusterfs *GlusterfsPersistentVolumeSource ?
     nfs *NFSVolumeSource ?
     rbd *RBDPersistentVolumeSource ?
     iscsi *ISCSIPersistentVolumeSource ?
     cinder *CinderPersistentVolumeSource ?
     cephfs *CephFSPersistentVolumeSource ?
     fc *FCVolumeSource ?
     flocker *FlockerVolumeSource ?
     flexVolume *FlexPersistentVolumeSource ?
     azureFile *AzureFilePersistentVolumeSource ?
     vsphereVolume *VsphereVirtualDiskVolumeSource ?
     quobyte *QuobyteVolumeSource ?
     azureDisk *AzureDiskVolumeSource ?
     photonPersistentDisk *PhotonPersistentDiskVolumeSource ?
     portworxVolume *PortworxVolumeSource ?
     scaleIO *ScaleIOPersistentVolumeSource ?
     local *LocalVolumeSource ?
     storageos *StorageOSPersistentVolumeSource ?
     csi *CSIPersistentVolumeSource ?
    PersistentVolumeSpec
     capacity {}Quantity ?
     gcePersistentDisk *GCEPersistentDiskVolumeSource ?
     awsElasticBlockStore *AWSElasticBlockStoreVolumeSource ?
     hostPath *HostPathVolumeSource ?
     glusterfs *GlusterfsPersistentVolumeSource ?
     nfs *NFSVolumeSource ?
     rbd *RBDPersistentVolumeSource ?
     iscsi *ISCSIPersistentVolumeSource ?
     cinder *CinderPersistentVolumeSource ?
     cephfs *CephFSPersistentVolumeSource ?
     fc *FCVolumeSource ?
     flocker *FlockerVolumeSource ?
     flexVolume *FlexPersistentVolumeSource ?
     azureFile *AzureFilePersistentVolumeSource ?
     vsphereVolume *VsphereVirtualDiskVolumeSource ?
     quobyte *QuobyteVolumeSource ?
     azureDisk *AzureDiskVolumeSource ?
     photonPersistentDisk *PhotonPersistentDiskVolumeSource ?
     portworxVolume *PortworxVolumeSource ?
     scaleIO *ScaleIOPersistentVolumeSource ?
     local *LocalVolumeSource ?
     storageos *StorageOSPersistentVolumeSource ?
     csi *CSIPersistentVolumeSource ?
     accessModes []string ?
     claimRef *ObjectReference ?
     persistentVolumeReclaimPolicy string ?
     storageClassName string ?
     mountOptions []string ?
     volumeMode *string ?
     nodeAffinity *VolumeNodeAffinity ?
     volumeAttributesClassName *string ? gate=VolumeAttributesClass
    PersistentVolumeStatus
     phase string ?
     message string ?
     reason string ?
     lastPhaseTransitionTime *Time ?
    PhotonPersistentDiskVolumeSource
     pdID string
     fsType string ?
    Pod
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PodSpec ?
     status PodStatus ?
    PodAffinity
     requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm ?
     preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm ?
    PodAffinityTerm
     labelSelector *meta/v1.LabelSelector ?
     namespaces []string ?
     topologyKey string
     namespaceSelector *meta/v1.LabelSelector ?
     matchLabelKeys []string ?
     mismatchLabelKeys []string ?
    PodAntiAffinity
     requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm ?
     preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm ?
    PodAttachOptions
     kind string ?
     apiVersion string ?
     stdin bool ?
     stdout bool ?
     stderr bool ?
     tty bool ?
     container string ?
    PodCertificateProjection
     signerName string ?
     keyType string ?
     maxExpirationSeconds *int32 ?
     credentialBundlePath string ?
     keyPath string ?
     certificateChainPath string ?
     userAnnotations {}string ?
    PodCondition
     type string
     observedGeneration int64 ?
     status string
     lastProbeTime Time ?
     lastTransitionTime Time ?
     reason string ?
     message string ?
    PodDNSConfig
     nameservers []string ?
     searches []string ?
     options []PodDNSConfigOption ?
    PodDNSConfigOption
     name string ?
     value *string ?
    PodExecOptions
     kind string ?
     apiVersion string ?
     stdin bool ?
     stdout bool ?
     stderr bool ?
     tty bool ?
     container string ?
     command []string
    PodExtendedResourceClaimStatus
     requestMappings []ContainerExtendedResourceRequest
     resourceClaimName string
    PodIP
     ip string
    PodLogOptions
     kind string ?
     apiVersion string ?
     container string ?
     follow bool ?
     previous bool ?
     sinceSeconds *int64 ?
     sinceTime *Time ?
     timestamps bool ?
     tailLines *int64 ?
     limitBytes *int64 ?
     insecureSkipTLSVerifyBackend bool ?
     stream *string ? gate=PodLogsQuerySplitStreams
    PodOS
     name string
    PodPortForwardOptions
     kind string ?
     apiVersion string ?
     ports []int32 ?
    PodProxyOptions
     kind string ?
     apiVersion string ?
     path string ?
    PodReadinessGate
     conditionType string
    PodResourceClaim
     name string
     resourceClaimName *string ?
     resourceClaimTemplateName *string ?
    PodResourceClaimStatus
     name string
     resourceClaimName *string ?
    PodSchedulingGate
     name string
    PodSchedulingGroup
     podGroupName *string ?
    PodSecurityContext
     seLinuxOptions *SELinuxOptions ?
     windowsOptions *WindowsSecurityContextOptions ?
     runAsUser *int64 ?
     runAsGroup *int64 ?
     runAsNonRoot *bool ?
     supplementalGroups []int64 ?
     supplementalGroupsPolicy *string ? gate=SupplementalGroupsPolicy
     fsGroup *int64 ?
     sysctls []Sysctl ?
     fsGroupChangePolicy *string ?
     seccompProfile *SeccompProfile ?
     appArmorProfile *AppArmorProfile ?
     seLinuxChangePolicy *string ? gate=SELinuxChangePolicy
    PodSignature
     podController *meta/v1.OwnerReference ?
    PodSpec
     volumes []Volume ? map=name
     initContainers []Container ? map=name
     containers []Container map=name
     ephemeralContainers []EphemeralContainer ? map=name
     restartPolicy string ?
     terminationGracePeriodSeconds *int64 ?
     activeDeadlineSeconds *int64 ?
     dnsPolicy string ?
     nodeSelector {}string ? atomic
     serviceAccountName string ?
     serviceAccount string ?
     automountServiceAccountToken *bool ?
     nodeName string ?
     hostNetwork bool ?
     hostPID bool ?
     hostIPC bool ?
     shareProcessNamespace *bool ?
     securityContext *PodSecurityContext ?
     imagePullSecrets []LocalObjectReference ? map=name
     hostname string ?
     subdomain string ?
     affinity *Affinity ?
     schedulerName string ?
     tolerations []Toleration ?
     hostAliases []HostAlias ? map=ip
     priorityClassName string ?
     priority *int32 ?
     dnsConfig *PodDNSConfig ?
     readinessGates []PodReadinessGate ?
     runtimeClassName *string ?
     enableServiceLinks *bool ?
     preemptionPolicy *string ?
     overhead {}Quantity ?
     topologySpreadConstraints []TopologySpreadConstraint ? map=topologyKey,whenUnsatisfiable
     setHostnameAsFQDN *bool ?
     os *PodOS ?
     hostUsers *bool ?
     schedulingGates []PodSchedulingGate ? map=name
     resourceClaims []PodResourceClaim ? map=name gate=DynamicResourceAllocation
     resources *ResourceRequirements ? gate=PodLevelResources
     hostnameOverride *string ? gate=HostnameOverride
     schedulingGroup *PodSchedulingGroup ? gate=GenericWorkload
    PodStatus
     observedGeneration int64 ?
     phase string ?
     conditions []PodCondition ? map=type
     message string ?
     reason string ?
     nominatedNodeName string ?
     hostIP string ?
     hostIPs []HostIP ?
     podIP string ?
     podIPs []PodIP ? map=ip
     startTime *Time ?
     initContainerStatuses []ContainerStatus ?
     containerStatuses []ContainerStatus ?
     qosClass string ?
     ephemeralContainerStatuses []ContainerStatus ?
     resize string ? gate=InPlacePodVerticalScaling
     resourceClaimStatuses []PodResourceClaimStatus ? map=name gate=DynamicResourceAllocation
     extendedResourceClaimStatus *PodExtendedResourceClaimStatus ? gate=DRAExtendedResource
     allocatedResources {}Quantity ? gate=InPlacePodLevelResourcesVerticalScaling
     resources *ResourceRequirements ? gate=InPlacePodLevelResourcesVerticalScaling
     nodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus ? gate=DRANodeAllocatableResources
    PodStatusResult
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     status PodStatus ?
    PodTemplate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     template PodTemplateSpec ?
    PodTemplateSpec
     metadata meta/v1.ObjectMeta ?
     spec PodSpec ?
    PortStatus
     port int32
     protocol string
     error *string ?
    PortworxVolumeSource
     volumeID string
     fsType string ?
     readOnly bool ?
    Preconditions
     uid *string ?
    PreferAvoidPodsEntry
     podSignature PodSignature
     evictionTime Time ?
     reason string ?
     message string ?
    PreferredSchedulingTerm
     weight int32
     preference NodeSelectorTerm
    Probe
     exec *ExecAction ?
     httpGet *HTTPGetAction ?
     tcpSocket *TCPSocketAction ?
     grpc *GRPCAction ?
     initialDelaySeconds int32 ?
     timeoutSeconds int32 ?
     periodSeconds int32 ?
     successThreshold int32 ?
     failureThreshold int32 ?
     terminationGracePeriodSeconds *int64 ?
    ProbeHandler
     exec *ExecAction ?
     httpGet *HTTPGetAction ?
     tcpSocket *TCPSocketAction ?
     grpc *GRPCAction ?
    ProjectedVolumeSource
     sources []VolumeProjection
     defaultMode *int32 ?
    QuobyteVolumeSource
     registry string
     volume string
     readOnly bool ?
     user string ?
     group string ?
     tenant string ?
    RBDPersistentVolumeSource
     monitors []string
     image string
     fsType string ?
     pool string ? default="rbd"
     user string ? default="admin"
     keyring string ? default="/etc/ceph/keyring"
     secretRef *SecretReference ?
     readOnly bool ?
    RBDVolumeSource
     monitors []string
     image string
     fsType string ?
     pool string ? default="rbd"
     user string ? default="admin"
     keyring string ? default="/etc/ceph/keyring"
     secretRef *LocalObjectReference ?
     readOnly bool ?
    RangeAllocation
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     range string
     data bytes
    ReplicationController
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ReplicationControllerSpec ?
     status ReplicationControllerStatus ?
    ReplicationControllerCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    ReplicationControllerSpec
     replicas *int32 ? default=1
     minReadySeconds int32 ? default=0
     selector {}string ? atomic
     template *PodTemplateSpec ?
    ReplicationControllerStatus
     replicas int32
     fullyLabeledReplicas int32 ?
     readyReplicas int32 ?
     availableReplicas int32 ?
     observedGeneration int64 ?
     conditions []ReplicationControllerCondition ? map=type
    ResourceClaim
     name string
     request string ?
    ResourceFieldSelector atomic
     containerName string ?
     resource string
     divisor Quantity ?
    ResourceHealth
     resourceID string
     health string ?
     message *string ? gate=ResourceHealthStatusMessage
    ResourceQuota
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceQuotaSpec ?
     status ResourceQuotaStatus ?
    ResourceQuotaSpec
     hard {}Quantity ?
     scopes []string ?
     scopeSelector *ScopeSelector ?
    ResourceQuotaStatus
     hard {}Quantity ?
     used {}Quantity ?
    ResourceRequirements
     limits {}Quantity ?
     requests {}Quantity ?
     claims []ResourceClaim ? map=name gate=DynamicResourceAllocation
    ResourceStatus
     name string
     resources []ResourceHealth ? map=resourceID
    SELinuxOptions
     user string ?
     role string ?
     type string ?
     level string ?
    ScaleIOPersistentVolumeSource
     gateway string
     system string
     secretRef *SecretReference
     sslEnabled bool ?
     protectionDomain string ?
     storagePool string ?
     storageMode string ? default="ThinProvisioned"
     volumeName string ?
     fsType string ? default="xfs"
     readOnly bool ?
    ScaleIOVolumeSource
     gateway string
     system string
     secretRef *LocalObjectReference
     sslEnabled bool ?
     protectionDomain string ?
     storagePool string ?
     storageMode string ? default="ThinProvisioned"
     volumeName string ?
     fsType string ? default="xfs"
     readOnly bool ?
    ScopeSelector atomic
     matchExpressions []ScopedResourceSelectorRequirement ?
    ScopedResourceSelectorRequirement
     scopeName string
     operator string
     values []string ?
    SeccompProfile
     type string
     localhostProfile *string ?
    Secret
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     immutable *bool ?
     data {}bytes ?
     stringData {}string ?
     type string ?
    SecretEnvSource
     name string ? default=""
     optional *bool ?
    SecretKeySelector atomic
     name string ? default=""
     key string
     optional *bool ?
    SecretProjection
     name string ? default=""
     items []KeyToPath ?
     optional *bool ?
    SecretReference atomic
     name string ?
     namespace string ?
    SecretVolumeSource
     secretName string ?
     items []KeyToPath ?
     defaultMode *int32 ?
     optional *bool ?
    SecurityContext
     capabilities *Capabilities ?
     privileged *bool ?
     seLinuxOptions *SELinuxOptions ?
     windowsOptions *WindowsSecurityContextOptions ?
     runAsUser *int64 ?
     runAsGroup *int64 ?
     runAsNonRoot *bool ?
     readOnlyRootFilesystem *bool ?
     allowPrivilegeEscalation *bool ?
     procMount *string ?
     seccompProfile *SeccompProfile ?
     appArmorProfile *AppArmorProfile ?
    SerializedReference
     kind string ?
     apiVersion string ?
     reference ObjectReference ?
    Service
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ServiceSpec ?
     status ServiceStatus ?
    ServiceAccount
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     secrets []ObjectReference ? map=name
     imagePullSecrets []LocalObjectReference ?
     automountServiceAccountToken *bool ?
    ServiceAccountTokenProjection
     audience string ?
     expirationSeconds *int64 ?
     path string
    ServicePort
     name string ?
     protocol string ? default="TCP"
     appProtocol *string ?
     port int32
     targetPort IntOrString ?
     nodePort int32 ?
    ServiceProxyOptions
     kind string ?
     apiVersion string ?
     path string ?
    ServiceSpec
     ports []ServicePort ? map=port,protocol
     selector {}string ? atomic
     clusterIP string ?
     clusterIPs []string ?
     type string ?
     externalIPs []string ?
     sessionAffinity string ?
     loadBalancerIP string ?
     loadBalancerSourceRanges []string ?
     externalName string ?
     externalTrafficPolicy string ?
     healthCheckNodePort int32 ?
     publishNotReadyAddresses bool ?
     sessionAffinityConfig *SessionAffinityConfig ?
     ipFamilies []string ?
     ipFamilyPolicy *string ?
     allocateLoadBalancerNodePorts *bool ?
     loadBalancerClass *string ?
     internalTrafficPolicy *string ?
     trafficDistribution *string ?
    ServiceStatus
     loadBalancer LoadBalancerStatus ?
     conditions []meta/v1.Condition ? map=type
    SessionAffinityConfig
     clientIP *ClientIPConfig ?
    SleepAction
     seconds int64
    StorageOSPersistentVolumeSource
     volumeName string ?
     volumeNamespace string ?
     fsType string ?
     readOnly bool ?
     secretRef *ObjectReference ?
    StorageOSVolumeSource
     volumeName string ?
     volumeNamespace string ?
     fsType string ?
     readOnly bool ?
     secretRef *LocalObjectReference ?
    Sysctl
     name string
     value string
    TCPSocketAction
     port IntOrString
     host string ?
    Taint
     key string
     value string ?
     effect string
     timeAdded *Time ?
    Toleration
     key string ?
     operator string ?
     value string ?
     effect string ?
     tolerationSeconds *int64 ?
    TopologySelectorLabelRequirement
     key string
     values []string
    TopologySelectorTerm atomic
     matchLabelExpressions []TopologySelectorLabelRequirement ?
    TopologySpreadConstraint
     maxSkew int32
     topologyKey string
     whenUnsatisfiable string
     labelSelector *meta/v1.LabelSelector ?
     minDomains *int32 ?
     nodeAffinityPolicy *string ?
     nodeTaintsPolicy *string ?
     matchLabelKeys []string ?
    TypedLocalObjectReference atomic
     apiGroup *string
     kind string
     name string
    TypedObjectReference
     apiGroup *string
     kind string
     name string
     namespace *string ? gate=CrossNamespaceVolumeDataSource
    Volume
     name string
     hostPath *HostPathVolumeSource ?
     emptyDir *EmptyDirVolumeSource ?
     gcePersistentDisk *GCEPersistentDiskVolumeSource ?
     awsElasticBlockStore *AWSElasticBlockStoreVolumeSource ?
     gitRepo *GitRepoVolumeSource ?
     secret *SecretVolumeSource ?
     nfs *NFSVolumeSource ?
     iscsi *ISCSIVolumeSource ?
     glusterfs *GlusterfsVolumeSource ?
     persistentVolumeClaim *PersistentVolumeClaimVolumeSource ?
     rbd *RBDVolumeSource ?
     flexVolume *FlexVolumeSource ?
     cinder *CinderVolumeSource ?
     cephfs *CephFSVolumeSource ?
     flocker *FlockerVolumeSource ?
     downwardAPI *DownwardAPIVolumeSource ?
     fc *FCVolumeSource ?
     azureFile *AzureFileVolumeSource ?
     configMap *ConfigMapVolumeSource ?
     vsphereVolume *VsphereVirtualDiskVolumeSource ?
     quobyte *QuobyteVolumeSource ?
     azureDisk *AzureDiskVolumeSource ?
     photonPersistentDisk *PhotonPersistentDiskVolumeSource ?
     projected *ProjectedVolumeSource ?
     portworxVolume *PortworxVolumeSource ?
     scaleIO *ScaleIOVolumeSource ?
     storageos *StorageOSVolumeSource ?
     csi *CSIVolumeSource ?
     ephemeral *EphemeralVolumeSource ?
     image *ImageVolumeSource ?
    VolumeDevice
     name string
     devicePath string
    VolumeMount
     name string
     readOnly bool ?
     recursiveReadOnly *string ?
     mountPath string
     subPath string ?
     mountPropagation *string ?
     subPathExpr string ?
    VolumeMountStatus
     name string
     mountPath string
     readOnly bool ?
     recursiveReadOnly *string ?
     volumeStatus *VolumeStatus ?
    VolumeNodeAffinity
     required *NodeSelector ?
    VolumeProjection
     secret *SecretProjection ?
     downwardAPI *DownwardAPIProjection ?
     configMap *ConfigMapProjection ?
     serviceAccountToken *ServiceAccountTokenProjection ?
     clusterTrustBundle *ClusterTrustBundleProjection ? gate=ClusterTrustBundleProjection
     podCertificate *PodCertificateProjection ? gate=PodCertificateProjection
    VolumeResourceRequirements
     limits {}Quantity ?
     requests {}Quantity ?
    VolumeSource
     hostPath *HostPathVolumeSource ?
     emptyDir *EmptyDirVolumeSource ?
     gcePersistentDisk *GCEPersistentDiskVolumeSource ?
     awsElasticBlockStore *AWSElasticBlockStoreVolumeSource ?
     gitRepo *GitRepoVolumeSource ?
     secret *SecretVolumeSource ?
     nfs *NFSVolumeSource ?
     iscsi *ISCSIVolumeSource ?
     glusterfs *GlusterfsVolumeSource ?
     persistentVolumeClaim *PersistentVolumeClaimVolumeSource ?
     rbd *RBDVolumeSource ?
     flexVolume *FlexVolumeSource ?
     cinder *CinderVolumeSource ?
     cephfs *CephFSVolumeSource ?
     flocker *FlockerVolumeSource ?
     downwardAPI *DownwardAPIVolumeSource ?
     fc *FCVolumeSource ?
     azureFile *AzureFileVolumeSource ?
     configMap *ConfigMapVolumeSource ?
     vsphereVolume *VsphereVirtualDiskVolumeSource ?
     quobyte *QuobyteVolumeSource ?
     azureDisk *AzureDiskVolumeSource ?
     photonPersistentDisk *PhotonPersistentDiskVolumeSource ?
     projected *ProjectedVolumeSource ?
     portworxVolume *PortworxVolumeSource ?
     scaleIO *ScaleIOVolumeSource ?
     storageos *StorageOSVolumeSource ?
     csi *CSIVolumeSource ?
     ephemeral *EphemeralVolumeSource ?
     image *ImageVolumeSource ?
    VolumeStatus
     image *ImageVolumeStatus ? gate=ImageVolumeWithDigest
    VsphereVirtualDiskVolumeSource
     volumePath string
     fsType string ?
     storagePolicyName string ?
     storagePolicyID string ?
    WeightedPodAffinityTerm
     weight int32
     podAffinityTerm PodAffinityTerm
    WindowsSecurityContextOptions
     gmsaCredentialSpecName *string ?
     gmsaCredentialSpec *string ?
     runAsUserName *string ?
     hostProcess *bool ?
    """
}
