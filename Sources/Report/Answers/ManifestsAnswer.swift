package import Bytes

/// Manifests for kubectl: as YAML, or as a List in JSON (`network generate`, `rbac least-privilege`).
package struct ManifestsAnswer: Answer {
  package static let formats: [OutputFormat] = [.yaml, .json]

  private let documents: [DocumentNode]

  package init(_ documents: [DocumentNode]) { self.documents = documents }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    guard format == .json else { return sink(Array(YAMLWriter.text(documents).utf8)) }
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("apiVersion", "v1")
      writer.field("kind", "List")
      writer.key("items")
      writer.array(of: documents) { $0.value($1) }
    }
    writer.endLine()
    sink(writer.bytes)
  }
}
