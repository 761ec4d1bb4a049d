/// Types of the API group `certificates.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum CertificatesTypes {
  static let v1 = """
    CertificateSigningRequest
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CertificateSigningRequestSpec
     status CertificateSigningRequestStatus ?
    CertificateSigningRequestCondition
     type string
     status string
     reason string ?
     message string ?
     lastUpdateTime Time ?
     lastTransitionTime Time ?
    CertificateSigningRequestSpec
     request bytes
     signerName string
     expirationSeconds *int32 ?
     usages []string ?
     username string ?
     uid string ?
     groups []string ?
     extra {}[]string ?
    CertificateSigningRequestStatus
     conditions []CertificateSigningRequestCondition ? map=type
     certificate bytes ?
    """
  static let v1beta1 = """
    CertificateSigningRequest
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec CertificateSigningRequestSpec
     status CertificateSigningRequestStatus ?
    CertificateSigningRequestCondition
     type string
     status string
     reason string ?
     message string ?
     lastUpdateTime Time ?
     lastTransitionTime Time ?
    CertificateSigningRequestSpec
     request bytes
     signerName *string ?
     expirationSeconds *int32 ?
     usages []string ?
     username string ?
     uid string ?
     groups []string ?
     extra {}[]string ?
    CertificateSigningRequestStatus
     conditions []CertificateSigningRequestCondition ? map=type
     certificate bytes ?
    ClusterTrustBundle
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ClusterTrustBundleSpec
    ClusterTrustBundleSpec
     signerName string ?
     trustBundle string
    PodCertificateRequest
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec PodCertificateRequestSpec
     status PodCertificateRequestStatus ?
    PodCertificateRequestSpec
     signerName string
     podName string
     podUID string
     serviceAccountName string
     serviceAccountUID string
     nodeName string
     nodeUID string
     maxExpirationSeconds *int32 ? default=86400
     pkixPublicKey bytes
     proofOfPossession bytes
     stubPKCS10Request bytes
     unverifiedUserAnnotations {}string ?
    PodCertificateRequestStatus
     conditions []meta/v1.Condition ? map=type
     certificateChain string ?
     notBefore *Time ?
     beginRefreshAt *Time ?
     notAfter *Time ?
    """
  static let v1alpha1 = """
    ClusterTrustBundle
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec ClusterTrustBundleSpec
    ClusterTrustBundleSpec
     signerName string ?
     trustBundle string
    """
}
