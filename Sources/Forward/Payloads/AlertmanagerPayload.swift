import Bytes
import Detect
import Findings

/// Source: Alertmanager's `api/v2/openapi.yaml`: `postableAlerts`. What has the same labels is the same alert, so that a
/// second delivery changes nothing. Without an `endsAt`, Alertmanager's `resolve_timeout` ends what is not sent again.
enum AlertmanagerPayload {
  private static let limit = 1 << 20
  /// Label values and annotations are cut beyond this, in characters.
  private static let mostText = 4_096

  /// - Parameters:
  ///   - now: when what is closed is over.
  ///   - lasts: nanoseconds from now on for which what is open goes on unless it is sent again.
  static func make(_ notices: [Notice], now: Timestamp?, lasts: Int64?) -> [Payload] {
    let pieces = notices.map { notice in
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.key("labels")
        writer.object { writer in
          switch notice {
          case .alert(let alert):
            writer.field("alertname", alert.rule.id)
            // A label without a value is none.
            if !alert.actor.isEmpty { writer.field("actor", cut(alert.actor)) }
            if !alert.sourceAddress.isEmpty { writer.field("source_ip", cut(alert.sourceAddress)) }
          case .incident: writer.field("alertname", "BartizanIncident")
          case .event: writer.field("alertname", "BartizanEvent")
          }
          writer.field("id", notice.id)
          writer.field("severity", notice.severity.name)
          writer.field("source", "bartizan")
        }
        writer.key("annotations")
        writer.object { writer in
          writer.field("summary", cut(notice.title))
          switch notice {
          case .alert(let alert): writer.field("description", cut(alert.rule.description))
          case .incident(let incident, _): writer.field("description", cut(incident.story))
          case .event: break
          }
        }
        writer.field("startsAt", notice.start.text)
        if let now, notice.isClosed {
          writer.field("endsAt", now.text)
        } else if let now, let lasts {
          let end = now.nanoseconds.addingReportingOverflow(lasts)
          if !end.overflow { writer.field("endsAt", Timestamp(nanoseconds: end.partialValue).text) }
        }
      }
      return (notice.id, writer.bytes)
    }
    return Payload.packed(pieces.map { ($0.0, $0.1 + [0x2C]) }, limit: limit).map { pack in
      Payload(
        path: "/api/v2/alerts", contentType: "application/json",
        body: Array("[".utf8) + pack.body.dropLast() + Array("]".utf8), ids: pack.ids)
    }
  }

  private static func cut(_ text: String) -> String { Payload.cut(text, mostText) }
}
