import Bytes
package import Collect
package import Findings
package import Images
package import Report
package import Store

/// Compares what other scanners report for an image with what the advisories say.
package struct ImageCompareOperation: Sendable {
  /// One report of another scanner with its comparison. `other` is set where it is about another image than the
  /// one scanned, or not known to be about that.
  package struct Item: Sendable {
    package let file: String
    package let report: ScannerReport
    package let comparison: ScannerComparison
    package let other: OtherReport?
  }

  package let state: AdvisoryState

  package init(state: AdvisoryState) { self.state = state }

  /// - Parameters:
  ///   - source: the image, as the user named it.
  ///   - reports: files with reports of other scanners on the image.
  package func run(_ contents: ImageSource.Contents, source: String, reports: [String]) throws(BartizanError) -> [Item]
  {
    let covered = state.store.ecosystems
    var items: [Item] = []
    for path in reports {
      let report = try ScannerReportFile.read(path)
      let other = report.about.other(
        than: ReportSubject.Image(contents, source), file: path, isBuild: false, use: { _ in .compared })
      do throws(DocumentError) {
        let ours = try ImageReport(
          system: contents.system, packages: contents.packages, store: state.store, covered: covered, risks: .empty)
        let comparison = try ScannerComparison(ours, report, store: state.store, covered: covered)
        items.append(Item(file: path, report: report, comparison: comparison, other: other))
      } catch {
        throw BartizanError(error)
      }
    }
    return items
  }
}
