package import Bytes
import Findings
package import Kube
package import Reach

/// What would be open to workloads that do not exist yet (`network exposure --to-come`).
package struct PotentialExposureAnswer: KindOfAnswer {
  package static let kind = "PotentialExposure"

  private let rows: [PotentialExposure.Row]
  private let unprotected: [(workload: Subject, direction: TrafficDirection)]

  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - namespace: of the workloads; nil for all.
  ///   - notSeen: what the model of the input lacks.
  package init(_ exposure: PotentialExposure, namespace: String? = nil, notSeen: [NotSeen]) {
    rows = exposure.rows.filter { namespace == nil || $0.workload.namespace == namespace }
    unprotected = exposure.unprotected.filter { namespace == nil || $0.workload.namespace == namespace }
    self.notSeen = notSeen
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("rows")
    writer.array(of: rows) { writer, row in
      writer.object { writer in
        writer.field("workload", row.workload.workloadText)
        writer.field("direction", row.direction.rawValue)
        writer.field("peer", row.peer.text)
        writer.field("ports", row.ports.text)
      }
    }
    writer.key("unprotected")
    writer.array(of: unprotected) { writer, item in
      writer.object { writer in
        writer.field("workload", item.workload.workloadText)
        writer.field("direction", item.direction.rawValue)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !rows.isEmpty else { return "Nothing in the input is open to future workloads.\n" }
    let open = Dictionary(grouping: unprotected, by: \.direction).mapValues { Set($0.map(\.workload)) }
    return TextTable(
      columns: ["workload", "", "peer", "ports"],
      rows: rows.map { row in
        let isOpen = open[row.direction]?.contains(row.workload) ?? false
        return [
          row.workload.workloadText, row.direction == .ingress ? "from" : "to", row.peer.text,
          row.ports.text + (isOpen ? ", no policy isolates it" : ""),
        ]
      }
    ).text(terminal)
  }
}
