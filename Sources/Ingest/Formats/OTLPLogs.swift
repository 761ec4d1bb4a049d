import Bytes

/// Logs of OpenTelemetry, as protobuf or JSON, as one JSON object a record.
///
/// The record reads like one of a collector: `@timestamp`, `message`, `log.level`, what is known of the pod under `kubernetes`, and all
/// attributes under `otel`. A body that is an object is kept as `event`.
///
/// Source: opentelemetry-proto 1.x, `logs/v1/logs.proto`, `common/v1/common.proto`; OTLP specification, "JSON Protobuf Encoding".
enum OTLPLogs {
  struct Malformed: Error, Equatable {}

  private static let depth = 32
  private static let mostRecords = 200_000

  // MARK: JSON

  static func records(json: [UInt8]) throws(Malformed) -> [DocumentNode] {
    guard let document = try? JSONReader.read(json), document.mapping != nil else { throw Malformed() }
    var records: [DocumentNode] = []
    for resourceLogs in try list(document, "resourceLogs", "resource_logs") {
      let resource = attributes(resourceLogs["resource"])
      for scopeLogs in try list(resourceLogs, "scopeLogs", "scope_logs") {
        for record in try list(scopeLogs, "logRecords", "log_records") {
          guard records.count < mostRecords else { throw Malformed() }
          func number(_ names: String...) -> UInt64 {
            for name in names { if let text = record[name]?.text, let value = UInt64(text) { return value } }
            return 0
          }
          func text(_ names: String...) -> String {
            for name in names { if let text = record[name]?.string { return text } }
            return ""
          }
          records.append(
            made(
              Record(
                time: number("timeUnixNano", "time_unix_nano"),
                observed: number("observedTimeUnixNano", "observed_time_unix_nano"),
                severity: Int(clamping: number("severityNumber", "severity_number")),
                level: text("severityText", "severity_text"), body: value(record["body"] ?? .null, 0),
                attributes: attributes(record), trace: text("traceId", "trace_id"), span: text("spanId", "span_id"),
                name: text("eventName", "event_name")), resource))
        }
      }
    }
    return records
  }

  /// The messages of a repeated field; none where it is absent or null.
  private static func list(_ node: DocumentNode, _ name: String, _ other: String) throws(Malformed) -> [DocumentNode] {
    guard let value = node[name] ?? node[other], !value.isNull else { return [] }
    guard let items = value.array, items.allSatisfy({ $0.mapping != nil }) else { throw Malformed() }
    return items
  }

  private static func attributes(_ node: DocumentNode?) -> [(String, DocumentNode)] {
    (node?["attributes"]?.elements ?? []).compactMap { item in
      item["key"]?.string.map { ($0, value(item["value"] ?? .null, 0)) }
    }
  }

  private static func value(_ node: DocumentNode, _ level: Int) -> DocumentNode {
    guard level < depth, let entry = node.entries.first else { return .null }
    switch entry.key {
    case "stringValue", "string_value", "boolValue", "bool_value", "doubleValue", "double_value": return entry.value
    case "bytesValue", "bytes_value": return entry.value
    case "intValue", "int_value":
      return entry.value.text.flatMap { Int64($0) }.map { DocumentNode(.int($0)) } ?? entry.value
    case "arrayValue", "array_value":
      return DocumentNode(.array((entry.value["values"]?.elements ?? []).map { value($0, level + 1) }))
    case "kvlistValue", "kvlist_value":
      return DocumentNode.object(
        (entry.value["values"]?.elements ?? []).compactMap { item in
          item["key"]?.string.map { ($0, value(item["value"] ?? .null, level + 1)) }
        })
    default: return .null
    }
  }

  // MARK: Protobuf

  static func records(protobuf bytes: [UInt8]) throws(Malformed) -> [DocumentNode] {
    do throws(ProtobufReader.Malformed) { return try Proto(bytes: bytes).records() } catch { throw Malformed() }
  }

