import Bytes
import Findings

extension Probe {
  static let grafana = Probe(
    id: "grafana", kind: .dashboard, title: "Grafana without a login",
    rationale: "Whoever opens it reads the dashboards, and asks its data sources what they like.",
    remediation: "Set [auth.anonymous] enabled = false.",
    reference: Reference(
      "Grafana: anonymous authentication",
      "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/anonymous-auth/"
    ),
    requests: { [ProbeRequest($0, $0.path + "/api/org")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        let document = answer.document
        guard answer.status == 200, document?["id"]?.int != nil, document?["name"]?.string != nil,
          document?["address"]?.mapping != nil
        else {
          return ProbeResponse.other(answer, than: "Grafana")
        }
        return .open(.medium, "tells anybody its organization: anonymous access is on")
      }
    })
}
