import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for images without a digest whose pull policy, set or defaulted, is not Always.
package struct CachedMutableImage: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "cached-mutable-image", title: "Cached image under a mutable tag", area: .workloads, severity: .info,
    rationale:
      "With IfNotPresent a node runs whatever it has under a tag: another team's pod may have put it there without ever showing credentials, and a repaired image under the same tag is not fetched.",
    remediation:
      "Name the image by digest, or set `imagePullPolicy: Always`; the AlwaysPullImages admission plugin does it for all.",
    example: """
      spec:
        containers:
          - name: app
            image: registry.example.com/app:1.4.2
            imagePullPolicy: Always
      """,
    controls: [.nsa("supply-chain"), .mitre("T1525")],
    references: [
      Reference("Image pull policy", "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy")
    ],
    aliases: [
      "polaris:pullPolicyNotAlways", "checkov:CKV_K8S_15", "kube-score:container-image-pull-policy",
    ])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let bad = workload.template.imagePlaces.filter { place in
      if place.image.contains("@") { return false }
      // Without a policy the server sets Always for `latest` and IfNotPresent for any other tag.
      let policy = place.pullPolicy ?? (UnpinnedImage.isUnpinned(place.image) ? "Always" : "IfNotPresent")
      return policy != "Always"
    }
    return .failing(
      on: bad.map(\.policyEvidence),
      "\(listed("image", bad.map(\.image))) is not looked up again once the node has it")
  }
}
