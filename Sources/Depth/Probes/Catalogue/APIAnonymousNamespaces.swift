import Access
import Bytes
import Findings

extension Probe {
  static let apiAnonymousNamespaces = Probe(
    id: "api-anonymous-namespaces", kind: .apiServer, title: "Namespaces, without credentials",
    rationale: "Whoever reaches the API server learns what runs in the cluster.",
    remediation:
      "Take system:anonymous and system:unauthenticated out of the bindings that grant it (`bartizan rbac who-can list namespaces`).",
    reference: .anonymousRequests,
    claim: .anonymousMay(
      AccessRequest(
        identity: AccessSubject.user("system:anonymous").identity, verb: "list",
        target: .resource(.init(group: "", resource: "namespaces")))),
    requests: {
      [
        ProbeRequest($0, port: 6443, "/api/v1/namespaces?limit=1").with(
          "Accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json")
      ]
    },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        guard answer.status == 200, let kind = answer.document?["kind"]?.string,
          ["NamespaceList", "PartialObjectMetadataList"].contains(kind)
        else {
          return ProbeResponse.other(answer, than: "API server of Kubernetes")
        }
        return .open(.high, "lists namespaces to anybody")
      }
    })
}
