import Bytes
import Detect
import Findings

/// Log records of OpenTelemetry. Source: opentelemetry-proto, `logs/v1/logs.proto`; OTLP specification, "OTLP/HTTP" and "JSON
/// Protobuf Encoding": numbers of 64 bits are texts.
enum OTLPPayload {
  private static let limit = 1 << 20

  static func make(_ notices: [Notice], observed: Timestamp?) -> [Payload] {
    var head = JSONWriter(pretty: false)
    head.object { writer in
      writer.key("attributes")
      writer.array { attribute("service.name", "bartizan", &$0) }
    }
    let start =
      Array("{\"resourceLogs\":[{\"resource\":".utf8) + head.bytes
      + Array(",\"scopeLogs\":[{\"scope\":{\"name\":\"bartizan\"},\"logRecords\":[".utf8)
    let pieces = notices.map { ($0.id, record($0, observed) + [0x2C]) }
    return Payload.packed(pieces, limit: limit).map { pack in
      Payload(
        path: "/v1/logs", contentType: "application/json",
        body: start + pack.body.dropLast() + Array("]}]}]}".utf8), ids: pack.ids)
    }
  }

  private static func record(_ notice: Notice, _ observed: Timestamp?) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("timeUnixNano", String(max(0, notice.start.nanoseconds)))
      if let observed { writer.field("observedTimeUnixNano", String(max(0, observed.nanoseconds))) }
      let (number, text) = level(notice.severity)
      writer.field("severityNumber", number)
      writer.field("severityText", text)
      writer.field("eventName", "bartizan.\(notice.kind)")
      writer.key("body")
      value((try? JSONReader.read(notice.json())) ?? .null, &writer)
      writer.key("attributes")
      writer.array { writer in
        attribute("bartizan.id", notice.id, &writer)
        attribute("bartizan.severity", notice.severity.name, &writer)
        if case .alert(let alert) = notice {
          attribute("bartizan.rule", alert.rule.id, &writer)
          if !alert.actor.isEmpty { attribute("user.name", alert.actor, &writer) }
          if !alert.sourceAddress.isEmpty { attribute("source.address", alert.sourceAddress, &writer) }
        }
      }
    }
    return writer.bytes
  }

  private static func attribute(_ key: String, _ text: String, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("key", key)
      writer.key("value")
      writer.object { $0.field("stringValue", text) }
    }
  }

  /// A value as OpenTelemetry writes it.
  private static func value(_ node: DocumentNode, _ writer: inout JSONWriter) {
    writer.object { writer in
      switch node.content {
      case .null: break
      case .bool(let flag): writer.field("boolValue", flag)
      case .int(let number): writer.field("intValue", String(number))
      case .double(let number):
        writer.key("doubleValue")
        writer.value(number)
      case .string(let text): writer.field("stringValue", text)
      case .array(let items):
        writer.key("arrayValue")
        writer.object { writer in
          writer.key("values")
          writer.array(of: items) { value($1, &$0) }
        }
      case .object(let mapping):
        writer.key("kvlistValue")
        writer.object { writer in
          writer.key("values")
          writer.array(of: mapping.entries) { writer, entry in
            writer.object { writer in
              writer.field("key", entry.key)
              writer.key("value")
              value(entry.value, &writer)
            }
          }
        }
      }
    }
  }

  /// Source: "Logs Data Model", "Severity Fields".
  private static func level(_ severity: Severity) -> (Int, String) {
    switch severity {
    case .critical: (21, "FATAL")
    case .high: (17, "ERROR")
    case .medium: (13, "WARN")
    case .low: (10, "INFO2")
    case .info: (9, "INFO")
    }
  }
}
