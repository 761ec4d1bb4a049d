package import Bytes
package import Images

/// Advisories as the store has them (`advisories show`).
package struct AdvisoriesAnswer: KindOfAnswer {
  package static let kind = "Advisories"

  private let advisories: [Advisory]

  package init(_ advisories: [Advisory]) { self.advisories = advisories }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("advisories")
    writer.array(of: advisories) { writer, advisory in
      writer.object { writer in
        writer.field("id", advisory.id)
        writer.field("aliases", advisory.aliases)
        writer.field("summary", advisory.summary)
        writer.field("published", advisory.published)
        writer.field("severity", advisory.severity)
        writer.key("affected")
        writer.array(of: advisory.affected) { writer, affected in
          writer.object { writer in
            writer.field("ecosystem", affected.ecosystem.text)
            writer.field("name", affected.name)
            writer.key("ranges")
            writer.array(of: affected.ranges) { writer, range in
              writer.array(of: range) { writer, event in
                writer.object { $0.field(event.kind.rawValue, event.version) }
              }
            }
            writer.field("versions", affected.versions)
          }
        }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    advisories.map { Self.text($0, terminal) }.joined(separator: "\n")
  }

  private static func text(_ advisory: Advisory, _ terminal: Terminal) -> String {
    var text = advisory.id
    if !advisory.aliases.isEmpty { text += "  (\(advisory.aliases.joined(separator: ", ")))" }
    text += "\n" + terminal.wrapped(advisory.summary, indent: 2) + "\n"
    if !advisory.published.isEmpty { text += "  published \(advisory.published)\n" }
    for vector in advisory.severity { text += "  \(vector)\n" }
    for affected in advisory.affected {
      text += "  \(affected.ecosystem.text)  \(affected.name)\n"
      for range in affected.ranges {
        text += "    " + range.map { "\($0.kind.rawValue) \($0.version)" }.joined(separator: ", ") + "\n"
      }
      if !affected.versions.isEmpty {
        text += terminal.wrapped("versions " + affected.versions.joined(separator: ", "), indent: 4) + "\n"
      }
    }
    return text
  }
}
