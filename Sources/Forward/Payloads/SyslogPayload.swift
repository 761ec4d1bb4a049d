import Bytes
import Detect
import Findings

/// A message of syslog for each notice, as JSON or in the Common Event Format, counted in octets.
///
/// Source: RFC 5424; RFC 5425, section 4.3 (TLS), and RFC 6587, section 3.4.1 (TCP); ArcSight, "Common Event Format
/// implementation standard", CEF:0.
enum SyslogPayload {
  /// Receivers should take messages of so many bytes (RFC 5425, section 4.3.1), and rsyslog cuts what is longer.
  private static let mostMessage = 8_000
  /// Bytes of one connection.
  private static let limit = 1 << 20
  /// Facility "log audit".
  private static let facility = 13
  /// The number that IANA keeps for examples: no other program's data is called so.
  private static let data = "bartizan@32473"

  static func make(_ notices: [Notice], _ destination: Destination) -> [Payload] {
    let pieces = notices.map { notice in
      let message = header(notice) + text(notice, destination)
      return (notice.id, Array("\(message.count) ".utf8) + message)
    }
    return Payload.packed(pieces, limit: limit).map { pack in
      Payload(path: nil, contentType: "", body: pack.body, ids: pack.ids)
    }
  }

  private static func header(_ notice: Notice) -> [UInt8] {
    let priority = facility * 8 + level(notice.severity)
    // Fractions of a second have six digits at most.
    var fields = "<\(priority)>1 \(time(notice.start)) bartizan bartizan - \(notice.kind) "
    fields += "[\(data) id=\"\(parameter(notice.id))\" severity=\"\(notice.severity.name)\"] "
    return Array(fields.utf8)
  }

  private static func text(_ notice: Notice, _ destination: Destination) -> [UInt8] {
    switch destination.syslogFormat {
    case .cef: return Array(CEFText.line(notice).utf8)
    case .rfc5424:
      let json = notice.json()
      // What people ask of an event is its whole; a longer one says so by not being JSON to its end.
      if json.count <= mostMessage { return json }
      if case .event = notice { return json }
      return brief(notice)
    }
  }

  /// What is too long is told without its events, and with as much of its story as there is room for.
  private static func brief(_ notice: Notice) -> [UInt8] {
    func made(_ most: Int) -> [UInt8] {
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("kind", notice.kind == "alert" ? "Alert" : "Incident")
        writer.field("id", notice.id)
        writer.field("severity", notice.severity.name)
        switch notice {
        case .alert(let alert):
          writer.field("rule", alert.rule.id)
          writer.field("time", alert.start.text)
          writer.field("actor", String(alert.actor.prefix(200)))
          writer.field("sourceIP", alert.sourceAddress)
          writer.field("techniques", Array(alert.techniques.prefix(20)))
          writer.field("message", String(alert.message.prefix(most)))
          writer.field("eventCount", alert.eventCount)
        case .incident(let incident, let isClosed):
          if isClosed { writer.field("state", "closed") }
          writer.field("start", incident.start.text)
          writer.field("end", incident.end.text)
          writer.field("title", String(incident.title.prefix(300)))
          writer.field("story", String(incident.story.prefix(most)))
          writer.field("techniques", Array(incident.techniques.prefix(40)))
          writer.field("alertCount", incident.alerts.count)
        case .event: break
        }
        writer.field("isShortened", true)
      }
      return writer.bytes
    }
    for most in [4_000, 1_000, 200] {
      let bytes = made(most)
      if bytes.count <= mostMessage { return bytes }
    }
    return made(0)
  }

  private static func level(_ severity: Severity) -> Int {
    switch severity {
    case .critical: 2
    case .high: 3
    case .medium: 4
    case .low: 5
    case .info: 6
    }
  }

  private static func time(_ time: Timestamp) -> String {
    let text = time.text
    guard let dot = text.firstIndex(of: "."), text.hasSuffix("Z") else { return text }
    return text[...dot] + text[text.index(after: dot)...].dropLast().prefix(6) + "Z"
  }

  /// Source: RFC 5424, section 6.3.3.
  private static func parameter(_ text: String) -> String {
    var output = ""
    for character in text.prefix(200) {
      if "\"\\]".contains(character) { output.append("\\") }
      output.append(character)
    }
    return output
  }
}

/// A notice in the Common Event Format.
enum CEFText {
  /// Extensions are cut beyond this, in characters.
  private static let mostText = 1_000

  static func line(_ notice: Notice) -> String {
    var event = notice.kind
    var extensions: [(String, String)] = [("externalId", notice.id)]
    switch notice {
    case .alert(let alert):
      event = alert.rule.id
      extensions += [
        ("start", milliseconds(alert.start)), ("end", milliseconds(alert.end)), ("suser", alert.actor),
        ("cnt", String(alert.eventCount)), ("msg", alert.message),
      ]
      if let address = IPAddress(alert.sourceAddress) {
        // Addresses of IPv6 have a field of their own.
        if !address.isV6 {
          extensions.append(("src", alert.sourceAddress))
        } else {
          extensions += [("c6a2", alert.sourceAddress), ("c6a2Label", "Source IPv6 Address")]
        }
      }
    case .incident(let incident, let isClosed):
      event = "incident"
      extensions += [
        ("start", milliseconds(incident.start)), ("end", milliseconds(incident.end)),
        ("cnt", String(incident.alerts.count)), ("msg", incident.story), ("outcome", isClosed ? "closed" : "open"),
      ]
    case .event: break
    }
    if !notice.techniques.isEmpty {
      extensions += [("cs1Label", "ATT&CK techniques"), ("cs1", notice.techniques.prefix(40).joined(separator: " "))]
    }
    let fields = ["Bartizan", "Bartizan", "1", event, String(notice.title.prefix(500)), level(notice.severity)]
    return "CEF:0|" + fields.map(header).joined(separator: "|") + "|"
      + extensions.filter { !$0.1.isEmpty }.map { "\($0.0)=\(value(String($0.1.prefix(mostText))))" }
      .joined(separator: " ")
  }

  private static func milliseconds(_ time: Timestamp) -> String { String(time.nanoseconds / 1_000_000) }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .critical: "10"
    case .high: "8"
    case .medium: "5"
    case .low: "3"
    case .info: "1"
    }
  }

  /// Of the head pipes and backslashes are escaped, and it has no line breaks.
  private static func header(_ text: String) -> String {
    var output = ""
    for character in text {
      if character.isNewline {
        output += " "
      } else if "|\\".contains(character) {
        output += "\\" + String(character)
      } else {
        output.append(character)
      }
    }
    return output
  }

  /// Of extensions equals signs and backslashes are escaped, and line breaks are written as such.
  private static func value(_ text: String) -> String {
    var output = ""
    for character in text {
      if character.isNewline {
        output += "\\n"
      } else if "=\\".contains(character) {
        output += "\\" + String(character)
      } else {
        output.append(character)
      }
    }
    return output
  }
}
