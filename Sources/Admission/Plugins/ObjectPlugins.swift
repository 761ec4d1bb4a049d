import Bytes
import Kube

/// Volumes and claims carry a finalizer while they are used. Source:
/// `plugin/pkg/admission/storage/storageobjectinuseprotection`.
struct StorageObjectInUseProtection: BuiltInPlugin {
  let name = "StorageObjectInUseProtection"

  private static let finalizers: [String: DocumentNode] = [
    "persistentvolumes": "kubernetes.io/pv-protection", "persistentvolumeclaims": "kubernetes.io/pvc-protection",
    "volumeattributesclasses": "kubernetes.io/vac-protection",
  ]

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.operation == .create, request.subresource.isEmpty,
      let finalizer = Self.finalizers[request.resource.resource],
      ["", "storage.k8s.io"].contains(request.resource.group)
    else { return .passed }
    let present = request.object[path: "metadata", "finalizers"]?.elements ?? []
    if present.contains(finalizer) { return .passed }
    request.object = request.object.setting(
      path: ["metadata", "finalizers"], DocumentNode(.array(present + [finalizer])))
    return .passed
  }
}

/// A new node takes no pods before it is ready. Source: `plugin/pkg/admission/nodetaint`.
struct TaintNodesByCondition: BuiltInPlugin {
  let name = "TaintNodesByCondition"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "nodes", .create) else { return .passed }
    let taint: DocumentNode = ["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]
    let present = request.object[path: "spec", "taints"]?.elements ?? []
    let isThere = present.contains {
      $0["key"]?.string == "node.kubernetes.io/not-ready" && $0["effect"]?.string == "NoSchedule"
    }
    if !isThere {
      request.object = request.object.setting(path: ["spec", "taints"], DocumentNode(.array(present + [taint])))
    }
    return .passed
  }
}

/// Overhead and placing of pods with a runtime class. Source: `plugin/pkg/admission/runtimeclass/admission.go`.
struct RuntimeClassPlugin: BuiltInPlugin {
  let name = "RuntimeClass"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "pods", .create), var spec = request.object["spec"] else { return .passed }
    let className = spec["runtimeClassName"]?.string ?? ""
    if className.isEmpty {
      if spec["overhead"]?.entries.isEmpty ?? true { return .passed }
      return .refused(
        .forbidden(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"))
    }
    let kind = GroupKind("node.k8s.io", "RuntimeClass")
    guard let found = cluster.object(kind, name: className) else {
      if case .part(let reason) = cluster.knowledge(of: kind) {
        return .unknown("whether RuntimeClass \"\(className)\" exists: \(reason)")
      }
      return .refused(.forbidden(request, "pod rejected: RuntimeClass \"\(className)\" not found"))
    }
    let written = spec["overhead"]
    if let overhead = found[path: "overhead", "podFixed"] {
      if let written, !written.entries.isEmpty, written != overhead {
        return .refused(
          .forbidden(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"))
      }
      spec = spec.setting("overhead", overhead)
    } else if let written, !written.entries.isEmpty {
      return .refused(
        .forbidden(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"))
    }
    for entry in found[path: "scheduling", "nodeSelector"]?.entries ?? [] {
      let own = spec["nodeSelector"]?[entry.key]?.string
      let wanted = entry.value.string ?? ""
      if let own, own != wanted {
        return .refused(
          .forbidden(
            request,
            "conflict: runtimeClass.scheduling.nodeSelector[\(entry.key)] = \(wanted); pod.spec.nodeSelector[\(entry.key)] = \(own)"
          ))
      }
      spec = spec.setting(path: ["nodeSelector", entry.key], entry.value)
    }
    var tolerations = spec["tolerations"]?.elements ?? []
    let count = tolerations.count
    for toleration in found[path: "scheduling", "tolerations"]?.elements ?? [] where !tolerations.contains(toleration) {
      tolerations.append(toleration)
    }
    if tolerations.count > count { spec = spec.setting("tolerations", DocumentNode(.array(tolerations))) }
    request.object = request.object.setting("spec", spec)
    return .passed
  }
}

/// A claim grows only where its class allows it. Source: `plugin/pkg/admission/storage/persistentvolume/resize`.
struct PersistentVolumeClaimResize: BuiltInPlugin {
  let name = "PersistentVolumeClaimResize"

  func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("", "persistentvolumeclaims", .update) else { return .passed }
    func storage(_ claim: DocumentNode) -> Quantity? {
      claim[path: "spec", "resources", "requests", "storage"]?.text.flatMap { Quantity($0) }
    }
    guard let old = storage(request.oldObject), let new = storage(request.object), new > old else { return .passed }
    if request.oldObject[path: "status", "phase"]?.string != "Bound" {
      return .refused(.forbidden(request, "Only bound persistent volume claims can be expanded"))
    }
    let kind = GroupKind("storage.k8s.io", "StorageClass")
    let className = request.object[path: "spec", "storageClassName"]?.string ?? ""
    if !className.isEmpty, let found = cluster.object(kind, name: className) {
      if found["allowVolumeExpansion"]?.bool == true { return .passed }
    } else if !className.isEmpty, case .part(let reason) = cluster.knowledge(of: kind) {
      return .unknown("whether StorageClass \"\(className)\" allows to expand volumes: \(reason)")
    }
    return .refused(
      .forbidden(
        request,
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
      ))
  }
}

/// Nobody gets a certificate of the group that RBAC never asks. Source:
/// `plugin/pkg/admission/certificates/subjectrestriction`.
struct CertificateSubjectRestriction: BuiltInPlugin {
  let name = "CertificateSubjectRestriction"

  func validate(_ request: AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    guard request.concerns("certificates.k8s.io", "certificatesigningrequests", .create),
      request.object[path: "spec", "signerName"]?.string == "kubernetes.io/kube-apiserver-client",
      let text = request.object[path: "spec", "request"]?.string
    else { return .passed }
    let pem = String(decoding: Base64.decode(exactly: text) ?? [], as: UTF8.self)
    let body = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    guard let certificate = Base64.decode(exactly: body) else {
      return .unknown("whether the request is for the group system:masters: it could not be read")
    }
    // The group stands in the subject as text, whatever string type it has.
    let group = Array("system:masters".utf8)
    let holds = certificate.indices.contains { certificate[$0...].starts(with: group) }
    return holds
      ? .refused(
        .forbidden(
          request, "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"))
      : .passed
  }
}