  private struct Proto {
    let bytes: [UInt8]

    func each(
      _ range: Range<Int>?, _ body: (Int, ProtobufReader.Value) throws(ProtobufReader.Malformed) -> Void
    ) throws(ProtobufReader.Malformed) {
      var reader = ProtobufReader(bytes, range)
      while let (field, value) = try reader.next() { try body(field, value) }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func records() throws(ProtobufReader.Malformed) -> [DocumentNode] {
      var records: [DocumentNode] = []
      try each(nil) { field, value throws(ProtobufReader.Malformed) in
        guard field == 1, case .bytes(let resourceLogs) = value else { return }
        var resource: [(String, DocumentNode)] = []
        // Fields may come in any order.
        try each(resourceLogs) { field, value throws(ProtobufReader.Malformed) in
          guard field == 1, case .bytes(let range) = value else { return }
          resource += try attributes(range, field: 1)
        }
        try each(resourceLogs) { field, value throws(ProtobufReader.Malformed) in
          guard field == 2, case .bytes(let scopeLogs) = value else { return }
          try each(scopeLogs) { field, value throws(ProtobufReader.Malformed) in
            guard field == 2, case .bytes(let range) = value else { return }
            guard records.count < mostRecords else { throw ProtobufReader.Malformed() }
            records.append(OTLPLogs.made(try record(range), resource))
          }
        }
      }
      return records
    }

    func record(_ range: Range<Int>) throws(ProtobufReader.Malformed) -> Record {
      var record = Record()
      try each(range) { field, value throws(ProtobufReader.Malformed) in
        switch (field, value) {
        case (1, .fixed64(let time)): record.time = time
        case (11, .fixed64(let time)): record.observed = time
        case (2, .varint(let number)): record.severity = Int(clamping: number)
        case (3, .bytes(let range)): record.level = text(range)
        case (5, .bytes(let range)): record.body = try anyValue(range, 0)
        case (6, .bytes(let range)): if let pair = try keyValue(range, 0) { record.attributes.append(pair) }
        case (9, .bytes(let range)): record.trace = Hex.text(bytes[range])
        case (10, .bytes(let range)): record.span = Hex.text(bytes[range])
        case (12, .bytes(let range)): record.name = text(range)
        default: break
        }
      }
      return record
    }

    func attributes(_ range: Range<Int>, field wanted: Int) throws(ProtobufReader.Malformed) -> [(String, DocumentNode)]
    {
      var pairs: [(String, DocumentNode)] = []
      try each(range) { field, value throws(ProtobufReader.Malformed) in
        guard field == wanted, case .bytes(let range) = value else { return }
        if let pair = try keyValue(range, 0) { pairs.append(pair) }
      }
      return pairs
    }

    func keyValue(_ range: Range<Int>, _ level: Int) throws(ProtobufReader.Malformed) -> (String, DocumentNode)? {
      var key: String?
      var found = DocumentNode.null
      try each(range) { field, value throws(ProtobufReader.Malformed) in
        guard case .bytes(let range) = value else { return }
        if field == 1 { key = text(range) }
        if field == 2 { found = try anyValue(range, level) }
      }
      return key.map { ($0, found) }
    }

    func anyValue(_ range: Range<Int>, _ level: Int) throws(ProtobufReader.Malformed) -> DocumentNode {
      guard level < depth else { throw ProtobufReader.Malformed() }
      var result = DocumentNode.null
      try each(range) { field, value throws(ProtobufReader.Malformed) in
        switch (field, value) {
        case (1, .bytes(let range)): result = DocumentNode(.string(text(range)))
        case (2, .varint(let number)): result = DocumentNode(.bool(number != 0))
        case (3, .varint(let number)): result = DocumentNode(.int(Int64(bitPattern: number)))
        case (4, .fixed64(let bits)): result = DocumentNode(.double(Double(bitPattern: bits)))
        case (5, .bytes(let range)):
          var values: [DocumentNode] = []
          try each(range) { field, value throws(ProtobufReader.Malformed) in
            if field == 1, case .bytes(let range) = value { values.append(try anyValue(range, level + 1)) }
          }
          result = DocumentNode(.array(values))
        case (6, .bytes(let range)):
          var pairs: [(String, DocumentNode)] = []
          try each(range) { field, value throws(ProtobufReader.Malformed) in
            guard field == 1, case .bytes(let range) = value else { return }
            if let pair = try keyValue(range, level + 1) { pairs.append(pair) }
          }
          result = DocumentNode.object(pairs)
        case (7, .bytes(let range)): result = DocumentNode(.string(Base64.encode(bytes[range])))
        default: break
        }
      }
      return result
    }
  }

