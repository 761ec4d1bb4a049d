import Bytes
import Findings

/// Source: Elasticsearch, "Bulk API". An alert is created under its id, so that a second delivery changes nothing; an
/// incident is put over an older state of itself.
enum ElasticsearchPayload {
  private static let limit = 4 << 20

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    let prefix = destination.index ?? "bartizan"
    let pieces = notices.map { notice in
      var action = JSONWriter(pretty: false)
      action.object { writer in
        writer.key(notice.kind == "incident" ? "index" : "create")
        writer.object { writer in
          writer.field(
            "_index",
            destination.retainedDays == nil
              ? "\(prefix)-\(notice.kind)s" : ElasticsearchSetup.index(prefix, notice.kind, notice.start))
          writer.field("_id", notice.id)
        }
      }
      action.endLine()
      return (notice.id, action.bytes + notice.json { $0.field("@timestamp", notice.start.text) } + [0x0A])
    }
    return Payload.packed(pieces, limit: limit).map { pack in
      Payload(path: "/_bulk", contentType: "application/x-ndjson", body: pack.body, ids: pack.ids)
    }
  }
}
