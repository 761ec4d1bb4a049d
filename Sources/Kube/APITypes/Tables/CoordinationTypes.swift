/// Types of the API group `coordination.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum CoordinationTypes {
  static let v1 = """
    Lease
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec LeaseSpec ?
    LeaseSpec
     holderIdentity *string ?
     leaseDurationSeconds *int32 ?
     acquireTime *MicroTime ?
     renewTime *MicroTime ?
     leaseTransitions *int32 ?
     strategy *string ? gate=CoordinatedLeaderElection
     preferredHolder *string ? gate=CoordinatedLeaderElection
    """
  static let v1beta1 = """
    Lease
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec LeaseSpec ?
    LeaseCandidate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec LeaseCandidateSpec ?
    LeaseCandidateSpec
     leaseName string
     pingTime *MicroTime ?
     renewTime *MicroTime ?
     binaryVersion string
     emulationVersion string ?
     strategy string ?
    LeaseSpec
     holderIdentity *string ?
     leaseDurationSeconds *int32 ?
     acquireTime *MicroTime ?
     renewTime *MicroTime ?
     leaseTransitions *int32 ?
     strategy *string ? gate=CoordinatedLeaderElection
     preferredHolder *string ? gate=CoordinatedLeaderElection
    """
  static let v1alpha2 = """
    LeaseCandidate
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec LeaseCandidateSpec ?
    LeaseCandidateSpec
     leaseName string
     pingTime *MicroTime ?
     renewTime *MicroTime ?
     binaryVersion string
     emulationVersion string ?
     strategy string ?
    """
}
