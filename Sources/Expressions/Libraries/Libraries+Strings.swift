extension Libraries {
  /// Functions of texts (cel-go `ext/strings.go`). Positions count code points.
  ///
  /// - Parameter version: of cel-go's library; Kubernetes has 2 since 1.29 and 0 before.
  static func strings(version: Int) -> CELLanguage.Library {
    // The specification refuses offsets beyond the text, which cel-go's earlier versions answer.
    let isStrict = version >= 4
    var library = CELLanguage.Library()
    library.functions = [
      FunctionDeclaration(
        "charAt",
        [
          .member(
            "string_char_at_int", [.string, .int], .string,
            .binary { text, index throws(CELFailure) in
              guard case .string(let text) = text, case .int(let index) = index else { throw .noSuchOverload }
              let scalars = Array(text.unicodeScalars)
              guard index >= 0, index <= scalars.count else { throw outOfRange(index) }
              return .string(index == scalars.count ? "" : String(scalars[Int(index)]))
            })
        ]),
      FunctionDeclaration(
        "indexOf",
        [
          .member(
            "string_index_of_string", [.string, .string], .int,
            ofTexts { text, part in
              .int(firstIndex(of: part, in: text, from: 0))
            }),
          .member(
            "string_index_of_string_int", [.string, .string, .int], .int,
            .any { values throws(CELFailure) in
              let (text, part, offset) = try textsAndNumber(values)
              if part.isEmpty { return .int(offset) }
              guard offset >= 0, !isStrict || offset <= text.scalarCount else { throw outOfRange(offset) }
              return .int(firstIndex(of: part, in: text, from: offset))
            }),
        ]),
      FunctionDeclaration(
        "lastIndexOf",
        [
          .member(
            "string_last_index_of_string", [.string, .string], .int,
            ofTexts { text, part in
              let count = Int64(text.scalarCount)
              return .int(part.isEmpty ? count : lastIndex(of: part, in: text, from: count - 1))
            }),
          .member(
            "string_last_index_of_string_int", [.string, .string, .int], .int,
            .any { values throws(CELFailure) in
              let (text, part, offset) = try textsAndNumber(values)
              if part.isEmpty { return .int(offset) }
              guard offset >= 0, !isStrict || offset <= text.scalarCount else { throw outOfRange(offset) }
              return .int(lastIndex(of: part, in: text, from: offset))
            }),
        ]),
      FunctionDeclaration(
        "lowerAscii",
        [.member("string_lower_ascii", [.string], .string, ofText { .string(asciiCased($0, upper: false)) })]),
      FunctionDeclaration(
        "upperAscii",
        [.member("string_upper_ascii", [.string], .string, ofText { .string(asciiCased($0, upper: true)) })]),
      FunctionDeclaration(
        "replace",
        [
          .member(
            "string_replace_string_string", [.string, .string, .string], .string,
            .any { values throws(CELFailure) in try replaced(values, limit: -1) }),
          .member(
            "string_replace_string_string_int", [.string, .string, .string, .int], .string,
            .any { values throws(CELFailure) in
              guard case .int(let limit) = values[3] else { throw .noSuchOverload }
              return try replaced(values, limit: limit)
            }),
        ]),
      FunctionDeclaration(
        "split",
        [
          .member(
            "string_split_string", [.string, .string], .list(.string),
            ofTexts { text, separator in
              split(text, separator, limit: -1)
            }),
          .member(
            "string_split_string_int", [.string, .string, .int], .list(.string),
            .any { values throws(CELFailure) in
              let (text, separator, limit) = try textsAndNumber(values)
              return split(text, separator, limit: limit)
            }),
        ]),
      FunctionDeclaration(
        "substring",
        [
          .member(
            "string_substring_int", [.string, .int], .string,
            .binary { text, start throws(CELFailure) in
              guard case .string(let text) = text, case .int(let start) = start else { throw .noSuchOverload }
              let scalars = Array(text.unicodeScalars)
              guard start >= 0, start <= scalars.count else { throw outOfRange(start) }
              return .string(String(String.UnicodeScalarView(scalars[Int(start)...])))
            }),
          .member(
            "string_substring_int_int", [.string, .int, .int], .string,
            .any { values throws(CELFailure) in
              guard case .string(let text) = values[0], case .int(let start) = values[1], case .int(let end) = values[2]
              else { throw .noSuchOverload }
              let scalars = Array(text.unicodeScalars)
              guard start <= end else {
                throw .argument("invalid substring range. start: \(start), end: \(end)")
              }
              guard start >= 0, start <= scalars.count else { throw outOfRange(start) }
              guard end >= 0, end <= scalars.count else { throw outOfRange(end) }
              return .string(String(String.UnicodeScalarView(scalars[Int(start)..<Int(end)])))
            }),
        ]),
      FunctionDeclaration("trim", [.member("string_trim", [.string], .string, ofText { .string(trimmed($0)) })]),
      FunctionDeclaration(
        "join",
        [
          .member(
            "list_join", [.list(.string)], .string,
            .unary { list throws(CELFailure) in try joined(list, "") }),
          .member(
            "list_join_string", [.list(.string), .string], .string,
            .binary { list, separator throws(CELFailure) in
              guard case .string(let separator) = separator else { throw .noSuchOverload }
              return try joined(list, separator)
            }),
        ]),
    ]
    if version >= 1 {
      library.functions += [
        FunctionDeclaration(
          "format",
          [
            .member(
              "string_format", [.string, .list(.dyn)], .string,
              .binary { text, list throws(CELFailure) in
                guard case .string(let text) = text, case .list(let list) = list else { throw .noSuchOverload }
                return .string(try Formatter(isPlain: version >= 4).format(text, list))
              })
          ]),
        FunctionDeclaration(
          "strings.quote", [Overload("strings_quote", [.string], .string, ofText { .string(quoted($0)) })]),
      ]
    }
    if version >= 3 {
      library.functions.append(
        FunctionDeclaration(
          "reverse",
          [
            .member(
              "string_reverse", [.string], .string,
              ofText { text in
                .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
              })
          ]))
    }
    return library
  }

  static func ofText(_ body: @escaping @Sendable (String) throws(CELFailure) -> CELValue) -> Overload.Body {
    .unary { value throws(CELFailure) in
      guard case .string(let text) = value else { throw .noSuchOverload }
      return try body(text)
    }
  }

  private static func outOfRange(_ index: Int64) -> CELFailure { .argument("index out of range: \(index)") }

  private static func textsAndNumber(_ values: [CELValue]) throws(CELFailure) -> (String, String, Int64) {
    guard values.count == 3, case .string(let a) = values[0], case .string(let b) = values[1],
      case .int(let n) = values[2]
    else { throw .noSuchOverload }
    return (a, b, n)
  }

  /// In code points; -1 if there is none.
  private static func firstIndex(of part: String, in text: String, from offset: Int64) -> Int64 {
    if part.isEmpty { return offset }
    var start = text.utf8.startIndex
    if offset > 0 {
      guard offset < text.scalarCount else { return -1 }
      start = text.unicodeScalars.index(start, offsetBy: Int(offset))
    }
    let skipped = text.utf8.distance(from: text.utf8.startIndex, to: start)
    guard let place = ByteSearch.first(part, in: text, from: skipped) else { return -1 }
    let end = text.utf8.index(text.utf8.startIndex, offsetBy: place)
    return offset + Int64(text.unicodeScalars.distance(from: start, to: end))
  }

  /// The last occurrence that starts at `offset` or before, in code points; -1 if there is none.
  private static func lastIndex(of part: String, in text: String, from offset: Int64) -> Int64 {
    let scalars = Array(text.unicodeScalars)
    let wanted = Array(part.unicodeScalars)
    guard offset < scalars.count, wanted.count <= scalars.count else { return -1 }
    var start = min(Int(offset), scalars.count - wanted.count)
    while start >= 0 {
      var index = 0
      while index < wanted.count, scalars[start + index] == wanted[index] { index += 1 }
      if index == wanted.count { return Int64(start) }
      start -= 1
    }
    return -1
  }

  private static func asciiCased(_ text: String, upper: Bool) -> String {
    String(
      decoding: text.utf8.map { byte in
        let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A && byte < 0x80
        return isLetter ? (upper ? byte & ~0x20 : byte | 0x20) : byte
      }, as: UTF8.self)
  }

  /// Largest text that a function may make, in bytes. `replace` could else make gigabytes of two small texts, at the
  /// cost of one.
  static let longestText = 32 << 20

  private static func replaced(_ values: [CELValue], limit: Int64) throws(CELFailure) -> CELValue {
    guard case .string(let text) = values[0], case .string(let old) = values[1], case .string(let new) = values[2]
    else { throw .noSuchOverload }
    if limit == 0 || sameText(old, new) { return values[0] }
    var left = limit < 0 ? Int64.max : limit
    var result: [UInt8] = []
    let bytes = Array(text.utf8)
    let added = Array(new.utf8)
    var position = 0
    func append(_ part: some Collection<UInt8>) throws(CELFailure) {
      guard result.count + part.count <= longestText else { throw .costLimit }
      result.append(contentsOf: part)
    }
    if old.isEmpty {
      // Around every code point.
      var isFirst = true
      for scalar in text.unicodeScalars {
        if left > 0 {
          try append(added)
          left -= 1
        }
        isFirst = false
        try append(Array(String(scalar).utf8))
      }
      if left > 0 || isFirst { try append(added) }
      return .string(String(decoding: result, as: UTF8.self))
    }
    while left > 0, let place = ByteSearch.first(old, in: text, from: position) {
      try append(bytes[position..<place])
      try append(added)
      position = place + old.utf8.count
      left -= 1
    }
    try append(bytes[position...])
    return .string(String(decoding: result, as: UTF8.self))
  }

  /// As Go's `strings.SplitN`.
  private static func split(_ text: String, _ separator: String, limit: Int64) -> CELValue {
    if limit == 0 { return .list(.values([])) }
    var left = limit < 0 ? Int64.max : limit
    var parts: [CELValue] = []
    if separator.isEmpty {
      var rest = text.unicodeScalars[...]
      while left > 1, let scalar = rest.popFirst() {
        parts.append(.string(String(scalar)))
        left -= 1
      }
      if !rest.isEmpty { parts.append(.string(String(rest))) }
      return .list(.values(parts))
    }
    var position = 0
    let bytes = Array(text.utf8)
    while left > 1, let place = ByteSearch.first(separator, in: text, from: position) {
      parts.append(.string(String(decoding: bytes[position..<place], as: UTF8.self)))
      position = place + separator.utf8.count
      left -= 1
    }
    parts.append(.string(String(decoding: bytes[position...], as: UTF8.self)))
    return .list(.values(parts))
  }

  /// Without the white space of Unicode around it, as Go's `strings.TrimSpace`.
  private static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
    guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  private static func joined(_ list: CELValue, _ separator: String) throws(CELFailure) -> CELValue {
    guard case .list(let list) = list else { throw .noSuchOverload }
    var result = ""
    for index in 0..<list.count {
      if index > 0 { result += separator }
      guard case .string(let text) = list[index] else { throw .argument("join: invalid input: \(list[index].shown)") }
      result += text
      guard result.utf8.count <= longestText else { throw .costLimit }
    }
    return .string(result)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{07}": result += "\\a"
      case "\u{08}": result += "\\b"
      case "\u{0C}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0B}": result += "\\v"
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
