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
      let meant = fields.keys.sorted().map { (name: $0, distance: Self.distance($0, entry.key)) }
        .min { $0.distance < $1.distance }
      return [(inner, entry, meant.flatMap { $0.distance <= 2 ? $0.name : nil })]
    }
  }

  /// Letters to add, drop, change or swap with their neighbour, to get from one to the other, case aside (optimal string
  /// alignment).
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased().utf8)
    let b = Array(b.lowercased().utf8)
    // A name as long as no field is none of them misspelt.
    guard a.count < 64, b.count < 64 else { return .max }
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
