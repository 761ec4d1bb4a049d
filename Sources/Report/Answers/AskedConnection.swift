import Bytes
package import Kube
package import Reach

/// A connection that the user asked about, with the answer.
package struct AskedConnection: Sendable {
  /// As the user wrote it, like `destination`.
  package let source: String
  package let destination: String
  /// In upper case.
  package let transport: String
  /// Nil for a protocol without ports.
  package let port: Int?
  package let answer: ReachModel.Answer
  /// What the model of the input lacks.
  let notSeen: [NotSeen]

  package init(
    source: String, destination: String, transport: String, port: Int?, answer: ReachModel.Answer, notSeen: [NotSeen]
  ) {
    self.source = source
    self.destination = destination
    self.transport = transport
    self.port = port
    self.answer = answer
    self.notSeen = notSeen
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("src", source)
    writer.field("dst", destination)
    writer.field("protocol", transport)
    if let port { writer.field("port", port) }
    answer.write(&writer)
  }
}
