import Bytes
import Findings
import Report
import Testing

@Suite struct ReportFormatTests {
  static func text(
    _ format: OutputFormat, _ result: ScanResult = result, _ terminal: Terminal = Terminal(columns: 80)
  ) -> String {
    var bytes: [UInt8] = []
    ScanReport(result, options).render(format, terminal) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Hostile names: markup, quotes, control characters, a formula.
  static let nasty = "=x\"<script>alert('1')</script>|\u{1B}[31m&\n"

  static let result = ScanResult(
    findings: [
      Finding(
        check: CheckID("pss-privileged"), severity: .critical, title: "Privileged container",
        message: "message \(nasty)",
        subject: Subject(group: "apps", kind: "Deployment", namespace: "shop", name: "web\(nasty)"),
        location: Location(file: "dir/my file.yaml", line: 12, column: 7),
        evidence: [
          Evidence(path: "spec.a", value: nasty, line: 12, column: 7),
          Evidence(path: "spec.b", value: nil, line: 14, column: 1),
        ], remediation: "Remove `privileged`.", references: [Reference("Docs", "https://example.com/?a=1&b=2")],
        controls: [.cis("5.2.2")]),
      Finding(
        check: CheckID("other"), severity: .low, title: "Other", message: "m",
        subject: Subject(kind: "Namespace", name: "shop"), location: Location(file: "b.yaml", line: 1, column: 1),
        evidence: [Evidence(path: "metadata", value: nil, line: 1, column: 1)], remediation: "Do it.", references: [],
        controls: []),
    ],
    problems: [Problem(code: "syntax", location: Location(file: "c.yaml", line: 3), message: "broken")],
    notEvaluated: [NotEvaluated(check: CheckID("other"), subject: nil, reason: "because")], tally: .init(), objects: 2,
    workloads: 1, namespaces: 1, checks: 2)

  static let options = ReportOptions(
    sources: ["dir"], toolVersion: "1.2.3", verbose: true,
    rules: [
      RuleMetadata(
        id: CheckID("pss-privileged"), title: "Privileged container", severity: .critical, rationale: "Because.",
        remediation: "Remove it.", references: [Reference("Example", "https://example.com")],
        controls: [.cis("5.2.2")])
    ])

  @Test(arguments: ScanReport.formats) func sameBytesTwice(_ format: OutputFormat) {
    let text = Self.text(format)
    #expect(text == Self.text(format))
    #expect(text.utf8.last == 0x0A)
    #expect(text.contains("Privileged container"))
  }

  /// What GitHub takes for a command begins a line; a name of somebody else's does not.
  @Test func namesAreNoCommandsOfGitHub() {
    let finding = { (message: String) in
      Finding(
        check: CheckID("other"), severity: .high, title: "T", message: message,
        subject: Subject(kind: "Pod", name: "a\n::set-env name=x::y"),
        location: Location(file: "a,b:c.yaml\r::error::z", line: 3, column: 2), evidence: [], remediation: "r",
        references: [], controls: [])
    }
    let result = ScanResult(
      findings: [finding("100%\r\n::warning::x\u{1B}[31m")], problems: [], notEvaluated: [], tally: .init(),
      objects: 1, workloads: 1, namespaces: 0, checks: 1)
    let lines = Self.text(.github, result).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty && lines[1] == "1 finding: 1 high")
    #expect(lines[0].hasPrefix("::error file=a%2Cb%3Ac.yaml%0A%3A%3Aerror%3A%3Az,line=3,col=2,title=T (other)::Pod/a"))
    #expect(lines[0].contains("100%25%0A::warning::x") && !lines[0].unicodeScalars.contains("\u{1B}"))
    #expect(!lines[0].contains("\r"))
  }

  /// Source: GitHub Docs, "SARIF support for code scanning": 25,000 results at most.
  @Test func moreResultsThanCodeScanningTakesAreTold() throws {
    let one = Self.result.findings[1]
    let result = ScanResult(
      findings: Array(repeating: one, count: 25_002), problems: [], notEvaluated: [], tally: .init(), objects: 1,
      workloads: 1, namespaces: 0, checks: 1)
    let run = try #require(try JSONReader.read(Self.text(.sarif, result))[path: "runs"]?.elements.first)
    #expect(run["results"]?.elements.count == 25_000)
    let told = run["invocations"]?.elements.first?["toolExecutionNotifications"]?.elements ?? []
    #expect(told.count == 1 && told[0][path: "message", "text"]?.string?.hasPrefix("2 results are left out") == true)
    #expect(run["invocations"]?.elements.first?["executionSuccessful"]?.bool == false)
  }

