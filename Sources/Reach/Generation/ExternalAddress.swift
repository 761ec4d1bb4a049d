import Bytes

/// A host outside the cluster that a value names, with the port that it is asked on.
struct ExternalAddress: Hashable {
  enum Host: Hashable {
    case address(IPAddress)
    case name(String)
  }

  let host: Host
  let port: UInt16

  /// Ports of schemes, where a URL names none.
  private static let ports: [String: UInt16] = [
    "http": 80, "https": 443, "ws": 80, "wss": 443, "postgres": 5432, "postgresql": 5432, "mysql": 3306,
    "mariadb": 3306, "sqlserver": 1433, "oracle": 1521, "mongodb": 27017, "redis": 6379, "rediss": 6379, "amqp": 5672,
    "amqps": 5671, "nats": 4222, "kafka": 9092, "smtp": 25, "smtps": 465, "submission": 587, "imap": 143, "imaps": 993,
    "ldap": 389, "ldaps": 636, "ftp": 21, "ssh": 22, "sftp": 22, "git": 9418, "mqtt": 1883, "mqtts": 8883, "grpc": 443,
    "memcached": 11211, "cassandra": 9042, "elasticsearch": 9200, "etcd": 2379, "otlp": 4317,
  ]

  /// Of a scheme, `+ssl` and the like left out; nil for one that is not known.
  static func port(ofScheme name: some StringProtocol) -> UInt16? {
    name.split(separator: "+").first.flatMap { ports[$0.lowercased()] }
  }

  /// What stands for the address of a pod's own node, which only the pod knows.
  static let ownNode = "own-node.bartizan.invalid"

  /// Of a value of the environment or an argument: a URL, or `host:port`. Names of the cluster are none.
  static func find(in text: String) -> [ExternalAddress] {
    var found: [ExternalAddress] = []
    for token in text.split(whereSeparator: { " \t\n\r,;\"'()[]{}<>|=".contains($0) }) {
      guard let address = parse(token), !found.contains(address) else { continue }
      found.append(address)
    }
    return found
  }

  private static func parse(_ token: Substring) -> ExternalAddress? {
    var rest = token
    var port: UInt16?
    var isURL = false
    if let scheme = rest.firstRange(of: "://") {
      // `jdbc:postgresql://…` is of the inner one.
      let name = rest[..<scheme.lowerBound].split(separator: ":").last ?? ""
      port = Self.port(ofScheme: name)
      isURL = true
      rest = rest[scheme.upperBound...]
    } else if !rest.contains(":") {
      return nil
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first, parts.count <= 2 else { return nil }
    if parts.count == 2 {
      guard let number = UInt16(parts[1]), number > 0 else { return nil }
      port = number
    }
    guard let port else { return nil }
    if let address = IPAddress(String(host)) {
      // Loopback, link-local and unspecified addresses are the pod's or the node's own.
      let own = [IPRange(cidr: "127.0.0.0/8"), IPRange(cidr: "169.254.0.0/16"), IPRange(cidr: "0.0.0.0/8")]
      return own.contains { $0?.contains(address) == true } ? nil : .init(host: .address(address), port: port)
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    if host == ownNode { return .init(host: .name(ownNode), port: port) }
    // One label is a name of the cluster; only a URL is surely meant as one.
    let isName =
      labels.count > (isURL && host != "localhost" ? 0 : 1)
      && labels.allSatisfy { label in
        !label.isEmpty
          && label.utf8.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
      }
    guard isName, labels.last?.contains(where: \.isLetter) == true else { return nil }
    // Names of the cluster, and those that RFC 6761 gives to the pod itself and to nobody.
    if labels.count > 2, ServiceIndex.isInside(String(host)) || labels.last == "local" { return nil }
    if labels.last == "localhost" || labels.last == "invalid" { return nil }
    return .init(host: .name(DNSName.normalised(String(host))), port: port)
  }
}
