import ArgumentParser
import Bytes
import Reach
import Report

struct NetworkDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Connections gained and lost between two snapshots.",
    discussion: """
      EXAMPLES
        bartizan network diff main/manifests/ branch/manifests/

      Exit code 1: a connection was gained.
      """)

  @Argument(help: "The snapshot before: file, folder, archive or -.", completion: .file()) var old: String
  @Argument(help: "The snapshot after.", completion: .file()) var new: String
  @Option(help: "spec, np-guard, calico, cilium or weave.") var profile: ProfileName = ProfileName(.spec)
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    func connections(_ source: String) async throws -> [String: Connectivity.Connection] {
      let model = NetworkSources.model(try await SourceArguments.snapshot([source]), profile.profile)
      return Dictionary(
        Connectivity(model, granularity: .workloads).connections.map { ("\($0.source) \($0.destination)", $0) },
        uniquingKeysWith: { a, _ in a })
    }
    let before = try await connections(old)
    let after = try await connections(new)
    var changes: [(source: String, destination: String, gained: PortSet, lost: PortSet)] = []
    for key in Set(before.keys).union(after.keys).sorted() {
      guard let any = after[key] ?? before[key] else { continue }
      let was = before[key]?.ports ?? .none
      let now = after[key]?.ports ?? .none
      let gained = now.subtracting(was)
      let lost = was.subtracting(now)
      if gained.hasPorts || lost.hasPorts { changes.append((any.source, any.destination, gained, lost)) }
    }
    switch format {
    case .json:
      StandardOutput.answer("ConnectivityDiff") { writer in
        writer.key("changes")
        writer.array(of: changes) { writer, change in
          writer.object { writer in
            writer.field("src", change.source)
            writer.field("dst", change.destination)
            writer.field("gained", change.gained.hasPorts ? change.gained.text : nil)
            writer.field("lost", change.lost.hasPorts ? change.lost.text : nil)
          }
        }
      }
    case .table:
      var rows: [[String]] = []
      for change in changes {
        if change.gained.hasPorts { rows.append(["+", change.source, change.destination, change.gained.text]) }
        if change.lost.hasPorts { rows.append(["-", change.source, change.destination, change.lost.text]) }
      }
      let sheet = Sheet("", columns: ["", "from", "to", "ports"], rows: rows)
      StandardOutput.write(
        rows.isEmpty
          ? "No connection was gained or lost.\n" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
    }
    throw ExitCode(changes.contains { $0.gained.hasPorts } ? ExitStatus.findings : ExitStatus.clean)
  }
}