  /// Source: GitLab security report schemas 15.0, `sast-report-format.json`.
  @Test func gitLabGetsItsFields() throws {
    let report = try JSONReader.read(Self.text(.gitlab))
    #expect(report[path: "scan", "type"]?.string == "sast")
    #expect(report[path: "scan", "end_time"]?.string == "1970-01-01T00:00:00")
    let found = report["vulnerabilities"]?.elements ?? []
    #expect(found.map { $0["severity"]?.string } == ["Critical", "Low"])
    #expect(found[0][path: "location", "file"]?.string == "dir/my file.yaml")
    #expect(found[0][path: "location", "start_line"]?.int == 12)
    #expect(found.allSatisfy { $0["identifiers"]?.elements.isEmpty == false && $0["id"]?.string != nil })
  }

  @Test(arguments: [OutputFormat.table, .markdown, .junit, .html])
  func noRawControlCharacters(_ format: OutputFormat) {
    let text = Self.text(format)
    #expect(!text.contains("\u{1B}"), "\(format) lets a name steer the terminal")
  }

  @Test func tablesFitTheTerminal() {
    for width in [60, 80, 120] {
      for line in TableLines.of(Self.text(.table, Self.result, Terminal(columns: width))) {
        #expect(line.count <= width || !line.drop { $0 == " " }.contains(" "), "\(width): \(line)")
      }
    }
  }

  @Test func colourOnlyWhenAsked() {
    #expect(!Self.text(.table).contains("\u{1B}"))
    #expect(Self.text(.table, Self.result, Terminal(columns: 80, colour: true)).contains("\u{1B}[1;97;41m"))
  }

  @Test func jsonHoldsEverything() throws {
    let node = try JSONReader.read(Self.text(.json))
    #expect(node["apiVersion"]?.string == "bartizan.dev/v1" && node["kind"]?.string == "ScanReport")
    #expect(node[path: "summary", "status"]?.string == "partial")
    let finding = try #require(node["findings"]?.elements.first)
    #expect(finding["message"]?.string == "message \(Self.nasty)")
    #expect(finding["fingerprint"]?.string == Self.result.findings[0].fingerprint.text)
    #expect(finding["evidence"]?.elements.count == 2)
    #expect(node["problems"]?.elements.first?["where"]?.string == "c.yaml:3")
    #expect(node["notEvaluated"]?.elements.count == 1)
  }

  @Test func sarifHasRulesPlacesAndFingerprints() throws {
    let run = try #require(
      JSONReader.read(Self.text(.sarif))["runs"]?.elements.first)
    #expect(run[path: "tool", "driver", "rules"]?.elements.map { $0["id"]?.string } == ["pss-privileged"])
    let results = try #require(run["results"]?.elements)
    let first = try #require(results.first)
    #expect(first["ruleIndex"]?.int == 0 && first["level"]?.string == "error")
    let place = try #require(first["locations"]?.elements.first?["physicalLocation"])
    #expect(place[path: "artifactLocation", "uri"]?.string == "dir/my%20file.yaml")
    #expect(place[path: "region", "startLine"]?.int == 12)
    #expect(first["partialFingerprints"]?.entries.isEmpty == false)
    #expect(first["relatedLocations"]?.elements.count == 1)
    #expect(run["invocations"]?.elements.first?["toolExecutionNotifications"]?.elements.count == 2)
  }

  @Test func markupIsEscaped() {
    let page = Self.text(.html)
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("&lt;script&gt;alert"))
    #expect(page.contains("href=\"https://example.com/?a=1&amp;b=2\""))
    #expect(!page.contains("src="), "the page asks nobody for anything")
    #expect(!Self.text(.junit).contains("<script>"))
  }

  /// A page that is passed on says of when it is, and where to begin.
  @Test func aPageSaysWhenAndWhere() throws {
    var options = Self.options
    options = ReportOptions(
      sources: options.sources, toolVersion: options.toolVersion, verbose: true, rules: options.rules,
      time: "2026-11-28T00:00:00Z")
    var bytes: [UInt8] = []
    ScanReport(Self.result, options).render(.html, Terminal(columns: nil)) { bytes += $0 }
    let page = String(decoding: bytes, as: UTF8.self)
    #expect(page.contains("<p class=\"sources\">dir, 2026-11-28T00:00:00Z</p>"))
    let steps = try #require(page.split(separator: "Do this first").last?.split(separator: "</ol>").first)
    #expect(steps.contains("<small>dir/my file.yaml:12</small>"))
  }

  @Test func spreadsheetsRunNoFormulas() {
    let rows = CSV.text([["=1+1", "-2", "plain", "a\"b", "a,b"]])
    #expect(rows == "'=1+1,'-2,plain,\"a\"\"b\",\"a,b\"\r\n")
  }

  @Test func nothingFoundIsNotCleanWhenSomethingWasMissed() {
    let empty = ScanResult(
      findings: [], problems: Self.result.problems, notEvaluated: [], tally: .init(), objects: 1, workloads: 0,
      namespaces: 0, checks: 1)
    for format in [OutputFormat.table, .markdown, .html] {
      let text = Self.text(format, empty).lowercased()
      #expect(text.contains("could be seen") && !text.contains("no findings."), "\(format)")
    }
  }
}

enum TableLines {
  static func of(_ text: String) -> [Substring] { text.split(separator: "\n") }
}
