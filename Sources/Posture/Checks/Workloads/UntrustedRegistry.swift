import Bytes
import Findings
package import Kube
package import PodSecurity

/// Compares image names, completed as a container runtime does, with the trusted prefixes that the user gives. Not
/// applicable without any.
package struct UntrustedRegistry: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "untrusted-registry", title: "Image from an untrusted registry", area: .workloads,
    severity: .medium,
    rationale:
      "What runs in the cluster should come from registries that are scanned, signed and under control; anything else enters unseen.",
    remediation:
      "Mirror the image into a registry of the list, or put its registry on the list (`--registry`).",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
      """,
    controls: [.cis("5.5.1"), .nsa("supply-chain"), .mitre("T1525")],
    references: [
      Reference("Images", "https://kubernetes.io/docs/concepts/containers/images/")
    ],
    aliases: [
      "kubescape:C-0001", "kubescape:C-0078", "trivy:KSV-0032", "trivy:KSV-0033", "trivy:KSV-0034", "trivy:KSV-0035",
      "trivy:KSV-0125",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let trusted = context.trustedRegistries
    // Every registry is trusted when the user names none.
    guard !trusted.isEmpty else { return .notApplicable }
    let bad = workload.template.imagePlaces.filter { place in
      let name = Self.complete(place.image)
      return !trusted.contains { name == $0 || name.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
    return .failing(
      on: bad.map(\.evidence),
      "\(listed("image", bad.map(\.image))) is from none of the trusted registries")
  }

  /// The full reference, with the registry and `library/` that a container runtime adds.
  static func complete(_ image: String) -> String {
    let first = image.split(separator: "/").first ?? ""
    guard image.contains("/"), first.contains(".") || first.contains(":") || first == "localhost" else {
      return "docker.io/" + (image.contains("/") ? "" : "library/") + image
    }
    return image
  }
}
