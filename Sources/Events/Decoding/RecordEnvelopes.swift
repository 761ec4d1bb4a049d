/// Where programs that carry logs put the record that they carry, as an object or as text.
///
/// A member counts as an envelope only where a record of a known kind stands in it: `message` of an application's own log
/// stays a message. One line a member, the surest first; what carries a record may be carried itself.
enum RecordEnvelopes {
  static let paths: [NativePath] = [
    // Fluent Bit's Kubernetes filter with `Merge_Log_Key`; the text itself stands beside it.
    "log_processed",
    // Elastic Agent and Filebeat, once an ingest pipeline has parsed it.
    "kubernetes.audit",
    // Elasticsearch and OpenSearch: hits of a search, dumps.
    "_source",
    // Splunk: exports, results of a search as JSON lines.
    "_raw", "result._raw",
    // Fluent Bit, Fluentd, Docker.
    "log",
    // Splunk's HTTP event collector.
    "event",
    // Filebeat, Vector, Logstash, CloudWatch Logs.
    "message", "@message",
    // journald.
    "MESSAGE",
    // Promtail and Loki (`logcli --output jsonl`).
    "line",
    // OpenTelemetry, as text, as an object, and as its own JSON has it.
    "body", "Body", "body.stringValue", "body.string_value",
    // Elastic Common Schema: the record before it was parsed.
    "event.original",
    // Google Cloud Logging, where a collector of one's own wrote it.
    "jsonPayload", "textPayload", "jsonPayload.message", "jsonPayload.log",
    // Azure: tables of Log Analytics, resource logs.
    "properties.log", "log_s", "RawData",
    // GELF.
    "full_message", "short_message",
    // Fluentd's `record`, Kafka's bridges, queues.
    "record", "payload", "value", "data",
    // Graylog, Sumo Logic, QRadar and others keep the text under such names.
    "raw", "raw_message", "rawMessage", "original", "msg", "text",
  ]

  /// Bytes at the beginning of a text that are looked at to tell whether an object stands in it.
  static let mostBlanks = 64
}
