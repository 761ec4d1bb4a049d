package import Findings

/// One thing that may be wrong with what is reviewed beside a cluster: a registry, or the build of an image.
package struct ReviewPoint: Sendable {
  package let id: String
  package let title: String
  package let severity: Severity
  package let rationale: String
  package let remediation: String
  package let references: [Reference]

  package init(
    id: String, title: String, severity: Severity, rationale: String, remediation: String, references: [Reference] = []
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.rationale = rationale
    self.remediation = remediation
    self.references = references + [Reference("NIST SP 800-190", "https://doi.org/10.6028/NIST.SP.800-190")]
  }

  /// All points, by the command that looks at them.
  package static let byCommand: [(command: String, points: [ReviewPoint])] = [
    ("image review", ImageReview.points.map(\.point)), ("registry review", RegistryReview.points),
  ]

  package static func point(_ id: String) -> (command: String, point: ReviewPoint)? {
    for (command, points) in byCommand {
      if let point = points.first(where: { $0.id == id }) { return (command, point) }
    }
    return nil
  }
}
