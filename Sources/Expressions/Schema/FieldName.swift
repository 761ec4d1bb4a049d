/// Names of fields as expressions write them: what is no identifier, or a keyword, is escaped (kube-apiserver,
/// `pkg/cel/escaping.go`).
package enum FieldName {
  static let keywords: Set<String> = [
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
    "loop", "package", "namespace", "return", "var", "void", "while",
  ]

  /// `a.b-c` as `a__dot__b__dash__c`; nil for what cannot be written.
  package static func escaped(_ name: String) -> String? {
    guard let first = name.utf8.first, first &- 0x30 >= 10 else { return nil }
    if keywords.contains(name) { return "__\(name)__" }
    var result = ""
    var scalars = name.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "_" where scalars.first == "_":
        scalars.removeFirst()
        result += "__underscores__"
      case "a"..."z", "A"..."Z", "0"..."9", "_": result.unicodeScalars.append(scalar)
      case ".": result += "__dot__"
      case "-": result += "__dash__"
      case "/": result += "__slash__"
      default: return nil
      }
    }
    return result
  }

  /// The name that `escaped` was made of; nil if it was made of none.
  package static func unescaped(_ name: String) -> String? {
    guard name.utf8.contains(0x5F), name.contains("__") else { return name }
    let bytes = Array(name.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard index + 1 < bytes.count, bytes[index] == 0x5F, bytes[index + 1] == 0x5F else {
        result.append(bytes[index])
        index += 1
        continue
      }
      // Two underscores, what is no underscore, two underscores.
      var end = index + 2
      while end < bytes.count, bytes[end] != 0x5F { end += 1 }
      guard end > index + 2, end + 1 < bytes.count, bytes[end + 1] == 0x5F else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let word = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
      switch word {
      case "underscores": result += [0x5F, 0x5F]
      case "dot": result.append(0x2E)
      case "dash": result.append(0x2D)
      case "slash": result.append(0x2F)
      default:
        guard keywords.contains(word), index == 0, end + 2 == bytes.count else { return nil }
        result += Array(word.utf8)
      }
      index = end + 2
    }
    return String(decoding: result, as: UTF8.self)
  }
}
