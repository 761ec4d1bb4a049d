package import Bytes
import Depth
package import Findings
package import Kube
package import Reach

/// What an attacker reaches from one compromised workload, step by step (`network blast-radius`).
package struct BlastRadiusAnswer: KindOfAnswer {
  package static let kind = "BlastRadius"

  private let start: Subject
  private let reached: [BlastRadius.Reached]
  private let external: ConnectionSet
  /// Why a workload is more valuable to an attacker than others.
  private let highValue: [Subject: [String]]
  /// Number of workloads besides the compromised one.
  private let others: Int
  package let notSeen: [NotSeen]

  /// - Parameter steps: maximum number of steps to show; nil for all.
  package init(of start: Subject, _ radius: BlastRadius, steps: Int?, _ model: ReachModel) {
    self.start = start
    notSeen = model.notSeenOfAll
    reached = radius.reached.filter { item in steps.map { item.steps <= $0 } ?? true }
    external = radius.external
    highValue = HighValueAssets.reasons(model.cluster.snapshot)
    others = Set(model.cluster.endpoints.map(\.workload)).count - 1
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("workload", start.workloadText)
    writer.field("external", external.text)
    writer.key("reached")
    writer.array(of: reached) { writer, item in
      writer.object { writer in
        writer.field("workload", item.workload.workloadText)
        writer.field("steps", item.steps)
        writer.field("from", item.from.workloadText)
        writer.field("ports", item.ports.text)
        writer.field("precious", highValue[item.workload] ?? [])
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["steps", "workload", "from", "ports"],
      rows: reached.map { [String($0.steps), $0.workload.workloadText, $0.from.workloadText, $0.ports.text] })
    let assets = reached.compactMap { item in
      highValue[item.workload].map { reasons in
        let place = "\(item.workload.workloadText), step \(item.steps), \(item.ports.text)"
        return terminal.wrapped("\(place): \(reasons.joined(separator: ", "))", indent: 2) + "\n"
      }
    }
    return table.text(terminal)
      + (assets.isEmpty ? "" : "\nHIGH-VALUE ASSETS AMONG THEM\n" + assets.joined() + "\n")
      + "\(reached.count) of \(Phrase.count(others, "other workload")); external addresses: \(external.text).\n"
  }
}
