import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Reports the remark `not-enforced` of the policy linter in `Reach`: the network plugin found in the cluster does not
/// implement policies of this kind.
package struct UnenforcedNetworkPolicy: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "unenforced-network-policy", title: "Network policy that the cluster's network plugin does not enforce",
    area: .network, severity: .medium,
    rationale:
      "Each network plugin enforces dialects of its own: Calico does not read Cilium's policies, flannel enforces none at all. The API server takes them all the same, and nothing tells that the traffic still flows.",
    remediation:
      "Write the policy in a dialect that the plugin enforces (`bartizan network generate --dialect`), or install a plugin that enforces this one.",
    example: """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata:
        name: calico-node
        namespace: kube-system
      spec:
        selector:
          matchLabels:
            k8s-app: calico-node
        template:
          metadata:
            labels:
              k8s-app: calico-node
          spec:
            containers:
              - name: calico-node
                image: docker.io/calico/node:v3.30.0
      ---
      apiVersion: cilium.io/v2
      kind: CiliumNetworkPolicy
      metadata:
        name: web
        namespace: shop
      spec:
        endpointSelector:
          matchLabels:
            app: web
        ingress:
          - fromEndpoints:
              - matchLabels:
                  app: front
      """,
    controls: [.cis("5.3.1"), .nsa("network-separation")],
    references: [
      Reference(
        "Network plugins", "https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites")
    ], aliases: ["kubescape:C-0205"])

  package let kinds = PolicyDialects.policyKinds

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    context.lintOutcome(of: object, code: "not-enforced") {
      Evidence(path: "kind", value: nil, line: $0.location.line, column: $0.location.column)
    }
  }
}
