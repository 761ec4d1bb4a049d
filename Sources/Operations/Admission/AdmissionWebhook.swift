package import Admission
import Bytes

/// What a webhook answers to an AdmissionReview: the verdict of `PolicyJudge`, whoever asks.
package struct AdmissionWebhook: Sendable {
  package let input: AdmissionInput
  package let exemptions: [AdmissionExemption]

  package init(_ input: AdmissionInput, exemptions: [AdmissionExemption] = []) {
    self.input = input
    self.exemptions = exemptions
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
  }

  /// - Parameters:
  ///   - phase: mutation for a mutating webhook, whose answer may hold a patch; validation for the other kind, whose answer must not.
  ///   - today: `YYYY-MM-DD`, for exemptions.
  package func answer(_ body: [UInt8], _ phase: PolicyJudge.Phase, today: String) -> Answer {
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
    var answer = Answer(
      outcome: response.isAllowed ? .allowed : .denied, body: Self.json(response, review.apiVersion))
    answer.isDryRun = request.isDryRun
    answer.request = request
    answer.message = response.isAllowed ? "" : response.message
    answer.violations = verdict.report.violations.map { ($0.policy, $0.strongest) }
    if verdict.mutationRefusal != nil { answer.violations.append((verdict.mutation?.refusedBy ?? "", .deny)) }
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
    let response = AdmissionResponse(late: review.request, input.policies, phase, input.cluster.resources)
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
