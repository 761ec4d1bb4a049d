import Bytes
import Findings

/// One self-contained page. It makes no requests, works without JavaScript (except for the filter), follows the
/// reader's light or dark scheme, and can be printed.
enum HTMLReport: ScanFormat {
  static let format = OutputFormat.html

  static func render(
    _ result: ScanResult, _ options: ReportOptions, _ terminal: Terminal, to sink: ([UInt8]) -> Void
  ) { sink(Array(text(result, options).utf8)) }

  private static func text(_ result: ScanResult, _ options: ReportOptions) -> String {
    let groups = Grouping.bySubject(result.findings)
    var page = HTMLPage.opening(
      title: "Bartizan scan: \(options.sources.joined(separator: ", "))", hasScript: true)
    page += """
      <header>
      <h1>Bartizan</h1>
      <p class="sources">\(XML.escaped((options.sources + [options.time].filter { !$0.isEmpty }).joined(separator: ", ")))</p>
      </header>
      <main>

      """
    page += summary(result)
    page += depth(result) + first(result)
    page += controls(result)
    for (subject, findings) in groups { page += section(subject, findings) }
    if groups.isEmpty {
      page +=
        "<p class=\"clean\">\(result.status == .complete ? (result.setAside.isEmpty ? "No findings." : "No findings that count.") : "No findings in what could be seen.")</p>\n"
    }
    page += checks(result) + unseen(result)
    page += """
      </main>
      <footer>Bartizan \(XML.escaped(options.toolVersion)), \(result.checks) checks, \(XML.escaped(options.time)).</footer>
      <script>
      \(Asset.script)</script>
      </body>
      </html>

      """
    return page
  }

  private static func summary(_ result: ScanResult) -> String {
    var text = "<section class=\"summary\">\n"
    for severity in Severity.allCases.reversed() where severity != .info || result.count(severity) > 0 {
      text +=
        "<div class=\"tile \(severity.name)\"><b>\(result.count(severity))</b><span>\(severity.name)</span></div>\n"
    }
    text +=
      "<p>\(Phrase.count(result.objects, "object")), \(Phrase.count(result.workloads, "workload")), \(Phrase.count(result.namespaces, "namespace")). "
    text += "Scan <strong class=\"\(result.status.rawValue)\">\(result.status.rawValue)</strong>."
    if result.status != .complete { text += " <a href=\"#unseen\">What was not seen</a>." }
    if let left = NotCounted.text(result) { text += " \(XML.escaped(left))" }
    return text + "</p>\n</section>\n"
  }

  /// How many controls stand before what matters.
  private static func depth(_ result: ScanResult) -> String {
    guard let depth = result.depth, depth.gap != nil || !depth.reached.isEmpty else { return "" }
    var text =
      "<section class=\"first\">\n<h2>Depth <small>controls that have to fail, from the internet</small></h2>\n"
    if let gap = depth.gap { text += "<p>\(marked(gap)).</p>\n" }
    let rows = depth.gap == nil ? depth.rows : []
    if !rows.isEmpty { text += "<table class=\"depth\">" }
    for row in rows {
      text +=
        "<tr><td><b>\(XML.escaped(row.text(isWhole: depth.isWhole)))</b></td><td>\(XML.escaped(Terminal.printable(row.target)))</td><td>\(XML.escaped(Terminal.printable(row.path)))</td></tr>\n"
    }
    if !rows.isEmpty { text += "</table>" }
    return text + "</section>\n"
  }

  /// The few changes that remove most of the risk.
  private static func first(_ result: ScanResult) -> String {
    let steps = FirstSteps.of(result)
    guard !steps.isEmpty else { return "" }
    var text = "<section class=\"first\">\n<h2>Do this first</h2>\n<ol>\n"
    for step in steps {
      text +=
        "<li><span class=\"badge \(step.severity.name)\">\(step.severity.name)</span> <b>\(XML.escaped(step.title))</b>"
      if !step.places.isEmpty {
        text += "<br><small>\(XML.escaped(Terminal.printable(Phrase.list(step.places, shown: 3))))</small>"
      }
      text += "<br>\(XML.escaped(step.what))"
      if let depth = step.depth { text += "<br><em>\(XML.escaped(DepthText.gain(depth)))</em>" }
      if let why = step.why { text += "<br><em>Within reach: \(XML.escaped(why)).</em>" }
      text += "<br>→ \(marked(step.remediation))</li>\n"
    }
    return text + "</ol>\n</section>\n"
  }

