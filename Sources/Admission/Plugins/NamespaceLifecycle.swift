import Bytes
import Kube

/// Nothing is made in a namespace that does not exist or is being deleted, and the namespaces of the system stay.
struct NamespaceLifecycle: BuiltInPlugin {
  let name = "NamespaceLifecycle"

  func admit(_ request: inout AdmissionRequest, _ cluster: AdmissionCluster) -> PluginAnswer {
    if request.operation == .delete, request.isNamespace,
      ["default", "kube-system", "kube-public"].contains(request.name)
    {
      return .refused(.forbidden(request, "this namespace may not be deleted"))
    }
    guard !request.namespace.isEmpty, !request.isNamespace, request.operation == .create,
      !(request.resource.group == "authorization.k8s.io" && request.resource.resource == "localsubjectaccessreviews")
    else { return .passed }
    guard let namespace = cluster.object(.namespace, name: request.namespace) else {
      if AdmissionCluster.everpresent.contains(request.namespace) { return .passed }
      if case .part(let reason) = cluster.knowledge(of: .namespace) {
        return .unknown("whether namespace \"\(request.namespace)\" exists: \(reason)")
      }
      return .refused(AdmissionRefusal(.notFound, "namespaces \"\(request.namespace)\" not found"))
    }
    guard namespace[path: "status", "phase"]?.string == "Terminating" else { return .passed }
    return .refused(
      .forbidden(
        request,
        "unable to create new content in namespace \(request.namespace) because it is being terminated"))
  }
}
