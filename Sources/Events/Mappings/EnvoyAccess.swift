import Bytes

extension Mapping {
  /// The access log of Envoy in its default format and in Istio's.
  /// Source: envoyproxy.io, "Access logging, default format string"; istio.io, "Envoy Access Logs".
  static let envoyAccess = Mapping(
    .envoyAccess, "Envoy and Istio access log",
    .line { EnvoyLog.parse($0, &$1) },
    aliases: [Alias(prefix: "envoy.access", native: "")],
    rules: EnvoyLog.rules)

  /// The same as JSON, as Istio names the values.
  static let envoyAccessObject = Mapping(
    .envoyAccess, "Envoy and Istio access log, JSON",
    .object { bytes, members in
      members.has(bytes, "response_code", "response_flags") && members.hasAny(bytes, "start_time", "path", "authority")
    },
    aliases: [Alias(prefix: "envoy.access", native: "")],
    rules: EnvoyLog.rules)
}

private enum EnvoyLog {
  static func parse(_ bytes: Span<UInt8>, _ parts: inout LineParts) -> Bool {
    guard bytes.count > 40, bytes[0] == 0x5B, let (time, afterTime) = HTTPAccess.bracketed(bytes, 0),
      EventTime.iso(bytes.extracting(time)) != nil,
      let (request, afterRequest) = HTTPAccess.quoted(bytes, afterTime + 1),
      let (code, afterCode) = HTTPAccess.word(bytes, afterRequest + 1), bytes.integer(code) != nil,
      let (flags, afterFlags) = HTTPAccess.word(bytes, afterCode + 1)
    else { return false }
    parts.add("start_time", time)
    HTTPAccess.requestLine(bytes, request, &parts)
    parts.add("response_code", code)
    parts.add("response_flags", flags)
    var place = afterFlags + 1
    // Istio's details and its reason of failure, between the flags and the bytes.
    if let (details, after) = HTTPAccess.word(bytes, place), bytes.integer(details) == nil {
      parts.add("response_code_details", details)
      place = after + 1
      if let (_, next) = HTTPAccess.word(bytes, place) { place = next + 1 }
      if let (reason, next) = HTTPAccess.quoted(bytes, place) {
        parts.add("upstream_transport_failure_reason", reason)
        place = next + 1
      }
    }
    for name in ["bytes_received", "bytes_sent", "duration", "upstream_service_time"] as [StaticString] {
      guard let (value, after) = HTTPAccess.word(bytes, place) else { return true }
      parts.add(name, value)
      place = after + 1
    }
    for name in ["x_forwarded_for", "user_agent", "request_id", "authority", "upstream_host"] as [StaticString] {
      guard let (value, after) = HTTPAccess.quoted(bytes, place) else { return true }
      parts.add(name, value)
      place = after + 1
    }
    for name in [
      "upstream_cluster", "upstream_local_address", "downstream_local_address", "downstream_remote_address",
      "requested_server_name", "route_name",
    ] as [StaticString] {
      guard let (value, after) = HTTPAccess.word(bytes, place) else { return true }
      parts.add(name, value)
      place = after + 1
    }
    return true
  }

  /// A hyphen stands for nothing in all of its values.
  private static func said(_ text: String?) -> String? { text == "-" || text == "" ? nil : text }

  private static func copy(_ field: FieldID, _ path: NativePath) -> FieldRule {
    FieldRule(
      fields: [field], inputs: [path],
      action: .compute { bytes, extractor in
        if let text = said(extractor.text(0, bytes)) { extractor.emit(field, text) }
      })
  }

  static let rules: [FieldRule] = [
    .time("start_time"),
    .copy("response_code", to: .httpResponseStatusCode),
    .compute(
      .eventAction, .eventCategory, .eventType, .eventOutcome, from: ["method", "response_code", "response_flags"]
    ) { bytes, extractor in
      extractor.header.categories = [.web, .network]
      extractor.header.types.insert(.access)
      if let method = said(extractor.text(0, bytes)) { extractor.emit(.eventAction, method) }
      guard let code = extractor.integer(1, bytes) else { return }
      if code == 401 || code == 403 { extractor.header.types.insert(.denied) }
      // Code 0 is a connection without an answer.
      extractor.setOutcome(code >= 400 || code == 0 ? .failure : .success)
    },
    .compute(
      .sourceIp, .sourcePort, .networkForwardedIp, from: ["downstream_remote_address", "x_forwarded_for"]
    ) { bytes, extractor in
      let claims =
        said(extractor.text(1, bytes))?.split(separator: ",").prefix(64)
        .map { String($0.filter { $0 != " " }) } ?? []
      if let peer = said(extractor.text(0, bytes)) {
        URLFields.emitSource(peer, &extractor)
        extractor.emit(.networkForwardedIp, all: claims)
      } else if let last = claims.last {
        // The default format has no peer; the last address was added by the proxy itself.
        URLFields.emitSource(last, &extractor)
        extractor.emit(.networkForwardedIp, all: claims.dropLast())
      }
    },
    .compute(.destinationIp, .destinationPort, .destinationDomain, from: ["upstream_host"]) { bytes, extractor in
      if let host = said(extractor.text(0, bytes)) { URLFields.emitDestination(host, &extractor) }
    },
    copy(.userAgentOriginal, "user_agent"),
    copy(.httpRequestMethod, "method"),
    .compute(.urlOriginal, .urlPath, .urlQuery, from: ["target", "path"]) { bytes, extractor in
      guard let target = said(extractor.text(0, bytes)) ?? said(extractor.text(1, bytes)) else { return }
      extractor.emit(.urlOriginal, target)
      URLFields.split(target, &extractor)
    },
    .compute(.httpVersion, from: ["version", "protocol"]) { bytes, extractor in
      guard let text = said(extractor.text(0, bytes)) ?? said(extractor.text(1, bytes)) else { return }
      extractor.emit(.httpVersion, text.hasPrefix("HTTP/") ? String(text.dropFirst(5)) : text)
    },
    copy(.httpRequestBytes, "bytes_received"),
    copy(.httpResponseBytes, "bytes_sent"),
    .compute(.eventDuration, from: ["duration"]) { bytes, extractor in
      if let milliseconds = extractor.integer(0, bytes), milliseconds < 1 << 40 {
        extractor.emit(.eventDuration, integer: milliseconds * 1_000_000)
      }
    },
    copy(.httpRequestId, "request_id"),
    copy(.urlDomain, "authority"),
    copy(.serviceName, "upstream_cluster"),
    copy(.eventReason, "response_flags"),
    copy(.message, "response_code_details"),
    copy(.serverDomain, "requested_server_name"),
    copy(.errorMessage, "upstream_transport_failure_reason"),
  ]
}
