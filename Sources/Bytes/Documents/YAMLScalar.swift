/// The type of a plain YAML scalar, as the YAML library of kubectl and the API server resolves it (go-yaml v2:
/// YAML 1.1 words for booleans and null, save the single letters, see `DocumentNode.bool`; integers in base 2, 8, 10 and 16, floats).
enum YAMLScalar {
  /// Nil means text.
  static func resolve(_ bytes: UnsafeBufferPointer<UInt8>) -> DocumentNode.Content? {
    guard let first = bytes.first else { return .null }
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      return number(bytes)
    case UInt8(ascii: "~"): return bytes.count == 1 ? .null : nil
    case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "o"),
      UInt8(ascii: "O"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      return bytes.count <= 5 ? words[String(decoding: bytes, as: UTF8.self)] : nil
    default: return nil
    }
  }

  private static let words: [String: DocumentNode.Content] = {
    var table: [String: DocumentNode.Content] = [:]
    for word in ["null", "Null", "NULL"] { table[word] = .null }
    for word in ["yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { table[word] = .bool(true) }
    for word in ["no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
      table[word] = .bool(false)
    }
    return table
  }()

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> DocumentNode.Content? {
    // Anything that starts like a number but holds another letter is text: versions, quantities, dates, addresses.
    var digits = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "x"),
        UInt8(ascii: "o"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
        UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "I"), UInt8(ascii: "N"):
        break
      default: return nil
      }
    }
    let text = String(decoding: bytes.lazy.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    if digits == 0 {
      switch text {
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
      case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
      case ".nan", ".NaN", ".NAN": return .double(.nan)
      default: return nil
      }
    }
    if let integer = integer(text) { return .int(integer) }
    guard isFloat(text), let value = Double(text) else { return nil }
    return .double(value)
  }

  private static func integer(_ text: String) -> Int64? {
    var body = Substring(text)
    var sign = ""
    if let first = body.first, first == "-" || first == "+" {
      sign = String(first)
      body.removeFirst()
    }
    if body.hasPrefix("0x") { return Int64(sign + body.dropFirst(2), radix: 16) }
    if body.hasPrefix("0b") { return Int64(sign + body.dropFirst(2), radix: 2) }
    if body.hasPrefix("0o") { return Int64(sign + body.dropFirst(2), radix: 8) }
    if body.count > 1, body.hasPrefix("0") { return Int64(sign + body.dropFirst(1), radix: 8) }
    return Int64(sign + body)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isFloat(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { bytes.removeFirst() }
    func digits() -> Int {
      var count = 0
      while let byte = bytes.first, byte &- 0x30 < 10 {
        bytes.removeFirst()
        count += 1
      }
      return count
    }
    let whole = digits()
    if bytes.first == UInt8(ascii: ".") {
      bytes.removeFirst()
      if digits() == 0, whole == 0 { return false }
    } else if whole == 0 {
      return false
    }
    if let letter = bytes.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") {
      bytes.removeFirst()
      if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { bytes.removeFirst() }
      if digits() == 0 { return false }
    }
    return bytes.isEmpty
  }
}
