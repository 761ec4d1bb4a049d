/// Types of the API group `networking.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum NetworkingTypes {
  static let v1 = """
    HTTPIngressPath
     path string ?
     pathType *string
     backend IngressBackend
    HTTPIngressRuleValue
     paths []HTTPIngressPath
    IPAddress
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IPAddressSpec ?
    IPAddressSpec
     parentRef *ParentReference ?
    IPBlock
     cidr string
     except []string ?
    Ingress
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IngressSpec ?
     status IngressStatus ?
    IngressBackend
     service *IngressServiceBackend ?
     resource *core/v1.TypedLocalObjectReference ?
    IngressClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IngressClassSpec ?
    IngressClassParametersReference
     apiGroup *string ?
     kind string
     name string
     scope *string
     namespace *string ?
    IngressClassSpec
     controller string ?
     parameters *IngressClassParametersReference ?
    IngressLoadBalancerIngress
     ip string ?
     hostname string ?
     ports []IngressPortStatus ?
    IngressLoadBalancerStatus
     ingress []IngressLoadBalancerIngress ?
    IngressPortStatus
     port int32
     protocol string
     error *string ?
    IngressRule
     host string ?
     http *HTTPIngressRuleValue ?
    IngressRuleValue
     http *HTTPIngressRuleValue ?
    IngressServiceBackend
     name string
     port ServiceBackendPort ?
    IngressSpec
     ingressClassName *string ?
     defaultBackend *IngressBackend ?
     tls []IngressTLS ?
     rules []IngressRule ?
    IngressStatus
     loadBalancer IngressLoadBalancerStatus ?
    IngressTLS
     hosts []string ?
     secretName string ?
    NetworkPolicy
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec NetworkPolicySpec ?
    NetworkPolicyEgressRule
     ports []NetworkPolicyPort ?
     to []NetworkPolicyPeer ?
    NetworkPolicyIngressRule
     ports []NetworkPolicyPort ?
     from []NetworkPolicyPeer ?
    NetworkPolicyPeer
     podSelector *meta/v1.LabelSelector ?
     namespaceSelector *meta/v1.LabelSelector ?
     ipBlock *IPBlock ?
    NetworkPolicyPort
     protocol *string ?
     port *IntOrString ?
     endPort *int32 ?
    NetworkPolicySpec
     podSelector meta/v1.LabelSelector
     ingress []NetworkPolicyIngressRule ?
     egress []NetworkPolicyEgressRule ?
     policyTypes []string ?
    ParentReference
     group string ?
     resource string ?
     namespace string ?
     name string ?
    ServiceBackendPort atomic
     name string ?
     number int32 ?
    ServiceCIDR
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ServiceCIDRSpec ?
     status ServiceCIDRStatus ?
    ServiceCIDRSpec
     cidrs []string ?
    ServiceCIDRStatus
     conditions []meta/v1.Condition ? map=type
    """
  static let v1beta1 = """
    HTTPIngressPath
     path string ?
     pathType *string ?
     backend IngressBackend
    HTTPIngressRuleValue
     paths []HTTPIngressPath
    IPAddress
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IPAddressSpec ?
    IPAddressSpec
     parentRef *ParentReference ?
    Ingress
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IngressSpec ?
     status IngressStatus ?
    IngressBackend
     serviceName string ?
     servicePort IntOrString ?
     resource *core/v1.TypedLocalObjectReference ?
    IngressClass
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec IngressClassSpec ?
    IngressClassParametersReference
     apiGroup *string ?
     kind string
     name string
     scope *string
     namespace *string ?
    IngressClassSpec
     controller string ?
     parameters *IngressClassParametersReference ?
    IngressLoadBalancerIngress
     ip string ?
     hostname string ?
     ports []IngressPortStatus ?
    IngressLoadBalancerStatus
     ingress []IngressLoadBalancerIngress ?
    IngressPortStatus
     port int32
     protocol string
     error *string ?
    IngressRule
     host string ?
     http *HTTPIngressRuleValue ?
    IngressRuleValue
     http *HTTPIngressRuleValue ?
    IngressSpec
     ingressClassName *string ?
     backend *IngressBackend ?
     tls []IngressTLS ?
     rules []IngressRule ?
    IngressStatus
     loadBalancer IngressLoadBalancerStatus ?
    IngressTLS
     hosts []string ?
     secretName string ?
    ParentReference
     group string ?
     resource string ?
     namespace string ?
     name string ?
    ServiceCIDR
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ServiceCIDRSpec ?
     status ServiceCIDRStatus ?
    ServiceCIDRSpec
     cidrs []string ?
    ServiceCIDRStatus
     conditions []meta/v1.Condition ? map=type
    """
}
