import ArgumentParser
import Bytes
import Findings
import Kube
import Reach
import Report

struct NetworkDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Connections gained and lost between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan network diff main/manifests/ branch/manifests/
        bartizan network diff cluster.snapshot --apply policy.yaml

      Exit code 1: a connection was gained.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String?
  @Option(help: "Manifests applied to the snapshot before, in place of one after. Repeatable.", completion: .file())
  var apply: [String] = []
  @Option(help: "spec, np-guard, calico, cilium or weave; by default that of the network plugin, or spec.")
  var profile: ProfileName?
  @Option(help: "The network plugin that enforces policies, where the input does not show it.") var cni: PluginName?
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    func model(_ source: String) async throws -> ReachModel {
      let snapshot = try await SourceArguments.snapshot([source])
      return NetworkSources.model(snapshot, NetworkSources.behaviour(profile, cni, snapshot))
    }
    let changes: [ConnectivityDiff.Change]
    if let new {
      guard apply.isEmpty else {
        throw BartizanError(.usage, "network diff takes a second snapshot or --apply, not both")
      }
      changes = ConnectivityDiff(try await model(old), try await model(new)).changes
    } else {
      guard !apply.isEmpty else { throw BartizanError(.usage, "network diff wants a second snapshot, or --apply FILE") }
      let before = try await SourceArguments.snapshot([old])
      let applied = try await SourceArguments.snapshot(apply)
      let profile = NetworkSources.behaviour(profile, cni, before)
      let model = NetworkSources.model(before, profile)
      // One NetworkPolicy is the usual question, and needs no second reading of the cluster.
      if applied.objects.count == 1, let quick = PolicyChange(model).apply(applied.objects[0]) {
        changes = quick
      } else {
        changes = ConnectivityDiff(model, NetworkSources.model(before.applying(applied), profile)).changes
      }
    }
    switch format {
    case .json:
      StandardOutput.answer("ConnectivityDiff") { writer in
        writer.key("changes")
        writer.array(of: changes) { writer, change in
          writer.object { writer in
            writer.field("src", change.source.text)
            writer.field("dst", change.destination.text)
            writer.field("gained", change.gained.hasPorts ? change.gained.text : nil)
            writer.field("lost", change.lost.hasPorts ? change.lost.text : nil)
          }
        }
      }
    case .table:
      var rows: [[String]] = []
      for change in changes {
        let ends = [change.source.text, change.destination.text]
        if change.gained.hasPorts { rows.append(["+"] + ends + [change.gained.text]) }
        if change.lost.hasPorts { rows.append(["-"] + ends + [change.lost.text]) }
      }
      let sheet = TextTable("", columns: ["", "from", "to", "ports"], rows: rows)
      StandardOutput.write(
        rows.isEmpty
          ? "No connection was gained or lost.\n" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
    throw ExitCode(changes.contains { $0.gained.hasPorts } ? ExitStatus.findings : ExitStatus.clean)
  }
}
