import Bytes
import Findings
package import Kube
package import PodSecurity

/// Looks for Services of type NodePort. Those of type LoadBalancer are judged by `OpenLoadBalancer`.
package struct NodePortService: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "node-port-service", title: "Service opens a port on every node", area: .network, severity: .low,
    rationale:
      "A NodePort listens on all nodes, past the load balancer and its rules; whoever reaches any node reaches the pods.",
    remediation:
      "Use ClusterIP with an Ingress or a Gateway in front.",
    example: """
      spec:
        type: ClusterIP
        ports:
          - port: 80
      """,
    controls: [.nsa("network-separation"), .mitre("T1133")],
    references: [
      Reference(
        "Service type NodePort", "https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport")
    ],
    aliases: ["kube-linter:exposed-services", "kube-score:service-type", "kubescape:C-0256"])

  package let kinds: [GroupKind] = [.service]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard object.spec?["type"]?.string == "NodePort", let spec = object.spec else { return .pass }
    return .fail("every node listens for it", [Evidence(in: spec, path: "spec", ["type"])])
  }
}