  private static func controls(_ result: ScanResult) -> String {
    guard !result.findings.isEmpty else { return "" }
    let namespaces = Set(result.findings.map { $0.subject.namespace ?? "" }).sorted()
    var text =
      "<section class=\"filter\" hidden>\n<input id=\"words\" type=\"search\" placeholder=\"Filter by any word\">\n"
    text += "<select id=\"namespace\"><option value=\"\">all namespaces</option>"
    for namespace in namespaces where !namespace.isEmpty {
      text += "<option>\(XML.escaped(namespace))</option>"
    }
    text += "</select>\n"
    for severity in Severity.allCases.reversed() where result.count(severity) > 0 {
      text +=
        "<label class=\"\(severity.name)\"><input type=\"checkbox\" value=\"\(severity.name)\" checked> \(severity.name)</label>\n"
    }
    return text + "<span id=\"shown\"></span>\n</section>\n"
  }

  private static func section(_ subject: Subject, _ findings: [Finding]) -> String {
    var text =
      "<section class=\"subject\" data-namespace=\"\(XML.escaped(subject.namespace ?? ""))\">\n<h2>\(XML.escaped(subject.text))"
    text += " <small>\(XML.escaped(findings.first?.location.file ?? ""))</small></h2>\n"
    for finding in findings {
      let open = finding.severity >= .high ? " open" : ""
      text += "<details class=\"finding \(finding.severity.name)\"\(open)>\n<summary>"
      text += "<span class=\"badge\">\(finding.severity.name)</span> <b>\(XML.escaped(finding.title))</b>"
      if finding.location.line > 0 { text += " <span class=\"line\">line \(finding.location.line)</span>" }
      text += "</summary>\n<p>\(XML.escaped(finding.message))</p>\n"
      if let why = finding.why { text += "<p class=\"why\">Raised: \(XML.escaped(why)).</p>\n" }
      text += "<table>"
      for evidence in finding.evidence {
        text +=
          "<tr><td><code>\(XML.escaped(evidence.path))</code></td><td>\(evidence.value.map { "<code>\(XML.escaped($0))</code>" } ?? "<i>not set</i>")</td><td>\(evidence.line > 0 ? "line \(evidence.line)" : "")</td></tr>"
      }
      text += "</table>\n<p class=\"fix\"><b>What to do.</b> \(marked(finding.remediation))</p>\n"
      if let fix = finding.fix {
        let edits = fix.edits.map { "<code>\(XML.escaped($0.text))</code>" }.joined(separator: ", ")
        let caution = fix.caution.map { ". It is left to <code>--fix-risky</code>: \(XML.escaped($0))" } ?? ""
        text +=
          "<p class=\"fix\"><b>\(fix.caution == nil ? "<code>--fix</code> does it" : "A fix")</b>: \(edits)\(caution).</p>\n"
      }
      text += "<p class=\"refs\">"
      text += "<code>\(XML.escaped(finding.check.rawValue))</code> "
      text += finding.controls.map { "<span>\(XML.escaped($0.text))</span>" }.joined(separator: " ")
      for reference in finding.references where reference.url.hasPrefix("https://") {
        text +=
          " <a rel=\"noreferrer\" href=\"\(XML.escaped(reference.url))\">\(XML.escaped(reference.title))</a>"
      }
      text += "</p>\n</details>\n"
    }
    return text + "</section>\n"
  }

  /// What was found by check: how often, and what to do about all of it.
  private static func checks(_ result: ScanResult) -> String {
    guard !result.findings.isEmpty else { return "" }
    var byCheck: [CheckID: [Finding]] = [:]
    for finding in result.findings { byCheck[finding.check, default: []].append(finding) }
    let groups = byCheck.compactMap { id, findings in
      findings.max { $0.severity < $1.severity }.map { (id: id, worst: $0, count: findings.count) }
    }.sorted { a, b in
      if a.worst.severity != b.worst.severity { return a.worst.severity > b.worst.severity }
      return a.count != b.count ? a.count > b.count : a.id.rawValue < b.id.rawValue
    }
    var text =
      "<section class=\"checks\" id=\"checks\">\n<h2>By check</h2>\n<table class=\"sheet\"><tr><th></th><th>check</th><th>findings</th><th>what to do</th></tr>\n"
    for group in groups {
      let severity = group.worst.severity.name
      text +=
        "<tr><td><span class=\"badge \(severity)\">\(severity)</span></td><td>\(XML.escaped(group.worst.title))<br><code>\(XML.escaped(group.id.rawValue))</code></td><td>\(group.count)</td><td>\(marked(group.worst.remediation))</td></tr>\n"
    }
    return text + "</table>\n</section>\n"
  }

  private static func unseen(_ result: ScanResult) -> String {
    let items =
      result.problems.map(\.text)
      + Refusals.of(result).map(\.reason)
      + Unanswered.of(result).map(\.text)
    guard !items.isEmpty else { return "" }
    return "<section id=\"unseen\">\n<h2>What was not seen</h2>\n<ul>\n"
      + items.map { "<li>\(XML.escaped($0))</li>\n" }.joined() + "</ul>\n</section>\n"
  }

  /// Text with backticks turned into `code` elements.
  private static func marked(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0 % 2 == 1 ? "<code>\(XML.escaped(String($1)))</code>" : XML.escaped(String($1)) }.joined()
  }
}
