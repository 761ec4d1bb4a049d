import Bytes
package import Collect
package import Findings
package import Images
import Transport

/// Digests of the image that another scanner's report is about, where it is not the image at hand.
package struct OtherImage: Sendable {
  /// The name in the report; empty where it has none.
  package let name: String
  package let digests: [String]
  /// Digests of the image at hand.
  package let expected: [String]
}

/// Reads a report of another scanner from a file.
package enum ScannerReportFile {
  /// - Returns: the report, and the image that it is about if that is another one.
  package static func read(
    _ path: String, for contents: ImageSource.Contents
  ) throws(BartizanError) -> (report: ScannerReport, otherImage: OtherImage?) {
    let bytes = try FileReader.named(path)
    let report: ScannerReport
    do throws(DocumentError) { report = try ScannerReport.read(bytes) } catch {
      throw BartizanError(error, in: path)
    }
    let digests = [report.identifier, report.digest].filter { $0.hasPrefix("sha256:") }
    let here = [contents.identifier, contents.digest].compactMap { $0 }
    let isOther = !digests.isEmpty && !here.isEmpty && Set(digests).isDisjoint(with: here)
    return (report, isOther ? OtherImage(name: report.subject, digests: digests, expected: here) : nil)
  }
}
