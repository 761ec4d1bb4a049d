import Findings
import Images
import Kube
import PodSecurity

/// What the checks of signatures have in common.
enum ImageTrustFinding {
  /// The outcome for the images of a workload.
  ///
  /// - Parameters:
  ///   - say: a sentence on an image that the check is about; nil for any other.
  static func outcome(
    of workload: Workload, _ images: ImageTrustVerdicts,
    _ say: (String, ImageTrustVerdicts.Answer) -> String?
  ) -> Outcome {
    var evidence: [Evidence] = []
    var messages: [String] = []
    var unknown: [String] = []
    var isJudged = false
    func look(_ image: String, _ place: Evidence) {
      guard let answer = images[image] else {
        unknown.append("\(image): its signatures were not looked for")
        return
      }
      if let message = say(image, answer) {
        evidence.append(place)
        messages.append(message)
      } else if answer.standing == .unknown {
        unknown.append("\(image): \(answer.reasons.joined(separator: "; "))")
      }
      isJudged = isJudged || answer.standing != .noPolicy
    }
    for place in workload.template.imagePlaces { look(place.image, place.evidence) }
    if !evidence.isEmpty { return .failing(on: evidence, messages.joined(separator: "; ")) }
    if !unknown.isEmpty { return .notEvaluated(unknown.joined(separator: "; ")) }
    return isJudged ? .pass : .notApplicable
  }
}
