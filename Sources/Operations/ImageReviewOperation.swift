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

  /// Reviews images together: what is unused for one may suppress a finding of another.
  ///
  /// - Parameters:
  ///   - images: read with their secrets, each as the user named it.
  ///   - unread: what was named and could not be read, with why.
  package func run(
    _ images: [(source: String, contents: ImageSource.Contents)], unread: [(source: String, reason: String)] = []
  ) -> Outcome {
    let several = images.count + unread.count > 1
    let results = images.map { source, contents in judge(contents, source: source) }
    let missing = unread.map { source, reason in
      Problem(code: "unread-image", location: Location(file: source), message: "was not read: \(reason)")
    }
    let gaps = zip(images, results).flatMap { image, result in
      result.notEvaluated.map {
        NotEvaluated(
          check: $0.check, subject: several ? .image(image.source) : $0.subject, reason: $0.reason, cause: $0.cause)
      }
    }
    var result = ScanResult(
      findings: results.flatMap(\.findings), problems: results.flatMap(\.problems) + missing + suppressions.problems,
      notEvaluated: gaps + missing.map(NotEvaluated.init(unread:)), tally: ScanResult.Tally(), objects: images.count,
      workloads: 0, namespaces: 0, checks: CheckCatalogue.imageChecks.count)
    let ids = Set(CheckCatalogue.imageChecks.map(\.metadata.id.rawValue))
    let tally = suppressions.apply(to: &result, today: today, judged: ids.contains)
    return Outcome(result: result, suppressed: tally)
  }

  private func judge(_ contents: ImageSource.Contents, source: String) -> ScanResult {
    let image = ReviewedImage(
      name: source, isByReference: !FilePaths.exists(source), configuration: contents.configuration,
      packages: contents.packages, exposures: contents.exposures, caches: contents.caches,
      openAccounts: contents.openAccounts, secrets: contents.secrets, layers: contents.layers,
      hasFiles: contents.hasFiles)
    return ScanResult(
      findings: ImageReview.judge(image), problems: contents.problems,
      notEvaluated: ImageReview.notEvaluated(image)
        + contents.problems.filter(\.hidesInput).map(NotEvaluated.init(unread:)),
      tally: ScanResult.Tally(), objects: 1, workloads: 0, namespaces: 0, checks: CheckCatalogue.imageChecks.count)
  }
}
