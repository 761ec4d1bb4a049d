import Bytes

/// The outcome of a layer as bytes, between the process that read it and the one that asked for it.
///
/// A line of JSON, the facts, the paths. The sum is not among them: whoever asked makes it, since who reads a layer of
/// somebody else's is not believed what it was.
extension LayerScanner.Outcome {
  package var message: [UInt8] {
    let facts = facts.json
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("compressed", isCompressed)
      writer.field("failure", failure?.message)
      writer.field("facts", facts.count)
      writer.field("paths", self.facts.paths.count)
    }
    return writer.bytes + [0x0A] + facts + self.facts.paths
  }

  /// - Parameter digest: of the bytes as they came.
  /// - Returns: nil for what is no such message.
  package init?(message: [UInt8], digest: String) {
    guard let end = message.firstIndex(of: 0x0A), end < 1 << 16,
      let head = try? JSONReader.read(Array(message[..<end])), let isCompressed = head["compressed"]?.bool,
      let facts = head["facts"]?.int, let paths = head["paths"]?.int
    else { return nil }
    let body = message[(end + 1)...]
    guard facts >= 0, paths >= 0, facts <= Int64(body.count), paths == Int64(body.count) - facts,
      var read = LayerFacts(json: Array(body.prefix(Int(facts))))
    else { return nil }
    read.paths = Array(body.suffix(Int(paths)))
    self.init(
      facts: read, digest: digest, isCompressed: isCompressed,
      failure: head["failure"]?.string.map { DocumentError(.archive, $0) })
  }
}
