import Bytes

/// Source: `pkg/apis/storage/v1/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let storage: [String: TypeDefaults] = [
    "storage/v1.StorageClass": TypeDefaults([("reclaimPolicy", "Delete"), ("volumeBindingMode", "Immediate")]),
    "storage/v1.CSIDriverSpec": TypeDefaults([
      ("attachRequired", true), ("podInfoOnMount", false), ("storageCapacity", false),
      ("fsGroupPolicy", "ReadWriteOnceWithFSType"), ("volumeLifecycleModes", ["Persistent"]),
      ("requiresRepublish", false), ("seLinuxMount", false),
    ]),
  ]
}
