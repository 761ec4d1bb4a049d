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
        bartizan network exposure --to-come -f examples/cluster

      Doors are Services (LoadBalancer, NodePort, externalIPs), Ingresses, OpenShift Routes, Gateway API routes, host
      ports and the node's network. A door that network policies shut is shown as shut; an ingress controller that the
      input does not hold is taken for a pod of an unknown namespace. --to-come shows instead what is open to workloads
      that do not exist yet: to any pod of the cluster, and to those that selectors of policies would select.
      """)

  @OptionGroup var input: NetworkSources
  @Flag(help: "What is open to workloads that do not exist yet.") var toCome = false
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let snapshot = try await input.snapshot()
    let profile = input.behaviour(for: snapshot)
    if toCome {
      show(PotentialExposure(snapshot, profile: profile))
      return
    }
    let exposure = Exposure(snapshot, profile: profile)
    switch format {
    case .json:
      StandardOutput.answer("Exposure") { writer in
        writer.key("doors")
        writer.array(of: exposure.entryPoints) { writer, entryPoint in
          writer.object { writer in
            writer.field("workload", entryPoint.workload.workloadText)
            writer.field("through", entryPoint.through)
            writer.field("ports", entryPoint.ports.text)
            writer.field("open", entryPoint.open)
            writer.field("location", entryPoint.location.text)
          }
        }
      }
    case .table:
      let sheet = TextTable(
        "", columns: ["workload", "through", "ports", "", "place"],
        rows: exposure.entryPoints.map {
          [$0.workload.workloadText, $0.through, $0.ports.text, $0.open ? "open" : "shut", $0.location.text]
        })
      StandardOutput.write(
        exposure.entryPoints.isEmpty
          ? "Nothing of the input is open to the outside.\n"
          : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
  }

  private func show(_ exposure: PotentialExposure) {
    switch format {
    case .json:
      StandardOutput.answer("PotentialExposure") { writer in
        writer.key("rows")
        writer.array(of: exposure.rows) { writer, row in
          writer.object { writer in
            writer.field("workload", row.workload.workloadText)
            writer.field("direction", row.direction.rawValue)
            writer.field("peer", row.peer.text)
            writer.field("ports", row.ports.text)
          }
        }
        writer.key("unprotected")
        writer.array(of: exposure.unprotected) { writer, item in
          writer.object { writer in
            writer.field("workload", item.workload.workloadText)
            writer.field("direction", item.direction.rawValue)
          }
        }
      }
    case .table:
      let open = Dictionary(grouping: exposure.unprotected, by: \.direction).mapValues { Set($0.map(\.workload)) }
      let sheet = TextTable(
        "", columns: ["workload", "", "peer", "ports"],
        rows: exposure.rows.map { row in
          let isOpen = open[row.direction]?.contains(row.workload) ?? false
          return [
            row.workload.workloadText, row.direction == .ingress ? "from" : "to", row.peer.text,
            row.ports.text + (isOpen ? ", for want of a policy" : ""),
          ]
        })
      StandardOutput.write(
        exposure.rows.isEmpty
          ? "Nothing of the input is open to workloads to come.\n"
          : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
  }
}
