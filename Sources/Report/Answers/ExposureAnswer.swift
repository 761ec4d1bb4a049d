package import Bytes
import Findings
package import Reach

/// What is reachable from outside, and through what (`network exposure`).
package struct ExposureAnswer: KindOfAnswer {
  package static let kind = "Exposure"

  private let entryPoints: [Exposure.EntryPoint]

  package init(_ exposure: Exposure) { entryPoints = exposure.entryPoints }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("doors")
    writer.array(of: entryPoints) { writer, entryPoint in
      writer.object { writer in
        writer.field("workload", entryPoint.workload.workloadText)
        writer.field("through", entryPoint.through)
        writer.field("ports", entryPoint.ports.text)
        writer.field("open", entryPoint.open)
        writer.field("location", entryPoint.location.text)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !entryPoints.isEmpty else { return "Nothing in the input is exposed to the outside.\n" }
    return TextTable(
      columns: ["workload", "through", "ports", "", "place"],
      rows: entryPoints.map {
        [$0.workload.workloadText, $0.through, $0.ports.text, $0.open ? "open" : "blocked", $0.location.text]
      }
    ).text(terminal)
  }
}
