/// Types of the API group `autoscaling`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum AutoscalingTypes {
  static let v1 = """
    ContainerResourceMetricSource
     name string
     targetAverageUtilization *int32 ?
     targetAverageValue *Quantity ?
     container string
    ContainerResourceMetricStatus
     name string
     currentAverageUtilization *int32 ?
     currentAverageValue Quantity
     container string
    CrossVersionObjectReference atomic
     kind string
     name string
     apiVersion string ?
    ExternalMetricSource
     metricName string
     metricSelector *meta/v1.LabelSelector ?
     targetValue *Quantity ?
     targetAverageValue *Quantity ?
    ExternalMetricStatus
     metricName string
     metricSelector *meta/v1.LabelSelector ?
     currentValue Quantity
     currentAverageValue *Quantity ?
    HorizontalPodAutoscaler
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec HorizontalPodAutoscalerSpec ?
     status HorizontalPodAutoscalerStatus ?
    HorizontalPodAutoscalerCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    HorizontalPodAutoscalerSpec
     scaleTargetRef CrossVersionObjectReference
     minReplicas *int32 ?
     maxReplicas int32
     targetCPUUtilizationPercentage *int32 ?
    HorizontalPodAutoscalerStatus
     observedGeneration *int64 ?
     lastScaleTime *Time ?
     currentReplicas int32
     desiredReplicas int32
     currentCPUUtilizationPercentage *int32 ?
    MetricSpec
     type string
     object *ObjectMetricSource ?
     pods *PodsMetricSource ?
     resource *ResourceMetricSource ?
     containerResource *ContainerResourceMetricSource ?
     external *ExternalMetricSource ?
    MetricStatus
     type string
     object *ObjectMetricStatus ?
     pods *PodsMetricStatus ?
     resource *ResourceMetricStatus ?
     containerResource *ContainerResourceMetricStatus ?
     external *ExternalMetricStatus ?
    ObjectMetricSource
     target CrossVersionObjectReference
     metricName string
     targetValue Quantity
     selector *meta/v1.LabelSelector ?
     averageValue *Quantity ?
    ObjectMetricStatus
     target CrossVersionObjectReference
     metricName string
     currentValue Quantity
     selector *meta/v1.LabelSelector ?
     averageValue *Quantity ?
    PodsMetricSource
     metricName string
     targetAverageValue Quantity
     selector *meta/v1.LabelSelector ?
    PodsMetricStatus
     metricName string
     currentAverageValue Quantity
     selector *meta/v1.LabelSelector ?
    ResourceMetricSource
     name string
     targetAverageUtilization *int32 ?
     targetAverageValue *Quantity ?
    ResourceMetricStatus
     name string
     currentAverageUtilization *int32 ?
     currentAverageValue Quantity
    Scale
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ScaleSpec ?
     status ScaleStatus ?
    ScaleSpec
     replicas int32 ? default=0
    ScaleStatus
     replicas int32
     selector string ?
    """
  static let v2 = """
    ContainerResourceMetricSource
     name string
     target MetricTarget
     container string
    ContainerResourceMetricStatus
     name string
     current MetricValueStatus
     container string
    CrossVersionObjectReference
     kind string
     name string
     apiVersion string ?
    ExternalMetricSource
     metric MetricIdentifier
     target MetricTarget
    ExternalMetricStatus
     metric MetricIdentifier
     current MetricValueStatus
    HPAScalingPolicy
     type string
     value int32
     periodSeconds int32
    HPAScalingRules
     stabilizationWindowSeconds *int32 ?
     selectPolicy *string ?
     policies []HPAScalingPolicy ?
     tolerance *Quantity ? gate=HPAConfigurableTolerance
    HorizontalPodAutoscaler
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec HorizontalPodAutoscalerSpec ?
     status HorizontalPodAutoscalerStatus ?
    HorizontalPodAutoscalerBehavior
     scaleUp *HPAScalingRules ?
     scaleDown *HPAScalingRules ?
    HorizontalPodAutoscalerCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    HorizontalPodAutoscalerSpec
     scaleTargetRef CrossVersionObjectReference
     minReplicas *int32 ?
     maxReplicas int32
     metrics []MetricSpec ?
     behavior *HorizontalPodAutoscalerBehavior ?
    HorizontalPodAutoscalerStatus
     observedGeneration *int64 ?
     lastScaleTime *Time ?
     currentReplicas int32 ?
     desiredReplicas int32
     currentMetrics []MetricStatus
     conditions []HorizontalPodAutoscalerCondition ? map=type
    MetricIdentifier
     name string
     selector *meta/v1.LabelSelector ?
    MetricSpec
     type string
     object *ObjectMetricSource ?
     pods *PodsMetricSource ?
     resource *ResourceMetricSource ?
     containerResource *ContainerResourceMetricSource ?
     external *ExternalMetricSource ?
    MetricStatus
     type string
     object *ObjectMetricStatus ?
     pods *PodsMetricStatus ?
     resource *ResourceMetricStatus ?
     containerResource *ContainerResourceMetricStatus ?
     external *ExternalMetricStatus ?
    MetricTarget
     type string
     value *Quantity ?
     averageValue *Quantity ?
     averageUtilization *int32 ?
    MetricValueStatus
     value *Quantity ?
     averageValue *Quantity ?
     averageUtilization *int32 ?
    ObjectMetricSource
     describedObject CrossVersionObjectReference
     target MetricTarget
     metric MetricIdentifier
    ObjectMetricStatus
     metric MetricIdentifier
     current MetricValueStatus
     describedObject CrossVersionObjectReference
    PodsMetricSource
     metric MetricIdentifier
     target MetricTarget
    PodsMetricStatus
     metric MetricIdentifier
     current MetricValueStatus
    ResourceMetricSource
     name string
     target MetricTarget
    ResourceMetricStatus
     name string
     current MetricValueStatus
    """
}
