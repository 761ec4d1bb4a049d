import Bytes
package import Kube

/// The record of a node, as `cis` reads it (`node collect`).
package struct NodeRecordAnswer: Answer {
  package static let formats: [OutputFormat] = [.json]

  private let record: NodeRecord

  package init(_ record: NodeRecord) { self.record = record }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    var writer = JSONWriter(pretty: true)
    writer.value(record.document)
    sink(writer.bytes + [0x0A])
  }
}
