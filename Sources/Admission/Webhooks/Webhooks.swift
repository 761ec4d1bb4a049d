package import Bytes
package import Expressions
import Kube

/// The webhooks of a cluster, asked as the API server asks them.
///
/// Source: k8s.io/apiserver `pkg/admission/plugin/webhook/{generic,mutating,validating}`.
package struct Webhooks: Sendable {
  package let mutating: [Webhook]
  package let validating: [Webhook]

  /// - Parameter configurations: of both kinds; others are passed over.
  package init(_ configurations: [DocumentNode]) {
    let all = configurations.sorted { $0.metadataName < $1.metadataName }.flatMap(Webhook.read)
    mutating = all.filter(\.isMutating)
    validating = all.filter { !$0.isMutating }
  }

  /// Asks a webhook; whoever cannot may answer for it.
  package typealias Ask = (Webhook, DocumentNode) -> WebhookAnswer

  /// What the webhooks made of one request.
  package struct Outcome: Sendable {
    /// Of the request; as far as it came when it was refused.
    package var object: DocumentNode
    package var refusal: AdmissionRefusal?
    package var warnings: [String] = []
    package var auditAnnotations: [(key: String, value: String)] = []
    /// Names of those that were asked, in order.
    package var asked: [String] = []
    /// Those whose failure is passed over, with the reason.
    package var failedOpen: [(name: String, reason: String)] = []
    package var notEvaluated: [(name: String, reason: String)] = []
    /// Whether a webhook changed the object.
    package var isChanged = false
  }

  /// Whether a webhook would be asked, and about the object as which kind.
  package enum Call: Sendable {
    case no
    case yes(AdmissionRequest.Resource, AdmissionRequest.Kind)
    case refused(AdmissionRefusal)
    case unknown(String)
  }

  /// Decides whether the webhook is called for the request, without calling it: rules, selectors and match conditions.
  package static func call(
    _ webhook: Webhook, _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer
  ) -> Call {
    if request.isExemptFromPolicies { return .no }
    let kind: AdmissionRequest.Kind
    let resource: AdmissionRequest.Resource
    if webhook.match.rules.isEmpty { return .no }
    switch RequestMatcher(cluster).match(webhook.match, request) {
    case .no: return .no
    case .unknown(let reason): return .unknown(reason)
    case .failed(let message):
      return .refused(
        AdmissionRefusal(.internalError, "Internal error occurred: " + message, causes: [.init(message: message)]))
    case .yes(let foundResource, let foundKind): (resource, kind) = (foundResource, foundKind)
    }
    if webhook.matchConditions.isEmpty { return .yes(resource, kind) }
    let authorizer = WatchedAuthorizer(authorizer)
    let variables = RequestVariables(request, cluster, authorizer)
    let view: RequestVariables.View
    do throws(RequestVariables.ConversionFailure) {
      view = try variables.view(kind, resource)
    } catch {
      return .refused(AdmissionRefusal(.internalError, "Internal error occurred: " + error.message))
    }
    let activation = PolicyActivation.make(view, .null, false, variables, authorizer: true, namespace: false, [])
    let match = MatchConditions.evaluate(
      webhook.matchConditions, activation, ignoresFailures: webhook.ignoresFailures)
    if authorizer.takeGuess() { return .unknown(PolicyReport.NotEvaluated.unknownRights) }
    switch match {
    case .matched: return .yes(resource, kind)
    case .notMatched, .ignored: return .no
    case .failed(let message): return .refused(.forbidden(request, message))
    }
  }

  private static func internalError(_ message: String) -> AdmissionRefusal {
    AdmissionRefusal(.internalError, "Internal error occurred: " + message, causes: [.init(message: message)])
  }

  private static func dryRunFault(_ webhook: Webhook) -> AdmissionRefusal {
    AdmissionRefusal(.badRequest, "admission webhook \(GoText.quoted(webhook.name)) does not support dry run")
  }

  // MARK: Validating

  /// All that match are asked, at the same time in the server; of several refusals it tells one.
  package func validate(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer, ask: Ask
  ) -> Outcome {
    var outcome = Outcome(object: request.object)
    var relevant: [(Webhook, AdmissionRequest.Resource, AdmissionRequest.Kind)] = []
    for webhook in validating {
      switch Self.call(webhook, request, cluster, authorizer) {
      case .no: continue
      case .yes(let resource, let kind): relevant.append((webhook, resource, kind))
      case .unknown(let reason): outcome.notEvaluated.append((webhook.name, reason))
      case .refused(let refusal):
        outcome.refusal = refusal
        return outcome
      }
    }
    for (index, (webhook, resource, kind)) in relevant.enumerated() {
      if request.isDryRun, !webhook.allowsDryRun {
        outcome.refusal = outcome.refusal ?? Self.dryRunFault(webhook)
        continue
      }
      outcome.asked.append(webhook.name)
      let answer = ask(webhook, WebhookReview.request(request, kind, resource, webhook.reviewVersion))
      do throws(WebhookReview.CallFailure) {
        let response = try WebhookReview.read(answer, webhook, uid: request.uid)
        outcome.warnings += response.warnings
        for (key, value) in response.auditAnnotations {
          outcome.auditAnnotations.append((webhook.name + "/" + key, value))
        }
        if !response.isAllowed {
          outcome.refusal = outcome.refusal ?? WebhookReview.refusal(webhook, response.status)
        }
      } catch {
        if webhook.ignoresFailures {
          outcome.failedOpen.append((webhook.name, error.message))
          outcome.auditAnnotations.append(
            ("failed-open.validating.webhook.admission.k8s.io/round_0_index_\(index)", webhook.name))
        } else {
          outcome.refusal =
            outcome.refusal
            ?? Self.internalError("failed calling webhook \(GoText.quoted(webhook.name)): \(error.message)")
        }
      }
    }
    return outcome
  }

  // MARK: Mutating

  /// What webhooks were asked before, from one pass over the plugins to the next.
  package struct Memory: Sendable {
    fileprivate var isReinvocation = false
    fileprivate var reinvocable = Set<String>()
    fileprivate var toReinvoke = Set<String>()
    fileprivate var lastOutput: DocumentNode?
    package fileprivate(set) var wantsReinvocation = false

    package init() {}

    package mutating func beginReinvocation() { isReinvocation = true }
  }

  /// One after the other, each on the object that the one before it left.
  package func mutate(
    _ request: AdmissionRequest, _ cluster: AdmissionCluster, _ authorizer: any CELAuthorizer,
    memory: inout Memory, ask: Ask
  ) -> Outcome {
    var outcome = Outcome(object: request.object)
    if memory.isReinvocation, memory.lastOutput != request.object {
      memory.toReinvoke.formUnion(memory.reinvocable)
      memory.reinvocable = []
    }
    var request = request
    let round = memory.isReinvocation ? 1 : 0
    defer { memory.lastOutput = outcome.object }
    for (index, webhook) in mutating.enumerated() {
      let resource: AdmissionRequest.Resource
      let kind: AdmissionRequest.Kind
      switch Self.call(webhook, request, cluster, authorizer) {
      case .no: continue
      case .unknown(let reason):
        outcome.notEvaluated.append((webhook.name, reason))
        continue
      case .refused(let refusal):
        outcome.refusal = refusal
        return outcome
      case .yes(let foundResource, let foundKind): (resource, kind) = (foundResource, foundKind)
      }
      let key = webhook.configuration + "/" + webhook.name
      if memory.isReinvocation, !memory.toReinvoke.contains(key) { continue }
      if webhook.isReinvoked { memory.reinvocable.insert(key) }
      if request.isDryRun, !webhook.allowsDryRun {
        outcome.refusal = Self.dryRunFault(webhook)
        return outcome
      }
      outcome.asked.append(webhook.name)
      let answer = ask(webhook, WebhookReview.request(request, kind, resource, webhook.reviewVersion))
      let before = request.object
      var failure: AdmissionRefusal?
      do throws(WebhookReview.CallFailure) {
        let response = try WebhookReview.read(answer, webhook, uid: request.uid)
        outcome.warnings += response.warnings
        for (name, value) in response.auditAnnotations {
          outcome.auditAnnotations.append((webhook.name + "/" + name, value))
        }
        if response.isAllowed {
          switch try Self.patched(request, kind, response.patch) {
          case .success(let object): request.object = object
          case .failure(let refusal): failure = refusal
          }
        } else {
          failure = WebhookReview.refusal(webhook, response.status)
        }
      } catch {
        if webhook.ignoresFailures {
          outcome.failedOpen.append((webhook.name, error.message))
          outcome.auditAnnotations.append(
            ("failed-open.mutation.webhook.admission.k8s.io/round_\(round)_index_\(index)", webhook.name))
        } else {
          failure = Self.internalError("failed calling webhook \(GoText.quoted(webhook.name)): \(error.message)")
        }
      }
      let isChanged = request.object != before
      outcome.auditAnnotations.append(
        (
          "mutation.webhook.admission.k8s.io/round_\(round)_index_\(index)",
          JSONWriter.compact([
            "configuration": DocumentNode(.string(webhook.configuration)),
            "webhook": DocumentNode(.string(webhook.name)), "mutated": DocumentNode(.bool(isChanged)),
          ])
        ))
      outcome.object = request.object
      if let failure {
        outcome.refusal = failure
        return outcome
      }
      if isChanged {
        outcome.isChanged = true
        memory.wantsReinvocation = true
        let others = memory.reinvocable.subtracting([key])
        memory.toReinvoke.formUnion(others)
        memory.reinvocable.subtract(others)
      }
    }
    return outcome
  }

  /// - Throws: what counts as a failed call; a patch that does not apply is the server's own trouble.
  private static func patched(
    _ request: AdmissionRequest, _ kind: AdmissionRequest.Kind, _ bytes: [UInt8]
  ) throws(WebhookReview.CallFailure) -> Result<DocumentNode, AdmissionRefusal> {
    if bytes.isEmpty || request.object.isNull { return .success(request.object) }
    let head = "received undecodable patch in webhook response: "
    if let fault = GoDecoding.syntaxFault(bytes) { throw WebhookReview.CallFailure(message: head + fault) }
    let node = JSONReader.readStream(bytes.span, limits: .standard).documents.first ?? .null
    guard let patch = JSONPatch(node) else {
      throw WebhookReview.CallFailure(
        message: head + "json: cannot unmarshal \(GoDecoding.word(node)) into Go value of type jsonpatch.Patch")
    }
    if patch.operations.isEmpty { return .success(request.object) }
    let object = RequestVariables.converted(request.object, request, to: kind) ?? request.object
    let result: DocumentNode
    do throws(JSONPatch.Failure) {
      result = try patch.apply(to: object)
    } catch {
      return .failure(internalError(error.message))
    }
    guard let type = APITypes.type(apiVersion: kind.apiVersion, kind: kind.kind) else {
      return .success(result.setting("apiVersion", request.object["apiVersion"]))
    }
    let decoded = ObjectDecoder.decode(result, as: type, options: .init(isStored: false))
    if let mismatch = decoded.mismatches.first {
      return .failure(internalError(GoDecoding.mismatch(mismatch, in: result, root: type)))
    }
    if kind == request.kind { return .success(decoded.object) }
    return .success(Conversion.convert(decoded.object, to: request.kind.apiVersion) ?? decoded.object)
  }
}
