import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report
import Transport

/// Formats of what is vulnerable in an image.
enum ImageScanFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table
  case json
  case sarif
  case junit
  case csv
  case markdown
  case gitlab
  case cyclonedx
  case openvex
}

struct ImageScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "Known vulnerabilities of an image's packages, with the fix to take.",
    discussion: """
      EXAMPLES
        bartizan advisories update --source mirror/osv
        bartizan image scan app.tar.gz
        bartizan image scan registry.example/team/app:1.4
        bartizan image scan --ignore-unfixed --format sarif --output image.sarif rootfs/
        bartizan image scan --vex app.openvex.json --fail-on high app.tar.gz
        bartizan image scan --with trivy.json --with grype.json app.tar.gz

      A package of a distribution is matched by its source package and release, and what a package of the distribution brought
      is left to the distribution's advisories. One of an ecosystem that the store does not hold is reported as not covered,
      never as clean. What is exploited stands first, then what is likely to be, then by CVSS (`advisories update --risk`).
      Exit code 1: something is vulnerable, from the priority of --fail-on on.

      Living with findings: --baseline takes an earlier `--format json` report; --exceptions a YAML file with the id of an
      advisory as `check`, a reason and a date. GitLab's report, CycloneDX with an analysis (VEX) and OpenVEX are for other tools.
      """)
  @Argument(help: ImageArguments.sourceHelp, completion: .file()) var source: String
  @Option(name: .shortAndLong, help: "table, json, sarif, junit, csv, markdown, gitlab, cyclonedx or openvex.")
  var format: ImageScanFormat = .table
  @Option(name: .shortAndLong, help: "Write the report to a file instead of standard output.", completion: .file())
  var output: String?
  @OptionGroup var reading: ImageReading
  @OptionGroup var options: StoreOptions
  @Flag(help: "In the table: every flaw, not only the most urgent.") var all = false
  @Flag(help: "Leave out what no version mends yet.") var ignoreUnfixed = false
  @Option(
    help: "What is known not to affect this image: OpenVEX, CSAF or CycloneDX with an analysis. Repeatable.",
    completion: .file())
  var vex: [String] = []
  @Option(
    name: .customLong("with"),
    help: "A report of Trivy, Grype, Anchore or Clair (JSON) on the same image, to be merged with ours. Repeatable.",
    completion: .file())
  var others: [String] = []
  @Option(help: "A JSON report of an earlier scan: its findings are known, and left out.", completion: .file())
  var baseline: String?
  @Option(help: "YAML with exceptions: check (an advisory's id), reason, expires. Repeatable.", completion: .file())
  var exceptions: [String] = []
  @Option(help: "Fail from this priority on: unknown, low, medium, high, critical, likely or exploited.")
  var failOn: PriorityName = PriorityName()

  struct PriorityName: ExpressibleByArgument {
    var level = Priority.Level.unknown
    init() {}
    init?(argument: String) {
      guard let level = Priority.Level(name: argument) else { return nil }
      self.level = level
    }
    var defaultValueDescription: String { level.name }
    static var allValueStrings: [String] { Priority.Level.allCases.map(\.name) }
  }

  func run() async throws {
    let store = try options.open()
    let contents = try await reading.read(source)
    let covered = store.ecosystems
    let known = try options.risks()
    var report: ImageReport
    do throws(DocumentError) {
      report = try ImageReport(
        system: contents.system, packages: contents.packages, store: store, covered: covered, risks: known)
    } catch {
      throw BartizanError(.input, error.message)
    }
    for path in others {
      let other = try ScannerReportFile.read(path, for: contents)
      do throws(DocumentError) {
        let comparison = try ScannerComparison(report, other, store: store, covered: covered)
        let added = report.merge(other, comparison, known)
        StandardError.line(
          "bartizan: \(path): \(other.findings.count) findings of \(other.tool), \(added) that the store tells nothing of; `bartizan image compare` says why"
        )
      } catch {
        throw BartizanError(.input, error.message)
      }
    }
    let said = try statements()
    var cleared: [(finding: ImageFinding, statement: VEX.Statement)] = []
    var findings = report.findings.filter { finding in
      if ignoreUnfixed, finding.fix == nil { return false }
      if let statement = said.statement(finding.advisory, finding.package), statement.clears {
        cleared.append((finding, statement))
        return false
      }
      return true
    }
    let result = try living(with: &findings, contents)
    let bytes = rendered(report, findings, cleared, contents, result)
    if let output {
      try Descriptor.writeFile(output) { $0(bytes) }
    } else {
      StandardOutput.write(bytes)
    }
    if findings.contains(where: { $0.priority.level.rawValue >= failOn.level.rawValue }) {
      throw ExitCode(ExitStatus.findings)
    }
    if !findings.isEmpty { return }
    if contents.packages.isEmpty || contents.problems.contains(where: \.hidesInput) {
      StandardError.line("bartizan: nothing was found in what could be read; that is not the same as clean")
      throw ExitCode(contents.packages.isEmpty ? ExitStatus.usage : ExitStatus.clean)
    }
  }

  /// Takes out what exceptions and the baseline cover.
  ///
  /// - Returns: what is left, with what is to be said of the image as a whole and of exceptions.
  private func living(
    with findings: inout [ImageFinding], _ contents: ImageSource.Contents
  ) throws(BartizanError) -> ScanResult {
    var all = findings.map { $0.finding(image: source) }
    let marks = all.map(\.fingerprint.text)
    if let system = contents.system, let day = EndOfLife.passed(system, today: Today.text) {
      all.append(
        Finding(
          check: CheckID("unsupported-distribution"), severity: .medium, title: "Distribution without support",
          message: "\(system.title): its makers ended their support on \(day); what is found in it since is not mended",
          subject: .image(source), location: Location(file: OperatingSystem.paths[0]),
          evidence: [],
          remediation: "Build the image on a release that is supported.", references: [], controls: []))
    }
    var result = ScanResult(
      findings: all, problems: contents.problems, notEvaluated: [], tally: ScanResult.Tally(),
      objects: contents.packages.count, workloads: 0, namespaces: 0, checks: 1)
    let written = try ExceptionFiles.read(exceptions)
    for problem in written.problems { StandardError.line("bartizan: \(problem.text)") }
    ExceptionFiles.tell(result.apply(written.waivers, today: Today.text) { _ in true })
    if let baseline { try BaselineFile.leaveOut(baseline, of: &result) }
    let left = Set(result.findings.map(\.fingerprint.text))
    findings = zip(findings, marks).filter { left.contains($0.1) }.map(\.0)
    for finding in result.findings where finding.subject.isException {
      StandardError.line("bartizan: \(finding.location.text): \(finding.message)")
    }
    return result
  }

  private func rendered(
    _ report: ImageReport, _ findings: [ImageFinding], _ cleared: [(finding: ImageFinding, statement: VEX.Statement)],
    _ contents: ImageSource.Contents, _ result: ScanResult
  ) -> [UInt8] {
    let time = SourceDate.text ?? Today.moment
    let others = cleared.map {
      VEXReport.Cleared(finding: $0.finding, status: $0.statement.status, justification: $0.statement.justification)
    }
    switch format {
    case .table: return Array(table(report, findings, cleared, contents, result).utf8)
    case .json: return json(report, findings, cleared, contents)
    case .gitlab:
      return GitLabContainerReport.render(
        findings, image: source, system: ImageArguments.system(contents), toolVersion: Version.text,
        time: String(time.dropLast()))
    case .cyclonedx:
      return VEXReport.cycloneDX(findings, others, image: source, time: time, toolVersion: Version.text)
    case .openvex:
      return VEXReport.openVEX(findings, others, image: source, time: time, toolVersion: Version.text)
    case .sarif: return general(.sarif, result)
    case .junit: return general(.junit, result)
    case .csv: return general(.csv, result)
    case .markdown: return general(.markdown, result)
    }
  }

  /// The formats of every scan, with a rule for each advisory.
  private func general(_ format: ReportFormat, _ result: ScanResult) -> [UInt8] {
    var rules: [String: RuleDescription] = [:]
    for finding in result.findings {
      rules[finding.check.rawValue] = RuleDescription(
        id: finding.check.rawValue, title: finding.title, severity: finding.severity, rationale: finding.message,
        remediation: finding.remediation, controls: [],
        url: finding.references.first?.url ?? "https://osv.dev/vulnerability/\(finding.check.rawValue)")
    }
    return format.render(
      result,
      ReportOptions(sources: [source], toolVersion: Version.text, rules: rules.values.sorted { $0.id < $1.id }))
  }

  private func statements() throws -> VEX {
    var said = VEX()
    for path in vex {
      do throws(DocumentError) {
        let count = try said.add(try Self.bytes(path), file: path)
        if count == 0 { StandardError.line("bartizan: \(path): no statement in it") }
      } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
    }
    return said
  }

  private static func bytes(_ path: String) throws(DocumentError) -> [UInt8] {
    do throws(BartizanError) {
      return try FileReader.read(path)
    } catch {
      throw DocumentError(.archive, error.message)
    }
  }

  /// Rows that are shown without --all.
  private static let mostRows = 25

  /// A line for each flaw, cut where the terminal ends.
  private func rows(_ findings: [ImageFinding], _ width: Int) -> String {
    guard !findings.isEmpty else { return "" }
    let shown = all ? findings : Array(findings.prefix(Self.mostRows))
    let columns = shown.map {
      [$0.priority.level.name, $0.package.name, $0.package.version, $0.fix ?? "none", $0.advisory.id]
    }
    let heads = ["PRIORITY", "PACKAGE", "VERSION", "FIXED IN", "ADVISORY"]
    let widths = heads.indices.map { index in
      max(heads[index].count, columns.map { Terminal.columns($0[index]) }.max() ?? 0)
    }
    let room = max(12, width - widths.reduce(0, +) - 2 * widths.count)
    func line(_ cells: [String], _ what: String) -> String {
      let front = zip(cells, widths).map { Terminal.padded($0, $1) }.joined(separator: "  ")
      return front + "  " + Terminal.clipped(what, room) + "\n"
    }
    var text = line(heads, "WHAT")
    for (finding, cells) in zip(shown, columns) {
      let words =
        finding.advisory.summary.isEmpty ? finding.advisory.aliases.joined(separator: " ") : finding.advisory.summary
      let summary = finding.isToldByOthers ? "(\(finding.sources.joined(separator: ", "))) \(words)" : words
      text += line(cells, Terminal.printable(summary))
    }
    if shown.count < findings.count {
      text += "and \(findings.count - shown.count) less urgent; --all shows them\n"
    }
    return text
  }

  /// The smallest set of changes, what takes most away first.
  private func todo(_ advice: ImageAdvice, _ terminal: Terminal, _ contents: ImageSource.Contents) -> String {
    guard !advice.steps.isEmpty || !advice.removals.isEmpty else { return "" }
    var text = "\nWHAT TO DO\n"
    if advice.fixableInBase > 0 {
      let step = contents.configuration?.steps.first.flatMap { $0.isEmpty ? nil : Terminal.printable($0) }
      text +=
        terminal.wrapped(
          "build again on a newer base: \(advice.fixableInBase) that can be mended come with the bottom layer\(step.map { " (\(Terminal.clipped($0, 60)))" } ?? "")",
          indent: 2) + "\n"
    }
    for step in advice.steps.prefix(10) {
      text += "  upgrade \(step.package) to \(step.version): mends \(step.removes)\n"
      text += terminal.wrapped(step.command, indent: 6) + "\n"
    }
    if advice.steps.count > 10 { text += "  and \(advice.steps.count - 10) more packages\n" }
    for removal in advice.removals.prefix(3) {
      text +=
        "  drop \(removal.package), if nothing needs it: \(removal.advisories) that no version mends, the worst \(removal.worst.name)\n"
    }
    if advice.removals.count > 3 { text += "  and \(advice.removals.count - 3) more packages that no version mends\n" }
    return text + "\n"
  }

  private func table(
    _ report: ImageReport, _ findings: [ImageFinding], _ cleared: [(finding: ImageFinding, statement: VEX.Statement)],
    _ contents: ImageSource.Contents, _ result: ScanResult
  ) -> String {
    let width = output == nil ? StandardOutput.width : 100
    var text = rows(findings, width)
    text += todo(ImageAdvice(findings, layers: contents.layers), Terminal(width: width, colour: false), contents)
    for finding in result.findings where finding.check.rawValue == "unsupported-distribution" {
      text += "NO SUPPORT  \(finding.message)\n"
    }
    for (name, count) in report.uncovered.sorted(by: { $0.key < $1.key }) {
      text += "NOT COVERED  \(count) packages of \(name): the store holds no advisories for it\n"
    }
    for item in cleared.prefix(5) {
      let justification = item.statement.justification
      text +=
        "NOT AFFECTED  \(item.finding.advisory.id) in \(item.finding.package.name): \(item.statement.status) by \(item.statement.file)\(justification.isEmpty ? "" : ", " + Terminal.printable(justification))\n"
    }
    if cleared.count > 5 { text += "NOT AFFECTED  and \(cleared.count - 5) more\n" }
    for item in report.undecided.prefix(5) { text += "UNDECIDED  \(item): its versions cannot be compared\n" }
    let unfixed = findings.count { $0.fix == nil }
    let owned = report.packages.count { $0.owner != nil }
    text +=
      "\(findings.count) vulnerabilit\(findings.count == 1 ? "y" : "ies") in \(Set(findings.map(\.package)).count) of \(report.packages.count) packages, \(unfixed) without a fix; \(ImageArguments.system(contents))\(contents.layers > 0 ? ", \(contents.layers) layer\(contents.layers == 1 ? "" : "s")" : "").\n"
    if owned > 0 {
      text += "\(owned) of the packages came with the distribution's own, whose advisories speak for them.\n"
    }
    return text
  }

  private func json(
    _ report: ImageReport, _ findings: [ImageFinding], _ cleared: [(finding: ImageFinding, statement: VEX.Statement)],
    _ contents: ImageSource.Contents
  ) -> [UInt8] {
    let advice = ImageAdvice(findings, layers: contents.layers)
    var writer = JSONWriter(pretty: true)
    writer.answer("ImageReport") { writer in
      writer.field("source", source)
      writer.field("imageId", contents.identifier)
      writer.field("system", contents.system?.title)
      writer.field("endOfLife", contents.system.flatMap { EndOfLife.day($0) })
      writer.field("packages", report.packages.count)
      writer.field("ownedByDistribution", report.packages.count { $0.owner != nil })
      writer.key("findings")
      writer.array(of: findings) { writer, finding in
        writer.object { writer in
          writer.field("id", finding.advisory.id)
          writer.field("aliases", finding.advisory.aliases)
          writer.field("also", finding.also)
          writer.field("fingerprint", finding.finding(image: source).fingerprint.text)
          writer.field("package", finding.package.name)
          writer.field("version", finding.package.version)
          writer.field("source", finding.package.source)
          writer.field("sourceVersion", finding.package.sourceVersion)
          writer.field("ecosystem", finding.package.ecosystem.text)
          writer.field("path", finding.package.path)
          writer.field("fixed", finding.fix)
          writer.field("because", finding.because)
          writer.field("sources", finding.sources + (finding.isToldByOthers ? [] : ["Bartizan"]))
          writer.field("severity", finding.advisory.severity)
          writer.field("priority", finding.priority.level.name)
          writer.field("priorityReason", finding.priority.reason)
          writer.key("score")
          if let score = finding.priority.score { writer.value(score) } else { writer.null() }
          writer.key("likelihood")
          if let likelihood = finding.priority.likelihood { writer.value(likelihood) } else { writer.null() }
          writer.field("purl", finding.package.purl?.text)
          if let layer = finding.package.layer { writer.field("layer", layer) }
          if let step = contents.step(of: finding.package) { writer.field("step", step) }
          writer.field("summary", finding.advisory.summary)
        }
      }
      writer.key("advice")
      writer.array(of: advice.steps) { writer, step in
        writer.object { writer in
          writer.field("package", step.package)
          writer.field("ecosystem", step.ecosystem.text)
          writer.field("version", step.version)
          writer.field("command", step.command)
          writer.field("removes", step.removes)
          writer.field("worst", step.worst.name)
        }
      }
      writer.key("removals")
      writer.array(of: advice.removals) { writer, removal in
        writer.object { writer in
          writer.field("package", removal.package)
          writer.field("advisories", removal.advisories)
          writer.field("worst", removal.worst.name)
        }
      }
      writer.field("fromBase", advice.fromBase)
      writer.field("fixableInBase", advice.fixableInBase)
      writer.key("cleared")
      writer.array(of: cleared) { writer, item in
        writer.object { writer in
          writer.field("id", item.finding.advisory.id)
          writer.field("package", item.finding.package.name)
          writer.field("version", item.finding.package.version)
          writer.field("status", item.statement.status)
          writer.field("justification", item.statement.justification)
          writer.field("by", item.statement.file)
        }
      }
      writer.key("notCovered")
      writer.object { writer in
        for (name, count) in report.uncovered.sorted(by: { $0.key < $1.key }) { writer.field(name, count) }
      }
      writer.field("undecided", report.undecided)
      writer.field("problems", contents.problems.map(\.text))
    }
    writer.endLine()
    return writer.bytes
  }
}
