package import Bytes
import Findings
package import Kube
package import PodSecurity

/// Whether each workload would be admitted at a level (`pss check`).
package struct PodSecurityCheckAnswer: KindOfAnswer {
  package static let kind = "PodSecurityCheck"
  package static let formats: [OutputFormat] = [.table, .json, .jsonl]

  private let level: PodSecurityLevel
  private let version: PodSecurityVersion
  /// With the message of the API server for a workload that would be refused; nil for others.
  private let workloads: [(workload: Workload, message: String?)]
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - notSeen: what could not be read or judged.
  ///   - isHidden: whether a workload that no control refuses cannot be called allowed, since part of it could not be
  ///     read as what it should be.
  package init(
    _ snapshot: ClusterSnapshot, level: PodSecurityLevel, version: PodSecurityVersion, notSeen: [NotSeen] = [],
    isHidden: (KubeObject) -> Bool = { _ in false }
  ) {
    self.level = level
    self.version = version
    self.notSeen = snapshot.notSeenOfWorkloads() + notSeen
    workloads = snapshot.workloads.compactMap { workload in
      let message = PodSecurityStandard.message(workload.template, level: level, version: version)
      return message == nil && isHidden(workload.object) ? nil : (workload, message)
    }
  }

  package var isAdmitted: Bool { workloads.allSatisfy { $0.message == nil } }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .jsonl:
      var writer = JSONWriter(pretty: false)
      for item in workloads {
        Self.write(item.workload, item.message, &writer)
        writer.endLine()
        writer.drain(to: sink)
      }
      for item in notSeen {
        writer.object { writer in
          writer.key("notSeen")
          writer.object { writer in
            writer.field("group", item.kind.group)
            writer.field("kind", item.kind.kind)
            writer.field("reason", item.reason)
          }
        }
        writer.endLine()
      }
      writer.drain(to: sink, atLeast: 0)
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("level", level.name)
    writer.field("version", version.text)
    writer.key("workloads")
    writer.array(of: workloads) {
      Self.write($1.workload, $1.message, &$0)
      $0.drain(to: sink)
    }
  }

  private static func write(_ workload: Workload, _ message: String?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("kind", workload.subject.kind)
      writer.field("namespace", workload.subject.namespace)
      writer.field("name", workload.subject.name)
      writer.field("allowed", message == nil)
      writer.field("message", message)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for item in workloads.sorted(by: { $0.workload.subject < $1.workload.subject }) {
      text += "\(item.message == nil ? "allowed" : "REFUSED")  \(Terminal.printable(item.workload.subject.text))\n"
      if let message = item.message { text += terminal.wrapped(message, indent: 9) + "\n" }
    }
    let admitted = workloads.count { $0.message == nil }
    return text
      + "\(admitted) of \(Phrase.count(workloads.count, "workload")) would be admitted at \(level.name):\(version.text).\n"
  }
}
