import Bytes
import Events

/// The table of harmless installs as audit events.
enum BenignTable {
  static let columns = [
    "cluster", "stageTimestamp", "username", "verb", "resource", "subresource", "name", "reason", "uri", "id", "stage",
    "code", "request", "response", "annotations",
  ]

  static func auditEvents(_ batch: EventBatch) -> [UInt8] {
    var bytes: [UInt8] = []
    for event in batch.events {
      func value(_ name: String) -> String { event.values(at: name).first?.text ?? "" }
      func object(_ name: String) -> DocumentNode? { try? JSONReader.read(value(name)) }
      var writer = JSONWriter(pretty: false)
      let uri = value("uri")
      writer.object { writer in
        writer.field("kind", "Event")
        writer.field("apiVersion", "audit.k8s.io/v1")
        writer.field("auditID", value("id"))
        writer.field("stage", value("stage"))
        writer.field("verb", value("verb"))
        writer.field("requestURI", uri)
        writer.field("stageTimestamp", value("stageTimestamp"))
        writer.field("requestReceivedTimestamp", value("stageTimestamp"))
        writer.key("user")
        writer.object { $0.field("username", value("username")) }
        writer.key("objectRef")
        writer.object { writer in
          writer.field("resource", value("resource"))
          for (key, column) in [("subresource", "subresource"), ("name", "name")] where !value(column).isEmpty {
            writer.field(key, value(column))
          }
          let parts = uri.split(separator: "?")[0].split(separator: "/")
          if let place = parts.firstIndex(of: "namespaces"), place + 1 < parts.count {
            writer.field("namespace", String(parts[place + 1]))
          }
          if parts.count > 1, parts[0] == "apis" { writer.field("apiGroup", String(parts[1])) }
        }
        writer.key("responseStatus")
        writer.object { $0.field("code", Int(value("code")) ?? 0) }
        for (key, column) in [
          ("requestObject", "request"), ("responseObject", "response"), ("annotations", "annotations"),
        ] {
          guard let node = object(column), node.mapping != nil else { continue }
          writer.key(key)
          writer.value(node)
        }
      }
      bytes += writer.bytes
      bytes.append(0x0A)
    }
    return bytes
  }
}
