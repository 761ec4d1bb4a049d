/// A host that a text names, as the DNS of a cluster may take it for a Service or a pod behind one; see
/// `ServiceIndex.resolve`.
struct ServiceAddress: Hashable {
  let host: String
  /// As it is written.
  let port: UInt16?
  /// Of the scheme that it is written with.
  let usualPort: UInt16?

  /// Options of programs whose value is a host.
  private static let options: Set<String> = ["-h", "-H", "--host", "--hostname", "--server", "--addr", "--address"]
  /// What the names of settings end in whose value is a host.
  private static let hosts = ["host", "hostname", "hostaddr", "server", "addr", "address", "endpoint", "broker"]

  /// Addresses in a value or a file of configuration: URLs, `host:port`, and hosts that stand alone after `=` or `:` or on
  /// a line of their own.
  static func find(in text: String) -> [ServiceAddress] {
    let bytes = Array(text.utf8)
    var found: [ServiceAddress] = []
    var seen = Set<ServiceAddress>()
    var index = 0
    func isPart(_ byte: UInt8) -> Bool {
      byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "@")
        || byte == UInt8(ascii: "_")
    }
    while index < bytes.count {
      guard isPart(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < bytes.count, isPart(bytes[index]) { index += 1 }
      var before = start
      while before > 0, bytes[before - 1] == 0x20 || bytes[before - 1] == UInt8(ascii: "\"") { before -= 1 }
      var after = index
      while after < bytes.count, bytes[after] == 0x20 || bytes[after] == UInt8(ascii: "\"") { after += 1 }
      let isAssigned =
        before == 0 || bytes[before - 1] == UInt8(ascii: "=") || bytes[before - 1] == UInt8(ascii: ":")
        || bytes[before - 1] == 0x0A || bytes[before - 1] == UInt8(ascii: ",")
      // `host=db port=5432` and `-h db` are one setting each, though others follow.
      let isSetting = isValueOfHost(bytes, start)
      let isAlone =
        isSetting && (index == bytes.count || !isPart(bytes[index]))
        || isAssigned
          && (after == bytes.count || bytes[after] == 0x0A || bytes[after] == 0x0D || bytes[after] == UInt8(ascii: ","))
      if let address = parse(String(decoding: bytes[start..<index], as: UTF8.self), isAlone: isAlone),
        seen.insert(address).inserted
      {
        found.append(address)
      }
    }
    return found
  }

  /// Whether what begins at a place is the value of a setting that names a host: `…host=` before it, or `--host `.
  private static func isValueOfHost(_ bytes: [UInt8], _ start: Int) -> Bool {
    func word(before end: Int) -> String {
      var begin = end
      while begin > 0, end - begin < 32, bytes[begin - 1] > 0x20, bytes[begin - 1] != UInt8(ascii: "="),
        bytes[begin - 1] != UInt8(ascii: "'"), bytes[begin - 1] != UInt8(ascii: "\"")
      {
        begin -= 1
      }
      return String(decoding: bytes[begin..<end], as: UTF8.self)
    }
    guard start > 1 else { return false }
    switch bytes[start - 1] {
    case UInt8(ascii: "="):
      let name = word(before: start - 1).lowercased()
      return hosts.contains { name.hasSuffix($0) }
    case 0x20: return options.contains(word(before: start - 1))
    default: return false
    }
  }

  /// Schemes by which programs name what they ask after a third slash: `dns:///name:port`.
  private static let resolvers: Set<String> = ["dns", "xds", "passthrough", "kubernetes", "k8s"]

  private static func parse(_ token: String, isAlone: Bool) -> ServiceAddress? {
    var rest = token[...]
    var isURL = false
    var usualPort: UInt16?
    if let scheme = rest.firstRange(of: "://") {
      let name = rest[..<scheme.lowerBound].split(separator: ":").last ?? ""
      usualPort = ExternalAddress.port(ofScheme: name)
      rest = rest[scheme.upperBound...]
      if resolvers.contains(name.lowercased()) {
        rest = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).last ?? rest
      }
      isURL = true
    }
    if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
    rest = rest.prefix { $0 != "/" }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first, parts.count <= 2, !host.isEmpty else { return nil }
    var port: UInt16?
    if parts.count == 2, !parts[1].isEmpty {
      guard let number = UInt16(parts[1]), number > 0 else { return nil }
      port = number
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let name = labels.first, !name.isEmpty else { return nil }
    // A word alone is an address only where a value stands.
    guard isURL || port != nil || isAlone || labels.count > 2 else { return nil }
    return ServiceAddress(host: String(host), port: port, usualPort: usualPort)
  }
}
