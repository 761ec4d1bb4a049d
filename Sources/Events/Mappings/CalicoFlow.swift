import Bytes

extension Mapping {
  /// Flow logs of Calico: the records of Calico Enterprise and Cloud (snake case) and of Goldmane in the open-source
  /// product (camel case). Source: docs.tigera.io, "Flow log data types"; projectcalico/calico,
  /// goldmane/proto/api.proto.
  static let calicoFlow = Mapping(
    .calicoFlow, "Calico flow logs",
    .object { bytes, members in
      members.hasAny(bytes, "reporter", "Reporter") && members.hasAny(bytes, "action", "Action")
        && (members.has(bytes, "source_name_aggr", "dest_name_aggr") || members.has(bytes, "sourceName", "destName")
          || members.has(bytes, "source_type", "dest_type") || members.has(bytes, "source_namespace", "dest_namespace"))
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "calico", native: "")],
    rules: [
      .time("end_time", "endTime", "@timestamp", "start_time", "startTime"),
      .compute(
        .eventAction, .eventOutcome, .eventCategory, .eventType, .networkVerdict, from: ["action", "Action"]
      ) { bytes, extractor in
        extractor.header.categories.insert(.network)
        extractor.header.types.insert(.connection)
        guard let action = (extractor.text(0, bytes) ?? extractor.text(1, bytes))?.lowercased() else { return }
        extractor.emit(.eventAction, action)
        extractor.emit(.networkVerdict, action)
        if action == "allow" || action == "pass" {
          extractor.header.types.insert(.allowed)
          extractor.setOutcome(.success)
        } else if action == "deny" {
          extractor.header.types.insert(.denied)
          extractor.setOutcome(.failure)
        }
      },
      named(.sourceIp, "source_ip"),
      named(.destinationIp, "dest_ip"),
      named(.hostName, "host"),
      named(.orchestratorNamespace, "source_namespace", "sourceNamespace"),
      named(.kubernetesPodName, "source_name", "source_name_aggr", "sourceName"),
      .copy("cluster", to: .orchestratorClusterName),
      .time("start_time", "startTime", to: .eventStart),
      .time("end_time", "endTime", to: .eventEnd),
      named(.sourceKubernetesNamespace, "source_namespace", "sourceNamespace"),
      named(.sourceKubernetesPodName, "source_name", "source_name_aggr", "sourceName"),
      .all("source_labels.labels", "sourceLabels", to: .sourceKubernetesLabels),
      named(.destinationKubernetesNamespace, "dest_namespace", "destNamespace"),
      named(.destinationKubernetesPodName, "dest_name", "dest_name_aggr", "destName"),
      .all("dest_labels.labels", "destLabels", to: .destinationKubernetesLabels),
      .copy("source_port", to: .sourcePort),
      .copy("dest_port", "destPort", to: .destinationPort),
      .all("dest_domains", to: .destinationDomain),
      .copy("proto", "protocol", to: .networkTransport),
      .copy("reporter", "Reporter", to: .networkDirection),
      .all("policies.all_policies", "policies.enforcedPolicies.name", to: .networkPolicyName),
      .copy("bytes_out", "bytesOut", to: .sourceBytes),
      .copy("bytes_in", "bytesIn", to: .destinationBytes),
      .copy("packets_out", "packetsOut", to: .sourcePackets),
      .copy("packets_in", "packetsIn", to: .destinationPackets),
      .copy("process_name", to: .processName),
      .constant("Calico", to: .observerProduct),
    ])

  /// A hyphen stands for nothing.
  private static func named(_ field: FieldID, _ paths: NativePath...) -> FieldRule {
    FieldRule(
      fields: [field], inputs: paths,
      action: .compute { bytes, extractor in
        for index in paths.indices {
          guard let text = extractor.text(index, bytes), text != "-", !text.isEmpty else { continue }
          return extractor.emit(field, text)
        }
      })
  }
}
