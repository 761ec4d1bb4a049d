package import Admission
import Bytes

/// What a webhook answers to an AdmissionReview: the verdict of `PolicyJudge`, whoever asks.
package struct AdmissionWebhook: Sendable {
  package let input: AdmissionInput
  package let exemptions: [AdmissionExemption]
  /// Nil where signatures of images are not asked for.
  package let images: ImageGate?

  package init(_ input: AdmissionInput, exemptions: [AdmissionExemption] = [], images: ImageGate? = nil) {
    self.input = input
    self.exemptions = exemptions
    self.images = images
  }

  /// What is sent back, and what is counted of it.
  package struct Answer: Sendable {
    /// What became of the request.
    package enum Outcome: Sendable, Hashable {
      case allowed
      case denied
      /// It was no review.
      case invalid
    }

    package var outcome: Outcome
    /// An AdmissionReview with a response; where there is none, a line that says why.
    package var body: [UInt8]
    /// What each policy had against it, with the strongest of its actions.
    package var violations: [(policy: String, action: PolicyBinding.Action)] = []
    /// Policies that could not be asked.
    package var notEvaluated: [String] = []
    /// Policies that were not asked because of an exemption.
    package var exempt: [String] = []
    package var isDryRun = false
    /// What was asked about; nil where it was no review.
    package var request: AdmissionRequest?
    /// Why it is denied; empty where it is not.
    package var message = ""
    /// What was decided about signatures of images.
    package var images: [ImageGate.Decision] = []
  }

  /// - Parameters:
  ///   - phase: mutation for a mutating webhook, whose answer may hold a patch; validation for the other kind, whose answer must not.
  ///   - today: `YYYY-MM-DD`, for exemptions.
  ///   - wait: for what has to be asked of registries.
  package func answer(
    _ body: [UInt8], _ phase: PolicyJudge.Phase, today: String, within wait: Duration
  ) async -> Answer {
    let review: AdmissionReviewRequest
    do throws(AdmissionRequest.Invalid) { review = try AdmissionReviewRequest(json: body) } catch {
      return Answer(outcome: .invalid, body: Array((error.message + "\n").utf8))
    }
    let request = review.request
    var exempt: [String: String] = [:]
    for exemption in exemptions where exemption.covers(request, today: today) {
      for policy in exemption.policies where exempt[policy] == nil { exempt[policy] = exemption.reason }
    }
    let verdict = input.judge.judge(request, phase, without: Set(exempt.keys))
    var response = AdmissionResponse(request, verdict)
    response.settleGaps(request, input.policies)
    for (policy, reason) in exempt.sorted(by: { $0.key < $1.key }) {
      response.auditAnnotations.append(("\(policy)/exempt", reason))
    }
    var decisions: [ImageGate.Decision] = []
    if let images, response.isAllowed, exempt[ImageGate.policyName] == nil, !images.isExempt(request.namespace) {
      let object = phase == .mutation ? verdict.mutated : request.object
      decisions = await images.decide(
        AskedImage.images(of: request, object: object), pins: phase == .mutation, within: wait)
      response.settle(decisions, request)
      if phase == .mutation, response.isAllowed { response.pin(decisions) }
    }
    var answer = Answer(
      outcome: response.isAllowed ? .allowed : .denied, body: Self.json(response, review.apiVersion))
    answer.isDryRun = request.isDryRun
    answer.request = request
    answer.message = response.isAllowed ? "" : response.message
    answer.violations = verdict.report.violations.map { ($0.policy, $0.strongest) }
    if verdict.mutationRefusal != nil { answer.violations.append((verdict.mutation?.refusedBy ?? "", .deny)) }
    answer.images = decisions
    let actions = Set(
      decisions.filter { $0.entry?.isGood != true || $0.mode == .enforce }.compactMap { $0.mode.actions?.first })
    if let action = [PolicyBinding.Action.deny, .warn, .audit].first(where: actions.contains) {
      answer.violations.append((ImageGate.policyName, action))
    }
    answer.notEvaluated = Set(verdict.notEvaluated.map(\.policy)).sorted()
    answer.exempt = exempt.keys.sorted()
    return answer
  }

  /// The answer where there is no time to ask the policies.
  package func late(_ body: [UInt8], _ phase: PolicyJudge.Phase) -> Answer {
    let review: AdmissionReviewRequest
    do throws(AdmissionRequest.Invalid) { review = try AdmissionReviewRequest(json: body) } catch {
      return Answer(outcome: .invalid, body: Array((error.message + "\n").utf8))
    }
    var response = AdmissionResponse(late: review.request, input.policies, phase, input.cluster.resources)
    if let images, response.isAllowed, !images.isExempt(review.request.namespace) {
      response.settleLate(
        AskedImage.images(of: review.request, object: review.request.object), images.rules.unknown, review.request)
    }
    var answer = Answer(
      outcome: response.isAllowed ? .allowed : .denied, body: Self.json(response, review.apiVersion))
    answer.isDryRun = review.request.isDryRun
    answer.request = review.request
    answer.message = response.isAllowed ? "" : response.message
    return answer
  }

  private static func json(_ response: AdmissionResponse, _ apiVersion: String) -> [UInt8] {
    Array(JSONWriter.compact(response.review(apiVersion: apiVersion), escapesHTML: false).utf8)
  }
}
