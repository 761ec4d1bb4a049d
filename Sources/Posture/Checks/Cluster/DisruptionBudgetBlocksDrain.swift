import Bytes
import Findings
package import Kube
package import PodSecurity

package struct DisruptionBudgetBlocksDrain: ObjectCheck {
  package let metadata = CheckMetadata(
    id: "disruption-budget-blocks-drain", title: "Disruption budget blocks every eviction", area: .cluster,
    severity: .low,
    rationale:
      "Nodes with these pods cannot be drained: kernel and kubelet updates stop there, and a node that must be emptied in an attack is not.",
    remediation:
      "Allow at least one pod to be away, and run one replica more.",
    example: """
      spec:
        maxUnavailable: 1
      """,
    controls: [.nsa("pod-security"), .mitre("T1499")],
    references: [
      Reference("Disruptions", "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/")
    ],
    aliases: [
      "polaris:pdbDisruptionsIsZero", "kube-linter:pdb-max-unavailable", "kube-linter:pdb-min-available",
    ])

  package let kinds: [GroupKind] = [GroupKind("policy", "PodDisruptionBudget")]

  package func examine(_ object: KubeObject, _ context: CheckContext) -> Outcome {
    guard let spec = object.spec else { return .notApplicable }
    if let most = spec["maxUnavailable"]?.text {
      return most == "0" || most == "0%"
        ? .fail("not one pod may be away", [Evidence(in: spec, path: "spec", ["maxUnavailable"])]) : .pass
    }
    guard let least = spec["minAvailable"]?.text else { return .pass }
    return least == "100%"
      ? .fail("all pods must be there", [Evidence(in: spec, path: "spec", ["minAvailable"])]) : .pass
  }
}
