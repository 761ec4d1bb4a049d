import Bytes
import Events
package import Server

/// The part of Elasticsearch's API that senders of logs use: `_bulk` and its like, and what they ask before.
///
/// Source: elastic.co, "Elasticsearch API"; facts about the clients were taken from what they send.
package struct ElasticsearchEndpoint: IngestEndpoint {
  package static let name = "elasticsearch"

  /// What clients compare with their own; only the header that follows decides whether they go on.
  private static let version = "9.0.0"
  private static let product = ("X-Elastic-Product", "Elasticsearch")

  package init() {}

  private enum Route {
    case root
    case bulk(index: String?)
    case document(index: String, id: String?, isCreation: Bool)
    /// What agents look at or set up before they send; there is nothing to set up here.
    case question(String)
    case none
  }

  private static let questions: Set<String> = [
    "_license", "_xpack", "_cluster", "_nodes", "_cat", "_index_template", "_template", "_component_template", "_ilm",
    "_ingest", "_data_stream", "_alias",
  ]

  private static func route(_ path: String) -> Route {
    let parts = path.split(separator: "/").map { PercentEncoding.decodeLeniently($0) }
    guard let first = parts.first else { return path == "/" ? .root : .none }
    if parts == ["_bulk"] { return .bulk(index: nil) }
    if first.hasPrefix("_") { return questions.contains(first) ? .question(first) : .none }
    guard parts.count >= 2 else { return .none }
    switch (parts[1], parts.count) {
    case ("_bulk", 2): return .bulk(index: first)
    case ("_doc", 2): return .document(index: first, id: nil, isCreation: false)
    case ("_doc", 3): return .document(index: first, id: parts[2], isCreation: false)
    case ("_create", 3): return .document(index: first, id: parts[2], isCreation: true)
    default: return .none
    }
  }

  package static func owns(_ path: String) -> Bool {
    if case .none = route(path) { return false }
    return true
  }

  package static func unauthorized(_ head: RequestHead) -> ServerResponse? {
    var response = error(401, "security_exception", "missing or unknown credentials", head)
    response.fields.append(("WWW-Authenticate", "ApiKey, Basic realm=\"bartizan\""))
    return response
  }

  package static func forbidden(_ head: RequestHead) -> ServerResponse? {
    error(403, "security_exception", "the credentials are not of scope ingest", head)
  }

  // MARK: Answers

  /// Clients that ask for a compatible version want the same type back.
  private static func type(_ head: RequestHead) -> String {
    let wanted = (head.field("Accept") ?? "") + (head.field("Content-Type") ?? "")
    guard wanted.contains("application/vnd.elasticsearch+") else { return "application/json" }
    guard let start = wanted.firstRange(of: "compatible-with=")?.upperBound else {
      return "application/vnd.elasticsearch+json"
    }
    let version = wanted[start...].prefix { $0.isASCII && $0.isNumber }.prefix(2)
    return "application/vnd.elasticsearch+json;compatible-with=\(version)"
  }

  private static func reply(_ status: Int, _ head: RequestHead, _ body: (inout JSONWriter) -> Void) -> ServerResponse {
    var writer = JSONWriter(pretty: false)
    writer.object(body)
    return ServerResponse(status, fields: [("Content-Type", type(head)), product], body: writer.bytes)
  }

  private static func error(_ status: Int, _ type: String, _ reason: String, _ head: RequestHead) -> ServerResponse {
    reply(status, head) { writer in
      writer.key("error")
      writer.object { writer in
        writer.field("type", type)
        writer.field("reason", reason)
      }
      writer.field("status", status)
    }
  }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    let head = request.head
    switch Self.route(head.path) {
    case .none: return Self.error(404, "resource_not_found_exception", "there is nothing at this path", head)
    case .root:
      guard head.isReading else { return .methods("GET, HEAD") }
      return Self.reply(200, head) { writer in
        writer.field("name", "bartizan")
        writer.field("cluster_name", "bartizan")
        writer.field("cluster_uuid", "bartizan")
        writer.key("version")
        writer.object { writer in
          writer.field("number", Self.version)
          writer.field("build_flavor", "default")
          writer.field("minimum_wire_compatibility_version", "8.0.0")
          writer.field("minimum_index_compatibility_version", "8.0.0")
        }
        writer.field("tagline", "You Know, for Search")
      }
    case .question(let name): return Self.question(name, head)
    case .bulk(let index):
      guard head.method == "POST" || head.method == "PUT" else { return .methods("POST, PUT") }
      let began = ContinuousClock.now
      let body: BulkBody
      do throws(BulkBody.Refusal) { body = try BulkBody(request.body, index: index) } catch {
        switch error {
        case .malformed(let line):
          return Self.error(400, "illegal_argument_exception", "Malformed action/metadata line [\(line)]", head)
        case .noIndex(let action):
          return Self.error(
            400, "action_request_validation_exception", "Validation Failed: \(action): index is missing;", head)
        case .empty: return Self.error(400, "parse_exception", "request body is required", head)
        }
      }
      return await bulk(body, request, intake, sender, began)
    case .document(let index, let id, let isCreation):
      guard head.method == "POST" || head.method == "PUT" else { return .methods("POST, PUT") }
      return await document(request, intake, sender, index: index, id: id, isCreation: isCreation)
    }
  }

  private static func question(_ name: String, _ head: RequestHead) -> ServerResponse {
    reply(200, head) { writer in
      guard head.isReading else { return writer.field("acknowledged", true) }
      switch name {
      case "_license":
        writer.key("license")
        writer.object { writer in
          writer.field("status", "active")
          writer.field("type", "basic")
          writer.field("mode", "basic")
        }
      case "_cluster":
        writer.field("cluster_name", "bartizan")
        writer.field("status", "green")
        writer.field("timed_out", false)
        writer.field("number_of_nodes", 1)
      case "_nodes":
        // No other addresses: clients that look for some keep the one that they have.
        writer.key("nodes")
        writer.object { _ in }
      default: break
      }
    }
  }

  /// What became of one item.
  private enum Result {
    case taken
    case repeated
    case unsupported
    case noDocument
    case refused(Intake.Refusal)
  }

  private func bulk(
    _ body: BulkBody, _ request: ServerRequest, _ intake: Intake, _ sender: String, _ began: ContinuousClock.Instant
  ) async -> ServerResponse {
    var lines: [UInt8] = []
    var keys: [String?] = []
    var taken: [Int] = []
    for (index, item) in body.items.enumerated() {
      guard let range = item.document else { continue }
      lines += request.body[range]
      lines.append(0x0A)
      keys.append(BulkBody.key(item, request.body[range]))
      taken.append(index)
    }
    var results = body.items.map { item -> Result in
      item.action == .update || item.action == .delete ? .unsupported : .noDocument
    }
    if !taken.isEmpty {
      do throws(Intake.Refusal) {
        let outcome = try await intake.take(lines, Self.name, from: sender, key: .each(keys))
        for (place, index) in taken.enumerated() {
          results[index] = outcome.repeated.contains(place) ? .repeated : .taken
        }
      } catch {
        // Back-pressure is for the whole request: clients send all of it again.
        if error == .busy {
          var response = Self.error(429, "es_rejected_execution_exception", "no room at this moment", request.head)
          response.fields.append(("Retry-After", "5"))
          return response
        }
        for index in taken { results[index] = .refused(error) }
      }
    }
    let (seconds, attoseconds) = (ContinuousClock.now - began).components
    let took = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    let statuses = zip(body.items, results).map { Self.status($0, $1) }
    return Self.reply(200, request.head) { writer in
      writer.field("took", took)
      writer.field("errors", statuses.contains { $0.error != nil })
      writer.key("items")
      writer.array(of: zip(body.items, statuses)) { writer, pair in
        let (item, status) = pair
        writer.object { writer in
          writer.key(item.action.rawValue)
          writer.object { Self.write(&$0, index: item.index, id: item.id, status) }
        }
      }
    }
  }

  private struct Status {
    let number: Int
    var word = ""
    var error: (type: String, reason: String)?
  }

  private static func status(_ item: BulkBody.Item, _ result: Result) -> Status {
    switch result {
    case .taken: Status(number: 201, word: "created")
    case .repeated where item.action == .create:
      Status(number: 409, error: ("version_conflict_engine_exception", "document already exists"))
    case .repeated: Status(number: 200, word: "updated")
    case .unsupported:
      Status(number: 400, error: ("illegal_argument_exception", "events are neither changed nor deleted"))
    case .noDocument: Status(number: 400, error: ("document_parsing_exception", "the document is no JSON object"))
    case .refused(.unreadable), .refused(.stranger), .refused(.noJSON), .refused(.empty):
      Status(number: 400, error: ("document_parsing_exception", "the document cannot be kept as an event"))
    case .refused: Status(number: 503, error: ("unavailable_shards_exception", "the event could not be stored"))
    }
  }

  private static func write(_ writer: inout JSONWriter, index: String, id: String?, _ status: Status) {
    writer.field("_index", index)
    writer.field("_id", id ?? "")
    if let error = status.error {
      writer.field("status", status.number)
      writer.key("error")
      writer.object { writer in
        writer.field("type", error.type)
        writer.field("reason", error.reason)
      }
      return
    }
    writer.field("_version", 1)
    writer.field("result", status.word)
    writer.key("_shards")
    writer.object { writer in
      writer.field("total", 1)
      writer.field("successful", 1)
      writer.field("failed", 0)
    }
    writer.field("_seq_no", 0)
    writer.field("_primary_term", 1)
    writer.field("status", status.number)
  }

  private func document(
    _ request: ServerRequest, _ intake: Intake, _ sender: String, index: String, id: String?, isCreation: Bool
  ) async -> ServerResponse {
    guard (try? JSONReader.read(request.body))?.mapping != nil else {
      return Self.error(400, "document_parsing_exception", "the document is no JSON object", request.head)
    }
    let item = BulkBody.Item(
      action: isCreation ? .create : .index, index: index, id: id, document: request.body.indices)
    let result: Result
    do throws(Intake.Refusal) {
      let outcome = try await intake.take(
        request.body, Self.name, from: sender, key: .each([BulkBody.key(item, request.body)]))
      result = outcome.repeated.isEmpty ? .taken : .repeated
    } catch {
      if error == .busy { return .refused(error) }
      result = .refused(error)
    }
    let status = Self.status(item, result)
    if let error = status.error { return Self.error(status.number, error.type, error.reason, request.head) }
    return Self.reply(status.number, request.head) { Self.write(&$0, index: index, id: id, status) }
  }
}
