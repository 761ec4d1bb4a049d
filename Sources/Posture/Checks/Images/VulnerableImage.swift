import Bytes
import Findings
import Images
package import Kube
package import PodSecurity

/// Known vulnerabilities in the images of a workload, if its images were read.
package struct VulnerableImage: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "vulnerable-image", title: "Image with known vulnerabilities", area: .images, severity: .high,
    rationale:
      "Software in the image has flaws that are published, some with an exploit. Whoever reaches the workload need not find one of their own. How bad it is follows the most urgent of them: exploited before likely before the score.",
    remediation:
      "Upgrade the packages that are named, or build the image again on a newer base; `bartizan image scan` lists every advisory with its fix.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.3
      """,
    controls: [.cis("5.5.1"), .nsa("supply-chain"), .mitre("T1190")],
    references: [
      Reference(
        "Image vulnerability scanning", "https://kubernetes.io/docs/concepts/security/supply-chain/")
    ])

  /// How many packages the message names.
  private static let mostNamed = 3
  private static let mostEvidence = 20

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    // The user did not ask for images to be read.
    guard let images = context.images else { return .notApplicable }
    var evidence: [Evidence] = []
    var messages: [String] = []
    var worst = Severity.info
    var unread: [String] = []
    for (image, place) in workload.template.imagePlaces.map({ ($0.image, $0.evidence) }) {
      switch images[image] {
      case .read(let verdict):
        guard let first = verdict.vulnerablePackages.first else { continue }
        worst = max(worst, first.level.severity)
        evidence.append(place)
        // A package that becomes vulnerable later, or more severely so, is a new finding.
        for weakness in verdict.vulnerablePackages.prefix(Self.mostEvidence) {
          evidence.append(
            Evidence(
              path: "\(place.path): \(weakness.package) (\(weakness.level.name))",
              value:
                "\(weakness.version), \(weakness.advisories) known, worst \(weakness.worst)\(weakness.fix.map { ", fixed in \($0)" } ?? ", no fix")",
              line: place.line, column: place.column))
        }
        messages.append(Self.message(image, verdict))
      case .unread(let reason): unread.append("\(image): \(reason)")
      case nil: unread.append("\(image) was not read")
      }
    }
    if !evidence.isEmpty { return .fail(messages.joined(separator: "; "), evidence, severity: worst) }
    return unread.isEmpty ? .pass : .notEvaluated(unread.joined(separator: "; "))
  }

  private static func message(_ image: String, _ verdict: ImageVerdict) -> String {
    let named = verdict.vulnerablePackages.prefix(mostNamed).map { weakness in
      "\(weakness.package) \(weakness.version) (\(weakness.worst), \(weakness.reason)\(weakness.fix.map { "; fixed in \($0)" } ?? ""))"
    }
    let count = verdict.vulnerablePackages.count
    let advisories = verdict.vulnerablePackages.reduce(0) { $0 + $1.advisories }
    return
      "\(image) has \(advisories) known vulnerabilit\(advisories == 1 ? "y" : "ies") in \(count) package\(count == 1 ? "" : "s"): \(named.joined(separator: ", "))\(count > mostNamed ? " and \(count - mostNamed) more" : "")\(verdict.uncovered > 0 ? "; no advisories are at hand for \(Phrase.count(verdict.uncovered, "more package"))" : "")"
  }
}
