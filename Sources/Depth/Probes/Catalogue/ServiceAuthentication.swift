import Findings

extension Probe {
  static let serviceAuthentication = Probe(
    id: "service-authentication", kind: .service, title: "The service without credentials",
    rationale: "Whoever reaches it uses it: the application alone stands in the way.",
    remediation: "Demand authentication at the Ingress or in the application, unless it is meant for everybody.",
    reference: Reference(
      "Kubernetes: securing a cluster", "https://kubernetes.io/docs/tasks/administer-cluster/securing-a-cluster/"),
    claim: .authenticationAtEntry,
    requests: { [ProbeRequest($0, $0.path)] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        switch answer.status {
        case 200..<300: .open(.low, "answers anybody (\(answer.status))")
        // To a login, to another path or to https: it does not say who is let in there.
        case 300..<400:
          .unanswered("sends on to another address (\(answer.status)), which is not followed: name that one")
        default: .notApplicable("has nothing at this path (\(answer.status)): name another")
        }
      }
    })
}
