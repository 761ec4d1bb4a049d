import Bytes
import Crypto
import Events
package import Server
import Synchronization

/// Splunk's HTTP event collector: `/services/collector…`.
///
/// Source: docs.splunk.com, "Format events for HTTP Event Collector", "HTTP Event Collector REST API endpoints", "Troubleshoot
/// HTTP Event Collector" (codes).
package final class SplunkEndpoint: IngestEndpoint {
  package static let name = "splunk-hec"
  private static let prefix = "/services/collector"

  /// What a reply tells, as Splunk numbers and words it.
  private enum Code: Int {
    case success = 0
    case tokenRequired = 2
    case invalidToken = 4
    case noData = 5
    case invalidFormat = 6
    case serverError = 8
    case busy = 9
    case channelMissing = 10
    case eventRequired = 12
    case eventBlank = 13
    case queryTokens = 16
    case healthy = 17

    var status: Int {
      switch self {
      case .success, .healthy: 200
      case .tokenRequired: 401
      case .invalidToken: 403
      case .noData, .invalidFormat, .channelMissing, .eventRequired, .eventBlank, .queryTokens: 400
      case .serverError: 500
      case .busy: 503
      }
    }

    var text: String {
      switch self {
      case .success: "Success"
      case .tokenRequired: "Token is required"
      case .invalidToken: "Invalid token"
      case .noData: "No data"
      case .invalidFormat: "Invalid data format"
      case .serverError: "Internal server error"
      case .busy: "Server is busy"
      case .channelMissing: "Data channel is missing"
      case .eventRequired: "Event field is required"
      case .eventBlank: "Event field cannot be blank"
      case .queryTokens: "Query string authorization is not enabled"
      case .healthy: "HEC is healthy"
      }
    }
  }

  /// Acknowledgements that were not asked for yet, by channel. An event is durable before its number is given, so that an
  /// acknowledgement is always true; it is told once, as Splunk does.
  private struct Channels {
    static let mostChannels = 1_000
    static let mostOpen = 10_000
    var next: [String: Int] = [:]
    var open: [String: Set<Int>] = [:]

    mutating func give(_ channel: String) -> Int {
      if next[channel] == nil, next.count >= Self.mostChannels {
        next = [:]
        open = [:]
      }
      let number = next[channel, default: 0]
      next[channel] = number + 1
      open[channel, default: []].insert(number)
      if open[channel, default: []].count > Self.mostOpen {
        open[channel] = open[channel, default: []].filter { $0 > number - Self.mostOpen }
      }
      return number
    }

    mutating func take(_ channel: String, _ number: Int) -> Bool { open[channel]?.remove(number) != nil }
  }

  private let channels = Mutex(Channels())

  package init() {}

  package static func owns(_ path: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }

  /// Docker's driver asks with OPTIONS and without its token whether somebody is there, and does not start a container where
  /// nobody is.
  package static func isOpen(_ head: RequestHead) -> Bool {
    let form = form(head.path)
    return form == .health || head.method == "OPTIONS" && form != .other
  }

  package static func unauthorized(_ head: RequestHead) -> ServerResponse? {
    if head.field("Authorization") == nil { return reply(head.query("token") == nil ? .tokenRequired : .queryTokens) }
    return reply(.invalidToken)
  }

  package static func forbidden(_ head: RequestHead) -> ServerResponse? { reply(.invalidToken) }

  private static func reply(_ code: Code, event: Int? = nil, ack: Int? = nil) -> ServerResponse {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("text", code.text)
      writer.field("code", code.rawValue)
      if let event { writer.field("invalid-event-number", event) }
      if let ack { writer.field("ackId", ack) }
    }
    return .json(code.status, writer.bytes)
  }

  private enum Form {
    case events
    case raw
    case health
    case acknowledgement
    case other
  }

  private static func form(_ path: String) -> Form {
    switch path.dropFirst(prefix.count) {
    case "", "/", "/event", "/event/1.0", "/1.0": .events
    case "/raw", "/raw/1.0": .raw
    case "/health", "/health/1.0": .health
    case "/ack", "/ack/1.0": .acknowledgement
    default: .other
    }
  }

  package func answer(_ request: ServerRequest, _ intake: Intake, from sender: String) async -> ServerResponse {
    let head = request.head
    let channel = head.field("X-Splunk-Request-Channel") ?? head.query("channel")
    if head.method == "OPTIONS", Self.form(head.path) != .other {
      return ServerResponse(200, fields: [("Allow", "POST, OPTIONS")])
    }
    switch Self.form(head.path) {
    case .health: return Self.reply(.healthy)
    case .other: return .text(404, "there is nothing at this path")
    case .acknowledgement:
      guard head.method == "POST" else { return .methods("POST") }
      guard let channel else { return Self.reply(.channelMissing) }
      guard let asked = (try? JSONReader.read(request.body))?["acks"]?.array else { return Self.reply(.invalidFormat) }
      let numbers = asked.compactMap { $0.int.map(Int.init) }
      let answers = channels.withLock { channels in numbers.map { ($0, channels.take(channel, $0)) } }
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.key("acks")
        writer.object { writer in for (number, isTaken) in answers { writer.field(String(number), isTaken) } }
      }
      return .json(200, writer.bytes)
    case .events:
      guard head.method == "POST" else { return .methods("POST") }
      if let fault = Self.fault(request.body) { return fault }
      return await take(request, intake, sender, [], channel)
    case .raw:
      guard head.method == "POST" else { return .methods("POST") }
      guard request.body.contains(where: { $0 > 0x20 }) else { return Self.reply(.noData) }
      var envelope: [Envelope.Entry] = []
      for (name, field) in [
        ("host", FieldID.hostName), ("source", .logFilePath), ("sourcetype", .eventProvider),
      ] {
        if let value = head.query(name), !value.isEmpty { envelope.append(Envelope.Entry(field, value)) }
      }
      return await take(request, intake, sender, envelope, channel)
    }
  }

  private static func isNumber(_ node: DocumentNode) -> Bool {
    switch node.content {
    case .int, .double: true
    case .string(let text): Double(text).map(\.isFinite) ?? false
    default: false
    }
  }

  /// What is wrong with a body of events, and with which of them.
  private static func fault(_ body: [UInt8]) -> ServerResponse? {
    guard body.contains(where: { $0 > 0x20 }) else { return reply(.noData) }
    let stream = JSONReader.readStream(body.span, limits: .standard, keeping: ["event", "time"])
    let documents = stream.documents.flatMap { $0.array ?? [$0] }
    for (index, document) in documents.enumerated() {
      guard document.mapping != nil else { return reply(.invalidFormat, event: index) }
      guard let event = document["event"], !event.isNull else { return reply(.eventRequired, event: index) }
      if event.string == "" { return reply(.eventBlank, event: index) }
      // Seconds since 1970, as a number or as text.
      if let time = document["time"], !time.isNull, !Self.isNumber(time) {
        return reply(.invalidFormat, event: index)
      }
    }
    if !stream.errors.isEmpty { return reply(.invalidFormat, event: documents.count) }
    return documents.isEmpty ? reply(.noData) : nil
  }

  private func take(
    _ request: ServerRequest, _ intake: Intake, _ sender: String, _ envelope: [Envelope.Entry], _ channel: String?
  ) async -> ServerResponse {
    // A channel and the digest of the request know a repetition; without a channel there is nothing to know it by. The same bytes
    // are other events at another endpoint, or from another host.
    var text = request.body
    if Self.form(request.head.path) == .raw {
      text += Array("\0raw".utf8)
      for name in ["host", "index", "source", "sourcetype"] {
        text += Array("\0\(request.head.query(name) ?? "")".utf8)
      }
    }
    let key: EventDelivery.Key = channel.map { .whole("hec:\($0):" + Hex.text(SHA256.hash(data: text))) } ?? .none
    do throws(Intake.Refusal) {
      _ = try await intake.take(request.body, Self.name, from: sender, envelope: envelope, key: key)
    } catch {
      switch error {
      case .busy: return Self.reply(.busy)
      case .failed: return Self.reply(.serverError)
      case .unreadable, .stranger, .noJSON: return Self.reply(.invalidFormat)
      case .empty: return Self.reply(.noData)
      }
    }
    return Self.reply(.success, ack: channel.map { channel in channels.withLock { $0.give(channel) } })
  }
}
