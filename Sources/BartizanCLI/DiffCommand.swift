import ArgumentParser
import Bytes
import Collect
import Findings
import Posture
import Report

struct DiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Findings that appeared and disappeared between two scans or two snapshots.",
    discussion: """
      EXAMPLES
        bartizan diff last-week.json today.json
        bartizan diff main/manifests/ branch/manifests/

      Each side is a report of `scan --format json`, or manifests to scan. Exit code 1: a finding appeared.
      """)

  @Argument(help: "Before: a JSON report, a file, a folder or an archive.", completion: .file()) var old: String
  @Argument(help: "After.", completion: .file()) var new: String
  @Option(help: "table or json.") var format: AnswerFormat = .table

  func run() async throws {
    let before = Set(try await entries(old))
    let after = Set(try await entries(new))
    func sorted(_ set: Set<Baseline.Entry>) -> [Baseline.Entry] {
      set.sorted { ($0.subject, $0.check, $0.fingerprint) < ($1.subject, $1.check, $1.fingerprint) }
    }
    let appeared = sorted(after.subtracting(before))
    let gone = sorted(before.subtracting(after))
    switch format {
    case .json:
      StandardOutput.answer("FindingsDiff") { writer in
        for (key, list) in [("appeared", appeared), ("disappeared", gone)] {
          writer.key(key)
          writer.array(of: list) { writer, entry in
            writer.object { writer in
              writer.field("check", entry.check)
              writer.field("subject", entry.subject)
              writer.field("fingerprint", entry.fingerprint)
            }
          }
        }
      }
    case .table:
      let rows = appeared.map { ["+", $0.subject, $0.check] } + gone.map { ["-", $0.subject, $0.check] }
      let sheet = TextTable("", columns: ["", "object", "check"], rows: rows)
      StandardOutput.write(
        (rows.isEmpty ? "" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
          + "\(appeared.count) appeared, \(gone.count) disappeared, \(after.intersection(before).count) stayed.\n")
    }
    throw ExitCode(appeared.isEmpty ? ExitStatus.clean : ExitStatus.findings)
  }

  private func entries(_ source: String) async throws -> [Baseline.Entry] {
    if source.hasSuffix(".json"), let known = try? BaselineFile.entries(source) { return known }
    let snapshot = try await SourceArguments.snapshot([source])
    return await PostureScan().run(snapshot, width: Processors.count).findings.map { Baseline.Entry($0) }
  }
}
