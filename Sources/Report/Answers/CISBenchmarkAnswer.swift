package import Bytes
import Findings
package import Kube
package import Posture

/// The CIS benchmark, judged (`cis`).
package struct CISBenchmarkAnswer: KindOfAnswer {
  package static let kind = "CISBenchmark"
  package static let formats: [OutputFormat] = [.table, .json, .html, .junit, .oscal]

  let review: BenchmarkReview
  let sources: [String]
  let toolVersion: String
  /// Of the report, RFC 3339.
  private let moment: String
  private let trend: BenchmarkTrend?
  private let verbose: Bool
  /// Most pieces of evidence that the table shows of a check.
  private static let mostEvidence = 3

  /// - Parameters:
  ///   - moment: the time of the report, RFC 3339.
  ///   - trend: what changed since an earlier report; nil where none is given.
  package init(
    _ review: BenchmarkReview, sources: [String], moment: String, toolVersion: String, trend: BenchmarkTrend? = nil,
    verbose: Bool
  ) {
    self.review = review
    self.sources = sources
    self.moment = moment
    self.toolVersion = toolVersion
    self.trend = trend
    self.verbose = verbose
  }

  package var notSeen: [NotSeen] { review.notSeen }

  /// Whether a check fails; beside an earlier report, whether one does that did not then.
  package var hasFailures: Bool {
    trend?.hasNewFailures ?? review.results.contains { $0.verdict.status == .fail }
  }
  /// Whether a check could not be judged for another reason than that only people know.
  package var hasGaps: Bool {
    review.results.contains { $0.verdict.status.isGap }
  }

  private static let order = ["fail", "not-evaluated", "warn", "pass", "not-applicable"]

  private var sorted: [BenchmarkReview.Result] {
    review.results.enumerated().sorted {
      let a = Self.order.firstIndex(of: $0.element.verdict.status.name) ?? 0
      let b = Self.order.firstIndex(of: $1.element.verdict.status.name) ?? 0
      return (a, $0.offset) < (b, $1.offset)
    }.map(\.element)
  }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .html: sink(Array(html.utf8))
    case .junit: sink(Array(junit.utf8))
    case .oscal: oscal(moment: moment, to: sink)
    default: sink(Array(wholeText(terminal).utf8))
    }
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("benchmark", "cis-\(review.edition.rawValue)")
    writer.key("summary")
    writer.object { Self.write(review.counts(), &$0) }
    writer.key("sections")
    writer.array(of: review.sections) { writer, section in
      writer.object { writer in
        writer.field("id", section)
        writer.field("title", BenchmarkEdition.sectionTitle(section))
        Self.write(review.counts(section), &writer)
      }
    }
    writer.key("nodeGroups")
    writer.array(of: review.groups) { writer, names in
      writer.array(of: names) { $0.value($1) }
    }
    writer.key("checks")
    writer.array(of: review.results) { writer, result in
      writer.object { writer in
        writer.field("id", result.number)
        writer.field("title", result.title)
        writer.field("section", result.section)
        writer.field("status", result.verdict.status.name)
        writer.field("reason", result.verdict.status.code)
        writer.field("expected", result.expected)
        writer.key("evidence")
        Self.write(result.verdict.evidence, &writer)
        writer.field("remediation", result.remedy)
        writer.key("controls")
        writer.array(of: result.controls) { writer, control in
          writer.object { writer in
            writer.field("framework", control.framework.rawValue)
            writer.field("id", control.id)
          }
        }
        writer.key("nodes")
        writer.array(of: result.nodes) { writer, node in
          writer.object { writer in
            writer.field("name", node.name)
            writer.field("status", node.verdict.status.name)
            writer.field("reason", node.verdict.status.code)
          }
        }
      }
      writer.drain(to: sink)
    }
    guard let trend else { return }
    writer.key("trend")
    writer.object { writer in
      for change in BenchmarkTrend.Change.allCases { writer.field(change.rawValue, trend.count(change)) }
      writer.key("checks")
      writer.array(of: trend.rows) { writer, row in
        writer.object { writer in
          writer.field("id", row.number)
          writer.field("title", row.title)
          writer.field("change", row.change.rawValue)
          writer.field("before", row.before)
          writer.field("now", row.now)
          writer.key("nodes")
          writer.array(of: row.nodes) { writer, node in
            writer.object { writer in
              writer.field("name", node.name)
              writer.field("change", node.change.rawValue)
              writer.field("before", node.before)
              writer.field("now", node.now)
            }
          }
        }
      }
    }
  }

  private static func write(_ counts: [String: Int], _ writer: inout JSONWriter) {
    for (name, key) in zip(order, ["fail", "notEvaluated", "warn", "pass", "notApplicable"]) {
      writer.field(key, counts[name] ?? 0)
    }
  }

  private static func write(_ evidence: [BenchmarkEvidence], _ writer: inout JSONWriter) {
    writer.array(of: evidence) { writer, item in
      writer.object { writer in
        writer.field("place", item.place)
        writer.field("name", item.name)
        writer.field("value", item.value)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let names = ["fail", "not evaluated", "warn", "pass", "n/a"]
    var text = TextTable(
      "CIS Kubernetes Benchmark \(review.edition.rawValue)", columns: ["section", ""] + names,
      rows: counts(all: "all").map { section, title, counts in
        [section, title] + Self.order.map { String(counts[$0] ?? 0) }
      }
    ).text(terminal)
    if review.groups.count > 1 {
      text +=
        "\n"
        + TextTable(
          "Nodes with the same verdicts", columns: ["nodes", "names"],
          rows: review.groups.map {
            [String($0.count), $0.prefix(8).joined(separator: ", ") + ($0.count > 8 ? ", …" : "")]
          }
        ).text(terminal)
    }
    if let trend { text += "\n" + Self.table(trend).text(terminal) }
    for result in sorted where verbose || ["fail", "not-evaluated", "warn"].contains(result.verdict.status.name) {
      let status = result.verdict.status
      let reason = status.reason.map { ": " + $0 } ?? ""
      let head = "\(status.name.uppercased())  \(result.number)  \(Terminal.printable(result.title))"
      text += "\n"
      text +=
        Terminal.columns(head + reason) <= terminal.columns ?? .max || status.reason == nil
        ? head + reason : head + ":\n" + terminal.wrapped(status.reason ?? "", indent: 6)
      text += "\n"
      guard status == .fail || verbose || status.name == "warn" else { continue }
      text += terminal.wrapped("expected: " + result.expected, indent: 6) + "\n"
      let evidence = verbose ? result.verdict.evidence[...] : result.verdict.evidence.prefix(Self.mostEvidence)
      for item in evidence {
        text += terminal.wrapped("found: \(Terminal.printable(item.text))", indent: 6) + "\n"
      }
      let rest = result.verdict.evidence.count - evidence.count
      if rest > 0 { text += "      and \(rest) more\n" }
      if let remedy = result.remedy {
        text += terminal.wrapped("remedy: " + Terminal.printable(remedy), indent: 6) + "\n"
      }
    }
    return text
  }

  private static func table(_ trend: BenchmarkTrend) -> TextTable {
    let counts = BenchmarkTrend.Change.allCases.filter { trend.count($0) > 0 }.map {
      "\(trend.count($0)) \($0.rawValue)"
    }
    return TextTable(
      "Since the earlier report: \(counts.isEmpty ? "nothing changed" : counts.joined(separator: ", "))",
      columns: ["check", "change", "before", "now", "nodes"],
      rows: trend.rows.map { row in
        [
          row.number, row.change.rawValue, row.before ?? "", row.now ?? "",
          row.nodes.prefix(3).map { "\($0.name) \($0.change.rawValue)" }.joined(separator: ", ")
            + (row.nodes.count > 3 ? ", …" : ""),
        ]
      })
  }

  /// Sections with their counts, and all of them together.
  private func counts(all: String) -> [(section: String, title: String, counts: [String: Int])] {
    review.sections.map { ($0, BenchmarkEdition.sectionTitle($0), review.counts($0)) } + [("", all, review.counts())]
  }

  private var html: String {
    var page = HTMLPage.opening(
      title: "CIS Kubernetes Benchmark \(review.edition.rawValue): \(sources.joined(separator: ", "))")
    page += """
      <header>
      <h1>CIS Kubernetes Benchmark \(review.edition.rawValue)</h1>
      <p class="sources">\(XML.escaped(sources.joined(separator: ", ")))</p>
      </header>
      <main>
      <section>
      <h2>Summary</h2>
      <table class="sheet">
      <thead><tr><th>Section</th><th></th><th>Fail</th><th>Not evaluated</th><th>Warn</th><th>Pass</th><th>Not applicable</th></tr></thead>
      <tbody>

      """
    for (section, title, counts) in counts(all: "All") {
      page += "<tr><td>\(XML.escaped(section))</td><td>\(XML.escaped(title))</td>"
      for name in Self.order { page += "<td>\(counts[name] ?? 0)</td>" }
      page += "</tr>\n"
    }
    page += "</tbody>\n</table>\n</section>\n"
    if let trend, !trend.rows.isEmpty {
      page += "<section>\n<h2>Since the earlier report</h2>\n<table class=\"sheet\">\n"
      page += "<thead><tr><th>Check</th><th></th><th>Change</th><th>Before</th><th>Now</th></tr></thead>\n<tbody>\n"
      for row in trend.rows {
        let cells = [row.number, row.title, row.change.rawValue, row.before ?? "", row.now ?? ""]
        page += "<tr>" + cells.map { "<td>\(XML.escaped($0))</td>" }.joined() + "</tr>\n"
      }
      page += "</tbody>\n</table>\n</section>\n"
    }
    if review.groups.count > 1 {
      page += "<section>\n<h2>Nodes with the same verdicts</h2>\n<ul>\n"
      for names in review.groups { page += "<li>\(names.count): \(XML.escaped(names.joined(separator: ", ")))</li>\n" }
      page += "</ul>\n</section>\n"
    }
    if !notSeen.isEmpty {
      page += "<section>\n<h2>Not seen: the answer is not the whole</h2>\n<ul>\n"
      for item in notSeen { page += "<li>\(XML.escaped("\(item.kind.text): \(item.reason)"))</li>\n" }
      page += "</ul>\n</section>\n"
    }
    var current = ""
    for result in sorted {
      let status = result.verdict.status
      if status.name != current {
        if !current.isEmpty { page += "</section>\n" }
        current = status.name
        page += "<section>\n<h2>\(current.replacing("-", with: " ").capitalizedFirst)</h2>\n"
      }
      page += "<details\(status == .fail ? " open" : "")><summary><b>\(result.number)</b> \(XML.escaped(result.title))"
      if let reason = status.reason { page += " <em>\(XML.escaped(reason))</em>" }
      page += "</summary>\n<p>Expected: \(XML.escaped(result.expected))</p>\n"
      if !result.verdict.evidence.isEmpty {
        page += "<ul>\n"
        for item in result.verdict.evidence { page += "<li>\(XML.escaped(item.text))</li>\n" }
        page += "</ul>\n"
      }
      if !result.controls.isEmpty {
        let names = result.controls.map { "\($0.framework.title) \($0.id)" }.joined(separator: ", ")
        page += "<p>Also: \(XML.escaped(names))</p>\n"
      }
      if let remedy = result.remedy { page += "<p>Remedy: <code>\(XML.escaped(remedy))</code></p>\n" }
      page += "</details>\n"
    }
    return page + (current.isEmpty ? "" : "</section>\n") + "</main>\n</body>\n</html>\n"
  }

  private var junit: String {
    let counts = review.counts()
    let errors = review.results.count { $0.verdict.status.isGap }
    let skipped = review.results.count - (counts["pass"] ?? 0) - (counts["fail"] ?? 0) - errors
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites>
      <testsuite name="CIS Kubernetes Benchmark \(review.edition.rawValue)" tests="\(review.results.count)" failures="\(counts["fail"] ?? 0)" errors="\(errors)" skipped="\(skipped)">

      """
    for result in review.results {
      let status = result.verdict.status
      text +=
        "<testcase name=\"\(XML.escaped(result.number + " " + result.title))\" classname=\"\(XML.escaped(BenchmarkEdition.sectionTitle(result.section)))\">"
      let found = result.verdict.evidence.map(\.text).joined(separator: "\n")
      switch status {
      case .pass: break
      case .fail: text += "<failure message=\"\(XML.escaped(result.expected))\">\(XML.escaped(found))</failure>"
      case _ where status.isGap:
        text += "<error type=\"not-evaluated\" message=\"\(XML.escaped(status.reason ?? ""))\"/>"
      default: text += "<skipped message=\"\(status.name): \(XML.escaped(status.reason ?? ""))\"/>"
      }
      text += "</testcase>\n"
    }
    if !notSeen.isEmpty {
      let lines = notSeen.map { "not seen: \($0.kind.text): \($0.reason)" }.joined(separator: "\n")
      text += "<system-err>\(XML.escaped(lines))</system-err>\n"
    }
    return text + "</testsuite>\n</testsuites>\n"
  }
}

extension BenchmarkStatus {
  /// Whether it was not judged for another reason than that only people know.
  var isGap: Bool { if case .notEvaluated(let gap) = self { gap != .person } else { false } }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
