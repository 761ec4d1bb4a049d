import Bytes

extension Mapping {
  /// Container logs as Fluent Bit, Fluentd and Filebeat send them, with what their Kubernetes filters found out.
  static let collectedContainerLog = Mapping(
    .containerLog, "Container log, by a collector",
    .object { bytes, members in
      members.kind(bytes, "kubernetes") == .object && members.hasAny(bytes, "log", "message", "log_processed")
        && (members.has(bytes, "kubernetes", holding: "container_name")
          || members.has(bytes, "kubernetes", holding: "container"))
    },
    content: Content(paths: ["log_processed", "log", "message"], isContainerOutput: true),
    aliases: [Alias(prefix: "container.log", native: "")],
    rules: GenericFields.rules)

  /// What collectors wrap around a record: Fluent Bit and Fluentd, Filebeat, Splunk's HTTP event collector, CloudWatch
  /// Logs, journald. The record itself stands in one member, as text or as an object, and what it is counts; otherwise
  /// the message is that text.
  static let shipper = Mapping(
    .shipper, "Records of collectors",
    .object { bytes, members in
      // Splunk: docs.splunk.com, "Format events for HTTP Event Collector".
      if members.has(bytes, "event"), members.hasAny(bytes, "sourcetype", "index", "time"),
        members.hasAny(bytes, "host", "source", "sourcetype", "fields", "index")
      {
        return true
      }
      // Fluent Bit and Fluentd.
      if members.hasAny(bytes, "log"),
        members.hasAny(bytes, "kubernetes", "stream", "docker", "tag", "_p", "logtag")
          || members.kind(bytes, "log") == .object
            && !members.has(bytes, "message")
      {
        return true
      }
      // CloudWatch Logs: events of a subscription, of get-log-events, of an Insights query.
      if members.isText(bytes, "message"), members.has(bytes, "timestamp"),
        members.hasAny(bytes, "id", "ingestionTime", "eventId")
      {
        return true
      }
      if members.isText(bytes, "@message") { return true }
      // journald: systemd.journal-fields(7).
      if members.isText(bytes, "MESSAGE"),
        members.hasAny(bytes, "__REALTIME_TIMESTAMP", "_HOSTNAME", "SYSLOG_IDENTIFIER")
      {
        return true
      }
      // Loki: `logcli --output jsonl`, Promtail, exports of Grafana.
      if members.isText(bytes, "line"), members.hasAny(bytes, "labels", "timestamp", "ts", "stream", "tsNs") {
        return true
      }
      // Splunk's exports, Sumo Logic's.
      if members.isText(bytes, "_raw") { return true }
      // Hits of Elasticsearch and OpenSearch.
      if members.kind(bytes, "_source") == .object, members.hasAny(bytes, "_index", "_id") { return true }
      guard members.isText(bytes, "message") else { return false }
      // Vector.
      if members.isText(bytes, "source_type"), members.hasAny(bytes, "file", "host", "timestamp") { return true }
      // Filebeat and Elastic Agent, with and without what pipelines take away.
      if members.kind(bytes, "input") == .object || members.kind(bytes, "agent") == .object
        || members.kind(bytes, "ecs") == .object || members.kind(bytes, "log") == .object
      {
        return true
      }
      return members.has(bytes, "@timestamp")
        && members.hasAny(bytes, "agent", "input", "kubernetes", "beat", "log", "ecs")
    },
    content: Content(paths: RecordEnvelopes.paths, isContainerOutput: false),
    aliases: [Alias(prefix: "shipper", native: "")],
    rules: [.copy("log", "event", "message", "@message", "MESSAGE", "line", "_raw", to: .message)]
      + GenericFields.rules + [
        .copy("SYSLOG_IDENTIFIER", to: .logSyslogAppname),
        .copy("sourcetype", to: .eventProvider),
        .copy("kubernetes.labels.'app.kubernetes.io/name'", to: .serviceName),
      ])
}
