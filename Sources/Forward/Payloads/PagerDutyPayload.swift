import Bytes
import Detect
import Findings

/// An event for each incident or alert. Source: PagerDuty, "Events API v2": what has the same `dedup_key` is the same incident
/// there, so that a second delivery changes nothing, and `resolve` ends it.
enum PagerDutyPayload {
  /// Characters that PagerDuty takes as a summary.
  private static let mostSummary = 1_024
  /// An event may have 512 KB; what is told of one beyond this, in bytes, is left out.
  private static let mostDetails = 256 << 10

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    notices.map { notice in
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("routing_key", destination.secret?.text ?? "")
        writer.field("event_action", notice.isClosed ? "resolve" : "trigger")
        writer.field("dedup_key", notice.id)
        writer.field("client", "Bartizan")
        writer.key("payload")
        writer.object { writer in
          writer.field("summary", String(notice.title.prefix(mostSummary)))
          writer.field("source", destination.source ?? "bartizan")
          writer.field("severity", severity(notice.severity))
          writer.field("timestamp", notice.start.text)
          writer.field("component", "kubernetes")
          writer.field("class", notice.kind)
          details(notice, &writer)
        }
      }
      return Payload(path: "/v2/enqueue", contentType: "application/json", body: writer.bytes, ids: [notice.id])
    }
  }

  private static func details(_ notice: Notice, _ writer: inout JSONWriter) {
    let json = notice.json()
    writer.key("custom_details")
    if json.count <= mostDetails, let node = try? JSONReader.read(json) {
      writer.value(node)
    } else {
      writer.object { $0.field("id", notice.id) }
    }
  }

  /// PagerDuty knows four.
  private static func severity(_ severity: Severity) -> String {
    switch severity {
    case .critical: "critical"
    case .high: "error"
    case .medium: "warning"
    case .low, .info: "info"
    }
  }
}
