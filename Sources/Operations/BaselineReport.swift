import Bytes
package import Findings
import Transport

/// A JSON report of an earlier scan, whose findings are already known.
package enum BaselineReport {
  /// - Throws: `BartizanError` when the file cannot be read or is not such a report.
  package static func entries(_ path: String) throws(BartizanError) -> [Baseline.Entry] {
    try read(path).parts.flatMap(\.entries)
  }

  /// - Returns: with whether its scan saw all that it needed.
  /// - Throws: as `entries`.
  static func read(
    _ path: String
  ) throws(BartizanError) -> (parts: [Part], isComplete: Bool) {
    let bytes = try FileReader.named(path)
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
      throw BartizanError(
        .input, "\(path):\(error.line): \(error.message); a baseline is a report in JSON (`--format json`)",
        cause: error)
    }
    return (try parts(document, path), document[path: "summary", "status"]?.string.map { $0 == "complete" } ?? true)
  }

  /// The findings that were known of one image; of all that was scanned, where the report is on something else.
  struct Part {
    /// Nil for what is no image.
    let subject: ReportSubject?
    let entries: [Baseline.Entry]
  }

  /// - Throws: as `entries`.
  static func parts(_ path: String) throws(BartizanError) -> [Part] { try read(path).parts }

  private static func parts(_ document: DocumentNode, _ path: String) throws(BartizanError) -> [Part] {
    // Of several images, each has its own list.
    if document["kind"]?.string == "ImageReports" {
      return (document["images"]?.elements ?? []).map { image in
        Part(subject: ReportSubject(report: image), entries: entries(image, isOfImage: true))
      }
    }
    let isOfImage = document["kind"]?.string == "ImageReport"
    guard isOfImage || document["kind"]?.string == "ScanReport" else {
      throw BartizanError(
        .input, "\(path): not a ScanReport or ImageReport; a baseline is a report in JSON (`--format json`)")
    }
    return [
      Part(
        subject: isOfImage ? ReportSubject(report: document) : nil,
        entries: entries(document, isOfImage: isOfImage))
    ]
  }

  private static func entries(_ document: DocumentNode, isOfImage: Bool) -> [Baseline.Entry] {
    (document["findings"]?.elements ?? []).map { finding in
      let subject =
        isOfImage
        ? Subject.image("")
        : Subject(
          reportedGroup: finding[path: "subject", "group"]?.string ?? "",
          kind: finding[path: "subject", "kind"]?.string ?? "",
          namespace: finding[path: "subject", "namespace"]?.string,
          name: finding[path: "subject", "name"]?.string ?? "",
          cluster: finding[path: "subject", "cluster"]?.string)
      return Baseline.Entry(
        check: finding["check"]?.string ?? finding["id"]?.string ?? "", subject: Baseline.Entry.subject(subject),
        fingerprint: finding["fingerprint"]?.string ?? "",
        file: isOfImage ? "" : finding[path: "location", "file"]?.string ?? "",
        severity: finding["severity"]?.string.flatMap(Severity.init(name:)),
        values: finding["evidence"]?.array.map { items in
          Baseline.Entry.values(of: items.map { ($0["path"]?.string ?? "", $0["value"]?.string) })
        })
    }
  }
}
