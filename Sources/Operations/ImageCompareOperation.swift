import Bytes
package import Collect
package import Findings
package import Images
package import Store

/// Compares what other scanners say of an image with what the advisories say.
package struct ImageCompareOperation: Sendable {
  package struct Item: Sendable {
    package let file: String
    package let report: ScannerReport
    package let comparison: ScannerComparison
    package let otherImage: OtherImage?
  }

  package let state: AdvisoryState

  package init(state: AdvisoryState) { self.state = state }

  /// - Parameter reports: of other scanners on the image.
  package func run(_ contents: ImageSource.Contents, reports: [String]) throws(BartizanError) -> [Item] {
    let covered = state.store.ecosystems
    var items: [Item] = []
    for path in reports {
      let (report, image) = try ScannerReportFile.read(path, for: contents)
      do throws(DocumentError) {
        let ours = try ImageReport(
          system: contents.system, packages: contents.packages, store: state.store, covered: covered, risks: .empty)
        let comparison = try ScannerComparison(ours, report, store: state.store, covered: covered)
        items.append(Item(file: path, report: report, comparison: comparison, otherImage: image))
      } catch {
        throw BartizanError(error)
      }
    }
    return items
  }
}
