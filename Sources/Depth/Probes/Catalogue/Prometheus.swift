import Bytes
import Findings

extension Probe {
  static let prometheus = Probe(
    id: "prometheus", kind: .dashboard, title: "Prometheus without a login",
    rationale: "Whoever opens it reads what runs where, with versions and addresses.",
    remediation: "Put authentication in front of it, or a web configuration file with basic_auth_users.",
    reference: Reference("Prometheus: security model", "https://prometheus.io/docs/operating/security/"),
    requests: { [ProbeRequest($0, $0.path + "/api/v1/status/buildinfo")] },
    judge: { responses in
      ProbeResponse.judge(responses) { answer in
        let document = answer.document
        guard answer.status == 200, document?["status"]?.string == "success",
          let version = document?["data"]?["version"]?.string
        else { return ProbeResponse.other(answer, than: "Prometheus") }
        return .open(.medium, "answers anybody, and tells that it is version \(version.prefix(40))")
      }
    })
}
