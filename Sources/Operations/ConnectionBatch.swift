import Bytes
package import Reach
import Report

/// Questions about connections, one JSON object per line, answered in order.
package enum ConnectionBatch {
  /// - Parameters:
  ///   - questions: `{"src", "dst", "protocol", "port"}`, with `icmp_type` for ICMP, `"http": {"method", "path", "host",
  ///     "headers"}` for layer 7, and any `id`. A line with another key is refused: it may be a misspelt one. The keys of
  ///     answers are ignored, so that answers can be asked again.
  ///   - sink: receives each question with `allowed` and `reason`, or with `error`.
  package static func answer(
    _ questions: [UInt8], _ model: ReachModel, to sink: ([UInt8]) -> Void
  ) throws -> BatchOutcome {
    let names = model.endNames()
    var outcome = BatchOutcome()
    var writer = JSONWriter(pretty: false)
    for chunk in LineChunks(questions) {
      try Task.checkCancellation()
      for line in LineChunks.lines(questions, chunk) {
        let stream = JSONReader.readStream(questions.span.extracting(line), limits: .standard)
        if let document = stream.documents.first, stream.errors.isEmpty {
          answer(document, model, names, &writer, &outcome)
        } else {
          outcome.failed += 1
          writer.object { $0.field("error", "not JSON: \(stream.errors.first?.message ?? "no object")") }
        }
        writer.endLine()
        writer.drain(to: sink)
      }
    }
    writer.drain(to: sink, atLeast: 0)
    return outcome
  }

  private static let keys: Set<String> = ["id", "src", "dst", "protocol", "port", "icmp_type", "http"]
  private static let httpKeys: Set<String> = ["method", "path", "host", "headers"]

  /// The first key that no question has; nil where all are known.
  private static func unknownKey(in document: DocumentNode) -> String? {
    if let key = document.entries.map(\.key).first(where: { !keys.contains($0) && !answerKeys.contains($0) }) {
      return key
    }
    return document["http"]?.entries.map(\.key).first { !httpKeys.contains($0) }.map { "http." + $0 }
  }

  private static let answerKeys: Set<String> = ["allowed", "reason", "verdict", "missing", "l7"]

  private static func answer(
    _ document: DocumentNode, _ model: ReachModel, _ names: ReachModel.EndNames, _ writer: inout JSONWriter,
    _ outcome: inout BatchOutcome
  ) {
    let from = document["src"]?.string.flatMap { names.end($0) }
    let to = document["dst"]?.string.flatMap { names.end($0, home: from.flatMap(model.home)) }
    let question = ReachQuestion(document)
    writer.object { writer in
      for entry in document.entries where !answerKeys.contains(entry.key) {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      if let key = unknownKey(in: document) {
        outcome.failed += 1
        writer.field("error", "unknown key \"\(key)\"; a question has \(keys.sorted().joined(separator: ", "))")
        return
      }
      if let from, let to, let question {
        let answer = model.answer(from, to, question)
        outcome.answered += 1
        if answer.verdict == .unknown { outcome.unknown += 1 }
        answer.write(&writer)
        return
      }
      outcome.failed += 1
      writer.field(
        "error",
        from == nil
          ? "src names no pod, workload, Service, address or DNS name"
          : to == nil
            ? "dst names no pod, workload, Service, address or DNS name"
            : "protocol must be TCP, UDP, SCTP or ICMP, and port within 1 to 65535")
    }
  }
}

extension ReachQuestion {
  /// The name of a protocol without ports, in the case that requests use; nil for other protocols.
  package static func portless(_ name: String) -> String? {
    switch name.uppercased() {
    case "ICMP": "ICMP"
    case "ICMPV6": "ICMPv6"
    default: nil
    }
  }

  /// - Parameter document: `protocol`, `port`, `icmp_type`, and `http` with `method`, `path`, `host` and `headers`.
  /// - Returns: nil where protocol and port do not fit together.
  init?(_ document: DocumentNode) {
    let name = document["protocol"]?.string ?? "TCP"
    var request = ConnectionRequest()
    if let http = document["http"] {
      request.method = http["method"]?.string
      request.path = http["path"]?.string
      request.host = http["host"]?.string
      request.headers = http["headers"]?.stringMap ?? [:]
    }
    request.icmpType = document["icmp_type"]?.int.flatMap { Int(exactly: $0) }
    if let portless = Self.portless(name) {
      request.ipProtocol = portless
      self.init(nil, 0, request)
      return
    }
    guard let transport = ConnectionSet.TransportProtocol(name: name),
      let port = document["port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0
    else { return nil }
    self.init(transport, port, request)
  }
}
