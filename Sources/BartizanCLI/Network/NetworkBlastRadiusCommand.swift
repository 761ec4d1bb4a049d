import ArgumentParser
import Bytes
import Depth
import Findings
import Reach
import Report

struct NetworkBlastRadiusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blast-radius", abstract: "What an attacker in one workload reaches in one, two, … steps.",
    discussion: """
      EXAMPLES
        bartizan network blast-radius frontend/shop-front -f examples/cluster
      """)

  @OptionGroup var input: NetworkSources
  @Argument(help: "NAMESPACE/NAME of the workload or pod.") var workload: String
  @Option(help: "Only this many steps.") var steps: Int?
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let model = try await input.model()
    guard case .endpoint(let endpoint) = try NetworkSources.end(workload, model),
      let radius = BlastRadius(model.cluster[endpoint].workload, model)
    else { throw BartizanError(.input, "\"\(workload)\" is no workload of the input") }
    let reached = radius.reached.filter { item in steps.map { item.steps <= $0 } ?? true }
    let precious = HighValueAssets.reasons(model.cluster.snapshot)
    switch format {
    case .json:
      StandardOutput.answer("BlastRadius") { writer in
        writer.field("workload", model.cluster[endpoint].workload.workloadText)
        writer.field("external", radius.external.text)
        writer.key("reached")
        writer.array(of: reached) { writer, item in
          writer.object { writer in
            writer.field("workload", item.workload.workloadText)
            writer.field("steps", item.steps)
            writer.field("from", item.from.workloadText)
            writer.field("ports", item.ports.text)
            writer.field("precious", precious[item.workload] ?? [])
          }
        }
      }
    case .table:
      let sheet = TextTable(
        "", columns: ["steps", "workload", "from", "ports"],
        rows: reached.map { [String($0.steps), $0.workload.workloadText, $0.from.workloadText, $0.ports.text] })
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      let prizes = reached.compactMap { item in
        precious[item.workload].map { reasons in
          terminal.wrapped(
            "\(item.workload.workloadText), step \(item.steps), \(item.ports.text): \(reasons.joined(separator: ", "))",
            indent: 2)
            + "\n"
        }
      }
      let all = Set(model.cluster.endpoints.map(\.workload)).count - 1
      StandardOutput.write(
        sheet.text(terminal) + (prizes.isEmpty ? "" : "\nPRECIOUS AMONG THEM\n" + prizes.joined() + "\n")
          + "\(reached.count) of \(all) other workloads; external addresses: \(radius.external.text).\n")
    }
  }
}
