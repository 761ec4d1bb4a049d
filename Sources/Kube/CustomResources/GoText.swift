package import Bytes

/// Values as Go's `fmt` and `encoding/json` print them, where the API server's messages hold them.
package enum GoText {
  /// `%q`
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x07: result += "\\a"
      case 0x08: result += "\\b"
      case 0x0C: result += "\\f"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x0B: result += "\\v"
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0..<0x20, 0x7F: result += "\\x" + hex(scalar.value, 2)
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else if scalar.value < 0x10000 {
          result += "\\u" + hex(scalar.value, 4)
        } else {
          result += "\\U" + hex(scalar.value, 8)
        }
      }
    }
    return result + "\""
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
    case .spaceSeparator: return scalar.value == 0x20
    default: return true
    }
  }

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
