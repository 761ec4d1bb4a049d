package import Collect
package import Findings
import Images
import PodSecurity
import Posture
import Transport

/// Reviews how an image was built.
package struct ImageReviewOperation: Sendable {
  /// The findings that count, and how many were suppressed by what.
  package struct Outcome: Sendable {
    package let result: ScanResult
    package let suppressed: Suppressions.Tally
  }

  package var suppressions: Suppressions
  /// `YYYY-MM-DD`.
  package var today: String

  package init(suppressions: Suppressions, today: String) {
    self.suppressions = suppressions
    self.today = today
  }

  /// - Parameters:
  ///   - contents: read with its secrets.
  ///   - source: the image, as the user named it.
  package func run(_ contents: ImageSource.Contents, source: String) -> Outcome {
    let image = ReviewedImage(
      name: source, isByReference: !FilePaths.exists(source), configuration: contents.configuration,
      packages: contents.packages, exposures: contents.exposures, caches: contents.caches,
      openAccounts: contents.openAccounts, secrets: contents.secrets, layers: contents.layers,
      hasFiles: contents.hasFiles)
    var result = ScanResult(
      findings: ImageReview.judge(image), problems: contents.problems + suppressions.problems,
      notEvaluated: ImageReview.notEvaluated(image)
        + contents.problems.filter(\.hidesInput).map(NotEvaluated.init(unread:)),
      tally: ScanResult.Tally(), objects: 1, workloads: 0, namespaces: 0, checks: CheckCatalogue.imageChecks.count)
    let ids = Set(CheckCatalogue.imageChecks.map(\.metadata.id.rawValue))
    let tally = suppressions.apply(to: &result, today: today, judged: ids.contains)
    return Outcome(result: result, suppressed: tally)
  }
}
