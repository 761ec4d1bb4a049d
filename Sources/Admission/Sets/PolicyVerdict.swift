package import Bytes
package import Expressions
package import Kube

/// What a set of policies makes of one request.
package struct PolicyVerdict: Sendable {
  /// The object as validating policies saw it.
  package var object: DocumentNode
  /// The object as mutating policies left it; the request's own where they changed nothing.
  package var mutated: DocumentNode
  /// The object as mutating policies found it.
  package var found: DocumentNode
  /// Of the mutating policies; the validating ones were not asked then.
  package var mutationRefusal: AdmissionRefusal?
  package var mutation: MutatingPolicies.Outcome?
  package var report = PolicyReport()
  /// The refusal that the server would answer with; nil where the request passes.
  package var refusal: AdmissionRefusal?

  /// What mutating policies changed, and nothing else that the server does to an object; nil where they changed nothing.
  package var patch: JSONPatch? {
    guard let mutation, !mutation.changedBy.isEmpty else { return nil }
    // Policies change an object that has its defaults, whether or not this one had.
    let patch = JSONPatch(from: ServerObject.decoded(found) ?? found, to: mutated)
    if patch.operations.isEmpty { return nil }
    let fits = (try? patch.apply(to: found)) != nil
    return fits ? patch : JSONPatch(from: found, to: mutated)
  }

  package var notEvaluated: [PolicyReport.NotEvaluated] { (mutation?.notEvaluated ?? []) + report.notEvaluated }
  package var ignored: [PolicyReport.Ignored] { (mutation?.ignored ?? []) + report.ignored }
}

/// A set of policies before a cluster: the one place that judges requests by policies, whoever asks.
package struct PolicyJudge: Sendable {
  package let policies: PolicySet
  package let cluster: AdmissionCluster
  private let authorizer: @Sendable (AdmissionRequest.User) -> any CELAuthorizer

  package init(
    _ policies: PolicySet, _ cluster: AdmissionCluster,
    authorizer: @escaping @Sendable (AdmissionRequest.User) -> any CELAuthorizer
  ) {
    self.policies = policies
    self.cluster = cluster
    self.authorizer = authorizer
  }

  /// Which policies are asked: the server asks the mutating ones first, and the others about what those made of the object.
  package enum Phase: Sendable, Hashable {
    case both
    case mutation
    case validation
  }

  /// A request as webhooks see it: decoded, defaulted, past the built-in plugins.
  ///
  /// - Parameter exempt: names of policies that are not asked about this request.
  package func judge(
    _ request: AdmissionRequest, _ phase: Phase = .both, without exempt: Set<String> = []
  ) -> PolicyVerdict {
    let authorizer = authorizer(request.user)
    var request = request
    var verdict = PolicyVerdict(object: request.object, mutated: request.object, found: request.object)
    let mutating = policies.mutating.without(exempt)
    if phase != .validation, !mutating.hooks.isEmpty {
      let pass = MutationPass.run(request, cluster, mutating, authorizer)
      verdict.mutation = pass.policies
      if let refusal = pass.refusal {
        verdict.mutationRefusal = refusal
        verdict.refusal = refusal
        return verdict
      }
      if !(pass.policies?.changedBy.isEmpty ?? true) {
        request.object = pass.object
        verdict.object = pass.object
        verdict.mutated = pass.mutated
      }
    }
    if phase == .mutation { return verdict }
    request.fillSystemFields()
    verdict.report = policies.validating.without(exempt).validate(request, cluster, authorizer)
    verdict.refusal = verdict.report.refusal(request)
    return verdict
  }

  /// A request as its client sends it: the object is first made what the server would store of it, whatever else stands at the
  /// door has to say.
  package func judge(sent request: AdmissionRequest) -> PolicyVerdict {
    var request = request
    if request.operation != .delete, request.subresource.isEmpty, !request.object.isNull {
      request.object = admitted(request)
    }
    return judge(request)
  }

  private func admitted(_ request: AdmissionRequest) -> DocumentNode {
    var request = request
    if APITypes.type(apiVersion: request.kind.apiVersion, kind: request.kind.kind) == nil {
      guard let admission = cluster.customResource(request.kind) else { return request.object }
      let outcome = admission.admit(
        request.object, old: nil, namespace: request.namespace, fieldValidation: .ignore, duplicates: [])
      // What the schema refuses has its defaults all the same.
      guard let refusal = outcome.refusal, refusal.status != AdmissionRefusal.Reason.invalid.status else {
        return outcome.object
      }
      return request.object
    }
    request.object = ServerObject.decoded(request.object) ?? request.object
    for plugin in BuiltInPlugins.all {
      let earlier = request.object
      // What plugins refuse or do not know is not the policies' business.
      if case .refused = plugin.admit(&request, cluster) { request.object = earlier }
    }
    return request.objectToStore
  }
}
