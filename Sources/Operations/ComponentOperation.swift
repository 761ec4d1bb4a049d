import Access
import Bytes
package import Depth
package import Findings
package import Kube
import Reach
package import Report
import Transport

/// Reviews of what was installed: components are recognised, and each gets its dossier.
package struct ComponentOperation: Sendable {
  package let graph: DepthGraph
  package let catalogue: ComponentCatalogue
  private let context: ComponentDossier.Context

  /// - Parameter today: `2026-11-29`, for what ends; nil: nothing is said of it.
  package init(_ snapshot: ClusterSnapshot, reach: ReachOperation, today: String?) {
    graph = DepthOperation(reach: reach).graph(of: snapshot)
    catalogue = ComponentCatalogue(snapshot)
    context = ComponentDossier.Context(graph, today: today)
  }

  /// What extends the API or was installed as a platform, and what holds as much as one.
  package var platforms: [Component] { catalogue.components.filter(isReviewed) }

  /// Names of the other components: applications without a hold on the API.
  package var applications: [String] { catalogue.components.filter { !isReviewed($0) }.map(\.name) }

  private func isReviewed(_ component: Component) -> Bool {
    component.isPlatform || ComponentDossier.isPowerful(component, graph, context)
  }

  package func dossier(_ component: Component) -> ComponentDossier { ComponentDossier(component, graph, context) }

  /// - Throws: `BartizanError` where nothing of the name is in the input.
  package func components(named names: [String]) throws(BartizanError) -> [Component] {
    var found: [Component] = []
    for name in names {
      let own = catalogue.named(name)
      if own.isEmpty {
        let known = platforms.map(\.name)
        throw BartizanError(
          .input,
          "no component is called \"\(name)\"; \(known.isEmpty ? "none was recognised" : "recognised are \(Phrase.list(known, shown: 12))")"
        )
      }
      found += own
    }
    return found
  }

  // MARK: Images

  /// Reads what commands about images wrote in JSON.
  ///
  /// - Parameter now: RFC 3339, for ages.
  /// - Throws: `BartizanError` for a file that cannot be read, or holds something else.
  package static func imageRecords(_ paths: [String], now: String) throws(BartizanError) -> ImageRecords {
    var records = ImageRecords(now: now)
    for path in paths {
      let bytes = try FileReader.named(path)
      let document: DocumentNode
      do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
        throw BartizanError(.input, "\(path):\(error.line): \(error.message)")
      }
      guard records.add(document) else {
        throw BartizanError(
          .input,
          "\(path): neither `image scan`, `image verify` nor `image provenance` has written it with --format json")
      }
    }
    return records
  }

  // MARK: The earlier review

  /// Reads what `component review --format json` wrote.
  ///
  /// - Throws: `BartizanError` for a file that cannot be read, or holds something else.
  package static func earlier(_ path: String) throws(BartizanError) -> [String: ComponentDossiersAnswer.Earlier] {
    let bytes = try FileReader.named(path)
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(bytes) } catch {
      throw BartizanError(.input, "\(path):\(error.line): \(error.message)")
    }
    guard document["kind"]?.string == ComponentDossiersAnswer.kind, let list = document["components"]?.array else {
      throw BartizanError(.input, "\(path): no review of components, as `component review --format json` writes it")
    }
    var found: [String: ComponentDossiersAnswer.Earlier] = [:]
    for item in list {
      guard let name = item["name"]?.text else { continue }
      var facts = Set((item["reasons"]?.elements ?? []).compactMap { $0["text"]?.text }.map { "grade: \($0)" })
      for chapter in item["chapters"]?.elements ?? [] {
        let id = chapter["id"]?.text ?? ""
        for line in chapter["lines"]?.strings ?? [] { facts.insert("\(id): \(line)") }
      }
      found[name] = .init(grade: item["grade"]?.string.flatMap { ComponentDossier.Grade($0) }, facts: facts)
    }
    return found
  }
}
