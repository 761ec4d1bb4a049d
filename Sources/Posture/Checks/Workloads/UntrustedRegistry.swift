import Bytes
import Findings
package import Kube
package import PodSecurity

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
    // Without a list there is nothing to judge by.
    guard !trusted.isEmpty else { return .notApplicable }
    let bad = workload.containers.filter { container in
      guard let image = container.image else { return false }
      let name = Self.complete(image)
      return !trusted.contains { name == $0 || name.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
    return .failing(
      on: bad.map { $0.evidence("image") },
      "\(listed("image", bad.compactMap(\.image))) is from none of the trusted registries")
  }

  /// With the registry that a container runtime adds where none is named.
  static func complete(_ image: String) -> String {
    let first = image.split(separator: "/").first ?? ""
    guard image.contains("/"), first.contains(".") || first.contains(":") || first == "localhost" else {
      return "docker.io/" + (image.contains("/") ? "" : "library/") + image
    }
    return image
  }
}
