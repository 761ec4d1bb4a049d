package import Bytes
package import Expressions
import Kube
import Validation

/// Everything at the door of the API server, in its order: plugins, mutating policies and webhooks, Pod Security,
/// validating policies and webhooks, quota.
///
/// Source: `pkg/kubeapiserver/options/plugins.go` of Kubernetes 1.36 and k8s.io/apiserver
/// `pkg/admission/plugin/webhook/mutating/reinvocationcontext.go`.
package struct AdmissionChain: Sendable {
  package let cluster: AdmissionCluster
  package let mutatingPolicies: MutatingPolicies
  package let validatingPolicies: ValidatingPolicies
  package let webhooks: Webhooks

  /// One thing that was asked at the door.
  package struct Step: Sendable {
    /// Which part of the door was asked.
    package enum Kind: String, Sendable {
      case plugin
      case mutatingPolicy
      case mutatingWebhook
      /// The server's own look at the object: whether it can be decoded, and whether its values are allowed.
      case validation
      /// Where the object is kept, behind the door.
      case storage
      case validatingPolicy
      case validatingWebhook
    }

    /// What it said to the request.
    package enum Answer: Sendable {
      case passed
      case changed
      /// It lets the request pass, and tells who sent it.
      case warned(String)
      /// It lets the request pass, and has it noted in the audit log.
      case audited(String)
      case refused(String)
      /// It failed, and its failure policy passes that over.
      case ignored(String)
      /// It cannot be known, because …
      case unknown(String)
    }

    package let kind: Kind
    package let name: String
    package let answer: Answer
  }

  /// The outcome of the whole door for one request, with everything that was asked on the way.
  package struct Decision: Sendable {
    /// As it would be stored; as far as it came where it was refused.
    package var object: DocumentNode
    package var refusal: AdmissionRefusal?
    package var warnings: [String] = []
    package var auditAnnotations: [(key: String, value: String)] = []
    package var steps: [Step] = []
    /// What validating policies said; nil where the request did not come to them.
    package var report: PolicyReport?

    /// What could not be judged, each with its reason. A decision with any of these is not certain.
    package var unknown: [(name: String, reason: String)] {
      steps.compactMap { step in
        if case .unknown(let reason) = step.answer { return (step.name, reason) }
        return nil
      }
    }

    mutating func annotate(_ annotations: [(key: String, value: String)]) {
      for annotation in annotations where !auditAnnotations.contains(where: { $0.key == annotation.key }) {
        auditAnnotations.append(annotation)
      }
    }
  }

  package init(
    cluster: AdmissionCluster, mutatingPolicies: MutatingPolicies, validatingPolicies: ValidatingPolicies,
    webhooks: Webhooks
  ) {
    self.cluster = cluster
    self.mutatingPolicies = mutatingPolicies
    self.validatingPolicies = validatingPolicies
    self.webhooks = webhooks
  }

  /// What a cluster has at its door.
  package init(_ cluster: AdmissionCluster) {
    let group = "admissionregistration.k8s.io"
    func objects(_ kind: String) -> [DocumentNode] { cluster.objects(GroupKind(group, kind)) }
    self.init(
      cluster: cluster,
      mutatingPolicies: MutatingPolicies(
        objects("MutatingAdmissionPolicy").map { MutatingPolicy($0) },
        objects("MutatingAdmissionPolicyBinding").map { PolicyBinding($0) }),
      validatingPolicies: ValidatingPolicies(
        objects("ValidatingAdmissionPolicy").map { ValidatingPolicy($0) },
        objects("ValidatingAdmissionPolicyBinding").map { PolicyBinding($0) }),
      webhooks: Webhooks(objects("MutatingWebhookConfiguration") + objects("ValidatingWebhookConfiguration")))
  }

  /// - Parameters:
  ///   - authorizer: what expressions ask for permissions.
  ///   - ask: nil where webhooks cannot be asked: they are unknown then.
  package func decide(
    _ request: AdmissionRequest, _ authorizer: any CELAuthorizer, ask: Webhooks.Ask? = nil
  ) -> Decision {
    var run = Run(chain: self, authorizer: authorizer, ask: ask, request: request)
    return run.decide()
  }

  private struct Run {
    let chain: AdmissionChain
    let authorizer: any CELAuthorizer
    let ask: Webhooks.Ask?
    var request: AdmissionRequest
    /// The object as it came.
    let sent: DocumentNode
    var decision: Decision

    init(chain: AdmissionChain, authorizer: any CELAuthorizer, ask: Webhooks.Ask?, request: AdmissionRequest) {
      self.chain = chain
      self.authorizer = authorizer
      self.ask = ask
      var request = request
      sent = request.object
      if request.operation != .delete { request.object = ServerObject.decoded(request.object) ?? request.object }
      self.request = request
      decision = Decision(object: request.object)
    }

    mutating func decide() -> Decision {
      if isNewObject, let refusal = undecodable() {
        refuse(.validation, request.kind.kind, refusal)
        return decision
      }
      guard mutate() else { return decision }
      if let refusal = request.identityRefusal {
        refuse(.validation, request.kind.kind, refusal)
        return decision
      }
      let storageRefusal = request.storageRefusal
      if request.operation == .create {
        request.object = request.objectToStore
        decision.object = request.object
      }
      request.fillSystemFields()
      guard !isNewObject || validateObject() else { return decision }
      validate()
      if decision.refusal == nil, let storageRefusal { refuse(.storage, "resourceVersion", storageRefusal) }
      return decision
    }

    // MARK: The object itself

    private var isNewObject: Bool {
      request.operation == .create && request.subresource.isEmpty && request.object.mapping != nil
    }

    /// Why the server cannot even read the object: values of the wrong type. Fields that it does not know it only warns of.
    private mutating func undecodable() -> AdmissionRefusal? {
      guard let object = KubeObject(sent, file: "") else { return nil }
      if let refusal = chain.cluster.decodingRefusal(request, of: object) { return refusal }
      if let admission = chain.cluster.customResource(request.kind) {
        let outcome = admission.admit(sent, namespace: request.namespace)
        decision.warnings += outcome.warnings
        request.object = outcome.object
        decision.object = outcome.object
      } else {
        decision.warnings += ObjectValidator.decodingFaults(object).map(\.message)
      }
      return nil
    }

    /// - Returns: whether the request goes on.
    private mutating func validateObject() -> Bool {
      let kind = request.kind
      let refusal: AdmissionRefusal?
      if let admission = chain.cluster.customResource(kind) {
        if let fault = Self.misnamed(request.object, kind) {
          refuse(.validation, kind.kind, fault)
          return false
        }
        let outcome = admission.admit(
          request.object, namespace: request.namespace, fieldValidation: .ignore)
        refusal = outcome.refusal
        request.object = outcome.object
        decision.object = outcome.object
      } else {
        guard let object = KubeObject(request.object, file: ""),
          case .violations(let violations) = ObjectValidator().judge(object)
        else {
          note(.validation, kind.kind, .unknown("nothing is known of its schema"))
          return true
        }
        let messages = violations.filter { if case .invalid = $0.kind { true } else { false } }.map(\.message)
        let name = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        let text = messages.count == 1 ? messages[0] : "[" + messages.joined(separator: ", ") + "]"
        // Changes may have given it another name than the request has.
        let own = request.object.metadataName
        refusal =
          messages.isEmpty
          ? nil
          : AdmissionRefusal(
            .invalid, "\(name) \"\(own.isEmpty ? request.nameForMessages : own)\" is invalid: \(text)")
      }
      if let refusal {
        refuse(.validation, kind.kind, refusal)
        return false
      }
      note(.validation, kind.kind, .passed)
      return true
    }

    /// A custom resource that became one of another kind or version on its way.
    ///
    /// Source: k8s.io/apiextensions-apiserver `pkg/registry/customresource/validator.go`, `ValidateTypeMeta`.
    private static func misnamed(_ object: DocumentNode, _ kind: AdmissionRequest.Kind) -> AdmissionRefusal? {
      let name = object["kind"]?.string ?? ""
      let apiVersion = object["apiVersion"]?.string ?? ""
      var errors: [FieldError] = []
      if name != kind.kind { errors.append(.invalid("kind", DocumentNode(.string(name)), "must be \(kind.kind)")) }
      if apiVersion != kind.apiVersion {
        errors.append(.invalid("apiVersion", DocumentNode(.string(apiVersion)), "must be \(kind.apiVersion)"))
      }
      guard !errors.isEmpty else { return nil }
      let group = APIResource.split(apiVersion: apiVersion).group
      return AdmissionRefusal(
        .invalid,
        "\(group.isEmpty ? name : "\(name).\(group)") \"\(object.metadataName)\" is invalid: \(FieldError.aggregate(errors))",
        causes: errors.map { .init(reason: $0.kind.rawValue, message: $0.body, field: $0.path ?? "") })
    }

    private mutating func note(_ kind: Step.Kind, _ name: String, _ answer: Step.Answer) {
      decision.steps.append(Step(kind: kind, name: name, answer: answer))
    }

    private mutating func refuse(_ kind: Step.Kind, _ name: String, _ refusal: AdmissionRefusal) {
      note(kind, name, .refused(refusal.message))
      decision.refusal = refusal
    }

    /// - Returns: whether the request goes on.
    private mutating func take(_ answer: PluginAnswer, _ name: String, isChange: Bool = false) -> Bool {
      switch answer {
      case .passed: note(.plugin, name, isChange ? .changed : .passed)
      case .warned(let warnings):
        decision.warnings += warnings
        note(.plugin, name, isChange ? .changed : .warned(warnings.joined(separator: "; ")))
      case .unknown(let reason): note(.plugin, name, .unknown(reason))
      case .refused(let refusal):
        refuse(.plugin, name, refusal)
        return false
      }
      return true
    }

    // MARK: Mutation

    private mutating func mutate() -> Bool {
      var policyMemory = MutatingPolicies.Memory()
      var webhookMemory = Webhooks.Memory()
      for round in 0..<2 {
        for plugin in BuiltInPlugins.all {
          let earlier = request.object
          let answer = plugin.admit(&request, chain.cluster)
          decision.object = request.object
          guard take(answer, plugin.name, isChange: request.object != earlier) else { return false }
        }
        guard mutatingPolicies(&policyMemory), mutatingWebhooks(&webhookMemory) else { return false }
        // The second round is for those that saw the object before policies or webhooks changed it; what plugins change calls for
        // none.
        guard round == 0, policyMemory.wantsReinvocation || webhookMemory.wantsReinvocation else { break }
        policyMemory.beginReinvocation()
        webhookMemory.beginReinvocation()
      }
      return true
    }

    private mutating func mutatingPolicies(_ memory: inout MutatingPolicies.Memory) -> Bool {
      guard !chain.mutatingPolicies.hooks.isEmpty else { return true }
      let outcome = chain.mutatingPolicies.mutate(request, chain.cluster, authorizer, memory: &memory)
      for name in outcome.changedBy { note(.mutatingPolicy, name, .changed) }
      for item in outcome.ignored { note(.mutatingPolicy, item.policy, .ignored(item.message)) }
      for item in outcome.notEvaluated { note(.mutatingPolicy, item.policy, .unknown(item.reason)) }
      request.object = outcome.object
      decision.object = outcome.object
      guard let refusal = outcome.refusal else { return true }
      refuse(.mutatingPolicy, outcome.refusedBy ?? "MutatingAdmissionPolicy", refusal)
      return false
    }

    private mutating func mutatingWebhooks(_ memory: inout Webhooks.Memory) -> Bool {
      guard !chain.webhooks.mutating.isEmpty else { return true }
      guard let ask else { return unanswered(chain.webhooks.mutating, .mutatingWebhook) }
      return take(
        chain.webhooks.mutate(request, chain.cluster, authorizer, memory: &memory, ask: ask), .mutatingWebhook)
    }

    /// Webhooks that would be asked, and are not.
    private mutating func unanswered(_ webhooks: [Webhook], _ kind: Step.Kind) -> Bool {
      for webhook in webhooks {
        switch Webhooks.call(webhook, request, chain.cluster, authorizer) {
        case .no: continue
        case .yes: note(kind, webhook.name, .unknown("the server would ask it"))
        case .unknown(let reason): note(kind, webhook.name, .unknown(reason))
        case .refused(let refusal):
          refuse(kind, webhook.name, refusal)
          return false
        }
      }
      return true
    }

    private mutating func take(_ outcome: Webhooks.Outcome, _ kind: Step.Kind) -> Bool {
      decision.warnings += outcome.warnings
      decision.annotate(outcome.auditAnnotations)
      let failed = Set(outcome.failedOpen.map(\.name))
      let isChange = kind == .mutatingWebhook && outcome.isChanged
      for name in outcome.asked where !failed.contains(name) { note(kind, name, isChange ? .changed : .passed) }
      for item in outcome.failedOpen { note(kind, item.name, .ignored(item.reason)) }
      for item in outcome.notEvaluated { note(kind, item.name, .unknown(item.reason)) }
      request.object = outcome.object
      decision.object = outcome.object
      guard let refusal = outcome.refusal else { return true }
      refuse(kind, outcome.asked.last ?? "webhook", refusal)
      return false
    }

    // MARK: Validation

    private mutating func validate() {
      for plugin in BuiltInPlugins.all {
        guard take(plugin.validate(request, chain.cluster), plugin.name) else { return }
        // Pod Security stands between these two.
        if plugin.name == "TaintNodesByCondition", !podSecurity() { return }
      }
      let report = chain.validatingPolicies.validate(request, chain.cluster, authorizer)
      decision.report = report
      decision.warnings += report.warnings
      decision.annotate(report.auditAnnotations)
      let denied = Set(report.denials.map(\.policy))
      for name in report.applied where !denied.contains(name) {
        note(.validatingPolicy, name, Self.answer(name, report))
      }
      for item in report.ignored { note(.validatingPolicy, item.policy, .ignored(item.message)) }
      for item in report.notEvaluated { note(.validatingPolicy, item.policy, .unknown(item.reason)) }
      for denial in report.denials { note(.validatingPolicy, denial.policy, .refused(denial.message)) }
      if let refusal = report.refusal(request) {
        decision.refusal = refusal
        return
      }
      if let ask {
        if !chain.webhooks.validating.isEmpty {
          let outcome = chain.webhooks.validate(request, chain.cluster, authorizer, ask: ask)
          guard take(outcome, .validatingWebhook) else { return }
        }
      } else if !unanswered(chain.webhooks.validating, .validatingWebhook) {
        return
      }
      for plugin in BuiltInPlugins.last {
        guard take(plugin.validate(request, chain.cluster), plugin.name) else { return }
      }
    }

    /// Of a policy that denies nothing.
    private static func answer(_ name: String, _ report: PolicyReport) -> Step.Answer {
      let violations = report.violations.filter { $0.policy == name }
      guard !violations.isEmpty else { return .passed }
      var messages: [String] = []
      for violation in violations where !messages.contains(violation.message) { messages.append(violation.message) }
      let text = messages.joined(separator: "; ")
      return violations.contains { $0.strongest == .warn } ? .warned(text) : .audited(text)
    }

    private mutating func podSecurity() -> Bool {
      let answer = PodSecurityPlugin.judge(request, chain.cluster)
      decision.warnings += answer.warnings
      decision.annotate(answer.auditAnnotations)
      if let refusal = answer.refusal {
        refuse(.plugin, PodSecurityPlugin.name, refusal)
        return false
      }
      let step: Step.Answer
      if let unknown = answer.unknown {
        step = .unknown(unknown)
      } else if !answer.warnings.isEmpty {
        step = .warned(answer.warnings.joined(separator: "; "))
      } else if let violation = answer.auditViolation {
        step = .audited(violation)
      } else {
        step = .passed
      }
      note(.plugin, PodSecurityPlugin.name, step)
      return true
    }
  }
}
