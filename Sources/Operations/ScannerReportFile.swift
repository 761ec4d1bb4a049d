import Bytes
package import Collect
package import Findings
package import Images
import Transport

/// Digests of an image that a report of another scanner speaks of, where it is not the one at hand.
package struct OtherImage: Sendable {
  /// As the report names it; empty where it does not.
  package let name: String
  package let digests: [String]
  /// Those of the image at hand.
  package let expected: [String]
}

/// A report of another scanner, in a file.
package enum ScannerReportFile {
  /// - Returns: the report, and what image it speaks of where that is another.
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
