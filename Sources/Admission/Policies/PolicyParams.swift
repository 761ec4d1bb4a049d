import Bytes
import Kube

/// The params of a policy for one request through one binding.
///
/// Source: `CollectParams` in k8s.io/apiserver `pkg/admission/plugin/policy/generic/policy_dispatcher.go`.
enum PolicyParams {
  enum Answer {
    /// One evaluation for each; null where the policy has none.
    case params([DocumentNode])
    /// The server refuses, or passes over, the request for it.
    case failed(String)
    case unknown(String)
  }

  static func collect(
    _ kind: AdmissionRequest.Kind?, _ reference: PolicyBinding.ParamReference?, _ request: AdmissionRequest,
    _ cluster: AdmissionCluster
  ) -> Answer {
    guard let kind, let reference else { return .params([.null]) }
    guard let resource = cluster.resources.resource(of: kind) else {
      return .failed("paramKind kind `\(kind.kind)` not known")
    }
    var namespace = ""
    if resource.isNamespaced {
      namespace = reference.namespace.isEmpty ? request.namespace : reference.namespace
      if namespace.isEmpty {
        return .failed("cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
      }
    } else if !reference.namespace.isEmpty {
      return .failed("paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
    }
    var params: [DocumentNode]
    if !reference.name.isEmpty {
      params = cluster.object(kind.groupKind, namespace: namespace, name: reference.name).map { [$0] } ?? []
    } else if let selector = reference.selector {
      switch selector {
      case .failure(let invalid): return .failed(invalid.message)
      case .success(let selector):
        params = cluster.objects(kind.groupKind, namespace: namespace).filter {
          selector.matches($0.metadataLabels)
        }.sorted { $0.metadataName < $1.metadataName }
      }
    } else {
      return .failed("one of name or selector must be provided")
    }
    if params.isEmpty {
      if case .part(let reason) = cluster.knowledge(of: kind.groupKind) {
        return .unknown("whether there are params of kind \(kind.kind): \(reason)")
      }
      if reference.deniesWithout {
        return .failed("no params found for policy binding with `Deny` parameterNotFoundAction")
      }
    }
    return .params(
      params.map {
        Conversion.convert($0, to: kind.apiVersion) ?? $0.setting("apiVersion", DocumentNode(.string(kind.apiVersion)))
      })
  }
}
