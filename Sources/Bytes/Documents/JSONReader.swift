/// Reads JSON (RFC 8259) into `DocumentNode`s: a single document, or many in sequence (NDJSON, concatenated).
///
/// Raw line feeds occur between tokens only, so lines are only counted there. The last of several equal keys wins, as
/// in the API server.
package struct JSONReader {
  private let limits: Limits
  private var position = 0
  private var line: UInt32 = 1
  private var lineStart = 0
  private var cache = StringCache()
  private var scratch: [UInt8] = []
  /// Keys of the top-level mapping to keep; empty for all. The values of others are skipped.
  private let kept: [String]
  /// Keys at any depth whose values are skipped.
  private let dropped: [String]
  /// Whether nodes get line and column.
  private let places: Bool

  private init(limits: Limits, keeping kept: [String] = [], dropping dropped: [String] = [], places: Bool = true) {
    self.limits = limits
    self.kept = kept
    self.dropped = dropped
    self.places = places
  }

  /// Reads all documents of a stream. After an error in a stream of lines, reading continues at the next line.
  ///
  /// - Parameter keeping: keys of the top-level mappings to keep; the values of others are skipped without full checks.
  ///   Empty for all.
  package static func readStream(
    _ bytes: Span<UInt8>, limits: Limits = .standard, keeping: [String] = []
  ) -> DocumentStream {
    var result = DocumentStream()
    var reader = JSONReader(limits: limits, keeping: keeping)
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { reader.position = 3 }
    while true {
      reader.skipSpace(bytes)
      guard reader.position < bytes.count else { return result }
      guard result.documents.count < limits.documents else {
        result.errors.append(
          DocumentError(
            .count, "more than \(limits.documents) documents in one stream; split it", line: Int(reader.line)))
        return result
      }
      let startLine = reader.line
      do {
        result.documents.append(try reader.value(bytes, depth: 0))
      } catch {
        result.errors.append(error)
        // An error costs a pretty-printed document as a whole, but only one line of NDJSON.
        if reader.line != startLine || !reader.skipLine(bytes) { return result }
      }
    }
  }

  package static func readStream(
    _ bytes: [UInt8], limits: Limits = .standard, keeping: [String] = []
  ) -> DocumentStream {
    let text = TextEncoding.decoded(bytes).utf8
    return readStream(text.span, limits: limits, keeping: keeping)
  }

  /// Reads exactly one document.
  package static func read(_ bytes: Span<UInt8>, limits: Limits = .standard) throws(DocumentError) -> DocumentNode {
    var reader = JSONReader(limits: limits)
    reader.skipSpace(bytes)
    let node = try reader.value(bytes, depth: 0)
    reader.skipSpace(bytes)
    guard reader.position == bytes.count else { throw reader.error(.syntax, "text after the end of the JSON value") }
    return node
  }

  /// Reads a message rather than a file: nodes have no position, and unused keys are skipped.
  ///
  /// - Parameter dropping: keys at any depth whose values are skipped without full checks.
  package static func readMessage(
    _ bytes: Span<UInt8>, dropping: [String] = [], limits: Limits = .standard
  ) throws(DocumentError) -> DocumentNode {
    var reader = JSONReader(limits: limits, dropping: dropping, places: false)
    reader.skipSpace(bytes)
    let node = try reader.value(bytes, depth: 0)
    reader.skipSpace(bytes)
    guard reader.position == bytes.count else { throw reader.error(.syntax, "text after the end of the JSON value") }
    return node
  }

  package static func read(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> DocumentNode {
    let text = TextEncoding.decoded(bytes).utf8
    return try read(text.span, limits: limits)
  }

  package static func read(_ text: String, limits: Limits = .standard) throws(DocumentError) -> DocumentNode {
    try read(Array(text.utf8), limits: limits)
  }

  private func error(_ code: DocumentError.Code, _ message: String) -> DocumentError {
    DocumentError(code, message, line: Int(line), column: position - lineStart + 1)
  }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0D: position += 1
      case 0x0A:
        position += 1
        line += 1
        lineStart = position
      default: return
      }
    }
  }

  private mutating func skipLine(_ bytes: Span<UInt8>) -> Bool {
    while position < bytes.count {
      if bytes[position] == 0x0A { return true }
      position += 1
    }
    return false
  }

  private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(DocumentError) -> DocumentNode {
    guard position < bytes.count else { throw error(.syntax, "the JSON ends in the middle of a value") }
    guard depth < limits.depth else { throw error(.depth, "nested deeper than \(limits.depth) levels; flatten it") }
    let line = places ? self.line : 0
    let column = places ? UInt32(truncatingIfNeeded: position - lineStart + 1) : 0
    switch bytes[position] {
    case UInt8(ascii: "{"):
      return DocumentNode(.object(try object(bytes, depth: depth)), line: line, column: column)
    case UInt8(ascii: "["):
      position += 1
      var items: [DocumentNode] = []
      skipSpace(bytes)
      if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
        position += 1
        return DocumentNode(.array(items), line: line, column: column)
      }
      while true {
        skipSpace(bytes)
        items.append(try value(bytes, depth: depth + 1))
        skipSpace(bytes)
        if try closes(bytes, with: UInt8(ascii: "]")) { return DocumentNode(.array(items), line: line, column: column) }
      }
    case UInt8(ascii: "\""):
      return DocumentNode(.string(try string(bytes)), line: line, column: column)
    case UInt8(ascii: "t"):
      try literal(bytes, "true")
      return DocumentNode(.bool(true), line: line, column: column)
    case UInt8(ascii: "f"):
      try literal(bytes, "false")
      return DocumentNode(.bool(false), line: line, column: column)
    case UInt8(ascii: "n"):
      try literal(bytes, "null")
      return DocumentNode(.null, line: line, column: column)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return DocumentNode(try number(bytes), line: line, column: column)
    default:
      throw error(.syntax, "expected a JSON value")
    }
  }

  /// After an element: true at the closing bracket, false after a comma.
  private mutating func closes(_ bytes: Span<UInt8>, with bracket: UInt8) throws(DocumentError) -> Bool {
    guard position < bytes.count else { throw error(.syntax, "the JSON ends before a bracket is closed") }
    let byte = bytes[position]
    guard byte == bracket || byte == UInt8(ascii: ",") else { throw error(.syntax, "expected a comma or a bracket") }
    position += 1
    return byte == bracket
  }

  private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(DocumentError) -> Mapping {
    position += 1
    var entries: [Mapping.Entry] = []
    skipSpace(bytes)
    if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
      position += 1
      return Mapping([])
    }
    while true {
      skipSpace(bytes)
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw error(.syntax, "expected a key in quotes")
      }
      let line = places ? self.line : 0
      let column = places ? UInt32(truncatingIfNeeded: position - lineStart + 1) : 0
      let key = try string(bytes)
      skipSpace(bytes)
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
        throw error(.syntax, "expected a colon after the key")
      }
      position += 1
      skipSpace(bytes)
      if depth == 0 && !kept.isEmpty && !kept.contains(key) || !dropped.isEmpty && dropped.contains(key) {
        try skipValue(bytes)
        skipSpace(bytes)
        if try closes(bytes, with: UInt8(ascii: "}")) { return Mapping(lastOfEqualKeys: entries) }
        continue
      }
      let value = try value(bytes, depth: depth + 1)
      entries.append(Mapping.Entry(key: key, line: line, column: column, value: value))
      skipSpace(bytes)
      if try closes(bytes, with: UInt8(ascii: "}")) { return Mapping(lastOfEqualKeys: entries) }
    }
  }

  /// Skips a value: only brackets, strings and escapes are followed.
  private mutating func skipValue(_ bytes: Span<UInt8>) throws(DocumentError) {
    var depth = 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
          guard bytes[position] >= 0x20 else { throw error(.syntax, "a control character inside a string; escape it") }
          position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        if depth == 0 {
          position += 1
          return
        }
      case UInt8(ascii: ","): if depth == 0 { return }
      case 0x0A:
        line += 1
        lineStart = position + 1
      default: break
      }
      position += 1
    }
    throw error(.syntax, "the JSON ends in the middle of a value")
  }

  private mutating func literal(_ bytes: Span<UInt8>, _ word: StaticString) throws(DocumentError) {
    guard position + word.utf8CodeUnitCount <= bytes.count else { throw error(.syntax, "not a JSON literal") }
    for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
      throw error(.syntax, "not a JSON literal")
    }
    position += word.utf8CodeUnitCount
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(DocumentError) -> DocumentNode.Content {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    var integer: Int64 = 0
    var overflow = false
    let digits = position
    while position < bytes.count, bytes[position] &- 0x30 < 10 {
      let (product, over) = integer.multipliedReportingOverflow(by: 10)
      let (sum, over2) = product.addingReportingOverflow(Int64(bytes[position] &- 0x30))
      integer = sum
      overflow = overflow || over || over2
      position += 1
    }
    guard position > digits, position == digits + 1 || bytes[digits] != 0x30 else {
      throw error(.syntax, "not a JSON number")
    }
    var isDouble = overflow
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try skipDigits(bytes)
      isDouble = true
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try skipDigits(bytes)
      isDouble = true
    }
    if !isDouble { return .int(bytes[start] == UInt8(ascii: "-") ? -integer : integer) }
    let text = bytes.extracting(start..<position).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    guard let value = Double(text) else { throw error(.syntax, "not a JSON number") }
    return .double(value)
  }

  private mutating func skipDigits(_ bytes: Span<UInt8>) throws(DocumentError) {
    let start = position
    while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
    guard position > start else { throw error(.syntax, "not a JSON number") }
  }

  private mutating func string(_ bytes: Span<UInt8>) throws(DocumentError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let text = bytes.extracting(start..<position).withUnsafeBufferPointer { cache.string($0) }
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(bytes, start) }
      if byte < 0x20 { throw error(.syntax, "a control character inside a string; escape it") }
      position += 1
    }
    throw error(.syntax, "the JSON ends inside a string")
  }

  private mutating func escapedString(_ bytes: Span<UInt8>, _ start: Int) throws(DocumentError) -> String {
    scratch.removeAll(keepingCapacity: true)
    for index in start..<position { scratch.append(bytes[index]) }
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: scratch, as: UTF8.self) }
      if byte < 0x20 { throw error(.syntax, "a control character inside a string; escape it") }
      guard byte == UInt8(ascii: "\\") else {
        scratch.append(byte)
        continue
      }
      guard position < bytes.count else { break }
      let escape = bytes[position]
      position += 1
      switch escape {
      case UInt8(ascii: "n"): scratch.append(0x0A)
      case UInt8(ascii: "t"): scratch.append(0x09)
      case UInt8(ascii: "r"): scratch.append(0x0D)
      case UInt8(ascii: "b"): scratch.append(0x08)
      case UInt8(ascii: "f"): scratch.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(escape)
      case UInt8(ascii: "u"):
        var unit = try hex4(bytes)
        if unit & 0xFC00 == 0xD800, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u")
        {
          let mark = position
          position += 2
          let low = try hex4(bytes)
          if low & 0xFC00 == 0xDC00 {
            unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
          } else {
            position = mark
          }
        }
        // A lone surrogate becomes U+FFFD, as in the API server's decoder.
        scratch.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
      default: throw error(.syntax, "an unknown escape inside a string")
      }
    }
    throw error(.syntax, "the JSON ends inside a string")
  }

  private mutating func hex4(_ bytes: Span<UInt8>) throws(DocumentError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error(.syntax, "the JSON ends inside a string") }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let byte = bytes[position]
      switch byte {
      case 0x30...0x39: unit = unit << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: unit = unit << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: unit = unit << 4 | UInt32(byte - 0x61 + 10)
      default: throw error(.syntax, "\\u wants four hexadecimal digits")
      }
      position += 1
    }
    return unit
  }
}

extension Mapping {
  /// Keeps the last of equal keys, at the place of the first.
  init(lastOfEqualKeys entries: [Entry]) {
    if entries.count <= 12 {
      for i in 1..<max(1, entries.count) {
        for j in 0..<i where entries[i].key == entries[j].key {
          self.init(deduplicating: entries)
          return
        }
      }
    } else {
      var seen = Set<String>(minimumCapacity: entries.count)
      for entry in entries where !seen.insert(entry.key).inserted {
        self.init(deduplicating: entries)
        return
      }
    }
    self.init(entries)
  }

  private init(deduplicating entries: [Entry]) {
    var index: [String: Int] = [:]
    var result: [Entry] = []
    var repeated: [Entry] = []
    for entry in entries {
      if let place = index[entry.key] {
        result[place] = entry
        repeated.append(Entry(key: entry.key, line: entry.line, column: entry.column, value: .null))
      } else {
        index[entry.key] = result.count
        result.append(entry)
      }
    }
    self.init(result, repeated: repeated)
  }
}
