import Bytes

/// What a receiver says to a payload.
package enum Answer: Sendable, Equatable {
  /// It has all of it; `known` of it it had before.
  case taken(known: Int)
  /// It has it and will say later, under this number, that it is safe.
  case acknowledging(Int)
  /// It may take it later.
  case busy(String)
  /// Of these ids it took all others; these it may take later, or will never take.
  case partly(busy: [String], refused: [String], why: String)
  /// It will never take it.
  case refused(String)
  /// It will never take it because of what is in it.
  case unfit(String)

  /// - Parameters:
  ///   - body: of the answer; at most the first 64 KiB count.
  ///   - ids: of the payload.
  package init(_ kind: Destination.Kind, status: Int, body: [UInt8], ids: [String]) {
    let json = try? JSONReader.read(body)
    // Busy: RFC 9110 and RFC 6585; Splunk's code 9 comes with 503.
    if status == 408 || status == 425 || status == 429 || status >= 500 {
      self = .busy("status \(status)\(Self.said(json, body))")
      return
    }
    guard (200..<300).contains(status) else {
      let why = "status \(status)\(Self.said(json, body))"
      self = [400, 413, 422].contains(status) ? .unfit(why) : .refused(why)
      return
    }
    switch kind {
    case .splunk:
      // A proxy's page with status 200 is no receipt.
      guard let code = json?["code"]?.int else {
        self = .refused("the answer is none of Splunk's\(Self.said(json, body))")
        return
      }
      guard code == 0 else {
        self = .refused("Splunk's code \(code)\(Self.said(json, body))")
        return
      }
      if let id = json?["ackId"]?.int { self = .acknowledging(Int(clamping: id)) } else { self = .taken(known: 0) }
    case .elasticsearch:
      guard let items = json?["items"]?.array, items.count == ids.count else {
        self = .refused("the answer is none of Elasticsearch's\(Self.said(json, body))")
        return
      }
      self = Self.bulk(items, ids)
    case .pagerDuty:
      guard json?["status"]?.text == "success" else {
        self = .refused("the answer is none of PagerDuty's\(Self.said(json, body))")
        return
      }
      self = .taken(known: 0)
    case .teams:
      // A connector says with status 200 that Teams itself did not take it.
      let text = Self.line(String(decoding: body.prefix(400), as: UTF8.self))
      if let status = Self.teamsStatus(text), status == 429 || status >= 500 {
        self = .busy(text)
      } else if text.isEmpty || text == "1" || json?.mapping != nil {
        self = .taken(known: 0)
      } else {
        self = .refused("the answer is none of Teams': \(text)")
      }
    case .otlp:
      guard let json, json.mapping != nil else {
        self = .refused("the answer is none of OpenTelemetry's\(Self.said(nil, body))")
        return
      }
      let part = json["partialSuccess"] ?? json["partial_success"]
      let rejected = (part?["rejectedLogRecords"] ?? part?["rejected_log_records"])?.text.flatMap { Int($0) } ?? 0
      guard rejected > 0 else {
        self = .taken(known: 0)
        return
      }
      // It does not say which.
      let why = part?["errorMessage"]?.text.map { ": \(Self.line($0))" } ?? ""
      self = .refused("\(rejected) of \(ids.count) rejected\(why)")
    case .sumoLogic, .alertmanager, .webhook, .slack, .syslog, .fluentForward: self = .taken(known: 0)
    }
  }

  /// The status that a connector tells of Teams itself, behind `HTTP error`; nil where it tells none.
  private static func teamsStatus(_ text: String) -> Int? {
    text.firstRange(of: "HTTP error ").flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
  }

  private static func bulk(_ items: [DocumentNode], _ ids: [String]) -> Answer {
    var known = 0
    var busy: [String] = []
    var refused: [String] = []
    var why = ""
    for (item, id) in zip(items, ids) {
      let result = item.mapping?.entries.first?.value
      let status = result?["status"]?.int ?? 0
      if status == 409 {
        known += 1
      } else if status == 429 || status >= 500 {
        busy.append(id)
      } else if !(200..<300).contains(status) {
        refused.append(id)
        if why.isEmpty { why = "status \(status)" + (result?["error"]?["reason"]?.text.map { ": \(line($0))" } ?? "") }
      }
    }
    return busy.isEmpty && refused.isEmpty
      ? .taken(known: known) : .partly(busy: busy, refused: refused, why: why)
  }

  /// What the receiver says of it, as one short line.
  private static func said(_ json: DocumentNode?, _ body: [UInt8]) -> String {
    let text =
      json?["text"]?.text ?? json?["message"]?.text ?? json?["error"]?["reason"]?.text ?? json?["error"]?.text
      ?? json?.text ?? String(decoding: body.prefix(400), as: UTF8.self)
    let line = line(text)
    return line.isEmpty ? "" : ": \(line)"
  }

  /// Others' words, on one line and without control characters.
  static func line(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars.prefix(200) {
      line.unicodeScalars.append(scalar.properties.generalCategory == .control || scalar.value == 0x2028 ? " " : scalar)
    }
    return line.trimmed
  }
}

extension String {
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace ?? false { rest.removeFirst() }
    while rest.last?.isWhitespace ?? false { rest.removeLast() }
    return String(rest)
  }
}
