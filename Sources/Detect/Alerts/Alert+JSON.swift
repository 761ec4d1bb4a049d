package import Bytes
import Findings

extension Alert {
  /// Writes its members into an object.
  package func write(_ writer: inout JSONWriter) {
    writer.field("id", id)
    writer.key("rule")
    writer.object { writer in
      writer.field("id", rule.id)
      writer.field("title", rule.title)
      writer.field("version", rule.version)
    }
    writer.field("severity", severity.name)
    writer.field("time", start.text)
    writer.field("actor", actor)
    writer.field("sourceIP", sourceAddress)
    writer.field("techniques", techniques)
    writer.field("message", message)
    if !reasons.isEmpty { writer.field("severityReasons", reasons) }
    depthLeft?.write(&writer)
    writer.field("eventCount", eventCount)
    Reference.write(events, &writer)
  }
}

extension DepthLeft {
  /// Writes itself as the member `depthLeft`.
  package func write(_ writer: inout JSONWriter) {
    writer.key("depthLeft")
    writer.object { writer in
      writer.field("depth", depth)
      writer.field("target", target)
      writer.field("isCertain", isCertain)
    }
  }

  /// - Parameter node: as `write` wrote it.
  /// - Returns: nil for anything else.
  init?(_ node: DocumentNode) {
    guard let depth = node["depth"]?.int, let target = node["target"]?.string else { return nil }
    self.init(depth: Int(clamping: depth), target: target, isCertain: node["isCertain"]?.bool ?? false)
  }
}

extension Alert.Reference {
  /// Writes the events of an alert as the member `events`.
  package static func write(_ events: [Self], _ writer: inout JSONWriter) {
    writer.key("events")
    writer.array(of: events) { writer, event in
      writer.object { writer in
        writer.field("source", event.source)
        writer.field("line", event.line)
        writer.field("id", event.id)
      }
    }
  }
}

extension Incident {
  /// Writes its members into an object.
  package func write(_ writer: inout JSONWriter) {
    writer.field("id", id)
    writer.field("severity", severity.name)
    depthLeft?.write(&writer)
    writer.field("start", start.text)
    writer.field("end", end.text)
    writer.field("title", title)
    writer.field("story", story)
    writer.key("entities")
    writer.array(of: entities) { writer, entity in
      writer.object { writer in
        writer.field("kind", entity.kind.rawValue)
        writer.field("name", entity.name)
      }
    }
    if !objects.isEmpty {
      writer.key("objects")
      writer.array(of: objects) { writer, object in
        writer.object { writer in
          writer.field("kind", object.entity.kind.rawValue)
          writer.field("name", object.entity.name)
          if !object.thing.owner.isEmpty { writer.field("owner", object.thing.owner) }
          writer.key("facts")
          writer.array(of: object.thing.facts) { writer, fact in
            writer.object { writer in
              writer.field("kind", fact.weight.rawValue)
              writer.field("text", fact.text)
            }
          }
          writer.key("findings")
          writer.array(of: object.thing.findings) { writer, finding in
            writer.object { writer in
              writer.field("check", finding.check.rawValue)
              writer.field("severity", finding.severity.name)
              writer.field("message", finding.message)
            }
          }
        }
      }
    }
    writer.field("tactics", tactics.map(\.rawValue))
    writer.field("techniques", techniques)
    writer.field("alerts", alerts)
  }
}
