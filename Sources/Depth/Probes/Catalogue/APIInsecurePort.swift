import Bytes
import Findings

extension Probe {
  static let apiInsecurePort = Probe(
    id: "api-insecure-port", kind: .apiServer, title: "The API server, or a proxy to it, without TLS",
    rationale:
      "The insecure port, and `kubectl proxy`, do what they are asked with the rights of cluster admin or of whoever started it.",
    remediation: "Set --insecure-port=0 (it is gone since Kubernetes 1.24), and end the proxy.",
    reference: .anonymousRequests, claim: .opens(.clusterAdmin),
    requests: { target in
      let ports = target.isSecure ? [8080, 8001] : [target.port ?? 8080]
      return ports.map { ProbeRequest(isSecure: false, host: target.host, port: $0, path: "/api/v1/nodes?limit=1") }
    },
    judge: { responses in
      // A proxy with few rights refuses nodes, in the name of whoever started it.
      let isProxy = responses.contains { response in
        guard let answer = response.answer, answer.status == 403, answer.isStatus else { return false }
        return !answer.holds("system:anonymous")
      }
      let outcome = ProbeResponse.judge(responses) { answer in
        guard answer.status == 200, let kind = answer.document?["kind"]?.string,
          ["NodeList", "PartialObjectMetadataList"].contains(kind)
        else { return ProbeResponse.other(answer, than: "API server of Kubernetes") }
        return .open(.critical, "lists nodes to anybody, in plain text")
      }
      guard isProxy, outcome.severity == nil else { return outcome }
      return .open(.high, "passes requests of anybody on in somebody else's name, in plain text")
    })
}
