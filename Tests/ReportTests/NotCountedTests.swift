import Bytes
import Findings
import Images
import Report
import Testing

/// What does not count is counted, and what was not judged is told, in every format.
@Suite struct NotCountedTests {
  private static func finding(_ name: String) -> Finding {
    Finding(
      check: CheckID("other"), severity: .high, title: "T", message: "m", subject: Subject(kind: "Pod", name: name),
      location: Location(file: "a.yaml", line: 1), evidence: [], remediation: "", references: [], controls: [])
  }

  private static func result(_ setAside: [SetAside], filters: [String] = []) -> ScanResult {
    var result = ScanResult(
      findings: [], problems: [], notEvaluated: [], tally: .init(), objects: 1, workloads: 1, namespaces: 0, checks: 1)
    result.setAside = setAside
    result.filters = filters
    return result
  }

  @Test(arguments: ScanReport.formats) func whatDoesNotCountIsCounted(_ format: OutputFormat) throws {
    let result = Self.result(
      [
        SetAside(Self.finding("a"), .exception, reason: "agreed"), SetAside(Self.finding("b"), .exception),
        SetAside(Self.finding("c"), .baseline), SetAside(Self.finding("d"), .statement),
        SetAside(Self.finding("e"), .filter),
      ], filters: ["--only severity:low"])
    let text = ReportFormatTests.text(format, result).replacing("\n", with: " ")
    guard format != .json else {
      let report = try JSONReader.read(text)
      let counts = report[path: "summary", "notCounted"]
      #expect(counts?["accepted"]?.int == 2 && counts?["known"]?.int == 1)
      #expect(counts?["cleared"]?.int == 1 && counts?["filtered"]?.int == 1)
      #expect(report[path: "summary", "filters"]?.elements.first?.string == "--only severity:low")
      #expect(report["accepted"]?.elements.first?["reason"]?.string == "agreed")
      return
    }
    for words in [
      "2 accepted by exceptions", "1 known from the baseline", "1 cleared by statements (VEX)",
      "1 left out by --only severity:low",
    ] { #expect(text.contains(words), "\(format): \(text)") }
    #expect(!text.contains("o findings.") && !text.contains("no findings\n"), "\(format): \(text)")
  }

  @Test(arguments: ScanReport.formats) func nothingIsSaidWhereEverythingCounts(_ format: OutputFormat) {
    let text = ReportFormatTests.text(format, Self.result([]))
    #expect(!text.contains("Not counted") && !text.contains("not counted"), "\(text)")
  }

  // MARK: Images

  private static func report(_ packages: [SoftwarePackage]) throws -> ImageReport {
    let advisory = Data.advisory
    var builder = AdvisoryStoreBuilder()
    builder.add(try #require(advisory))
    let store = try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
    return try ImageReport(system: nil, packages: packages, store: store, covered: store.ecosystems)
  }

  private enum Data {
    static let advisory = try? Advisory(
      JSONReader.read(
        #"{"id":"A-1","affected":[{"package":{"ecosystem":"PyPI","name":"other"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}"#
      ))
  }

  private static func text(_ format: OutputFormat, _ packages: [SoftwarePackage], several: Bool) throws -> String {
    let report = try report(packages)
    let image = ReportedImage(
      source: "app.tar", identifier: nil, purl: nil, system: nil, layers: 1, configuration: nil, problems: [])
    let result = ScanResult(
      findings: [], problems: [], notEvaluated: report.gaps(image: "app.tar"), tally: .init(), objects: packages.count,
      workloads: 0, namespaces: 0, checks: 1)
    let scan = ImageScanReport(image, report, findings: [], suppressed: [], result: result, toolVersion: "1", time: "")
    var bytes: [UInt8] = []
    if several {
      ImageReportsAnswer([scan, scan], unread: [], toolVersion: "1", time: "").render(
        format, Terminal(columns: nil)
      ) { bytes += $0 }
    } else {
      scan.render(format, Terminal(columns: nil)) { bytes += $0 }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// OpenVEX tells of the vulnerabilities that it names, and of nothing else.
  private static let formats = ImageScanReport.formats.filter { $0 != .openvex }

  @Test(arguments: formats, [true, false]) func anImageThatNobodyJudgedIsNotClean(
    _ format: OutputFormat, _ several: Bool
  ) throws {
    if several, format == .cyclonedx { return }
    let package = SoftwarePackage(ecosystem: Ecosystem("npm"), name: "a", version: "1", path: "")
    for packages in [[package], []] {
      let text = try Self.text(format, packages, several: several)
      switch format {
      case .json: #expect(text.contains("\"partial\""))
      case .table: #expect(text.contains(packages.isEmpty ? "NOT JUDGED" : "NOT COVERED"))
      default:
        let words = packages.isEmpty ? "no package was found in it" : "1 package of npm was not judged"
        #expect(text.contains(words), "\(format): \(text)")
      }
      switch format {
      case .markdown: #expect(text.contains("Scan: partial") && !text.contains("# Bartizan: no findings\n"))
      case .junit: #expect(!text.contains("errors=\"0\">\n</testsuites>") && text.contains("<error"))
      case .sarif: #expect(text.contains("\"executionSuccessful\": false"))
      case .gitlab: #expect(text.contains("\"status\": \"failure\""))
      case .cyclonedx: #expect(text.contains("\"aggregate\": \"incomplete\""))
      default: break
      }
    }
  }

  @Test func whatIsJudgedInPartIsASuccessWithAMessage() throws {
    let text = try Self.text(
      .gitlab,
      [
        SoftwarePackage(ecosystem: Ecosystem("npm"), name: "a", version: "1", path: ""),
        SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "b", version: "1", path: ""),
      ], several: false)
    #expect(text.contains("\"status\": \"success\"") && text.contains("\"level\": \"warn\""))
  }
}
