import ArgumentParser
import Bytes
import Findings
import Reach
import Report

struct NetworkExposureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exposure", abstract: "What is reachable from outside, and through what.",
    discussion: """
      EXAMPLES
        bartizan network exposure -f examples/cluster

      Doors are Services (LoadBalancer, NodePort, externalIPs), Ingresses, OpenShift Routes, Gateway API routes, host
      ports and the node's network. A door that network policies shut is shown as shut; ingress controllers are taken for
      pods of an unknown namespace.
      """)

  @OptionGroup var input: NetworkSources
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let exposure = Exposure(try await input.snapshot(), profile: input.profile.profile)
    switch format {
    case .json:
      StandardOutput.answer("Exposure") { writer in
        writer.key("doors")
        writer.array(of: exposure.doors) { writer, door in
          writer.object { writer in
            writer.field("workload", door.workload)
            writer.field("through", door.through)
            writer.field("ports", door.ports.text)
            writer.field("open", door.open)
            writer.field("location", door.location.text)
          }
        }
      }
    case .table:
      let sheet = Sheet(
        "", columns: ["workload", "through", "ports", "", "place"],
        rows: exposure.doors.map {
          [$0.workload, $0.through, $0.ports.text, $0.open ? "open" : "shut", $0.location.text]
        })
      StandardOutput.write(
        exposure.doors.isEmpty
          ? "Nothing of the input is open to the outside.\n"
          : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
  }
}
