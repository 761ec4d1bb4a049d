package import Bytes
package import Expressions
import Kube

/// A request on its way through what changes it: the built-in plugins and mutating policies, a second time where a policy
/// changed something.
///
/// Source: k8s.io/apiserver `pkg/admission/reinvocation.go`.
package enum MutationPass {
  /// What the whole pass made of one request. `policies` covers both rounds.
  package struct Outcome: Sendable {
    /// As it would be stored.
    package var object: DocumentNode
    /// As policies left it.
    package var mutated: DocumentNode
    package var refusal: AdmissionRefusal?
    package var policies: MutatingPolicies.Outcome?
  }

  /// - Parameters:
  ///   - request: after the built-in plugins have seen it once, as webhooks see it.
  ///   - stored: the object whose subresource is changed.
  package static func run(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ policies: MutatingPolicies,
    _ authorizer: any CELAuthorizer, subresourceOf stored: DocumentNode? = nil
  ) -> Outcome {
    var request = request
    var memory = MutatingPolicies.Memory()
    var last = policies.mutate(request, cluster, authorizer, memory: &memory)
    request.object = last.object
    if last.refusal == nil, memory.wantsReinvocation {
      memory.beginReinvocation()
      for plugin in BuiltInPlugins.all {
        if case .refused(let refusal) = plugin.admit(&request, cluster) {
          return Outcome(object: request.object, mutated: request.object, refusal: refusal, policies: last)
        }
      }
      var second = policies.mutate(request, cluster, authorizer, memory: &memory)
      request.object = second.object
      second.changedBy = last.changedBy + second.changedBy.filter { !last.changedBy.contains($0) }
      second.ignored = last.ignored + second.ignored.filter { !last.ignored.contains($0) }
      last = second
    }
    if last.refusal == nil, !last.changedBy.isEmpty, let refusal = request.identityRefusal {
      last.refusedBy = last.changedBy.last
      return Outcome(object: request.object, mutated: request.object, refusal: refusal, policies: last)
    }
    return Outcome(
      object: last.refusal == nil ? finished(request) : request.object, mutated: request.object, refusal: last.refusal,
      policies: last)
  }

  /// What the server does after admission.
  private static func finished(_ request: AdmissionRequest) -> DocumentNode {
    guard request.subresource.isEmpty, !request.object.isNull else { return request.object }
    if request.operation == .create {
      return request.objectToStore
    }
    return ServerObject.normalized(request.object)
  }
}
