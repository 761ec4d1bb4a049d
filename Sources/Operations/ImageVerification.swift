package import Bytes
package import Collect
package import Findings
import Transport
package import Trust

/// Verifies images against policies: finds their signatures, and judges them.
package struct ImageVerification: Sendable {
  /// What became of one image.
  package enum Outcome: Sendable {
    case judged(SignedImageVerdict)
    /// The image itself could not be found.
    case failed(String, BartizanError)
  }

  package let judge: ImageJudge
  package let now: Timestamp

  package init(judge: ImageJudge, now: Timestamp) {
    self.judge = judge
    self.now = now
  }

  package func run(_ sources: [String], _ options: ImageSource.Options) async -> [Outcome] {
    var outcomes: [Outcome] = []
    for source in sources {
      do {
        let image = try await ImageSource.signatures(source, options)
        outcomes.append(.judged(await judge.judge(image, now: now)))
      } catch let error as BartizanError {
        outcomes.append(.failed(source, error))
      } catch {
        outcomes.append(.failed(source, BartizanError(.remote, "\(source): \(error)")))
      }
    }
    return outcomes
  }
}
