import Findings
import Images
import Kube
import PodSecurity

/// What the checks of signatures have in common.
enum ImageTrustFinding {
  /// The outcome for the images of a workload.
  ///
  /// - Parameters:
  ///   - isBad: whether an answer is what the check is about.
  ///   - say: a sentence on an image that is.
  static func outcome(
    of workload: Workload, _ images: ImageTrustVerdicts, where isBad: (ImageTrustVerdicts.Answer) -> Bool,
    _ say: (String, ImageTrustVerdicts.Answer) -> String
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
      if isBad(answer) {
        evidence.append(place)
        messages.append(say(image, answer))
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
