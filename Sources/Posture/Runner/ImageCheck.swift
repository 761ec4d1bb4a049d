import Findings
import Images
import PodSecurity

/// A check of what the build of an image made wrong. A new one is a file in `Checks/ImageBuild` and a line in
/// `CheckCatalogue.imageChecks`.
package protocol ImageCheck: Check {
  func examine(_ image: ReviewedImage) -> [BuildMistake]
}

/// Where a build made a mistake.
package struct BuildMistake: Sendable {
  package let message: String
  /// A path in the image, `step N`, or a field of the configuration.
  package let place: String
  package let value: String?
  /// What the place is known by from one build to the next.
  package let identity: String

  init(_ message: String, at place: String, value: String? = nil, identity: String? = nil) {
    self.message = message
    self.place = place
    self.value = value
    self.identity = identity ?? place
  }
}

extension CheckMetadata {
  /// Of an image check.
  ///
  /// - Parameter benchmark: the number in the CIS Docker Benchmark, where it speaks of it.
  init(
    id: String, title: String, severity: Severity, rationale: String, remediation: String, benchmark: String?
  ) {
    let reference = benchmark.map {
      Reference("CIS Docker Benchmark \($0)", "https://www.cisecurity.org/benchmark/docker")
    }
    self.init(
      rule: RuleMetadata(
        id: CheckID(id), title: title, severity: severity, rationale: rationale, remediation: remediation,
        references: [reference, .containerSecurityGuide].compactMap { $0 }, controls: [.nsa("supply-chain")]),
      area: .imageBuild)
  }
}

extension Reference {
  /// What the checks of images and registries rest on.
  static let containerSecurityGuide = Reference("NIST SP 800-190", "https://doi.org/10.6028/NIST.SP.800-190")
}
