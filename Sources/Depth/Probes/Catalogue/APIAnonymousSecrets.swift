import Access
import Bytes
import Findings

extension Probe {
  /// Asks for a Secret that does not exist, in a namespace that does not: authorization comes before both.
  static let apiAnonymousSecrets = Probe(
    id: "api-anonymous-secrets", kind: .apiServer, title: "Secrets, without credentials",
    rationale: "Whoever reaches the API server reads the Secrets of all namespaces.",
    remediation:
      "Take system:anonymous and system:unauthenticated out of the bindings that grant it (`bartizan rbac who-can get secrets`).",
    reference: .anonymousRequests,
    claim: .anonymousMay(
      AccessRequest(
        identity: AccessSubject.user("system:anonymous").identity, verb: "get",
        target: .resource(
          .init(group: "", resource: "secrets", namespace: ProbeCatalogue.nobody, name: ProbeCatalogue.nobody)))),
    requests: {
      let nobody = ProbeCatalogue.nobody
      return [ProbeRequest($0, port: 6443, "/api/v1/namespaces/\(nobody)/secrets/\(nobody)")]
    },
    judge: { responses in
      // A grant in one namespace does not show where another one is asked for.
      if responses.first?.answer?.status == 403 {
        return .closed("refuses those of any namespace (403); a grant in a single one would not show")
      }
      return ProbeResponse.judge(responses) { answer in
        let document = answer.document
        guard answer.status == 404, document?["kind"]?.string == "Status",
          document?["details"]?["kind"]?.string == "secrets"
        else { return ProbeResponse.other(answer, than: "API server of Kubernetes") }
        return .open(.critical, "would hand Secrets of any namespace to anybody: it only missed the name")
      }
    })
}
