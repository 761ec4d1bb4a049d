package import Bytes
import Findings
package import Kube
package import Reach

/// What is reachable from outside, and through what (`network exposure`).
package struct ExposureAnswer: KindOfAnswer {
  package static let kind = "Exposure"

  private let entryPoints: [EntryPoint]

  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - namespace: of the workloads; nil for all.
  ///   - notSeen: what the model of the input lacks.
  package init(_ exposure: Exposure, namespace: String? = nil, notSeen: [NotSeen]) {
    entryPoints = exposure.entryPoints.filter { namespace == nil || $0.workload.namespace == namespace }
    self.notSeen = notSeen + exposure.notRead
  }

  /// Whether it is known of every way in that is listed whether it is open.
  package var isKnown: Bool { !entryPoints.contains { $0.verdict == .unknown } }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("doors")
    writer.array(of: entryPoints) { writer, entryPoint in
      writer.object { writer in
        writer.field("workload", entryPoint.workload.workloadText)
        writer.field("through", entryPoint.via.text)
        writer.field("ports", entryPoint.ports.text)
        writer.field("open", entryPoint.open)
        if !entryPoint.outside.isEmpty { writer.field("outside", entryPoint.outside.map(\.text)) }
        if let sources = entryPoint.reach.text { writer.field("sources", sources) }
        if let obstacle = entryPoint.obstacle { writer.field("obstacle", obstacle.text) }
        if entryPoint.verdict == .unknown {
          writer.field("verdict", entryPoint.verdict.rawValue)
          writer.field("missing", entryPoint.missing.map(\.text))
        }
        writer.field("location", entryPoint.location.text)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !entryPoints.isEmpty else {
      return notSeen.isEmpty
        ? "Nothing in the input is exposed to the outside.\n"
        : "Nothing that was seen is exposed to the outside.\n"
    }
    return TextTable(
      columns: ["workload", "through", "ports", "", "place"],
      rows: entryPoints.map {
        [
          $0.workload.workloadText, ([$0.via.text] + $0.outside.map(\.text)).joined(separator: ", "),
          $0.isOfInput ? $0.ports.text : "?",
          Self.state($0), $0.location.text,
        ]
      }
    ).text(terminal)
  }

  /// `open`, `open to 198.51.100.0/24`, `blocked`, `blocked: …`, `unknown, the input lacks: …`.
  private static func state(_ entryPoint: EntryPoint) -> String {
    switch entryPoint.verdict {
    case .allowed: "open" + (entryPoint.reach.text.map { " to \($0)" } ?? "")
    case .denied: "blocked" + (entryPoint.obstacle.map { ": " + $0.text } ?? "")
    case .unknown: "unknown, the input lacks: " + entryPoint.missing.map(\.text).joined(separator: "; ")
    }
  }
}
