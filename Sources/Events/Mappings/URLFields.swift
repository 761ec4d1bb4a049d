import Bytes

/// The parts of what a client asked for.
enum URLFields {
  /// Path and query of an input; scheme and host where they stand before them.
  static func split(_ bytes: Span<UInt8>, _ extractor: inout Extractor, _ input: Int) {
    guard let text = extractor.text(input, bytes), !text.isEmpty else { return }
    split(text, &extractor)
  }

  static func split(_ text: String, _ extractor: inout Extractor) {
    var rest = text[...]
    if let scheme = text.range(of: "://"), !text[..<scheme.lowerBound].contains("/") {
      extractor.emit(.urlScheme, String(text[..<scheme.lowerBound]))
      rest = text[scheme.upperBound...]
      let host = rest.prefix { $0 != "/" && $0 != "?" }
      if let colon = host.lastIndex(of: ":"), let port = Int(host[host.index(after: colon)...]) {
        extractor.emit(.urlDomain, String(host[..<colon]))
        extractor.emit(.urlPort, integer: port)
      } else {
        extractor.emit(.urlDomain, String(host))
      }
      rest = rest[host.endIndex...]
    }
    let path = rest.prefix { $0 != "?" }
    extractor.emit(.urlPath, path.isEmpty ? "/" : String(path))
    if path.endIndex < rest.endIndex {
      extractor.emit(.urlQuery, String(rest[rest.index(after: path.endIndex)...]))
    }
  }

  /// An address with or without a port: `10.0.0.1:443`, `[::1]:80`, `::1`, `host.example:80`.
  ///
  /// - Returns: the host, and the port where there is one.
  static func endpoint(_ text: some StringProtocol) -> (host: String, port: Int?) {
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      let host = String(text[text.index(after: text.startIndex)..<close])
      let rest = text[text.index(after: close)...]
      return (host, rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil)
    }
    let colons = text.utf8.reduce(0) { $0 + ($1 == 0x3A ? 1 : 0) }
    guard colons == 1, let colon = text.firstIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return (String(text), nil) }
    return (String(text[..<colon]), port)
  }

  /// Sets address, port and, where the host is no address, domain.
  static func emitSource(_ text: some StringProtocol, _ extractor: inout Extractor) {
    let (host, port) = endpoint(text)
    guard !host.isEmpty, host != "-" else { return }
    if IPAddress(host) != nil {
      extractor.emit(.sourceIp, host)
    } else {
      extractor.emit(.sourceDomain, host)
    }
    if let port { extractor.emit(.sourcePort, integer: port) }
  }

  static func emitDestination(_ text: some StringProtocol, _ extractor: inout Extractor) {
    let (host, port) = endpoint(text)
    guard !host.isEmpty, host != "-" else { return }
    if IPAddress(host) != nil {
      extractor.emit(.destinationIp, host)
    } else {
      extractor.emit(.destinationDomain, host)
    }
    if let port { extractor.emit(.destinationPort, integer: port) }
  }
}

extension StringProtocol {
  /// The first place of a text, byte by byte.
  func range(of text: String) -> Range<Index>? {
    let needle = Array(text.utf8)
    guard !needle.isEmpty else { return nil }
    var start = utf8.startIndex
    while start < utf8.endIndex {
      var place = start
      var matched = 0
      while matched < needle.count, place < utf8.endIndex, utf8[place] == needle[matched] {
        place = utf8.index(after: place)
        matched += 1
      }
      if matched == needle.count { return start..<place }
      start = utf8.index(after: start)
    }
    return nil
  }
}
