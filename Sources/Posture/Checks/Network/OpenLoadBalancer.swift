import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

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
    let ranges = LoadBalancer.sourceRanges(object)
    let isNarrow = !ranges.isEmpty && !ranges.contains { $0.hasSuffix("/0") }
    guard let spec = object.spec, !isNarrow, !LoadBalancer.isInternal(object) else { return .pass }
    let key = spec["loadBalancerSourceRanges"] == nil ? "type" : "loadBalancerSourceRanges"
    return .fail("the whole internet may connect to it", [Evidence(in: spec, path: "spec", [key])])
  }
}
