import Bytes
package import Expressions
import Kube
import Validation

/// The validating policies of a cluster, in force by their bindings.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/policy/validating/{dispatcher,validator}.go`. The server walks policies
/// and bindings in no order; here they stand by name, so that the same input gives the same answer.
package struct ValidatingPolicies: Sendable {
  package let hooks: [(policy: ValidatingPolicy, bindings: [PolicyBinding])]

  package init(_ policies: [ValidatingPolicy], _ bindings: [PolicyBinding]) {
    let byPolicy = Dictionary(grouping: bindings, by: \.policyName)
    hooks = policies.sorted { $0.name < $1.name }.compactMap { policy in
      guard let own = byPolicy[policy.name] else { return nil }
      return (policy, own.sorted { $0.name < $1.name })
    }
  }

  private init(hooks: [(policy: ValidatingPolicy, bindings: [PolicyBinding])]) { self.hooks = hooks }

  /// The same without some of the policies.
  package func without(_ names: Set<String>) -> ValidatingPolicies {
    names.isEmpty ? self : ValidatingPolicies(hooks: hooks.filter { !names.contains($0.policy.name) })
  }

  private static let auditAnnotationBytes = 10 * 1024
  private static let messageBytes = 5 * 1024

  /// - Parameter authorizer: answers what expressions ask of the authorizer about the user of the request.
  package func validate(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer
  ) -> PolicyReport {
    var report = PolicyReport()
    if request.isExemptFromPolicies { return report }
    let matcher = RequestMatcher(cluster)
    let authorizer = WatchedAuthorizer(authorizer)
    let variables = RequestVariables(request, cluster, authorizer)
    let isInMissingNamespace =
      !request.namespace.isEmpty && !request.isNamespace && cluster.isMissing(namespace: request.namespace)
    for (policy, bindings) in hooks {
      judge(policy, bindings, request, cluster, matcher, variables, authorizer, isInMissingNamespace, &report)
    }
    return report
  }

  private func judge(
    _ policy: ValidatingPolicy, _ bindings: [PolicyBinding], _ request: AdmissionRequest,
    _ cluster: AdmissionCluster, _ matcher: RequestMatcher, _ variables: RequestVariables,
    _ authorizer: WatchedAuthorizer, _ isInMissingNamespace: Bool, _ report: inout PolicyReport
  ) {
    func fail(_ message: String, _ binding: PolicyBinding?) {
      let text = "failed to configure \(binding == nil ? "policy" : "binding"): \(message)"
      if policy.ignoresFailures {
        report.ignored.append(.init(policy: policy.name, binding: binding?.name, message: text))
      } else {
        report.violations.append(
          .init(
            policy: policy.name, binding: binding?.name, cause: .configuration, actions: [.deny], message: text,
            reason: "Invalid", param: nil))
      }
    }
    guard let match = policy.match else {
      return fail("policy contained no match constraints, a required field", nil)
    }
    let resource: AdmissionRequest.Resource
    let kind: AdmissionRequest.Kind
    switch matcher.match(match, request) {
    case .no: return
    case .failed(let message): return fail(message, nil)
    case .unknown(let reason):
      report.notEvaluated.append(.init(policy: policy.name, binding: nil, reason: reason))
      return
    case .yes(let foundResource, let foundKind): (resource, kind) = (foundResource, foundKind)
    }
    if let paramKind = policy.paramKind, cluster.resources.resource(of: paramKind) == nil {
      let group = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")
      if case .part(let reason) = cluster.knowledge(of: group) {
        report.notEvaluated.append(
          .init(policy: policy.name, binding: nil, reason: "whether there is a kind \(paramKind.kind): \(reason)"))
        return
      }
      return fail(
        "failed to find resource referenced by paramKind: '\(paramKind.apiVersion), Kind=\(paramKind.kind)'", nil)
    }
    var annotations: [(key: String, values: [String])] = []
    // Without params every binding gets the same verdict.
    var withoutParams: Verdict?
    for binding in bindings {
      if let match = binding.match {
        switch matcher.match(match, request) {
        case .no: continue
        case .failed(let message):
          fail(message, binding)
          continue
        case .unknown(let reason):
          report.notEvaluated.append(.init(policy: policy.name, binding: binding.name, reason: reason))
          continue
        case .yes: break
        }
      }
      if policy.paramKind != nil, binding.isImplied {
        report.notEvaluated.append(
          .init(policy: policy.name, binding: nil, reason: PolicyReport.NotEvaluated.noBinding))
        continue
      }
      let params: [DocumentNode]
      switch PolicyParams.collect(policy.paramKind, binding.params, request, cluster) {
      case .failed(let message):
        fail(message, binding)
        continue
      case .unknown(let reason):
        report.notEvaluated.append(.init(policy: policy.name, binding: binding.name, reason: reason))
        continue
      case .params(let found): params = found
      }
      let view: RequestVariables.View
      do throws(RequestVariables.ConversionFailure) {
        view = try variables.view(kind, resource)
      } catch {
        // What the server converts and we do not is our ignorance, not its refusal.
        report.notEvaluated.append(.init(policy: policy.name, binding: binding.name, reason: error.message))
        continue
      }
      if isInMissingNamespace {
        fail("namespaces \"\(request.namespace)\" not found", binding)
        continue
      }
      if let reason = policy.needs.ignorance(of: request) {
        report.notEvaluated.append(.init(policy: policy.name, binding: binding.name, reason: reason))
        continue
      }
      if policy.needs.namespace, let reason = cluster.ignorance(ofNamespaceOf: request) {
        report.notEvaluated.append(.init(policy: policy.name, binding: binding.name, reason: reason))
        continue
      }
      if !report.applied.contains(policy.name) { report.applied.append(policy.name) }
      for param in params {
        let verdict: Verdict
        if param.isNull, let known = withoutParams {
          verdict = known
        } else {
          verdict = Self.verdict(policy, view, param, variables)
          if authorizer.takeGuess() {
            report.notEvaluated.append(
              .init(policy: policy.name, binding: binding.name, reason: PolicyReport.NotEvaluated.unknownRights))
            continue
          }
          if param.isNull { withoutParams = verdict }
          report.evaluations += verdict.decisions.count
        }
        record(verdict, policy, binding, param, &annotations, &report)
      }
    }
    for annotation in annotations {
      report.addAuditAnnotation("\(policy.name)/\(annotation.key)", annotation.values.joined(separator: ", "))
    }
  }

  private func record(
    _ verdict: Verdict, _ policy: ValidatingPolicy, _ binding: PolicyBinding, _ param: DocumentNode,
    _ annotations: inout [(key: String, values: [String])], _ report: inout PolicyReport
  ) {
    let paramName = param.isNull ? nil : param.metadataName
    for (index, decision) in verdict.decisions.enumerated() {
      switch decision {
      case .admitted: continue
      case .ignored(let message):
        report.ignored.append(.init(policy: policy.name, binding: binding.name, message: message))
      case .denied(let message, let reason, let cause):
        report.violations.append(
          .init(
            policy: policy.name, binding: binding.name, cause: cause, actions: binding.actions, message: message,
            reason: reason, param: paramName))
        if binding.actions.contains(.audit) {
          report.addAuditAnnotation(
            "validation.policy.admission.k8s.io/validation_failure",
            Self.failureAnnotation(index, message, policy, binding))
        }
        if binding.actions.contains(.warn) {
          report.warnings.append(
            "Validation failed for ValidatingAdmissionPolicy '\(policy.name)' with binding '\(binding.name)': \(message)"
          )
        }
      }
    }
    for annotation in verdict.annotations {
      switch annotation.outcome {
      case .none: continue
      case .value(let text):
        let value = Self.prefix(text, Self.auditAnnotationBytes)
        if let index = annotations.firstIndex(where: { $0.key == annotation.key }) {
          if !annotations[index].values.contains(value) { annotations[index].values.append(value) }
        } else {
          annotations.append((annotation.key, [value]))
        }
      case .failed(let message):
        report.violations.append(
          .init(
            policy: policy.name, binding: binding.name, cause: .evaluation, actions: [.deny], message: message,
            reason: "Invalid", param: paramName))
      case .ignored(let message):
        report.ignored.append(.init(policy: policy.name, binding: binding.name, message: message))
      }
    }
  }

  private static func prefix(_ text: String, _ bytes: Int) -> String {
    text.utf8.count <= bytes ? text : String(decoding: text.utf8.prefix(bytes), as: UTF8.self)
  }

  private static func failureAnnotation(
    _ index: Int, _ message: String, _ policy: ValidatingPolicy, _ binding: PolicyBinding
  ) -> String {
    JSONWriter.compact([
      [
        "message": DocumentNode(.string(message)), "policy": DocumentNode(.string(binding.policyName)),
        "binding": DocumentNode(.string(binding.name)), "expressionIndex": DocumentNode(.int(Int64(index))),
        "validationActions": DocumentNode(.array(binding.actions.map { DocumentNode(.string($0.rawValue)) })),
      ]
    ])
  }

  // MARK: One policy, one param

  private enum Decision {
    case admitted
    case denied(String, reason: String, PolicyReport.Violation.Cause)
    case ignored(String)
  }

  private struct Annotation {
    enum Outcome {
      case none
      case value(String)
      case failed(String)
      case ignored(String)
    }
    let key: String
    let outcome: Outcome
  }

  private struct Verdict {
    var decisions: [Decision] = []
    var annotations: [Annotation] = []
  }

  private static func verdict(
    _ policy: ValidatingPolicy, _ view: RequestVariables.View, _ param: DocumentNode, _ variables: RequestVariables
  ) -> Verdict {
    func failed(_ message: String) -> Decision {
      policy.ignoresFailures ? .ignored(message) : .denied(message, reason: "Invalid", .evaluation)
    }
    func activation(_ authorizer: Bool, _ namespace: Bool = true) -> CELActivation {
      PolicyActivation.make(
        view, param, policy.paramKind != nil, variables, authorizer: authorizer, namespace: namespace, policy.variables)
    }
    if !policy.matchConditions.isEmpty {
      switch MatchConditions.evaluate(
        policy.matchConditions, activation(true, false), ignoresFailures: policy.ignoresFailures)
      {
      case .matched: break
      case .notMatched: return Verdict()
      case .failed(let message): return Verdict(decisions: [failed(message)])
      case .ignored(let message): return Verdict(decisions: [.ignored(message)])
      }
    }
    var budget = CELCost.perRequest
    let results: [PolicyExpressionResult]
    do throws(PolicyEvaluation.Abandoned) {
      results = try PolicyEvaluation.run(policy.validations.map(\.program), activation(true), budget: &budget)
    } catch {
      return Verdict(decisions: [failed(error.message)])
    }
    // Messages are paid from what is left, and evaluated for every validation, whatever it gave.
    var messages: [PolicyExpressionResult] = []
    var messagesFailure: String?
    if policy.validations.contains(where: { if case .none = $0.messageProgram { false } else { true } }) {
      do throws(PolicyEvaluation.Abandoned) {
        messages = try PolicyEvaluation.run(
          policy.validations.map(\.messageProgram), activation(false), budget: &budget)
      } catch {
        messagesFailure = error.message
      }
    }
    var verdict = Verdict()
    for (index, result) in results.enumerated() {
      let validation = policy.validations[index]
      switch result {
      case .none: verdict.decisions.append(.admitted)
      case .failure(let message): verdict.decisions.append(failed(message))
      case .value(let value):
        if let messagesFailure {
          verdict.decisions.append(failed("failed messageExpression: \(messagesFailure)"))
        } else if case .bool(true) = value {
          verdict.decisions.append(.admitted)
        } else {
          let message = Self.message(validation, messages.indices.contains(index) ? messages[index] : .none)
          verdict.decisions.append(.denied(message, reason: validation.reason, .validation(index)))
        }
      }
    }
    if policy.auditAnnotations.isEmpty { return verdict }
    budget = CELCost.perRequest
    do throws(PolicyEvaluation.Abandoned) {
      let results = try PolicyEvaluation.run(
        policy.auditAnnotations.map(\.program), activation(false), budget: &budget)
      for (annotation, result) in zip(policy.auditAnnotations, results) {
        verdict.annotations.append(
          Annotation(key: annotation.key, outcome: Self.outcome(annotation, result, policy.ignoresFailures)))
      }
    } catch {
      return Verdict(decisions: [failed(error.message)])
    }
    return verdict
  }

  private static func message(_ validation: ValidatingPolicy.Validation, _ result: PolicyExpressionResult) -> String {
    var message = ""
    if case .value(.string(let text)) = result {
      message = text.trimmingGoSpace
      // Too long, or of several lines: as if there were none.
      if message.utf8.count > messageBytes || message.utf8.contains(0x0A) { message = "" }
    }
    if message.isEmpty { message = validation.message.trimmingGoSpace }
    return message.isEmpty ? "failed expression: \(validation.expression)" : message
  }

  private static func outcome(
    _ annotation: ValidatingPolicy.AuditAnnotation, _ result: PolicyExpressionResult, _ ignoresFailures: Bool
  ) -> Annotation.Outcome {
    switch result {
    case .none: return .none
    case .failure(let message): return ignoresFailures ? .ignored(message) : .failed(message)
    case .value(.string(let text)):
      let value = text.trimmingGoSpace
      return value.isEmpty ? .none : .value(value)
    case .value(.null): return .none
    case .value(let other):
      return .failed(
        "valueExpression '\(annotation.expression)' resulted in unsupported return type: \(other.type.description). Return type must be either string or null."
      )
    }
  }
}

extension AdmissionRequest {
  /// Policies and webhooks do not judge what they themselves are made of, nor reviews that nobody stores.
  package var isExemptFromPolicies: Bool {
    Self.isNeverJudged(kind.group, kind.kind, resource: (resource.group, resource.resource))
  }

  /// The same for every request for a resource.
  static func isNeverJudged(_ resource: APIResource) -> Bool {
    isNeverJudged(resource.group, resource.kind, resource: (resource.group, resource.resource))
  }

  private static func isNeverJudged(
    _ group: String, _ kind: String, resource: (group: String, resource: String)
  ) -> Bool {
    if group == "admissionregistration.k8s.io" {
      return [
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
      ].contains(kind)
    }
    switch resource {
    case ("authentication.k8s.io", "selfsubjectreviews"), ("authentication.k8s.io", "tokenreviews"),
      ("authorization.k8s.io", "localsubjectaccessreviews"), ("authorization.k8s.io", "selfsubjectaccessreviews"),
      ("authorization.k8s.io", "selfsubjectrulesreviews"), ("authorization.k8s.io", "subjectaccessreviews"):
      return true
    default: return false
    }
  }
}
