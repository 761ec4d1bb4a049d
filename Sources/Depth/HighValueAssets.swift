import Bytes
package import Findings
package import Kube
import Reach

/// What makes a workload more valuable to an attacker: the data that it stores, and the secrets that it holds.
package enum HighValueAssets {
  /// Programs that keep data, by words of the names that images, ports, charts and people give them, with what they are.
  private static let stores: [String: String] = {
    let byKind: [String: [String]] = [
      "database": [
        "postgres", "postgresql", "postgis", "timescaledb", "mysql", "mariadb", "percona", "mongo", "mongodb", "mongod",
        "cassandra", "cql", "scylla", "scylladb", "cockroach", "cockroachdb", "clickhouse", "neo4j", "influxdb",
        "couchdb",
        "couchbase", "mssql", "sqlserver", "oracle", "db2", "yugabyte", "tidb", "arangodb",
      ],
      "data store": ["redis", "valkey", "keydb", "dragonfly", "memcached", "memcache"],
      "search index": ["elasticsearch", "opensearch", "solr", "meilisearch"],
      "cluster state": ["etcd", "zookeeper"], "key store": ["consul", "vault", "openbao"], "object store": ["minio"],
      "message log": ["kafka", "redpanda", "pulsar"], "message queue": ["rabbitmq", "amqp", "nats", "activemq"],
      "identities": ["keycloak", "openldap", "ldap"], "image registry": ["registry"],
    ]
    return Dictionary(uniqueKeysWithValues: byKind.flatMap { kind, words in words.map { ($0, kind) } })
  }()

  /// Ports on which they listen unless they are told otherwise (IANA, and the programs' own documentation).
  private static let ports: [Int64: String] = [
    1433: "mssql", 1521: "oracle", 2181: "zookeeper", 2379: "etcd", 3306: "mysql", 4222: "nats", 5432: "postgresql",
    5672: "amqp", 5984: "couchdb", 6379: "redis", 7687: "neo4j", 8086: "influxdb", 8200: "vault", 9042: "cassandra",
    9092: "kafka", 9200: "elasticsearch", 11211: "memcached", 26257: "cockroachdb", 27017: "mongodb",
  ]

  /// Words of what stands beside a store and bears its name.
  private static let companions: Set<String> = [
    "exporter", "operator", "proxy", "client", "ui", "admin", "web", "backup", "migrate", "migration", "migrations",
    "init", "seed", "metrics", "sidecar", "pgbouncer", "pgadmin", "phpmyadmin", "controller", "gateway", "envoy",
    "haproxy", "tools", "cli", "console", "dashboard",
  ]

  /// Reasons by workload; workloads without any are absent.
  package static func reasons(_ snapshot: ClusterSnapshot) -> [Subject: [String]] {
    var found: [Subject: [String]] = [:]
    for workload in snapshot.workloads {
      var reasons = dataReasons(workload)
      let secrets = workload.template.secretNames
      if !secrets.isEmpty { reasons.append("\(secrets.count) secret\(secrets.count == 1 ? "" : "s")") }
      if !reasons.isEmpty { found[Subject(workload: workload.object)] = reasons }
    }
    return found
  }

  /// Workloads that keep data, with the signs of it.
  package static func dataStores(_ snapshot: ClusterSnapshot) -> [Subject: [String]] {
    var found: [Subject: [String]] = [:]
    for workload in snapshot.workloads {
      let reasons = dataReasons(workload)
      if !reasons.isEmpty { found[Subject(workload: workload.object)] = reasons }
    }
    return found
  }

  /// What data it keeps: by its images, by the ports that it listens on, by what it is called.
  static func dataReasons(_ workload: Workload) -> [String] {
    var reasons: [String] = []
    var kinds = Set<String>()
    func add(_ kind: String, _ sign: String) {
      let reason = "\(kind) (\(sign))"
      if !reasons.contains(reason) { reasons.append(reason) }
      kinds.insert(kind)
    }
    let regular = workload.containers.filter { $0.role == .regular || $0.role == .sidecar }
    for container in regular {
      let words = imageWords(container)
      if isCompanion(words) { continue }
      if let word = words.first(where: { stores[$0] != nil }), let kind = stores[word] { add(kind, word) }
    }
    let own = words(workload.object.name)
    for container in regular where !isCompanion(imageWords(container) + words(container.name)) && !isCompanion(own) {
      for port in container.node["ports"]?.elements ?? [] {
        guard let number = port["containerPort"]?.int else { continue }
        let name = port["name"]?.text ?? ""
        let named = words(name).first { stores[$0] != nil }
        guard let word = named ?? ports[number], let kind = stores[word], !kinds.contains(kind) else { continue }
        add(kind, "port \(number)\(name.isEmpty ? "" : " named \(name)")")
      }
    }
    guard reasons.isEmpty, !isCompanion(own), keeps(workload) else { return reasons }
    let labels = workload.template.labels
    let chart = ["app.kubernetes.io/name", "app.kubernetes.io/component", "app", "component", "tier"]
    let called = [own] + chart.compactMap { labels[$0].map { words($0) } }
    for words in called where !isCompanion(words) {
      if let word = words.first(where: { stores[$0] != nil }), let kind = stores[word] {
        add(kind, "called \(words.joined(separator: "-"))")
        break
      }
      if words.contains(where: { $0 == "db" || $0 == "database" }) {
        add("database", "called \(words.joined(separator: "-"))")
        break
      }
    }
    return reasons
  }

  /// Whether it can keep anything for longer than a pod lives, or answers others: a name alone says little.
  private static func keeps(_ workload: Workload) -> Bool {
    if workload.object.kind == "Job" || workload.object.kind == "CronJob" { return false }
    return workload.object.kind == "StatefulSet"
      || workload.template.volumes.contains { $0["persistentVolumeClaim"] != nil }
      || workload.containers.contains { !($0.node["ports"]?.elements ?? []).isEmpty }
  }

  private static func isCompanion(_ words: [String]) -> Bool { words.contains(where: companions.contains) }

  /// Of the last part of the image's name.
  private static func imageWords(_ container: Container) -> [String] {
    guard let image = container.image else { return [] }
    let path = image.utf8.prefix { $0 != UInt8(ascii: "@") }
    let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[path.index(after: $0)...] } ?? path
    return words(String(Substring(name.prefix { $0 != UInt8(ascii: ":") })))
  }

  private static func words(_ text: String) -> [String] {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
    var words: [String] = []
    var word: [UInt8] = []
    func end() {
      if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
      word.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): word.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte + 32)
      default: end()
      }
    }
    end()
    return words
  }
}
