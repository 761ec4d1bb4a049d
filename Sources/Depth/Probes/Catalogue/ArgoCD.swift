import Bytes
import Findings

extension Probe {
  static let argoCD = Probe(
    id: "argo-cd", kind: .dashboard, title: "Argo CD without a login",
    rationale: "Whoever opens it sees what is deployed from where; with a role by default, it deploys for them.",
    remediation: "Set users.anonymous.enabled: \"false\" in the ConfigMap argocd-cm.",
    reference: Reference(
      "Argo CD: RBAC configuration", "https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/"),
    requests: { [ProbeRequest($0, $0.path + "/api/v1/applications?fields=metadata")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        let document = answer.document
        guard answer.status == 200, document?["metadata"]?["resourceVersion"]?.string != nil,
          document?["kind"] == nil
        else {
          return ProbeResponse.other(answer, than: "Argo CD")
        }
        return .open(.high, "answers for its applications to anybody")
      }
    })
}
