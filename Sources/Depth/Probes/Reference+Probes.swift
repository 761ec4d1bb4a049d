import Findings

/// What several probes refer to.
extension Reference {
  static let kubeletAccess = Reference(
    "Kubernetes: kubelet authentication and authorization",
    "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/")
  static let etcdAccess = Reference(
    "etcd: transport security model", "https://etcd.io/docs/latest/op-guide/security/")
  static let anonymousRequests = Reference(
    "Kubernetes: anonymous requests",
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests")
  static let tlsGuidance = Reference("RFC 9325: recommendations for TLS", "https://www.rfc-editor.org/rfc/rfc9325")
}
