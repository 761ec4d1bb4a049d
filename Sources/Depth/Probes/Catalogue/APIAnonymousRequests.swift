import Bytes
import Findings

extension Probe {
  static let apiAnonymousRequests = Probe(
    id: "api-anonymous-requests", kind: .apiServer, title: "Requests without credentials to the API server",
    rationale: "What is granted to system:anonymous or system:unauthenticated is open to whoever reaches the server.",
    remediation:
      "Restrict anonymous requests to the health endpoints (AuthenticationConfiguration, anonymous.conditions), or set --anonymous-auth=false.",
    reference: .anonymousRequests, claim: .anonymousRequests,
    requests: { [ProbeRequest($0, port: 6443, "/version")] },
    judge: { responses in
      // Refused by authorization: the request was let in as system:anonymous. What stands before the server refuses otherwise.
      if let answer = responses.first?.answer, answer.status == 403, answer.isStatus {
        return .open(.info, "lets requests without credentials in as system:anonymous")
      }
      return ProbeResponse.judge(responses) { answer in
        guard answer.status == 200, let version = answer.document?["gitVersion"]?.string else {
          return ProbeResponse.other(answer, than: "API server of Kubernetes")
        }
        return .open(
          .low, "answers requests without credentials, and tells that it is Kubernetes \(version.prefix(40))")
      }
    })
}
