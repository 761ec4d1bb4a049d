import Bytes
import Findings

extension Probe {
  static let kubernetesDashboard = Probe(
    id: "kubernetes-dashboard", kind: .dashboard, title: "Kubernetes Dashboard without a login",
    rationale: "Whoever opens it acts with the rights of the dashboard's own account.",
    remediation:
      "Take --enable-skip-login and --disable-settings-authorizer out, bind no role to its account, and keep it off the network.",
    reference: Reference(
      "Kubernetes Dashboard: access control",
      "https://github.com/kubernetes/dashboard/blob/master/docs/user/access-control/README.md"),
    requests: { [ProbeRequest($0, $0.path + "/api/v1/namespace")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        let document = answer.document
        guard answer.status == 200, let namespaces = document?["namespaces"]?.array, document?["listMeta"] != nil else {
          return ProbeResponse.other(answer, than: "Kubernetes Dashboard")
        }
        if namespaces.isEmpty { return .open(.medium, "lets anybody in; its own account may not list namespaces") }
        return .open(.critical, "shows namespaces to anybody")
      }
    })
}
