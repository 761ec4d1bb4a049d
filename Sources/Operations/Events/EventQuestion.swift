package import Bytes
import Events
package import Findings
package import Store

/// A question about events as a user writes it: a query, and a range of time.
package struct EventQuestion: Sendable {
  package let selection: EventSelection
  /// As it was written.
  package let query: String
  /// Names in the query that are no fields of the catalogue, so that they are looked for as paths in the originals.
  package let paths: [String]

  /// - Parameters:
  ///   - query: in the Kibana Query Language; empty or `*` for every event.
  ///   - since: the start of the range, included; nil for none.
  ///   - until: its end, excluded.
  ///   - now: what `now` and times such as `-15m` count from.
  /// - Throws: `BartizanError` of code `usage` that says which place of the text is wrong.
  package init(
    query: String, since: String? = nil, until: String? = nil, now: Timestamp, naming: QuestionNaming = .options
  ) throws(BartizanError) {
    let node: QueryNode
    let compiled: CompiledQuery
    do throws(QueryError) {
      node = try QueryParser.parse(query)
      compiled = try CompiledQuery(node, now: now)
    } catch {
      throw BartizanError(.usage, "query, character \(error.column): \(error.message)", cause: error)
    }
    let range = TimeRange(
      since: try Self.time(since, naming.name("since"), now), until: try Self.time(until, naming.name("until"), now))
    if let start = range.since, let end = range.until, start >= end {
      throw BartizanError(
        .usage, "\(naming.name("since")) \(start.text) is not before \(naming.name("until")) \(end.text)")
    }
    selection = EventSelection(compiled, time: range)
    self.query = query
    paths = Self.unknownNames(node)
  }

  private init(_ selection: EventSelection, _ query: String, _ paths: [String]) {
    self.selection = selection
    self.query = query
    self.paths = paths
  }

  /// The same question, asked of events without their secrets.
  package var masked: EventQuestion { EventQuestion(selection.masked, query, paths) }

  private static func time(_ text: String?, _ option: String, _ now: Timestamp) throws(BartizanError) -> Timestamp? {
    guard let text else { return nil }
    guard let time = TimeExpression.parse(text, now: now) else {
      throw BartizanError(
        .usage,
        "\(option) \(text): no time; write -15m, now-1d, 2026-11-28, 2026-11-28T07:30:00Z or seconds since 1970")
    }
    return time
  }

  private static func unknownNames(_ node: QueryNode) -> [String] {
    var names: [String] = []
    func visit(_ node: QueryNode) {
      switch node {
      case .all, .free: break
      case .and(let nodes), .or(let nodes): nodes.forEach(visit)
      case .not(let node): visit(node)
      case .field(let name, _), .exists(let name), .range(let name, _, _), .nested(let name, _):
        if !name.hasWildcard, FieldID(name: name.text) == nil, !names.contains(name.text) { names.append(name.text) }
      }
    }
    visit(node)
    return names
  }
}
