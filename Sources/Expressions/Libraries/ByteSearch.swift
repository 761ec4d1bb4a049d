/// Finding a text in another by bytes.
enum ByteSearch {
  /// Offset in UTF-8 of the first occurrence; nil if there is none.
  static func first(_ part: String, in text: String, from start: Int = 0) -> Int? {
    var text = text
    var part = part
    return text.withUTF8 { text in
      part.withUTF8 { part in first(part, in: text, from: start) }
    }
  }

  static func first(_ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start >= 0, start <= text.count else { return nil }
    guard let head = part.first else { return start }
    guard text.count - start >= part.count else { return nil }
    let last = text.count - part.count
    var position = start
    while position <= last {
      if text[position] == head {
        var index = 1
        while index < part.count, text[position + index] == part[index] { index += 1 }
        if index == part.count { return position }
      }
      position += 1
    }
    return nil
  }
}

/// Text as Go prints it.
enum GoText {
  /// `%q` and `strconv.Quote`.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{07}": result += "\\a"
      case "\u{08}": result += "\\b"
      case "\u{0C}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0B}": result += "\\v"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          result += "\\x" + hex(scalar.value, 2)
        } else if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += scalar.value < 0x10000 ? "\\u" + hex(scalar.value, 4) : "\\U" + hex(scalar.value, 8)
        }
      }
    }
    return result + "\""
  }

  static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value == 0x20 { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  /// What `strconv.Atoi` says.
  static func badNumber(_ text: String) -> String { "strconv.Atoi: parsing \(quoted(text)): invalid syntax" }
}
