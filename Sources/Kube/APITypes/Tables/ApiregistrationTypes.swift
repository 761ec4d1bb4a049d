/// Types of the API group `apiregistration.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/kube-aggregator v0.36.2.
enum ApiregistrationTypes {
  static let v1 = """
    APIService
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec APIServiceSpec ?
     status APIServiceStatus ?
    APIServiceCondition
     type string
     status string
     lastTransitionTime Time ?
     reason string ?
     message string ?
    APIServiceSpec
     service *ServiceReference ?
     group string ?
     version string ?
     insecureSkipTLSVerify bool ?
     caBundle bytes ?
     groupPriorityMinimum int32
     versionPriority int32
    APIServiceStatus
     conditions []APIServiceCondition ? map=type
    ServiceReference
     namespace string ?
     name string ?
     port *int32 ?
    """
}
