import Findings

extension Probe {
  /// Asks for a command in a pod that does not exist: the kubelet asks who may before it looks for the pod. Source: Kubernetes,
  /// `pkg/kubelet/server/server.go`, `getExec`.
  static let kubeletCommands = Probe(
    id: "kubelet-commands", kind: .kubelet, title: "Commands in pods of the node, without credentials",
    rationale: "Whoever reaches the node runs commands in each of its pods, past the API server and its audit log.",
    remediation:
      "Set authentication.anonymous.enabled: false and authorization.mode: Webhook in the kubelet's configuration.",
    reference: .kubeletAccess, claim: .opens(.node),
    requests: { target in
      let nobody = ProbeCatalogue.nobody
      return [
        ProbeRequest(
          target, port: 10250, isSecure: true, "/exec/\(nobody)/\(nobody)/\(nobody)?command=true&output=1")
      ]
    },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        // What a kubelet without its debugging handlers answers to whoever may ask.
        if answer.status == 405, answer.holds("Debug endpoints are disabled") {
          return .closed("has its debugging handlers off (405)")
        }
        guard answer.status == 404, answer.holds("pod does not exist") else {
          return ProbeResponse.other(answer, than: "kubelet")
        }
        return .open(.critical, "would run commands in any pod of the node for anybody: it only missed the pod")
      }
    })
}