  // MARK: One record

  private struct Record {
    var time: UInt64 = 0
    var observed: UInt64 = 0
    var severity = 0
    var level = ""
    var body = DocumentNode.null
    var attributes: [(String, DocumentNode)] = []
    var trace = ""
    var span = ""
    var name = ""
  }

  /// Names of the level by its number. Source: OpenTelemetry, "Logs Data Model", "Field: SeverityNumber".
  private static let levels = ["trace", "debug", "info", "warn", "error", "fatal"]

  private static func made(_ record: Record, _ resource: [(String, DocumentNode)]) -> DocumentNode {
    func text(_ value: String) -> DocumentNode { DocumentNode(.string(value)) }
    func known(_ name: String) -> DocumentNode? { (record.attributes + resource).first { $0.0 == name }?.1 }
    var entries: [(String, DocumentNode)] = []
    let time = record.time == 0 ? record.observed : record.time
    if let nanoseconds = Int64(exactly: time), time > 0 {
      entries.append(("@timestamp", text(Timestamp(nanoseconds: nanoseconds).text(digits: 9))))
    }
    if let message = record.body.string {
      entries.append(("message", text(message)))
    } else if !record.body.isNull {
      entries.append(("message", text(JSONWriter.compact(record.body, escapesHTML: false))))
      if record.body.mapping != nil { entries.append(("body", record.body)) }
    } else {
      entries.append(("message", text(record.name)))
    }
    var level = record.level.lowercased()
    if level.isEmpty, record.severity > 0 { level = levels[min(5, (record.severity - 1) / 4)] }
    entries.append(("log", level.isEmpty ? [:] : ["level": text(level)]))
    var pod: [(String, DocumentNode)] = []
    for (name, key) in [
      ("k8s.pod.name", "pod_name"), ("k8s.namespace.name", "namespace_name"), ("k8s.container.name", "container_name"),
      ("k8s.node.name", "host"), ("k8s.pod.uid", "pod_id"),
    ] {
      if let value = known(name) { pod.append((key, value)) }
    }
    if !pod.isEmpty { entries.append(("kubernetes", DocumentNode.object(pod))) }
    if let service = known("service.name") { entries.append(("service", ["name": service])) }
    if let host = known("host.name") { entries.append(("host", ["name": host])) }
    if let address = known("client.address") ?? known("source.address") { entries.append(("client", ["ip": address])) }
    if let user = known("user.name") { entries.append(("user", ["name": user])) }
    if !record.trace.isEmpty { entries.append(("trace", ["id": text(record.trace)])) }
    if !record.span.isEmpty { entries.append(("span", ["id": text(record.span)])) }
    var otel: [(String, DocumentNode)] = []
    if !record.attributes.isEmpty { otel.append(("attributes", DocumentNode.object(record.attributes))) }
    if !resource.isEmpty { otel.append(("resource", DocumentNode.object(resource))) }
    if !record.name.isEmpty { otel.append(("event_name", text(record.name))) }
    if !otel.isEmpty { entries.append(("otel", DocumentNode.object(otel))) }
    return DocumentNode.object(entries)
  }
}
