import Bytes

extension Mapping {
  /// The log of the Distribution registry (Debian's docker-registry) with the JSON formatter.
  static let registryLog = Mapping(
    .registryLog, "Log of a Distribution registry, JSON",
    .object { bytes, members in
      members.isText(bytes, "msg") && members.hasAny(bytes, "http.request.uri", "http.request.method")
    },
    aliases: [Alias(prefix: "registry.log", native: "")],
    rules: registryLogRules)

  /// The same with its default, logrus' text formatter, which is logfmt.
  /// Source: distribution/distribution, registry/handlers and internal/dcontext: the names of the fields.
  static let registryLogLine = Mapping(
    .registryLog, "Log of a Distribution registry, text",
    .line { bytes, parts in
      guard bytes.contains("http.request."), bytes.contains("msg=") else { return false }
      return Logfmt.parse(bytes, &parts)
    },
    aliases: [Alias(prefix: "registry.log", native: "")],
    rules: registryLogRules)

  private static func key(_ name: String) -> NativePath { NativePath(keys: [name]) }

  private static let registryLogRules: [FieldRule] = [
    .time("time", "ts"),
    .copy("level", to: .logLevel),
    .copy(key("auth.user.name"), key("vars.user"), to: .userName),
    .copy(key("http.request.useragent"), to: .userAgentOriginal),
    .copy(key("http.response.status"), to: .httpResponseStatusCode),
    .compute(.sourceIp, .sourcePort, .sourceDomain, from: [key("http.request.remoteaddr")]) { bytes, extractor in
      if let address = extractor.text(0, bytes) { URLFields.emitSource(address, &extractor) }
    },
    .compute(
      .eventAction, .eventCategory, .eventType, .eventOutcome, .containerImageName, .orchestratorResourceType,
      .containerImageTag, .containerImageHashAll,
      from: [
        key("http.request.method"), key("http.request.uri"), key("http.response.status"), "msg", key("vars.name"),
        key("vars.reference"), key("vars.digest"),
      ]
    ) { bytes, extractor in
      extractor.emit(.containerImageName, input: 4, bytes)
      if let reference = extractor.text(6, bytes) ?? extractor.text(5, bytes) {
        RegistryFields.emit(reference: reference, &extractor)
      }
      // A refused log-in has no status of its own: the error is logged, the answer is 401.
      let isRefused = extractor.text(3, bytes)?.hasPrefix("error authorizing context") ?? false
      if isRefused { extractor.setStatus(401) }
      guard let uri = extractor.text(1, bytes) else { return }
      RegistryFields.emit(
        method: extractor.text(0, bytes) ?? "GET", path: uri, status: isRefused ? 401 : extractor.integer(2, bytes),
        &extractor)
    },
    .copy("msg", to: .message),
    .copy(key("http.request.method"), to: .httpRequestMethod),
    .copy(key("http.request.uri"), to: .urlOriginal),
    .copy(key("http.request.host"), to: .urlDomain),
    .copy(key("http.request.id"), to: .httpRequestId),
    .copy(key("http.request.contenttype"), to: .httpRequestMimeType),
    .copy(key("http.response.contenttype"), to: .httpResponseMimeType),
    .copy(key("http.response.written"), to: .httpResponseBodyBytes),
    .copy(key("err.detail"), key("err.message"), "error", to: .errorMessage),
    .copy(key("err.code"), to: .errorCode),
    .copy("service", to: .serviceName),
    .copy("version", to: .serviceVersion),
    .copy(key("instance.id"), to: .serviceType),
  ]
}
