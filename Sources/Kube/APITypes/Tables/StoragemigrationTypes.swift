/// Types of the API group `storagemigration.k8s.io`, as `APITypes` reads them. Written by `scripts/api-types` from k8s.io/api v0.36.2.
enum StoragemigrationTypes {
  static let v1beta1 = """
    StorageVersionMigration
     kind string ?
     apiVersion string ?
     metadata meta/v1.ObjectMeta ?
     spec StorageVersionMigrationSpec ?
     status StorageVersionMigrationStatus ?
    StorageVersionMigrationSpec
     resource meta/v1.GroupResource
    StorageVersionMigrationStatus
     conditions []meta/v1.Condition ? map=type
     resourceVersion string ?
    """
}
