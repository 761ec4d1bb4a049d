import Bytes
package import Collect
package import Findings
import Images
package import Report
package import Store

/// Explains for each package of an image why an advisory applies to it or does not.
package enum ImageExplainOperation {
  /// - Parameter id: of an advisory, or one of its aliases, in letters of any case.
  /// - Returns: the packages that the advisory is about; empty for none.
  package static func run(
    _ id: String, _ contents: ImageSource.Contents, _ state: AdvisoryState
  ) throws(BartizanError) -> [ImageExplanationAnswer.Item] {
    var items: [ImageExplanationAnswer.Item] = []
    for package in contents.packages {
      let all: [AdvisoryExplanation]
      do throws(DocumentError) { all = try AdvisoryExplanation.all(of: package, in: state.store) } catch {
        throw BartizanError(error)
      }
      func isMeant(_ item: AdvisoryExplanation) -> Bool {
        ([item.advisory.id] + item.advisory.aliases).contains { AdvisoryName.isSame($0, id) }
      }
      let asked = all.filter(isMeant)
      if !asked.isEmpty {
        items.append(.init(package: package, asked: asked, others: all.filter { !isMeant($0) }))
      }
    }
    return items
  }
}
