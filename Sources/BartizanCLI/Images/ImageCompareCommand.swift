import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report
import Transport

struct ImageCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What other scanners say of an image and we do not, and the other way round, with the reasons.",
    discussion: """
      EXAMPLES
        trivy image --format json --list-all-pkgs registry.example/team/app:1.4 > trivy.json
        bartizan image compare registry.example/team/app:1.4 trivy.json
        bartizan image compare app.tar.gz trivy.json grype.json --format json

      Read are reports in JSON of Trivy, Grype, Anchore and Clair on the same image. A finding is the same when the package is, and
      when one of its ids is. `image scan --with` takes what others say alone into the report. Exit code 0: a comparison is no
      verdict.
      """)
  @Argument(help: ImageArguments.sourceHelp, completion: .file()) var source: String
  @Argument(help: "Reports of other scanners on it.", completion: .file()) var reports: [String]
  @Option(help: "table or json.") var format: AnswerFormat = .table
  @Flag(help: "In the table: all that differs, not only the first of each kind.") var all = false
  @OptionGroup var reading: ImageReading
  @OptionGroup var options: StoreOptions

  func run() async throws {
    guard !reports.isEmpty else { throw BartizanError(.usage, "name at least one report of another scanner") }
    let store = try options.open()
    let contents = try await reading.read(source)
    let covered = store.ecosystems
    var theirs: [ScannerReport] = []
    for path in reports { theirs.append(try ScannerReportFile.read(path, for: contents)) }
    var compared: [(report: ScannerReport, comparison: ScannerComparison)] = []
    do throws(DocumentError) {
      let ours = try ImageReport(
        system: contents.system, packages: contents.packages, store: store, covered: covered, risks: .empty)
      for report in theirs {
        compared.append((report, try ScannerComparison(ours, report, store: store, covered: covered)))
      }
    } catch {
      throw BartizanError(.input, error.message)
    }
    switch format {
    case .json: json(compared)
    case .table: StandardOutput.write(compared.map { text($0.report, $0.comparison) }.joined(separator: "\n"))
    }
  }

  private func json(_ compared: [(report: ScannerReport, comparison: ScannerComparison)]) {
    StandardOutput.answer("ScannerComparison") { writer in
      writer.field("source", source)
      writer.key("scanners")
      writer.array(of: compared) { writer, item in
        let (report, comparison) = item
        writer.object { writer in
          writer.field("tool", report.tool)
          writer.field("created", report.created)
          writer.field("findings", report.findings.count)
          writer.key("both")
          writer.array(of: comparison.both) { writer, item in
            writer.object { writer in
              writer.field("id", item.ours.advisory.id)
              writer.field("theirId", item.theirs.id)
              writer.field("package", item.ours.package.name)
              writer.field("version", item.ours.package.version)
              writer.field("fixed", item.ours.fix)
              writer.field("theirFixed", item.theirs.fix)
            }
          }
          writer.key("theirsAlone")
          writer.array(of: comparison.theirsAlone) { writer, item in
            writer.object { writer in
              writer.field("id", item.finding.id)
              writer.field("package", item.finding.package.name)
              writer.field("version", item.finding.package.version)
              writer.field("fixed", item.finding.fix)
              writer.field("severity", item.finding.severity)
              writer.field("reason", item.reason)
            }
          }
          writer.key("oursAlone")
          writer.array(of: comparison.oursAlone) { writer, item in
            writer.object { writer in
              writer.field("id", item.finding.advisory.id)
              writer.field("package", item.finding.package.name)
              writer.field("version", item.finding.package.version)
              writer.field("fixed", item.finding.fix)
              writer.field("severity", item.finding.priority.level.name)
              writer.field("reason", item.reason)
            }
          }
        }
      }
    }
  }

  /// Rows of each kind that are shown without --all.
  private static let mostRows = 15

  private func text(_ report: ScannerReport, _ comparison: ScannerComparison) -> String {
    let terminal = Terminal(width: StandardOutput.width, colour: false)
    func sheet(_ title: String, _ columns: [String], _ rows: [[String]]) -> String {
      guard !rows.isEmpty else { return "" }
      // A package that lies in several places is told once.
      var seen = Set<[String]>()
      let rows = rows.filter { seen.insert($0).inserted }
      let shown = all ? rows : Array(rows.prefix(Self.mostRows))
      let rest = rows.count - shown.count
      return TextTable(title, columns: columns, rows: shown).text(terminal)
        + (rest > 0 ? "and \(rest) more; --all shows them\n" : "") + "\n"
    }
    let heads = ["flaw", "package", "version", "why"]
    var text = sheet(
      "\(report.tool.uppercased()) ALONE", heads,
      comparison.theirsAlone.map {
        [$0.finding.id, $0.finding.package.name, $0.finding.package.version, $0.reason]
      })
    text += sheet(
      "BARTIZAN ALONE", heads,
      comparison.oursAlone.map {
        [$0.finding.advisory.id, $0.finding.package.name, $0.finding.package.version, $0.reason]
      })
    text += sheet(
      "BOTH, WITH ANOTHER FIX", ["flaw", "package", "version", "bartizan", report.tool.lowercased()],
      comparison.both.filter(\.fixDiffers).map {
        [
          $0.ours.advisory.id, $0.ours.package.name, $0.ours.package.version, $0.ours.fix ?? "", $0.theirs.fix ?? "",
        ]
      })
    return text
      + "\(comparison.both.count) findings of both, \(comparison.theirsAlone.count) of \(report.tool) alone, \(comparison.oursAlone.count) of Bartizan alone.\n"
  }
}

/// A report of another scanner, in a file.
enum ScannerReportFile {
  /// Says on standard error when it speaks of another image.
  static func read(_ path: String, for contents: ImageSource.Contents) throws(BartizanError) -> ScannerReport {
    let bytes = try FileReader.read(path)
    let report: ScannerReport
    do throws(DocumentError) { report = try ScannerReport.read(bytes) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
    let told = [report.identifier, report.digest].filter { $0.hasPrefix("sha256:") }
    let here = [contents.identifier, contents.digest].compactMap { $0 }
    if !told.isEmpty, !here.isEmpty, Set(told).isDisjoint(with: here) {
      StandardError.line(
        "bartizan: \(path): it speaks of another image\(report.subject.isEmpty ? "" : ", \(report.subject)"): \(told.joined(separator: " ")), not \(here.joined(separator: " "))"
      )
    }
    return report
  }
}
