import Bytes

extension Mapping {
  /// Flows of Hubble as its export and `hubble observe -o json` write them.
  /// Source: cilium/cilium, api/v1/flow/flow.proto.
  static let hubbleFlow = Mapping(
    .hubbleFlow, "Hubble flows",
    .object { bytes, members in
      members.has(bytes, "flow", holding: "verdict")
        || members.isText(bytes, "verdict") && members.hasAny(bytes, "IP", "traffic_direction", "l4")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "hubble", native: "flow"), Alias(prefix: "hubble", native: "")],
    rules: [
      .time("flow.time", "time"),
      .copy("flow.node_name", "node_name", to: .hostName),
      copy("IP.source", to: .sourceIp),
      copy("IP.destination", to: .destinationIp),
      .compute(
        .eventAction, .eventOutcome, .eventCategory, .eventType, .networkVerdict, from: both("verdict")
      ) { bytes, extractor in
        extractor.header.categories.insert(.network)
        extractor.header.types.insert(.connection)
        guard let verdict = extractor.text(0, bytes) ?? extractor.text(1, bytes) else { return }
        extractor.emit(.eventAction, verdict.lowercased())
        extractor.emit(.networkVerdict, verdict.lowercased())
        switch verdict {
        case "FORWARDED", "REDIRECTED", "TRACED", "TRANSLATED":
          extractor.header.types.insert(.allowed)
          extractor.setOutcome(.success)
        case "DROPPED", "AUDIT":
          extractor.header.types.insert(.denied)
          extractor.setOutcome(verdict == "AUDIT" ? .success : .failure)
        case "ERROR":
          extractor.header.types.insert(.error)
          extractor.setOutcome(.failure)
        default: break
        }
      },
      copy("source.namespace", to: .orchestratorNamespace),
      copy("source.pod_name", to: .kubernetesPodName),
      copy("source.cluster_name", to: .orchestratorClusterName),
      copy("l7.http.code", to: .httpResponseStatusCode),
      copy("drop_reason_desc", to: .eventReason),
      copy("uuid", to: .eventId),
      copy("source.namespace", to: .sourceKubernetesNamespace),
      copy("source.pod_name", to: .sourceKubernetesPodName),
      copy("source.labels", to: .sourceKubernetesLabels),
      copy("destination.namespace", to: .destinationKubernetesNamespace),
      copy("destination.pod_name", to: .destinationKubernetesPodName),
      copy("destination.labels", to: .destinationKubernetesLabels),
      copy("source_names", to: .sourceDomain),
      copy("destination_names", to: .destinationDomain),
      .compute(
        .networkTransport, .sourcePort, .destinationPort,
        from: both("l4.TCP.source_port") + both("l4.TCP.destination_port") + both("l4.UDP.source_port")
          + both("l4.UDP.destination_port") + both("l4.SCTP.destination_port") + both("l4.ICMPv4") + both("l4.ICMPv6")
      ) { bytes, extractor in
        for (base, name) in [(0, "tcp"), (4, "udp"), (8, "sctp"), (10, "icmp"), (12, "ipv6-icmp")] {
          let count = base < 8 ? 4 : 2
          guard (base..<base + count).contains(where: { extractor.input($0).hasValue }) else { continue }
          extractor.emit(.networkTransport, name)
          guard base < 8 else { return }
          if let port = extractor.integer(base, bytes) ?? extractor.integer(base + 1, bytes) {
            extractor.emit(.sourcePort, integer: port)
          }
          if let port = extractor.integer(base + 2, bytes) ?? extractor.integer(base + 3, bytes) {
            extractor.emit(.destinationPort, integer: port)
          }
          return
        }
      },
      .compute(.networkDirection, .networkType, from: both("traffic_direction") + both("IP.ipVersion")) {
        bytes, extractor in
        if let direction = extractor.text(0, bytes) ?? extractor.text(1, bytes) {
          extractor.emit(.networkDirection, direction.lowercased())
        }
        if let version = extractor.text(2, bytes) ?? extractor.text(3, bytes) {
          extractor.emit(.networkType, version.lowercased())
        }
      },
      copy("l7.dns.query", to: .dnsQuestionName),
      copy("l7.dns.qtypes", to: .dnsQuestionType),
      copy("l7.dns.rcode", to: .dnsResponseCode),
      copy("l7.dns.ips", to: .dnsAnswersData),
      copy("l7.http.method", to: .httpRequestMethod),
      copy("l7.http.url", to: .urlOriginal),
      copy("l7.http.protocol", to: .httpVersion),
      copy("Summary", to: .message),
      copy("egress_allowed_by.name", to: .networkPolicyName),
      copy("ingress_allowed_by.name", to: .networkPolicyName),
      copy("Type", to: .eventCode),
      .constant("Cilium", to: .observerProduct),
    ])

  private static func both(_ path: String) -> [NativePath] {
    [NativePath(stringLiteral: "flow." + path), NativePath(stringLiteral: path)]
  }

  private static func copy(_ path: String, to field: FieldID) -> FieldRule {
    FieldRule(fields: [field], inputs: both(path), action: field.column == nil ? .all : .copy)
  }
}
