import Bytes

extension Mapping {
  /// Notifications of the CNCF Distribution registry, one event of the envelope that it posts.
  /// Source: distribution/distribution, docs/content/about/notifications.md.
  static let registryNotification = Mapping(
    .registryNotification, "Notifications of a Distribution registry",
    .object { bytes, members in
      members.isText(bytes, "action") && members.has(bytes, "target", holding: "repository")
        && members.hasAny(bytes, "request", "actor", "source", "timestamp")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "registry.notification", native: "")],
    rules: [
      .time("timestamp"),
      .copy("actor.name", to: .userName),
      .compute(.sourceIp, .sourcePort, .sourceDomain, from: ["request.addr"]) { bytes, extractor in
        if let address = extractor.text(0, bytes) { URLFields.emitSource(address, &extractor) }
      },
      .copy("request.useragent", to: .userAgentOriginal),
      .copy("target.repository", to: .containerImageName),
      .compute(.eventAction, .eventCategory, .eventType, .eventOutcome, from: ["action"]) { bytes, extractor in
        extractor.header.categories.insert(.package)
        extractor.emit(.eventAction, input: 0, bytes)
        if extractor.equals(0, bytes, "delete") {
          extractor.header.types.insert(.deletion)
        } else if extractor.equals(0, bytes, "pull") {
          extractor.header.types.insert(.access)
        } else {
          extractor.header.types.insert(.change)
        }
        // It tells of what it has done.
        extractor.setOutcome(.success)
      },
      .copy("source.addr", to: .hostName),
      .copy("target.digest", to: .containerImageHashAll),
      .copy("target.tag", to: .containerImageTag),
      .copy("target.mediaType", to: .httpRequestMimeType),
      .copy("target.size", "target.length", to: .httpResponseBodyBytes),
      .copy("target.url", to: .urlOriginal),
      .copy("id", to: .eventId),
      .copy("request.id", to: .httpRequestId),
      .copy("request.method", to: .httpRequestMethod),
      .copy("request.host", to: .urlDomain),
    ])
}
