import Findings
import Images
package import Kube
package import PodSecurity

/// Images based on a release of a distribution that no longer gets security updates.
package struct UnsupportedDistribution: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "unsupported-distribution", title: "Image on an unsupported distribution", area: .images, severity: .medium,
    rationale:
      "The makers of the distribution ended their support of this release: what is found in it since is neither mended nor always published, so that an image may look better than it is.",
    remediation: "Build the image on a release that is supported.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:2.0.0-bookworm
      """,
    controls: [.nsa("supply-chain"), .mitre("T1190")],
    references: [Reference("Lifecycles of distributions", "https://endoflife.date/")])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    guard let images = context.images else { return .notApplicable }
    var messages: [String] = []
    var wasRead = false
    let bad = workload.template.imagePlaces.filter { place in
      guard case .read(let verdict) = images[place.image] else { return false }
      wasRead = true
      guard let ended = verdict.ended else { return false }
      messages.append("\(place.image) is \(ended.system), whose support ended on \(ended.day)")
      return true
    }
    // An image that was not read is reported once, by the check of vulnerabilities.
    guard wasRead else { return .notApplicable }
    return .failing(on: bad.map(\.evidence), messages.joined(separator: "; "))
  }
}
