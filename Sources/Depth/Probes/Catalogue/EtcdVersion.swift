import Bytes
import Findings

extension Probe {
  static let etcdVersion = Probe(
    id: "etcd-version", kind: .etcd, title: "The version of etcd",
    rationale: "It tells anybody which known weaknesses are worth trying.",
    remediation: "Start etcd with --client-cert-auth, and let the API server alone reach it.",
    reference: .etcdAccess,
    requests: { target in
      [true, false].map { ProbeRequest(target, port: 2379, isSecure: $0, "/version") }
    },
    judge: { responses in
      ProbeResponse.judge(ProbeResponse.spoken(responses)) { answer in
        guard answer.status == 200, let version = answer.document?["etcdserver"]?.string else {
          return ProbeResponse.other(answer, than: "etcd")
        }
        return .open(.low, "tells anybody that it is etcd \(version.prefix(40))")
      }
    })
}
