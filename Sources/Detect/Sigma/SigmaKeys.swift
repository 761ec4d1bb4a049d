import Bytes
import Events
import Findings

/// The members that rules have, and those that are written by mistake.
///
/// Source: Sigma, JSON schemas of rules, correlations and filters. Rules may have members of their own, which are told but do no
/// harm; a member of a correlation that is misspelled makes it another one, so it is refused.
enum SigmaKeys {
  /// Members of documents; those after the first line are of SigmaHQ's collections and of ours.
  private static let document: Set<String> = [
    "title", "id", "related", "name", "taxonomy", "status", "description", "license", "author", "references", "date",
    "modified", "logsource", "detection", "fields", "falsepositives", "level", "tags", "scope", "correlation",
    "generate",
    "filter", "regression_tests_path", "simulation", "action", "message", "exceptions", "custom", "ruletype",
    "yml_filename",
    "yml_path", "version",
  ]
  private static let correlation: Set<String> = [
    "type", "rules", "aliases", "group-by", "timespan", "condition", "generate",
  ]
  private static let source: Set<String> = ["product", "category", "service", "definition"]
  private static let mostLevels = 32

  /// A member that nobody reads.
  struct Unknown {
    let name: String
    let nearest: String?
    let line: Int
  }

  /// The first member that an object of the document has twice.
  static func repeated(in node: DocumentNode, level: Int = 0) -> Mapping.Entry? {
    guard level < mostLevels else { return nil }
    if let mapping = node.mapping {
      if let twice = mapping.repeated.first { return twice }
      for entry in mapping.entries {
        if let found = repeated(in: entry.value, level: level + 1) { return found }
      }
    }
    for element in node.array ?? [] {
      if let found = repeated(in: element, level: level + 1) { return found }
    }
    return nil
  }

  /// The first member of a correlation that is spelled nearly as one that counts.
  static func misspelled(in node: DocumentNode) -> Unknown? {
    guard let body = node["correlation"] else { return nil }
    return unknown(in: body, correlation).first { $0.nearest != nil }
  }

  /// Members that nobody reads.
  static func unknown(in node: DocumentNode) -> [Unknown] {
    var found = unknown(in: node, document)
    if let body = node["correlation"] { found += unknown(in: body, correlation) }
    if let source = node["logsource"] { found += unknown(in: source, Self.source) }
    return found
  }

  private static func unknown(in node: DocumentNode, _ known: Set<String>) -> [Unknown] {
    (node.mapping?.entries ?? []).filter { !known.contains($0.key) }.map { entry in
      Unknown(name: entry.key, nearest: nearest(entry.key, known), line: Int(entry.line))
    }
  }

  /// `groupby`, `group_by` and `Group-By` are `group-by`.
  private static func nearest(_ name: String, _ known: Set<String>) -> String? {
    func plain(_ text: String) -> String { text.lowercased().filter { $0 != "-" && $0 != "_" } }
    let order = known.sorted()
    return order.first { plain($0) == plain(name) } ?? NearestName.of(name, in: order)
  }
}
