/// Types of the API group `resource.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum ResourceTypes {
  static let v1 = """
    AllocatedDeviceStatus
     driver string
     pool string
     device string
     shareID *string ? gate=DRAConsumableCapacity
     conditions []meta/v1.Condition map=type
     data *Any ?
     networkData *NetworkDeviceData ?
    AllocationResult
     devices DeviceAllocationResult ?
     nodeSelector *core/v1.NodeSelector ?
     allocationTimestamp *Time ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
    CELDeviceSelector
     expression string
    CapacityRequestPolicy
     default *Quantity
     validValues []Quantity ?
     validRange *CapacityRequestPolicyRange ?
    CapacityRequestPolicyRange
     min *Quantity ?
     max *Quantity ?
     step *Quantity ?
    CapacityRequirements
     requests {}Quantity ?
    Counter
     value Quantity
    CounterSet
     name string
     counters {}Counter ?
    Device
     name string
     attributes {}DeviceAttribute ?
     capacity {}DeviceCapacity ?
     consumesCounters []DeviceCounterConsumption ? gate=DRAPartitionableDevices
     nodeName *string ? gate=DRAPartitionableDevices
     nodeSelector *core/v1.NodeSelector ? gate=DRAPartitionableDevices
     allNodes *bool ? gate=DRAPartitionableDevices
     taints []DeviceTaint ? gate=DRADeviceTaints
     bindsToNode *bool ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     allowMultipleAllocations *bool ? gate=DRAConsumableCapacity
     nodeAllocatableResourceMappings {}NodeAllocatableResourceMapping ? gate=DRANodeAllocatableResources
    DeviceAllocationConfiguration
     source string
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceAllocationResult
     results []DeviceRequestAllocationResult ?
     config []DeviceAllocationConfiguration ?
    DeviceAttribute
     int *int64 ?
     bool *bool ?
     string *string ?
     version *string ?
     ints []int64 ? gate=DRAListTypeAttributes
     bools []bool ? gate=DRAListTypeAttributes
     strings []string ? gate=DRAListTypeAttributes
     versions []string ? gate=DRAListTypeAttributes
    DeviceCapacity
     value Quantity
     requestPolicy *CapacityRequestPolicy ? gate=DRAConsumableCapacity
    DeviceClaim
     requests []DeviceRequest
     constraints []DeviceConstraint ?
     config []DeviceClaimConfiguration ?
    DeviceClaimConfiguration
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeviceClassSpec
    DeviceClassConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceClassSpec
     selectors []DeviceSelector ?
     config []DeviceClassConfiguration ?
     extendedResourceName *string ? gate=DRAExtendedResource
    DeviceConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceConstraint
     requests []string ?
     matchAttribute *string ?
     distinctAttribute *string ? gate=DRAConsumableCapacity
    DeviceCounterConsumption
     counterSet string
     counters {}Counter ?
    DeviceRequest
     name string
     exactly *ExactDeviceRequest ?
     firstAvailable []DeviceSubRequest ? gate=DRAPrioritizedList
    DeviceRequestAllocationResult
     request string
     driver string
     pool string
     device string
     adminAccess *bool ? gate=DRAAdminAccess
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     shareID *string ? gate=DRAConsumableCapacity
     consumedCapacity {}Quantity ? gate=DRAConsumableCapacity
    DeviceSelector
     cel *CELDeviceSelector ?
    DeviceSubRequest
     name string
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    DeviceTaint
     key string
     value string ?
     effect string
     timeAdded *Time ?
    DeviceToleration
     key string ?
     operator string ? default="Equal"
     value string ?
     effect string ?
     tolerationSeconds *int64 ?
    ExactDeviceRequest
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     adminAccess *bool ? gate=DRAAdminAccess
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    NetworkDeviceData
     interfaceName string ?
     ips []string ?
     hardwareAddress string ?
    NodeAllocatableResourceMapping
     capacityKey *string ?
     allocationMultiplier *Quantity ?
    OpaqueDeviceConfiguration
     driver string
     parameters Any
    ResourceClaim
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
     status ResourceClaimStatus ?
    ResourceClaimConsumerReference
     apiGroup string ?
     resource string
     name string
     uid string
    ResourceClaimSpec
     devices DeviceClaim
    ResourceClaimStatus
     allocation *AllocationResult ?
     reservedFor []ResourceClaimConsumerReference ? map=uid
     devices []AllocatedDeviceStatus ? map=driver,device,pool,shareID gate=DRAResourceClaimDeviceStatus
    ResourceClaimTemplate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimTemplateSpec
    ResourceClaimTemplateSpec
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
    ResourcePool
     name string
     generation int64
     resourceSliceCount int64
    ResourceSlice
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceSliceSpec
    ResourceSliceSpec
     driver string
     pool ResourcePool
     nodeName *string ?
     nodeSelector *core/v1.NodeSelector ?
     allNodes *bool ?
     devices []Device ?
     perDeviceNodeSelection *bool ? gate=DRAPartitionableDevices
     sharedCounters []CounterSet ? gate=DRAPartitionableDevices
    """
  static let v1beta2 = """
    AllocatedDeviceStatus
     driver string
     pool string
     device string
     shareID *string ? gate=DRAConsumableCapacity
     conditions []meta/v1.Condition map=type
     data *Any ?
     networkData *NetworkDeviceData ?
    AllocationResult
     devices DeviceAllocationResult ?
     nodeSelector *core/v1.NodeSelector ?
     allocationTimestamp *Time ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
    CELDeviceSelector
     expression string
    CapacityRequestPolicy
     default *Quantity
     validValues []Quantity ?
     validRange *CapacityRequestPolicyRange ?
    CapacityRequestPolicyRange
     min *Quantity ?
     max *Quantity ?
     step *Quantity ?
    CapacityRequirements
     requests {}Quantity ?
    Counter
     value Quantity
    CounterSet
     name string
     counters {}Counter ?
    Device
     name string
     attributes {}DeviceAttribute ?
     capacity {}DeviceCapacity ?
     consumesCounters []DeviceCounterConsumption ? gate=DRAPartitionableDevices
     nodeName *string ? gate=DRAPartitionableDevices
     nodeSelector *core/v1.NodeSelector ? gate=DRAPartitionableDevices
     allNodes *bool ? gate=DRAPartitionableDevices
     taints []DeviceTaint ? gate=DRADeviceTaints
     bindsToNode *bool ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     allowMultipleAllocations *bool ? gate=DRAConsumableCapacity
     nodeAllocatableResourceMappings {}NodeAllocatableResourceMapping ? gate=DRANodeAllocatableResources
    DeviceAllocationConfiguration
     source string
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceAllocationResult
     results []DeviceRequestAllocationResult ?
     config []DeviceAllocationConfiguration ?
    DeviceAttribute
     int *int64 ?
     bool *bool ?
     string *string ?
     version *string ?
     ints []int64 ? gate=DRAListTypeAttributes
     bools []bool ? gate=DRAListTypeAttributes
     strings []string ? gate=DRAListTypeAttributes
     versions []string ? gate=DRAListTypeAttributes
    DeviceCapacity
     value Quantity
     requestPolicy *CapacityRequestPolicy ? gate=DRAConsumableCapacity
    DeviceClaim
     requests []DeviceRequest
     constraints []DeviceConstraint ?
     config []DeviceClaimConfiguration ?
    DeviceClaimConfiguration
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeviceClassSpec
    DeviceClassConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceClassSpec
     selectors []DeviceSelector ?
     config []DeviceClassConfiguration ?
     extendedResourceName *string ? gate=DRAExtendedResource
    DeviceConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceConstraint
     requests []string ?
     matchAttribute *string ?
     distinctAttribute *string ? gate=DRAConsumableCapacity
    DeviceCounterConsumption
     counterSet string
     counters {}Counter ?
    DeviceRequest
     name string
     exactly *ExactDeviceRequest ?
     firstAvailable []DeviceSubRequest ? gate=DRAPrioritizedList
    DeviceRequestAllocationResult
     request string
     driver string
     pool string
     device string
     adminAccess *bool ? gate=DRAAdminAccess
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     shareID *string ? gate=DRAConsumableCapacity
     consumedCapacity {}Quantity ? gate=DRAConsumableCapacity
    DeviceSelector
     cel *CELDeviceSelector ?
    DeviceSubRequest
     name string
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    DeviceTaint
     key string
     value string ?
     effect string
     timeAdded *Time ?
    DeviceTaintRule
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeviceTaintRuleSpec
     status DeviceTaintRuleStatus ?
    DeviceTaintRuleSpec
     deviceSelector *DeviceTaintSelector ?
     taint DeviceTaint ?
    DeviceTaintRuleStatus
     conditions []meta/v1.Condition ? map=type
    DeviceTaintSelector
     driver *string ?
     pool *string ?
     device *string ?
    DeviceToleration
     key string ?
     operator string ? default="Equal"
     value string ?
     effect string ?
     tolerationSeconds *int64 ?
    ExactDeviceRequest
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     adminAccess *bool ? gate=DRAAdminAccess
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    NetworkDeviceData
     interfaceName string ?
     ips []string ?
     hardwareAddress string ?
    NodeAllocatableResourceMapping
     capacityKey *string ?
     allocationMultiplier *Quantity ?
    OpaqueDeviceConfiguration
     driver string
     parameters Any
    ResourceClaim
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
     status ResourceClaimStatus ?
    ResourceClaimConsumerReference
     apiGroup string ?
     resource string
     name string
     uid string
    ResourceClaimSpec
     devices DeviceClaim
    ResourceClaimStatus
     allocation *AllocationResult ?
     reservedFor []ResourceClaimConsumerReference ? map=uid
     devices []AllocatedDeviceStatus ? map=driver,device,pool,shareID gate=DRAResourceClaimDeviceStatus
    ResourceClaimTemplate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimTemplateSpec
    ResourceClaimTemplateSpec
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
    ResourcePool
     name string
     generation int64
     resourceSliceCount int64
    ResourceSlice
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceSliceSpec
    ResourceSliceSpec
     driver string
     pool ResourcePool
     nodeName *string ?
     nodeSelector *core/v1.NodeSelector ?
     allNodes *bool ?
     devices []Device ?
     perDeviceNodeSelection *bool ? gate=DRAPartitionableDevices
     sharedCounters []CounterSet ? gate=DRAPartitionableDevices
    """
  static let v1beta1 = """
    AllocatedDeviceStatus
     driver string
     pool string
     device string
     shareID *string ? gate=DRAConsumableCapacity
     conditions []meta/v1.Condition map=type
     data *Any ?
     networkData *NetworkDeviceData ?
    AllocationResult
     devices DeviceAllocationResult ?
     nodeSelector *core/v1.NodeSelector ?
     allocationTimestamp *Time ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
    BasicDevice
     attributes {}DeviceAttribute ?
     capacity {}DeviceCapacity ?
     consumesCounters []DeviceCounterConsumption ? gate=DRAPartitionableDevices
     nodeName *string ? gate=DRAPartitionableDevices
     nodeSelector *core/v1.NodeSelector ?
     allNodes *bool ? gate=DRAPartitionableDevices
     taints []DeviceTaint ? gate=DRADeviceTaints
     bindsToNode *bool ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     allowMultipleAllocations *bool ? gate=DRAConsumableCapacity
     nodeAllocatableResourceMappings {}NodeAllocatableResourceMapping ? gate=DRANodeAllocatableResources
    CELDeviceSelector
     expression string
    CapacityRequestPolicy
     default *Quantity
     validValues []Quantity ?
     validRange *CapacityRequestPolicyRange ?
    CapacityRequestPolicyRange
     min *Quantity ?
     max *Quantity ?
     step *Quantity ?
    CapacityRequirements
     requests {}Quantity ?
    Counter
     value Quantity
    CounterSet
     name string
     counters {}Counter ?
    Device
     name string
     basic *BasicDevice ?
    DeviceAllocationConfiguration
     source string
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceAllocationResult
     results []DeviceRequestAllocationResult ?
     config []DeviceAllocationConfiguration ?
    DeviceAttribute
     int *int64 ?
     bool *bool ?
     string *string ?
     version *string ?
     ints []int64 ? gate=DRAListTypeAttributes
     bools []bool ? gate=DRAListTypeAttributes
     strings []string ? gate=DRAListTypeAttributes
     versions []string ? gate=DRAListTypeAttributes
    DeviceCapacity
     value Quantity
     requestPolicy *CapacityRequestPolicy ? gate=DRAConsumableCapacity
    DeviceClaim
     requests []DeviceRequest
     constraints []DeviceConstraint ?
     config []DeviceClaimConfiguration ?
    DeviceClaimConfiguration
     requests []string ?
     opaque *OpaqueDeviceConfiguration ?
    DeviceClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeviceClassSpec
    DeviceClassConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceClassSpec
     selectors []DeviceSelector ?
     config []DeviceClassConfiguration ?
     extendedResourceName *string ? gate=DRAExtendedResource
    DeviceConfiguration
     opaque *OpaqueDeviceConfiguration ?
    DeviceConstraint
     requests []string ?
     matchAttribute *string ?
     distinctAttribute *string ? gate=DRAConsumableCapacity
    DeviceCounterConsumption
     counterSet string
     counters {}Counter ?
    DeviceRequest
     name string
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     adminAccess *bool ? gate=DRAAdminAccess
     firstAvailable []DeviceSubRequest ? gate=DRAPrioritizedList
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    DeviceRequestAllocationResult
     request string
     driver string
     pool string
     device string
     adminAccess *bool ? gate=DRAAdminAccess
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     bindingConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     bindingFailureConditions []string ? gate=DRADeviceBindingConditions,DRAResourceClaimDeviceStatus
     shareID *string ? gate=DRAConsumableCapacity
     consumedCapacity {}Quantity ? gate=DRAConsumableCapacity
    DeviceSelector
     cel *CELDeviceSelector ?
    DeviceSubRequest
     name string
     deviceClassName string
     selectors []DeviceSelector ?
     allocationMode string ?
     count int64 ?
     tolerations []DeviceToleration ? gate=DRADeviceTaints
     capacity *CapacityRequirements ? gate=DRAConsumableCapacity
    DeviceTaint
     key string
     value string ?
     effect string
     timeAdded *Time ?
    DeviceToleration
     key string ?
     operator string ? default="Equal"
     value string ?
     effect string ?
     tolerationSeconds *int64 ?
    NetworkDeviceData
     interfaceName string ?
     ips []string ?
     hardwareAddress string ?
    NodeAllocatableResourceMapping
     capacityKey *string ?
     allocationMultiplier *Quantity ?
    OpaqueDeviceConfiguration
     driver string
     parameters Any
    ResourceClaim
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
     status ResourceClaimStatus ?
    ResourceClaimConsumerReference
     apiGroup string ?
     resource string
     name string
     uid string
    ResourceClaimSpec
     devices DeviceClaim
    ResourceClaimStatus
     allocation *AllocationResult ?
     reservedFor []ResourceClaimConsumerReference ? map=uid
     devices []AllocatedDeviceStatus ? map=driver,device,pool,shareID gate=DRAResourceClaimDeviceStatus
    ResourceClaimTemplate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimTemplateSpec
    ResourceClaimTemplateSpec
     metadata meta/v1.ObjectMeta ?
     spec ResourceClaimSpec
    ResourcePool
     name string
     generation int64
     resourceSliceCount int64
    ResourceSlice
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourceSliceSpec
    ResourceSliceSpec
     driver string
     pool ResourcePool
     nodeName string ?
     nodeSelector *core/v1.NodeSelector ?
     allNodes bool ?
     devices []Device ?
     perDeviceNodeSelection *bool ? gate=DRAPartitionableDevices
     sharedCounters []CounterSet ? gate=DRAPartitionableDevices
    """
  static let v1alpha3 = """
    CELDeviceSelector
     expression string
    DeviceSelector
     cel *CELDeviceSelector ?
    DeviceTaint
     key string
     value string ?
     effect string
     timeAdded *Time ?
    DeviceTaintRule
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec DeviceTaintRuleSpec
     status DeviceTaintRuleStatus ?
    DeviceTaintRuleSpec
     deviceSelector *DeviceTaintSelector ?
     taint DeviceTaint ?
    DeviceTaintRuleStatus
     conditions []meta/v1.Condition ? map=type
    DeviceTaintSelector
     driver *string ?
     pool *string ?
     device *string ?
    PoolStatus
     driver string ?
     poolName string ?
     generation int64
     resourceSliceCount *int32 ?
     totalDevices *int32 ?
     allocatedDevices *int32 ?
     availableDevices *int32 ?
     unavailableDevices *int32 ?
     nodeName *string ?
     validationError *string ?
    ResourcePoolStatusRequest
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ResourcePoolStatusRequestSpec
     status *ResourcePoolStatusRequestStatus ?
    ResourcePoolStatusRequestSpec
     driver string
     poolName *string ?
     limit *int32 ? default=100
    ResourcePoolStatusRequestStatus
     poolCount *int32 ?
     pools []PoolStatus ?
     conditions []meta/v1.Condition ? map=type
    """
}
