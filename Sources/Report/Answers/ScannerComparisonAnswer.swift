package import Bytes
package import Images

/// What other scanners report for an image and Bartizan does not, and vice versa (`image compare`).
package struct ScannerComparisonAnswer: KindOfAnswer {
  package static let kind = "ScannerComparison"

  /// The report of one scanner, and how it differs from ours; with what it is about, where that is not known to be this image.
  package typealias Item = (report: ScannerReport, comparison: ScannerComparison, other: OtherReport?)

  private let source: String
  private let items: [Item]
  private let showsAll: Bool

  /// - Parameters:
  ///   - source: the image, as the user named it.
  ///   - showsAll: whether the tables show every difference instead of the first of each kind.
  package init(source: String, _ items: [Item], showsAll: Bool) {
    self.source = source
    self.items = items
    self.showsAll = showsAll
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("source", source)
    writer.key("scanners")
    writer.array(of: items) { writer, item in
      let (report, comparison, other) = item
      writer.object { writer in
        writer.field("tool", report.tool)
        writer.key("otherReport")
        if let other { other.write(&writer) } else { writer.null() }
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

  /// Rows of each table without `--all`.
  private static let shownRows = 15

  package func text(_ terminal: Terminal) -> String {
    items.map { text($0.report, $0.comparison, terminal) }.joined(separator: "\n")
  }

  private func text(_ report: ScannerReport, _ comparison: ScannerComparison, _ terminal: Terminal) -> String {
    func table(_ title: String, _ columns: [String], _ rows: [[String]]) -> String {
      guard !rows.isEmpty else { return "" }
      // A package that is installed in several places is listed once.
      var seen = Set<[String]>()
      let rows = rows.filter { seen.insert($0).inserted }
      let shown = showsAll ? rows[...] : rows.prefix(Self.shownRows)
      let rest = rows.count - shown.count
      return TextTable(title, columns: columns, rows: Array(shown)).text(terminal)
        + (rest > 0 ? "and \(rest) more; --all shows them\n" : "") + "\n"
    }
    let columns = ["vulnerability", "package", "version", "why"]
    let name = report.tool
    return table(
      "ONLY IN \(name.uppercased())", columns,
      comparison.theirsAlone.map {
        [$0.finding.id, $0.finding.package.name, $0.finding.package.version, $0.reason]
      })
      + table(
        "ONLY IN BARTIZAN", columns,
        comparison.oursAlone.map {
          [$0.finding.vulnerability, $0.finding.package.name, $0.finding.package.version, $0.reason]
        })
      + table(
        "IN BOTH, WITH DIFFERENT FIXES", ["vulnerability", "package", "version", "bartizan", name.lowercased()],
        comparison.both.filter(\.fixDiffers).map {
          [
            $0.ours.vulnerability, $0.ours.package.name, $0.ours.package.version, $0.ours.fix ?? "",
            $0.theirs.fix ?? "",
          ]
        })
      + "\(Phrase.count(comparison.both.count, "finding")) in both, \(comparison.theirsAlone.count) only in \(name), \(comparison.oursAlone.count) only in Bartizan.\n"
  }
}
