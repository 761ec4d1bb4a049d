package import Findings
import PodSecurity

/// What a build made wrong, told from its configuration, its history and its files.
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
          // The same mistake of the next build is the same finding, wherever the image lies.
          identity: "image")
      }
    }.sorted(by: Finding.isOrderedBefore)
  }
}
