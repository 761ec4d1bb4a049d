import Bytes
package import Findings
import Transport

/// A JSON report of an earlier scan: the findings that are known already.
package enum BaselineReport {
  /// - Throws: `BartizanError` when the file cannot be read or is something else.
  package static func entries(_ path: String) throws(BartizanError) -> [Baseline.Entry] {
    let bytes = try FileReader.named(path)
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
      throw BartizanError(
        .input, "\(path):\(error.line): \(error.message); a baseline is a report in JSON (`--format json`)",
        cause: error)
    }
    return try entries(document, path)
  }

  /// - Returns: nil for a file that is no report of ours.
  package static func entriesIfReport(_ path: String) -> [Baseline.Entry]? { try? entries(path) }

  private static func entries(_ document: DocumentNode, _ path: String) throws(BartizanError) -> [Baseline.Entry] {
    let isOfImage = document["kind"]?.string == "ImageReport"
    guard isOfImage || document["kind"]?.string == "ScanReport" else {
      throw BartizanError(
        .input, "\(path): not a ScanReport or ImageReport; a baseline is a report in JSON (`--format json`)")
    }
    return (document["findings"]?.elements ?? []).map { finding in
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
        fingerprint: finding["fingerprint"]?.string ?? "")
    }
  }
}
