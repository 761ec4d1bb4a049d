import Bytes
package import Findings
package import Kube
import Reach

/// What makes a workload worth more to an attacker than others: the data that it keeps, and the secrets that it holds.
package enum HighValueAssets {
  /// Programs that keep data, by the last part of their image's name, with what they are.
  private static let stores: [(word: String, kind: String)] = [
    ("postgres", "database"), ("postgresql", "database"), ("mysql", "database"), ("mariadb", "database"),
    ("percona", "database"), ("mongo", "database"), ("mongodb", "database"), ("redis", "data store"),
    ("valkey", "data store"), ("memcached", "data store"), ("cassandra", "database"), ("scylla", "database"),
    ("cockroach", "database"), ("clickhouse", "database"), ("elasticsearch", "search index"),
    ("opensearch", "search index"), ("etcd", "cluster state"), ("consul", "key store"), ("vault", "key store"),
    ("openbao", "key store"), ("minio", "object store"), ("kafka", "message log"), ("rabbitmq", "message queue"),
    ("nats", "message queue"), ("keycloak", "identities"), ("openldap", "identities"), ("neo4j", "database"),
    ("influxdb", "database"), ("couchdb", "database"), ("mssql", "database"), ("registry", "image registry"),
  ]

  /// Reasons by workload, as reachability names them; those without any are absent.
  package static func reasons(_ snapshot: ClusterSnapshot) -> [Subject: [String]] {
    var found: [Subject: [String]] = [:]
    for workload in snapshot.workloads {
      var reasons: [String] = []
      for container in workload.containers {
        guard let image = container.node["image"]?.string else { continue }
        let name = image.prefix { $0 != "@" }.split(separator: "/").last?.prefix { $0 != ":" } ?? ""
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        // Exporters and operators bear the names of what they watch.
        if words.contains(where: { ["exporter", "operator", "proxy", "client", "ui"].contains($0) }) { continue }
        if let store = stores.first(where: { store in words.contains { $0 == store.word } }) {
          let reason = "\(store.kind) (\(store.word))"
          if !reasons.contains(reason) { reasons.append(reason) }
        }
      }
      let secrets = workload.template.secretNames
      if !secrets.isEmpty { reasons.append("\(secrets.count) secret\(secrets.count == 1 ? "" : "s")") }
      if !reasons.isEmpty { found[Subject(workload: workload.object)] = reasons }
    }
    return found
  }
}
