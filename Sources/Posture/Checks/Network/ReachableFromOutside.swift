import Bytes
import Findings
package import Kube
package import PodSecurity
import Reach

/// Lists the entry points (Ingress, Gateway, load balancer, node port) that lead to the workload, after network
/// policies.
package struct ReachableFromOutside: WorkloadCheck {
  package let metadata = CheckMetadata(
    id: "reachable-from-outside", title: "Reachable from outside the cluster", area: .network, severity: .info,
    rationale:
      "What the outside reaches is what is attacked first. Nothing is wrong with that alone; it tells where the other findings weigh most.",
    remediation:
      "Check that each way in is meant, and that the workload behind it is hardened; `bartizan network exposure` lists them.",
    example: """
      apiVersion: v1
      kind: Service
      metadata:
        name: web
      spec:
        type: ClusterIP
        selector:
          app: web
        ports:
          - port: 8080
      """,
    controls: [.nsa("network-separation"), .mitre("T1190")],
    references: [
      Reference("Network policies", "https://kubernetes.io/docs/concepts/services-networking/network-policies/")
    ], aliases: ["kubescape:C-0256"], reads: [.namespace, .service, .ingress, .networkPolicy])

  package func examine(_ workload: Workload, _ context: CheckContext) -> Outcome {
    let entryPoints = context.entryPoints(of: workload)
    let name = workload.object.metadata ?? workload.object.root
    return .failing(
      on: entryPoints.isEmpty ? [] : [Evidence(in: name, path: "metadata", ["name"])],
      entryPoints.map(Self.sentence).joined(separator: "; "))
  }

  private static func sentence(_ entryPoint: EntryPoint) -> String {
    let verb = entryPoint.verdict == .unknown ? "may lead" : "leads"
    let from = entryPoint.reach.text.map { " (open to \($0))" } ?? ""
    return "\(entryPoint.via.text) \(verb) to \(entryPoint.ports.text)\(from)"
  }
}
