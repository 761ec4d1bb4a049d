import ArgumentParser
import Bytes
import Collect
import Findings
import Reach

struct NetworkCanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can", abstract: "May one end connect to another?",
    discussion: """
      EXAMPLES
        bartizan network can frontend/shop-front payments/orders-db 5432 -f examples/cluster
        bartizan network can --batch questions.jsonl -f cluster.yaml

      Ends are NAMESPACE/NAME of a pod or workload, or an address. A line of a batch is
      {"src":"ns/pod","dst":"ns/pod"|"1.2.3.4","protocol":"TCP","port":80}; the answer is the same with "allowed" and
      "reason", in the same order. Exit code 1: no.
      """)

  @OptionGroup var input: NetworkSources
  @Argument(help: "Where the connection comes from.") var source: String?
  @Argument(help: "Where it goes.") var destination: String?
  @Argument(help: "The port.") var port: Int?
  @Option(help: "TCP, UDP or SCTP.") var `protocol`: String = "TCP"
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?

  func run() async throws {
    if let batch {
      try await answerBatch(batch)
      return
    }
    guard let source, let destination, let port else {
      throw BartizanError(.usage, "network can wants SOURCE DESTINATION PORT, or --batch FILE")
    }
    let model = try await input.model()
    let answer = model.answer(
      try NetworkSources.end(source, model), try NetworkSources.end(destination, model), try Self.transport(`protocol`),
      try Self.number(port))
    StandardOutput.write("\(answer.allowed ? "yes" : "no"): \(answer.reason)\n")
    throw ExitCode(answer.allowed ? ExitStatus.clean : ExitStatus.findings)
  }

  static func transport(_ name: String) throws(BartizanError) -> PortSet.TransportProtocol {
    guard let transport = PortSet.TransportProtocol(name: name) else {
      throw BartizanError(.usage, "\"\(name)\" is none of TCP, UDP, SCTP")
    }
    return transport
  }

  static func number(_ port: Int) throws(BartizanError) -> UInt16 {
    guard let number = UInt16(exactly: port), number > 0 else {
      throw BartizanError(.usage, "port \(port) is not within 1 to 65535")
    }
    return number
  }

  private func answerBatch(_ path: String) async throws {
    let bytes = try BatchFile.bytes(path, most: 1 << 30)
    let model = try await input.model()
    let names = model.endpointNames()
    var failed = 0
    var writer = JSONWriter(pretty: false)
    for chunk in LineChunks(bytes) {
      for line in LineChunks.lines(bytes, chunk) {
        let stream = JSONReader.readStream(bytes.span.extracting(line), limits: .standard)
        if let document = stream.documents.first, stream.errors.isEmpty {
          if !answer(document, model, names, &writer) { failed += 1 }
        } else {
          failed += 1
          writer.object { $0.field("error", "not JSON: \(stream.errors.first?.message ?? "no object")") }
          writer.endLine()
        }
        writer.drain(to: { StandardOutput.write($0) })
      }
    }
    writer.drain(to: { StandardOutput.write($0) }, atLeast: 0)
    if failed > 0 {
      throw BartizanError(
        .input, "\(path): \(failed) question\(failed == 1 ? "" : "s") could not be read; their answers say why")
    }
  }

  private func answer(_ document: Node, _ model: ReachModel, _ names: [String: Int], _ writer: inout JSONWriter) -> Bool
  {
    func end(_ key: String) -> ReachModel.End? {
      guard let text = document[key]?.string else { return nil }
      return names[text].map { .endpoint($0) } ?? model.end(text)
    }
    var result: ReachModel.Answer?
    var trouble = ""
    if end("src") == nil {
      trouble = "src names no pod, workload or address of the input"
    } else if end("dst") == nil {
      trouble = "dst names no pod, workload or address of the input"
    } else if let transport = PortSet.TransportProtocol(name: document["protocol"]?.string ?? "TCP"),
      let port = document["port"]?.int.flatMap({ UInt16(exactly: $0) }), port > 0, let from = end("src"),
      let to = end("dst")
    {
      result = model.answer(from, to, transport, port)
    } else {
      trouble = "protocol must be TCP, UDP or SCTP, and port within 1 to 65535"
    }
    writer.object { writer in
      for entry in document.entries where entry.key != "allowed" && entry.key != "reason" {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      if let result {
        writer.field("allowed", result.allowed)
        writer.field("reason", result.reason)
      } else {
        writer.field("error", trouble)
      }
    }
    writer.endLine()
    return result != nil
  }
}
