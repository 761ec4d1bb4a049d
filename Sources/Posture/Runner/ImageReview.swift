package import Findings
import PodSecurity

/// Reviews how an image was built, by its configuration, its history and its files.
///
/// Source: CIS Docker Benchmark 1.7, section 4, "Container images and build file"; NIST SP 800-190, section 4.1.
package enum ImageReview {
  package static func judge(
    _ image: ReviewedImage, checks: [any ImageCheck] = CheckCatalogue.imageChecks
  ) -> [Finding] {
    checks.flatMap { check in
      let rule = check.metadata.rule
      return check.examine(image).map { mistake in
        Finding(
          check: rule.id, severity: rule.severity, title: rule.title, message: mistake.message,
          subject: .image(image.name), location: Location(file: image.name),
          evidence: [Evidence(path: mistake.identity, value: mistake.value, line: 0, column: 0)],
          remediation: rule.remediation, references: rule.references, controls: rule.controls,
          // The same mistake in the next build is the same finding, wherever the image is stored.
          identity: "image")
      }
    }.sorted(by: Finding.isOrderedBefore)
  }

  /// Checks that cannot be answered, since the input lacks what they look at.
  package static func notEvaluated(
    _ image: ReviewedImage, checks: [any ImageCheck] = CheckCatalogue.imageChecks
  ) -> [NotEvaluated] {
    checks.compactMap { check in
      let missing = ImagePart.allCases.filter { check.parts.contains($0) && !image.parts.contains($0) }
      guard !missing.isEmpty else { return nil }
      return NotEvaluated(
        check: check.metadata.rule.id, subject: .image(image.name),
        reason: "the input has no \(missing.map(\.text).joined(separator: " and no "))")
    }
  }
}
