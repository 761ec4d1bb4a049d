import Bytes

/// Records that lie deeper in a document than in one of its members: answers of searches, and what protocols group by sender.
/// One line a document.
enum NestedRecords {
  /// A record of such a document.
  enum Element {
    case object(Range<Int>)
    /// Put together of the parts in which the document has it; it begins at the place.
    case made([UInt8], at: Int)
  }

  private struct Shape: Sendable {
    /// A member that the document has, and how many it has at most.
    let key: StaticString
    let mostMembers: Int
    let path: String
    let reads: Reading

    enum Reading: Sendable { case objects, lokiValues, insightRows }
  }

  private static let shapes = [
    // Elasticsearch, OpenSearch: the answer to a search.
    Shape(key: "hits", mostMembers: 12, path: "hits.hits", reads: .objects),
    // OpenTelemetry: the Collector's file exporter, requests as JSON.
    Shape(key: "resourceLogs", mostMembers: 2, path: "resourceLogs.scopeLogs.logRecords", reads: .objects),
    Shape(key: "resource_logs", mostMembers: 2, path: "resource_logs.scope_logs.log_records", reads: .objects),
    // Loki: a push, and the answer to a query.
    Shape(key: "streams", mostMembers: 2, path: "streams", reads: .lokiValues),
    Shape(key: "data", mostMembers: 3, path: "data.result", reads: .lokiValues),
    // CloudWatch Logs Insights: `get-query-results`.
    Shape(key: "results", mostMembers: 6, path: "results", reads: .insightRows),
    // Splunk: results of a search as one document.
    Shape(key: "results", mostMembers: 8, path: "results", reads: .objects),
  ]

  /// - Returns: the records; nil for a document of another kind, and for one that holds none.
  static func find(_ bytes: Span<UInt8>, _ document: Range<Int>, _ members: JSONMembers) -> [Element]? {
    for shape in shapes where members.members.count <= shape.mostMembers {
      guard let member = members.member(bytes, shape.key), member.kind == .object || member.kind == .array else {
        continue
      }
      var found: [Element] = []
      let path = Array(shape.path.utf8)
      switch shape.reads {
      case .objects:
        guard shape.path.contains(".") || members.hasAny(bytes, "preview", "init_offset", "fields") else { continue }
        JSONPath.values(bytes, document, .object, path: path.span) { range, kind in
          if kind == .object { found.append(.object(range)) }
          return true
        }
      case .lokiValues:
        JSONPath.values(bytes, document, .object, path: path.span) { range, kind in
          if kind == .object { readStream(bytes, range, &found) }
          return true
        }
      case .insightRows:
        guard member.kind == .array else { continue }
        _ = JSONScan.elements(bytes, member.value.lowerBound) { range, kind in
          if kind == .array, let row = row(bytes, range) { found.append(row) }
          return true
        }
      }
      if !found.isEmpty { return found }
    }
    return nil
  }

  /// `{"stream": {labels}, "values": [["nanoseconds", "line"], …]}`.
  private static func readStream(_ bytes: Span<UInt8>, _ stream: Range<Int>, _ found: inout [Element]) {
    var members = JSONMembers()
    guard members.read(bytes, stream.lowerBound) >= 0, let values = members.member(bytes, "values"),
      values.kind == .array
    else { return }
    let labels = members.member(bytes, "stream").flatMap { $0.kind == .object ? $0.value : nil }
    _ = JSONScan.elements(bytes, values.value.lowerBound) { pair, kind in
      guard kind == .array else { return true }
      var parts: [(range: Range<Int>, kind: JSONScan.Kind)] = []
      _ = JSONScan.elements(bytes, pair.lowerBound) { range, kind in
        parts.append((range, kind))
        return parts.count < 2
      }
      func isText(_ kind: JSONScan.Kind) -> Bool { kind == .string || kind == .escaped }
      guard parts.count == 2, isText(parts[0].kind), isText(parts[1].kind) else { return true }
      var record = Array("{\"ts\":".utf8)
      bytes.append(parts[0].range, to: &record)
      if let labels {
        record += Array(",\"labels\":".utf8)
        bytes.append(labels, to: &record)
      }
      record += Array(",\"line\":".utf8)
      bytes.append(parts[1].range, to: &record)
      record.append(0x7D)
      found.append(.made(record, at: pair.lowerBound))
      return true
    }
  }

  /// `[{"field": "@message", "value": "…"}, …]` as an object.
  private static func row(_ bytes: Span<UInt8>, _ list: Range<Int>) -> Element? {
    var record: [UInt8] = [0x7B]
    var members = JSONMembers()
    _ = JSONScan.elements(bytes, list.lowerBound) { range, kind in
      guard kind == .object, members.read(bytes, range.lowerBound) >= 0,
        let field = members.member(bytes, "field"), let value = members.member(bytes, "value"),
        field.kind == .string || field.kind == .escaped
      else { return true }
      if record.count > 1 { record.append(0x2C) }
      bytes.append(field.value, to: &record)
      record.append(0x3A)
      bytes.append(value.value, to: &record)
      return true
    }
    guard record.count > 1 else { return nil }
    record.append(0x7D)
    return .made(record, at: list.lowerBound)
  }
}
