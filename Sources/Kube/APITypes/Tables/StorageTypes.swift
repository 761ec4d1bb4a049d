/// Types of the API group `storage.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum StorageTypes {
  static let v1 = """
    CSIDriver
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CSIDriverSpec
    CSIDriverSpec
     attachRequired *bool ?
     podInfoOnMount *bool ?
     volumeLifecycleModes []string ? set
     storageCapacity *bool ? gate=CSIStorageCapacity
     fsGroupPolicy *string ?
     tokenRequests []TokenRequest ?
     requiresRepublish *bool ?
     seLinuxMount *bool ? gate=SELinuxMountReadWriteOncePod
     nodeAllocatableUpdatePeriodSeconds *int64 ? gate=MutableCSINodeAllocatableCount
     serviceAccountTokenInSecrets *bool ? gate=CSIServiceAccountTokenSecrets
     preventPodSchedulingIfMissing *bool ? gate=VolumeLimitScaling
    CSINode
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CSINodeSpec
    CSINodeDriver
     name string
     nodeID string
     topologyKeys []string
     allocatable *VolumeNodeResources ?
    CSINodeSpec
     drivers []CSINodeDriver map=name
    CSIStorageCapacity
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     nodeTopology *meta/v1.LabelSelector ?
     storageClassName string
     capacity *Quantity ?
     maximumVolumeSize *Quantity ?
    StorageClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     provisioner string
     parameters {}string ?
     reclaimPolicy *string ?
     mountOptions []string ?
     allowVolumeExpansion *bool ?
     volumeBindingMode *string ?
     allowedTopologies []core/v1.TopologySelectorTerm ?
    TokenRequest
     audience string
     expirationSeconds *int64 ?
    VolumeAttachment
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec VolumeAttachmentSpec
     status VolumeAttachmentStatus ?
    VolumeAttachmentSource
     persistentVolumeName *string ?
     inlineVolumeSpec *core/v1.PersistentVolumeSpec ?
    VolumeAttachmentSpec
     attacher string
     source VolumeAttachmentSource
     nodeName string
    VolumeAttachmentStatus
     attached bool
     attachmentMetadata {}string ?
     attachError *VolumeError ?
     detachError *VolumeError ?
    VolumeAttributesClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     driverName string
     parameters {}string ?
    VolumeError
     time Time ?
     message string ?
     errorCode *int32 ? gate=MutableCSINodeAllocatableCount
    VolumeNodeResources
     count *int32 ?
    """
  static let v1beta1 = """
    CSIDriver
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CSIDriverSpec
    CSIDriverSpec
     attachRequired *bool ?
     podInfoOnMount *bool ?
     volumeLifecycleModes []string ?
     storageCapacity *bool ?
     fsGroupPolicy *string ?
     tokenRequests []TokenRequest ?
     requiresRepublish *bool ?
     seLinuxMount *bool ? gate=SELinuxMountReadWriteOncePod
     nodeAllocatableUpdatePeriodSeconds *int64 ? gate=MutableCSINodeAllocatableCount
     serviceAccountTokenInSecrets *bool ? gate=CSIServiceAccountTokenSecrets
     preventPodSchedulingIfMissing *bool ? gate=VolumeLimitScaling
    CSINode
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CSINodeSpec
    CSINodeDriver
     name string
     nodeID string
     topologyKeys []string
     allocatable *VolumeNodeResources ?
    CSINodeSpec
     drivers []CSINodeDriver map=name
    CSIStorageCapacity
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     nodeTopology *meta/v1.LabelSelector ?
     storageClassName string
     capacity *Quantity ?
     maximumVolumeSize *Quantity ?
    StorageClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     provisioner string
     parameters {}string ?
     reclaimPolicy *string ?
     mountOptions []string ?
     allowVolumeExpansion *bool ?
     volumeBindingMode *string ?
     allowedTopologies []core/v1.TopologySelectorTerm ?
    TokenRequest
     audience string
     expirationSeconds *int64 ?
    VolumeAttachment
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec VolumeAttachmentSpec
     status VolumeAttachmentStatus ?
    VolumeAttachmentSource
     persistentVolumeName *string ?
     inlineVolumeSpec *core/v1.PersistentVolumeSpec ?
    VolumeAttachmentSpec
     attacher string
     source VolumeAttachmentSource
     nodeName string
    VolumeAttachmentStatus
     attached bool
     attachmentMetadata {}string ?
     attachError *VolumeError ?
     detachError *VolumeError ?
    VolumeAttributesClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     driverName string
     parameters {}string ?
    VolumeError
     time Time ?
     message string ?
     errorCode *int32 ? gate=MutableCSINodeAllocatableCount
    VolumeNodeResources
     count *int32 ?
    """
  static let v1alpha1 = """
    CSIStorageCapacity
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     nodeTopology *meta/v1.LabelSelector ?
     storageClassName string
     capacity *Quantity ?
     maximumVolumeSize *Quantity ?
    VolumeAttachment
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec VolumeAttachmentSpec
     status VolumeAttachmentStatus ?
    VolumeAttachmentSource
     persistentVolumeName *string ?
     inlineVolumeSpec *core/v1.PersistentVolumeSpec ?
    VolumeAttachmentSpec
     attacher string
     source VolumeAttachmentSource
     nodeName string
    VolumeAttachmentStatus
     attached bool
     attachmentMetadata {}string ?
     attachError *VolumeError ?
     detachError *VolumeError ?
    VolumeAttributesClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     driverName string
     parameters {}string ?
    VolumeError
     time Time ?
     message string ?
     errorCode *int32 ? gate=MutableCSINodeAllocatableCount
    """
}
