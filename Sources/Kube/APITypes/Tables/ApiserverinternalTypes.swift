/// Types of the API group `internal.apiserver.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum ApiserverinternalTypes {
  static let v1alpha1 = """
    ServerStorageVersion
     apiServerID string ?
     encodingVersion string ?
     decodableVersions []string ? set
     servedVersions []string ? set
    StorageVersion
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec StorageVersionSpec
     status StorageVersionStatus
    StorageVersionCondition
     type string
     status string
     observedGeneration int64 ?
     lastTransitionTime Time ?
     reason string
     message string ?
    StorageVersionSpec
    StorageVersionStatus
     storageVersions []ServerStorageVersion ? map=apiServerID
     commonEncodingVersion *string ?
     conditions []StorageVersionCondition ? map=type
    """
}
