import Bytes
package import Collect
package import Findings
import Images
package import Report
package import Store

/// Says for each package of an image why an advisory applies to it or does not.
package enum ImageExplainOperation {
  /// - Parameter id: of an advisory, or an alias of it.
  /// - Throws: `BartizanError` when no package is spoken of by it.
  package static func run(
    _ id: String, _ contents: ImageSource.Contents, source: String, _ state: AdvisoryState
  ) throws(BartizanError) -> [ImageExplanationAnswer.Item] {
    var items: [ImageExplanationAnswer.Item] = []
    for package in contents.packages {
      let all: [AdvisoryExplanation]
      do throws(DocumentError) { all = try AdvisoryExplanation.all(of: package, in: state.store) } catch {
        throw BartizanError(error)
      }
      func isMeant(_ item: AdvisoryExplanation) -> Bool { item.advisory.id == id || item.advisory.aliases.contains(id) }
      let asked = all.filter(isMeant)
      if !asked.isEmpty {
        items.append(.init(package: package, asked: asked, others: all.filter { !isMeant($0) }))
      }
    }
    guard !items.isEmpty else {
      throw BartizanError(
        .input,
        "\(id): the store has no such advisory for any of the \(Phrase.count(contents.packages.count, "package")) of \(source)"
      )
    }
    return items
  }
}
