import Bytes
import Kube

/// The fields that a kind of policy has: a misspelt one is dropped by the API server unless it is asked to be strict, and the
/// rule then says less than was meant, which mostly means that it allows more.
package indirect enum PolicyFields: Sendable {
  /// Whatever is there is right: labels, and values.
  case any
  /// A mapping, or a list of mappings, with these fields.
  case fields([String: PolicyFields])

  /// Fields that hold values.
  package static func values(_ names: String...) -> PolicyFields {
    .fields(Dictionary(uniqueKeysWithValues: names.map { ($0, .any) }))
  }

  package static let labelSelector = PolicyFields.fields([
    "matchLabels": .any, "matchExpressions": .values("key", "operator", "values"),
  ])

  /// Entries that are none of the fields, with their paths, and the field that was meant where one is much alike.
  func unknown(in node: DocumentNode, at path: String) -> [(path: String, entry: Mapping.Entry, meant: String?)] {
    guard case .fields(let fields) = self else { return [] }
    if let items = node.array {
      return items.enumerated().flatMap { unknown(in: $1, at: "\(path)[\($0)]") }
    }
    return node.entries.flatMap { entry -> [(path: String, entry: Mapping.Entry, meant: String?)] in
      let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      if let known = fields[entry.key] { return known.unknown(in: entry.value, at: inner) }
      return [(inner, entry, NearestName.of(entry.key, in: fields.keys.sorted(), mistakes: 2))]
    }
  }
}
