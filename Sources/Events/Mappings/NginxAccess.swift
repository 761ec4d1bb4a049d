import Bytes

extension Mapping {
  /// The combined log format of nginx and Apache, with what ingress-nginx appends to it.
  /// Source: nginx.org, ngx_http_log_module; kubernetes.github.io/ingress-nginx, "Log format".
  static let nginxAccess = Mapping(
    .nginxAccess, "nginx and Apache access log",
    .line { CombinedLog.parse($0, &$1) },
    aliases: [Alias(prefix: "nginx.access", native: "")],
    rules: CombinedLog.rules + [HTTPAccess.plain, .copy("upstream", to: .serviceName)])

  /// The same of a registry, or of a proxy before one: paths of the distribution interface.
  static let registryAccess = Mapping(
    .registryAccess, "Access log of a registry",
    .line { bytes, parts in
      guard bytes.contains(" /v2/") else { return false }
      guard CombinedLog.parse(bytes, &parts), let target = parts.range("target") else { return false }
      return bytes.starts(target.lowerBound, with: "/v2/")
    },
    aliases: [Alias(prefix: "registry.access", native: "")],
    rules: CombinedLog.rules + [
      .compute(
        .eventAction, .eventCategory, .eventType, .eventOutcome, .containerImageName, .orchestratorResourceType,
        .containerImageTag, .containerImageHashAll, from: ["method", "target", "status"]
      ) { bytes, extractor in
        RegistryFields.emit(
          method: extractor.text(0, bytes) ?? "GET", path: extractor.text(1, bytes) ?? "",
          status: extractor.integer(2, bytes), &extractor)
      }
    ])
}

private enum CombinedLog {
  /// `address ident user [time] "request" status bytes "referrer" "agent"`, and ingress-nginx' `length seconds
  /// [upstream] [alternative] addresses lengths times statuses id`, or one more quoted value, which is
  /// `X-Forwarded-For` everywhere.
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard let (address, afterAddress) = HTTPAccess.word(bytes, 0), address.count <= 255,
      let (ident, afterIdent) = HTTPAccess.word(bytes, afterAddress + 1), ident.count <= 64
    else { return false }
    // A user name may hold blanks; the bracket of the time ends it.
    guard let bracket = bytes.first(0x5B, from: afterIdent, to: min(bytes.count, afterIdent + 256)),
      bracket > afterIdent + 1,
      let (time, afterTime) = HTTPAccess.bracketed(bytes, bracket), EventTime.webServer(bytes.extracting(time)) != nil,
      let (request, afterRequest) = HTTPAccess.quoted(bytes, afterTime + 1),
      let (status, afterStatus) = HTTPAccess.word(bytes, afterRequest + 1), bytes.integer(status) != nil
    else { return false }
    parts.add("address", address)
    parts.add("user", bytes.trimmed(min(afterIdent + 1, bracket)..<bracket))
    parts.add("time", time)
    HTTPAccess.requestLine(bytes, request, &parts)
    parts.add("status", status)
    guard let (size, afterSize) = HTTPAccess.word(bytes, afterStatus + 1) else { return true }
    if bytes.integer(size) != nil { parts.add("bytes", size) }
    guard let (referrer, afterReferrer) = HTTPAccess.quoted(bytes, afterSize + 1) else { return true }
    parts.add("referrer", referrer)
    guard let (agent, afterAgent) = HTTPAccess.quoted(bytes, afterReferrer + 1) else { return true }
    parts.add("user_agent", agent)
    var place = afterAgent + 1
    if let (forwarded, after) = HTTPAccess.quoted(bytes, place) {
      parts.add("forwarded_for", forwarded)
      place = after + 1
    }
    guard let (length, afterLength) = HTTPAccess.word(bytes, place), bytes.integer(length) != nil,
      let (seconds, afterSeconds) = HTTPAccess.word(bytes, afterLength + 1),
      let (upstream, afterUpstream) = HTTPAccess.bracketed(bytes, afterSeconds + 1)
    else { return true }
    parts.add("request_length", length)
    parts.add("request_time", seconds)
    if !upstream.isEmpty { parts.add("upstream", upstream) }
    if let (_, after) = HTTPAccess.bracketed(bytes, afterUpstream + 1),
      let (target, _) = HTTPAccess.word(bytes, after + 1)
    {
      parts.add("upstream_address", target)
    }
    if let last = lastWord(bytes), last.count == 32 { parts.add("request_id", last) }
    return true
  }

  private static func lastWord(_ bytes: Span<UInt8>) -> Range<Int>? {
    var start = bytes.count
    while start > 0, bytes[start - 1] != 0x20 { start -= 1 }
    return start < bytes.count ? start..<bytes.count : nil
  }

  static let rules: [FieldRule] =
    [
      .compute(.timestamp, from: ["time"]) { bytes, extractor in
        let capture = extractor.input(0)
        extractor.setTime(EventTime.webServer(bytes.extracting(capture.range)))
      },
      .compute(.sourceIp, .sourcePort, .sourceDomain, from: ["address"]) { bytes, extractor in
        if let address = extractor.text(0, bytes) { URLFields.emitSource(address, &extractor) }
      },
      .copy("request_length", to: .httpRequestBytes),
      .compute(.destinationIp, .destinationPort, .destinationDomain, from: ["upstream_address"]) { bytes, extractor in
        if let address = extractor.text(0, bytes) { URLFields.emitDestination(address, &extractor) }
      },
      .compute(.eventDuration, from: ["request_time"]) { bytes, extractor in
        guard let seconds = extractor.text(0, bytes).flatMap(Double.init), (0..<1e6).contains(seconds) else { return }
        extractor.emit(.eventDuration, integer: Int(seconds * 1e9))
      },
    ] + HTTPAccess.rules
}
