package import Bytes
import Findings
package import Kube
package import Reach

/// What would be open to workloads that do not exist yet (`network exposure --to-come`).
package struct PotentialExposureAnswer: KindOfAnswer {
  package static let kind = "PotentialExposure"

  private let exposure: PotentialExposure

  package let notSeen: [NotSeen]

  /// - Parameter notSeen: what the model of the input lacks.
  package init(_ exposure: PotentialExposure, notSeen: [NotSeen]) {
    self.exposure = exposure
    self.notSeen = notSeen
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
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

  package func text(_ terminal: Terminal) -> String {
    guard !exposure.rows.isEmpty else { return "Nothing in the input is open to future workloads.\n" }
    let open = Dictionary(grouping: exposure.unprotected, by: \.direction).mapValues { Set($0.map(\.workload)) }
    return TextTable(
      columns: ["workload", "", "peer", "ports"],
      rows: exposure.rows.map { row in
        let isOpen = open[row.direction]?.contains(row.workload) ?? false
        return [
          row.workload.workloadText, row.direction == .ingress ? "from" : "to", row.peer.text,
          row.ports.text + (isOpen ? ", no policy isolates it" : ""),
        ]
      }
    ).text(terminal)
  }
}
