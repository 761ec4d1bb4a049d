package import Bytes

/// Values as Go's `fmt` and `encoding/json` print them.
extension GoText {
  /// `%v` of a float64
  package static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e21 {
      return abs(value) < 9e18 ? String(Int64(value)) : Swift.String(describing: value)
    }
    var text = String(value)
    // Swift writes 1e-05 as 1e-05, Go too; 1e+21 needs its sign.
    if let exponent = text.firstIndex(of: "e") {
      let after = text.index(after: exponent)
      if text[after] != "-", text[after] != "+" { text.insert("+", at: after) }
    }
    return text
  }

  /// Keys of maps in order, as Go's JSON has them.
  package static func sorted(_ node: DocumentNode) -> DocumentNode {
    switch node.content {
    case .object(let mapping):
      return node.with(
        .object(
          Mapping(
            mapping.entries.sorted { $0.key < $1.key }.map {
              Mapping.Entry(key: $0.key, line: $0.line, column: $0.column, value: sorted($0.value))
            })))
    case .array(let items): return node.with(.array(items.map(sorted)))
    default: return node
    }
  }
}
