import Bytes

/// Source: Sumo Logic, "Upload Logs to an HTTP Source": lines, 100 KB to 1 MB a request.
enum SumoLogicPayload {
  private static let limit = 900 << 10

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    let pieces = notices.map { ($0.id, $0.json() + [0x0A]) }
    return Payload.packed(pieces, limit: limit).map { pack in
      Payload(
        path: nil, contentType: "application/x-ndjson",
        headers: [
          ("X-Sumo-Name", "bartizan"), ("X-Sumo-Category", destination.source.map(line) ?? "security/bartizan"),
        ], body: pack.body, ids: pack.ids)
    }
  }

  /// A header is one line.
  private static func line(_ text: String) -> String {
    String(decoding: text.utf8.filter { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
  }
}
