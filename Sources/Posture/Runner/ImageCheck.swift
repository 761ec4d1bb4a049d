import Findings
import Images
import PodSecurity

/// A check of how an image was built. A new one is a file in `Checks/ImageBuild` and a line in
/// `CheckCatalogue.imageChecks`.
package protocol ImageCheck: Check {
  /// What it looks at. Where one of these is not in the input, the check is not evaluated, whatever it finds in the others.
  var parts: Set<ImagePart> { get }

  func examine(_ image: ReviewedImage) -> [BuildMistake]
}

/// A mistake in the build of an image, and where it is.
package struct BuildMistake: Sendable {
  package let message: String
  /// A path in the image, `step N`, or a field of the configuration.
  package let place: String
  package let value: String?
  /// What identifies the place across builds, for the fingerprint.
  package let identity: String

  init(_ message: String, at place: String, value: String? = nil, identity: String? = nil) {
    self.message = message
    self.place = place
    self.value = value
    self.identity = identity ?? place
  }
}

extension CheckMetadata {
  /// Metadata of an image check.
  ///
  /// - Parameter benchmark: the section of the CIS Docker Benchmark; nil where it has none on the subject.
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
  /// The reference that all checks of images and registries share.
  static let containerSecurityGuide = Reference("NIST SP 800-190", "https://doi.org/10.6028/NIST.SP.800-190")
}
