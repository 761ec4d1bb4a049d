/// A host that a text names, as the DNS of a cluster would take it for a Service: `name`, `name.ns`, `name.ns.svc…`.
struct ServiceAddress: Hashable {
  let name: String
  let namespace: String?
  let port: UInt16?

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
      let isAlone =
        isAssigned
        && (after == bytes.count || bytes[after] == 0x0A || bytes[after] == 0x0D || bytes[after] == UInt8(ascii: ","))
      if let address = parse(String(decoding: bytes[start..<index], as: UTF8.self), isAlone: isAlone),
        seen.insert(address).inserted
      {
        found.append(address)
      }
    }
    return found
  }

  private static func parse(_ token: String, isAlone: Bool) -> ServiceAddress? {
    var rest = token[...]
    var isURL = false
    if let scheme = rest.firstRange(of: "://") {
      rest = rest[scheme.upperBound...]
      isURL = true
    }
    if let user = rest.firstIndex(of: "@") { rest = rest[rest.index(after: user)...] }
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
    if labels.count > 2, labels[2] != "svc" { return nil }
    // A word alone is an address only where a value stands.
    guard isURL || port != nil || isAlone || labels.count > 2 else { return nil }
    return ServiceAddress(name: String(name), namespace: labels.count > 1 ? String(labels[1]) : nil, port: port)
  }
}
