import Findings

extension Probe {
  static let kubeletReadOnlyPort = Probe(
    id: "kubelet-read-only-port", kind: .kubelet, title: "The kubelet's read-only port",
    rationale: "It asks nobody who they are, and tells what runs on the node with what stands in its environment.",
    remediation: "Set readOnlyPort: 0 in the kubelet's configuration.",
    reference: .kubeletAccess, claim: .opens(.node),
    requests: { [ProbeRequest($0, port: 10255, isSecure: false, "/pods")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        guard answer.status == 200, answer.holds("\"PodList\"") else {
          return ProbeResponse.other(answer, than: "read-only port of a kubelet")
        }
        return .open(.high, "lists the pods of the node to anybody, in plain text")
      }
    })
}
