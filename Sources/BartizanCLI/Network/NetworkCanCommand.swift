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
        bartizan network can frontend/shop-front gateway/api-gateway 8080 --method GET --path /orders -f examples/cluster
        bartizan network can --batch questions.jsonl -f cluster.yaml

      Ends are NAMESPACE/NAME of a pod or workload, an address, or a DNS name outside the cluster. A line of a batch is
      {"src":"ns/pod","dst":"ns/pod"|"1.2.3.4"|"example.com","protocol":"TCP","port":80}, with
      "http":{"method","path","host","headers"} where layer 7 matters; the answer is the same with "allowed" and "reason",
      in the same order. "verdict":"unknown" says that the input does not tell, "missing" what it lacks, and "allowed"
      is then what the rules say as they stand. Exit code 1: no, or unknown.
      """)

  @OptionGroup var input: NetworkSources
  @Argument(help: "Where the connection comes from.") var source: String?
  @Argument(help: "Where it goes.") var destination: String?
  @Argument(help: "The port.") var port: Int?
  @OptionGroup var question: ConnectionQuestion
  @Option(help: "Questions, one JSON object a line; - for standard input.", completion: .file()) var batch: String?

  func run() async throws {
    if let batch {
      try await answerBatch(batch)
      return
    }
    guard let source, let destination else {
      throw BartizanError(.usage, "network can wants SOURCE DESTINATION PORT, or --batch FILE")
    }
    let question = try question.question(port)
    let model = try await input.model()
    let answer = model.answer(
      try NetworkSources.end(source, model), try NetworkSources.end(destination, model), question)
    StandardOutput.write("\(answer.word): \(answer.reason)\n" + answer.notes.map { "  \($0)\n" }.joined())
    throw ExitCode(answer.verdict == .allowed ? ExitStatus.clean : ExitStatus.findings)
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

  private func answer(
    _ document: DocumentNode, _ model: ReachModel, _ names: [String: EndpointID], _ writer: inout JSONWriter
  )
    -> Bool
  {
    func end(_ key: String) -> ReachModel.End? {
      guard let text = document[key]?.string else { return nil }
      return names[text].map { .endpoint($0) } ?? model.end(text)
    }
    var result: ReachModel.Answer?
    var trouble = ""
    if end("src") == nil {
      trouble = "src names no pod, workload, address or DNS name"
    } else if end("dst") == nil {
      trouble = "dst names no pod, workload, address or DNS name"
    } else if let question = ConnectionQuestion.read(document), let from = end("src"), let to = end("dst") {
      result = model.answer(from, to, question)
    } else {
      trouble = "protocol must be TCP, UDP, SCTP or ICMP, and port within 1 to 65535"
    }
    writer.object { writer in
      let ours: Set<String> = ["allowed", "reason", "verdict", "missing", "l7"]
      for entry in document.entries where !ours.contains(entry.key) {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      if let result {
        result.write(&writer)
      } else {
        writer.field("error", trouble)
      }
    }
    writer.endLine()
    return result != nil
  }
}
