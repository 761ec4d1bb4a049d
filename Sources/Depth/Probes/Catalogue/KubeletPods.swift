import Findings

extension Probe {
  static let kubeletPods = Probe(
    id: "kubelet-pods", kind: .kubelet, title: "Pods of the node, without credentials",
    rationale:
      "Whoever reaches the node reads the specification of each of its pods, with what stands in their environment.",
    remediation:
      "Set authentication.anonymous.enabled: false and authorization.mode: Webhook in the kubelet's configuration.",
    reference: .kubeletAccess, claim: .opens(.node),
    requests: { [ProbeRequest($0, port: 10250, isSecure: true, "/pods")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        // The list of a node is often longer than what is read of it.
        guard answer.status == 200, answer.holds("\"PodList\"") else {
          return ProbeResponse.other(answer, than: "kubelet")
        }
        return .open(.high, "lists the pods of the node to anybody")
      }
    })
}
