import ArgumentParser
import Bytes
import Findings
import Kube
import PodSecurity
import Posture
import Report

struct PSSCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pss", abstract: "Pod Security Standards: what the admission controller would say.",
    subcommands: [PSSCheckCommand.self, PSSHeadroomCommand.self])
}

struct PSSCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Would each workload be admitted at a level?",
    discussion: """
      EXAMPLES
        bartizan pss check --level restricted manifests/
        bartizan pss check --level baseline --version v1.33 --format jsonl pods.yaml

      The messages are those of the API server's own Pod Security admission. Exit code 1: a workload is refused.
      """)

  @OptionGroup var input: SourceArguments
  @Option(help: "privileged, baseline or restricted.") var level: LevelName = LevelName(.restricted)
  @Option(help: "latest or v1.N.") var version: VersionName = VersionName(.latest)
  @Option(name: .shortAndLong, help: "table, json or jsonl.") var format: LineFormat = .table

  func run() async throws {
    let snapshot = try await input.snapshot()
    let answers = snapshot.workloads.map { workload in
      (
        workload: workload,
        message: PodSecurityStandard.message(workload.template, level: level.level, version: version.version)
      )
    }
    switch format {
    case .jsonl:
      var text = ""
      for answer in answers {
        var writer = JSONWriter(pretty: false)
        write(answer.workload, answer.message, &writer)
        text += writer.text + "\n"
      }
      StandardOutput.write(text)
    case .json:
      StandardOutput.answer("PodSecurityCheck") { writer in
        writer.field("level", level.level.name)
        writer.field("version", version.version.text)
        writer.key("workloads")
        writer.array(of: answers) { write($1.workload, $1.message, &$0) }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      var text = ""
      for answer in answers.sorted(by: { $0.workload.subject < $1.workload.subject }) {
        text +=
          "\(answer.message == nil ? "allowed" : "REFUSED")  \(Terminal.printable(answer.workload.subject.text))\n"
        if let message = answer.message { text += terminal.wrapped(message, indent: 9) + "\n" }
      }
      let refused = answers.count { $0.message != nil }
      text += "\(answers.count - refused) of \(answers.count) workloads would be admitted at "
      text += "\(level.level.name):\(version.version.text).\n"
      StandardOutput.write(text)
    }
    throw ExitCode(answers.contains { $0.message != nil } ? ExitStatus.findings : ExitStatus.clean)
  }

  private func write(_ workload: Workload, _ message: String?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("kind", workload.subject.kind)
      writer.field("namespace", workload.subject.namespace)
      writer.field("name", workload.subject.name)
      writer.field("allowed", message == nil)
      writer.field("message", message)
    }
  }
}

struct PSSHeadroomCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headroom",
    abstract: "The strictest level each namespace meets today, and the edits to the next.",
    discussion: """
      EXAMPLES
        bartizan pss headroom manifests/
        kubectl get ns,deploy,sts,ds,cronjob -A -o json | bartizan pss headroom - --format json
      """)

  @OptionGroup var input: SourceArguments
  @Option(name: .shortAndLong, help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let rows = PodSecurityHeadroom.all(try await input.snapshot())
    switch format {
    case .json:
      StandardOutput.answer("PodSecurityHeadroom") { writer in
        writer.key("namespaces")
        writer.array(of: rows) { write($1, &$0) }
      }
    case .table:
      let terminal = Terminal(width: StandardOutput.width, colour: false)
      StandardOutput.write(rows.map { describe($0, terminal) }.joined(separator: "\n"))
    }
  }

  private func describe(_ row: PodSecurityHeadroom, _ terminal: Terminal) -> String {
    let name = Terminal.printable(row.namespace ?? "(no namespace named)")
    var text =
      "\(name): \(row.workloads) workload\(row.workloads == 1 ? "" : "s") meet\(row.workloads == 1 ? "s" : "") \(row.level.name):\(row.version.text)"
    if let labels = row.labels {
      text += ", labels enforce " + (labels.enforce.map { "\($0.level.name):\($0.version.text)" } ?? "nothing")
    } else if row.namespace != nil {
      text += ", labels unknown (no Namespace object)"
    }
    text += "\n"
    if let labels = row.labels, let namespace = row.namespace, row.level > .privileged,
      (labels.enforce?.level ?? .privileged) < row.level
    {
      text +=
        terminal.wrapped(
          "today: kubectl label --overwrite namespace \(namespace) pod-security.kubernetes.io/enforce=\(row.level.name)"
            + (row.version == .latest ? "" : " pod-security.kubernetes.io/enforce-version=\(row.version.text)"),
          indent: 2) + "\n"
    }
    guard let next = row.next else { return text }
    let count = row.needed.reduce(0) { $0 + $1.edits.count }
    text += "  to \(next.level.name):\(next.version.text), \(count) edit\(count == 1 ? "" : "s"):\n"
    for needed in row.needed {
      text += "    \(Terminal.printable(needed.subject.text))\n"
      for edit in needed.edits { text += terminal.wrapped(edit.text, indent: 6) + "\n" }
    }
    return text
  }

  /// As YAML writes it in a line; nil where the field is taken out.
  private static func value(_ edit: Edit) -> String? {
    switch edit.change {
    case .set(let value): value.text
    case .include(let word): "[\"\(word)\"]"
    case .remove, .rename: nil
    }
  }

  private func write(_ row: PodSecurityHeadroom, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("namespace", row.namespace)
      writer.field("workloads", row.workloads)
      writer.field("level", row.level.name)
      writer.field("version", row.version.text)
      writer.key("enforced")
      if let enforce = row.labels?.enforce {
        writer.value("\(enforce.level.name):\(enforce.version.text)")
      } else {
        writer.null()
      }
      writer.key("next")
      if let next = row.next {
        writer.object { writer in
          writer.field("level", next.level.name)
          writer.field("version", next.version.text)
          writer.key("workloads")
          writer.array(of: row.needed) { writer, needed in
            writer.object { writer in
              writer.field("kind", needed.subject.kind)
              writer.field("name", needed.subject.name)
              writer.field("file", needed.file)
              writer.key("edits")
              writer.array(of: needed.edits) { writer, edit in
                writer.object { writer in
                  writer.field("path", edit.pathText)
                  writer.field("value", Self.value(edit))
                }
              }
            }
          }
        }
      } else {
        writer.null()
      }
    }
  }
}
