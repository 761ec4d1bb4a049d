import Bytes
import Kube

/// A claim that names no class gets the default one. Source: `plugin/pkg/admission/storage/storageclass/setdefault`.
struct DefaultStorageClass: BuiltInPlugin {
  let name = "DefaultStorageClass"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "persistentvolumeclaims", .create) else { return .passed }
    let object = request.object
    if object[path: "spec", "storageClassName"] != nil
      || object.metadataAnnotations["volume.beta.kubernetes.io/storage-class"] != nil
    {
      return .passed
    }
    return setDefault(
      GroupKind("storage.k8s.io", "StorageClass"),
      [
        "storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class",
      ], path: ["spec", "storageClassName"], &request, cluster)
  }
}

/// An Ingress that names no class gets the default one. Source: `plugin/pkg/admission/network/defaultingressclass`.
struct DefaultIngressClass: BuiltInPlugin {
  let name = "DefaultIngressClass"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("networking.k8s.io", "ingresses", .create) else { return .passed }
    if request.object[path: "spec", "ingressClassName"] != nil
      || request.object.metadataAnnotations["kubernetes.io/ingress.class"] != nil
    {
      return .passed
    }
    return setDefault(
      GroupKind("networking.k8s.io", "IngressClass"), ["ingressclass.kubernetes.io/is-default-class"],
      path: ["spec", "ingressClassName"], &request, cluster)
  }
}

/// Of several default classes the youngest counts, then the first by name.
private func setDefault(
  _ kind: GroupKind, _ annotations: [String], path: [String], _ request: inout AdmissionRequest,
  _ cluster: AdmissionCluster
) -> PluginAnswer {
  let defaults = cluster.objects(kind).filter { item in
    annotations.contains { item.metadataAnnotations[$0] == "true" }
  }.sorted { a, b in
    let (x, y) = (
      a[path: "metadata", "creationTimestamp"]?.string ?? "", b[path: "metadata", "creationTimestamp"]?.string ?? ""
    )
    return x != y ? x > y : a.metadataName < b.metadataName
  }
  if let found = defaults.first {
    request.object = request.object.setting(path: path, DocumentNode(.string(found.metadataName)))
  } else if case .part(let reason) = cluster.knowledge(of: kind) {
    return .unknown("whether there is a default \(kind.kind): \(reason)")
  }
  return .passed
}
