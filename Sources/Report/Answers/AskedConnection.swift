import Bytes
package import Reach

/// A connection as it was asked for, with the answer.
package struct AskedConnection: Sendable {
  /// As the user wrote them.
  package let source: String
  package let destination: String
  /// In capitals.
  package let transport: String
  package let port: Int?
  package let answer: ReachModel.Answer

  package init(source: String, destination: String, transport: String, port: Int?, answer: ReachModel.Answer) {
    self.source = source
    self.destination = destination
    self.transport = transport
    self.port = port
    self.answer = answer
  }

  func write(_ writer: inout JSONWriter) {
    writer.field("src", source)
    writer.field("dst", destination)
    writer.field("protocol", transport)
    if let port { writer.field("port", port) }
    answer.write(&writer)
  }
}
