import Bytes
import Detect
import Findings

/// A card for each incident or alert. Source: Microsoft, "Create incoming webhooks with Workflows for Microsoft Teams" and the
/// schema of Adaptive Cards 1.4. Text of a card is Markdown in part, so nothing that a log says may become a link.
enum TeamsPayload {
  /// Teams takes 28 KB; a story is cut beyond this, in characters.
  private static let mostText = 3_000

  static func make(_ notices: [Notice]) -> [Payload] {
    notices.map { notice in
      var writer = JSONWriter(pretty: false)
      writer.object { writer in
        writer.field("type", "message")
        writer.key("attachments")
        writer.array { writer in
          writer.object { writer in
            writer.field("contentType", "application/vnd.microsoft.card.adaptive")
            writer.key("content")
            writer.object { card(notice, &$0) }
          }
        }
      }
      return Payload(path: nil, contentType: "application/json", body: writer.bytes, ids: [notice.id])
    }
  }

  private static func card(_ notice: Notice, _ writer: inout JSONWriter) {
    writer.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
    writer.field("type", "AdaptiveCard")
    writer.field("version", "1.4")
    writer.key("msteams")
    writer.object { $0.field("width", "Full") }
    writer.key("body")
    writer.array { writer in
      let mark = (notice.isClosed ? "CLOSED " : "") + notice.severity.name.uppercased()
      block("\(mark): \(escaped(Payload.cut(notice.title, 500)))", weight: "Bolder", color: color(notice), &writer)
      if case .incident(let incident, _) = notice { block(escaped(Payload.cut(incident.story, mostText)), &writer) }
      if !notice.techniques.isEmpty {
        block("ATT&CK: " + notice.techniques.prefix(20).joined(separator: " "), isSubtle: true, &writer)
      }
      block(notice.id, isSubtle: true, &writer)
    }
  }

  private static func block(
    _ text: String, weight: String? = nil, color: String? = nil, isSubtle: Bool = false, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.field("type", "TextBlock")
      writer.field("text", text)
      writer.field("wrap", true)
      if let weight { writer.field("weight", weight) }
      if let color { writer.field("color", color) }
      if isSubtle { writer.field("isSubtle", true) }
    }
  }

  private static func color(_ notice: Notice) -> String {
    if notice.isClosed { return "Good" }
    return switch notice.severity {
    case .critical, .high: "Attention"
    case .medium: "Warning"
    case .low, .info: "Default"
    }
  }

  /// A line break is a paragraph's only where it stands twice; marks of Markdown would let a name dress as something else.
  private static func escaped(_ text: String) -> String {
    var output = ""
    for character in text {
      switch character {
      case "\n": output += "\n\n"
      case "*", "_", "[", "]", "(", ")", "#", "`", "~", "\\": output += "\\" + String(character)
      default: output.append(character)
      }
    }
    return output
  }
}
