import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for load balancers without source ranges, or with a range that ends in `/0`. Annotations by which the clouds
/// make a balancer internal count as closed.
package struct OpenLoadBalancer: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "open-load-balancer", title: "Load balancer open to everybody", area: .network, severity: .medium,
    rationale:
      "A Service of type LoadBalancer gets a public address on most clouds, and unless it is told otherwise it lets the whole internet in.",
    remediation:
      "List the allowed networks in `loadBalancerSourceRanges`, make it internal with your cloud's annotation, or put it behind an Ingress.",
    example: """
      spec:
        type: LoadBalancer
        loadBalancerSourceRanges:
          - 203.0.113.0/24
        ports:
          - port: 443
      """,
    controls: [.nsa("network-separation"), .mitre("T1190"), .mitre("T1133")],
    references: [
      Reference(
        "Service type LoadBalancer", "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer")
    ],
    aliases: ["kubescape:C-0256", "kube-linter:exposed-services"])

  package let kinds: [GroupKind] = [.service]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard object.spec?["type"]?.string == "LoadBalancer" else { return .notApplicable }
    let ranges = object.spec?["loadBalancerSourceRanges"]?.strings ?? []
    let isInternal = object.annotations.contains { key, value in
      Self.internalAnnotations.contains(key) && value.lowercased() != "false" && value != "internet-facing"
    }
    if isInternal || !ranges.isEmpty && !ranges.contains(where: { $0.hasSuffix("/0") }) { return .pass }
    guard let spec = object.spec else { return .pass }
    let key = ranges.isEmpty ? "type" : "loadBalancerSourceRanges"
    return .fail("the whole internet may connect to it", [Evidence(in: spec, path: "spec", [key])])
  }

  private static let internalAnnotations: Set<String> = [
    "service.beta.kubernetes.io/aws-load-balancer-internal", "service.beta.kubernetes.io/aws-load-balancer-scheme",
    "service.beta.kubernetes.io/azure-load-balancer-internal", "networking.gke.io/load-balancer-type",
    "cloud.google.com/load-balancer-type", "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid",
    "service.beta.kubernetes.io/oci-load-balancer-internal",
  ]
}
