import Bytes
package import Findings
package import Images
import Transport

/// Reads a report of another scanner from a file.
package enum ScannerReportFile {
  /// - Throws: `BartizanError` for a file that cannot be read, or is no such report.
  package static func read(_ path: String) throws(BartizanError) -> ScannerReport {
    let bytes = try FileReader.named(path)
    do throws(DocumentError) { return try ScannerReport.read(bytes) } catch {
      throw BartizanError(error, in: path)
    }
  }
}

extension ScannerReport {
  /// The image that it says it is about.
  var about: ReportSubject {
    ReportSubject(names: [subject] + otherNames, digests: [identifier, digest] + otherDigests)
  }
}
