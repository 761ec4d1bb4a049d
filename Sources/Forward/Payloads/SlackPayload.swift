import Bytes
import Detect
import Findings

/// A message for each incident or alert. Source: Slack, "Sending messages using incoming webhooks", "Formatting text":
/// `&`, `<` and `>` are escaped, and nothing that a log says becomes a link or a mention.
enum SlackPayload {
  /// A story is cut beyond this, in characters.
  private static let mostText = 3_000

  static func make(_ notices: [Notice]) -> [Payload] {
    notices.map { notice in
      var text = notice.isClosed ? "CLOSED " : ""
      text += "*\(notice.severity.name.uppercased())* \(escaped(Payload.cut(notice.title, 500)))"
      if case .incident(let incident, _) = notice {
        text += "\n" + escaped(Payload.cut(incident.story, mostText))
        if !incident.techniques.isEmpty {
          text += "\nATT&amp;CK: " + incident.techniques.prefix(20).joined(separator: " ")
        }
      }
      text += "\n`\(notice.id)`"
      var writer = JSONWriter(pretty: false)
      writer.object { $0.field("text", text) }
      return Payload(path: nil, contentType: "application/json", body: writer.bytes, ids: [notice.id])
    }
  }

  private static func escaped(_ text: String) -> String {
    var output = ""
    for character in text {
      switch character {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      // Marks of emphasis and code would let a name dress as something else.
      case "*", "_", "~", "`": output += "\u{200B}" + String(character)
      default: output.append(character)
      }
    }
    return output
  }
}
