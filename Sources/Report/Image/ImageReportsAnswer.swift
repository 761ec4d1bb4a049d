package import Bytes
import Findings
import Images

/// The vulnerabilities of several images (`image scan` of more than one).
package struct ImageReportsAnswer: KindOfAnswer {
  package static let kind = "ImageReports"
  package static let formats = ImageScanReport.formats
  /// Documents about one subject.
  private static let ofOneImage: [OutputFormat] = [.cyclonedx, .openvex]

  /// An image that was named and could not be read.
  package struct Unread: Sendable {
    /// As the user named it.
    package let source: String
    package let reason: String

    package init(source: String, reason: String) {
      self.source = source
      self.reason = reason
    }
  }

  private let images: [ImageScanReport]
  private let unread: [Unread]
  private let toolVersion: String
  private let time: String

  /// - Parameters:
  ///   - images: in the order of the user.
  ///   - time: of the report, RFC 3339 in UTC.
  package init(_ images: [ImageScanReport], unread: [Unread], toolVersion: String, time: String) {
    self.images = images
    self.unread = unread
    self.toolVersion = toolVersion
    self.time = time
  }

  /// The formats among these that cannot tell of several images.
  package static func refused(_ formats: [OutputFormat]) -> [OutputFormat] { formats.filter(ofOneImage.contains) }

  package func render(_ format: OutputFormat, _ terminal: Terminal, to sink: ([UInt8]) -> Void) {
    switch format {
    case .json: document(to: sink)
    case .gitlab:
      sink(
        GitLabContainerReport.render(
          images.map { ($0.findings, $0.image.source, $0.image.systemText) }, result,
          isJudged: images.contains { !$0.report.judgesNothing }, toolVersion: toolVersion, time: time))
    case .table: sink(Array(text(terminal).utf8))
    default: general.render(format, terminal, to: sink)
    }
  }

  /// All of it in the formats of every scan: what could not be read is a problem there.
  private var general: ScanReport {
    var rules: [CheckID: RuleMetadata] = [:]
    for rule in images.flatMap(\.rules) where rules[rule.id] == nil { rules[rule.id] = rule }
    return ScanReport(
      result,
      ReportOptions(
        sources: images.map(\.image.source) + unread.map(\.source), toolVersion: toolVersion,
        rules: rules.values.sorted { $0.id.rawValue < $1.id.rawValue }, time: time))
  }

  private var result: ScanResult {
    let results = images.map(\.result)
    // What is said of an exception is said once.
    var told = Set<Fingerprint>()
    var result = ScanResult(
      findings: results.flatMap(\.findings).filter {
        !$0.subject.isException || told.insert($0.fingerprint).inserted
      },
      problems: Set(results.flatMap(\.problems)).sorted(by: Problem.isOrderedBefore)
        + unread.map { Problem(code: "image", location: Location(file: $0.source), message: $0.reason) },
      notEvaluated: results.flatMap(\.notEvaluated), tally: ScanResult.Tally(),
      objects: results.reduce(0) { $0 + $1.objects }, workloads: 0,
      namespaces: 0, checks: 1)
    result.setAside = results.flatMap(\.setAside)
    result.filters = results.first?.filters ?? []
    return result
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    for image in images { text += "IMAGE  \(Terminal.printable(image.image.source))\n" + image.text(terminal) + "\n" }
    for item in unread { text += "NOT READ  \(Terminal.printable("\(item.source): \(item.reason)"))\n" }
    let affected = images.count { !$0.findings.isEmpty }
    let total = images.reduce(0) { $0 + $1.findings.count }
    let all = images.count + unread.count
    text +=
      "\(Phrase.count(total, "vulnerability")) in \(affected) of \(Phrase.count(all, "image"))\(unread.isEmpty ? "" : "; \(unread.count) of them not read").\n"
    return text
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("images")
    writer.array(of: images) { writer, image in
      writer.object { image.write(&$0, to: sink) }
      writer.drain(to: sink)
    }
    writer.key("unread")
    writer.array(of: unread) { writer, item in
      writer.object { writer in
        writer.field("source", item.source)
        writer.field("reason", item.reason)
      }
    }
  }
}
