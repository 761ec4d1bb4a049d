import Bytes
import Findings

extension Probe {
  /// Counts keys and reads none. Source: etcd documentation, "gRPC gateway".
  static let etcdKeys = Probe(
    id: "etcd-keys", kind: .etcd, title: "Keys of etcd, without a certificate",
    rationale: "Whoever reaches etcd reads and writes every object of the cluster, past the API server.",
    remediation: "Start etcd with --client-cert-auth and --trusted-ca-file, and let the API server alone reach it.",
    reference: .etcdAccess, claim: .opens(.clusterAdmin),
    requests: { target in
      [true, false].map { isSecure in
        // Both ends of the range are the byte 0, which stands for all keys.
        ProbeRequest(target, port: 2379, isSecure: isSecure, "/v3/kv/range").posting(
          #"{"key":"AA==","range_end":"AA==","count_only":true}"#)
      }
    },
    judge: { responses in
      ProbeResponse.judge(ProbeResponse.spoken(responses)) { answer in
        let document = answer.document
        if answer.status == 200, document?["header"]?["cluster_id"] != nil {
          let count = document?["count"]?.text ?? "0"
          return .open(.critical, "tells anybody that it holds \(count.prefix(20)) keys, and would hand them out")
        }
        // The gateway answers a refusal of etcd's own authentication with 400 and its code.
        if answer.status == 400, document?["code"] != nil { return .closed("asks for a user (400)") }
        // Without its gateway, etcd says nothing of the door by which its own clients come.
        if answer.status == 404 {
          return .unanswered(
            "what answers has no gateway to etcd at /v3 (404), and its keys may be open to clients of gRPC")
        }
        return ProbeResponse.other(answer, than: "etcd")
      }
    })
}
