package import Bytes

/// A string of a Sigma rule: literal text, wildcards and placeholders. `\*`, `\?` and `\\` stand for the characters
/// themselves; any other backslash is one (Sigma specification 2.1, "Escaping").
package struct SigmaText: Sendable, Hashable {
  /// A piece of a text.
  package enum Part: Sendable, Hashable {
    case bytes([UInt8])
    case one
    case many
    case placeholder(String)
  }

  package var parts: [Part] = []

  package init(parts: [Part]) { self.parts = parts }

  package init(_ text: String) {
    var pending: [UInt8] = []
    func flush(_ parts: inout [Part]) {
      if !pending.isEmpty { parts.append(.bytes(pending)) }
      pending = []
    }
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        isEscaped = false
        if byte != 0x2A, byte != 0x3F, byte != 0x5C { pending.append(0x5C) }
        pending.append(byte)
        continue
      }
      switch byte {
      case 0x5C: isEscaped = true
      case 0x2A:
        flush(&parts)
        parts.append(.many)
      case 0x3F:
        flush(&parts)
        parts.append(.one)
      default: pending.append(byte)
      }
    }
    if isEscaped { pending.append(0x5C) }
    flush(&parts)
  }

  /// The text with `%name%` as placeholders.
  package var withPlaceholders: SigmaText {
    var made: [Part] = []
    for part in parts {
      guard case .bytes(let bytes) = part else {
        made.append(part)
        continue
      }
      var start = 0
      var place = 0
      while place < bytes.count {
        if bytes[place] == 0x25, let end = bytes[(place + 1)...].firstIndex(of: 0x25), end > place + 1,
          bytes[(place + 1)..<end].allSatisfy({
            $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F || $0 == 0x2D
          })
        {
          if place > start { made.append(.bytes(Array(bytes[start..<place]))) }
          made.append(.placeholder(String(decoding: bytes[(place + 1)..<end], as: UTF8.self)))
          place = end + 1
          start = place
        } else {
          place += 1
        }
      }
      if start < bytes.count { made.append(.bytes(Array(bytes[start...]))) }
    }
    return SigmaText(parts: made)
  }

  package var placeholders: [String] { parts.compactMap { if case .placeholder(let name) = $0 { name } else { nil } } }

  /// The bytes of a text without wildcards; nil for others.
  package var literal: [UInt8]? {
    var bytes: [UInt8] = []
    for part in parts {
      guard case .bytes(let more) = part else { return nil }
      bytes += more
    }
    return bytes
  }

  package var hasWildcards: Bool { parts.contains { $0 == .one || $0 == .many } }

  package func surrounded(before: Bool, after: Bool) -> SigmaText {
    var parts = parts
    if before, parts.first != .many { parts.insert(.many, at: 0) }
    if after, parts.last != .many { parts.append(.many) }
    return SigmaText(parts: parts)
  }

  package func pattern(isCased: Bool) -> TextPattern {
    TextPattern(
      parts.map { part in
        switch part {
        case .bytes(let bytes): .bytes(bytes)
        case .one: .one
        case .many: .many
        case .placeholder(let name): .bytes(Array("%\(name)%".utf8))
        }
      }, isCased: isCased)
  }

  package var text: String {
    parts.map { part in
      switch part {
      case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
      case .one: "?"
      case .many: "*"
      case .placeholder(let name): "%\(name)%"
      }
    }.joined()
  }

  // MARK: Modifiers

  /// Every way to write the dashes that begin an option: `-`, `/`, en dash, em dash and horizontal bar. A dash counts
  /// where nothing of a word stands before it and a word follows.
  ///
  /// - Returns: nil where there are more ways than a rule may have.
  package var dashVariants: [SigmaText]? {
    let dashes: [[UInt8]] = ["-", "/", "–", "—", "―"].map { Array($0.utf8) }
    var variants: [[Part]] = [[]]
    func append(_ part: Part) { for index in variants.indices { variants[index].append(part) } }
    for part in parts {
      guard case .bytes(let bytes) = part else {
        append(part)
        continue
      }
      func isWord(_ place: Int) -> Bool {
        guard bytes.indices.contains(place) else { return false }
        let byte = bytes[place]
        return byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte >= 0x80
      }
      var start = 0
      for place in bytes.indices
      where (bytes[place] == 0x2D || bytes[place] == 0x2F) && !isWord(place - 1) && isWord(place + 1) {
        guard variants.count * dashes.count <= 3_125 else { return nil }
        if place > start { append(.bytes(Array(bytes[start..<place]))) }
        variants = variants.flatMap { variant in dashes.map { variant + [.bytes($0)] } }
        start = place + 1
      }
      if start < bytes.count { append(.bytes(Array(bytes[start...]))) }
    }
    return variants.map { SigmaText(parts: $0) }
  }

  /// The text in UTF-16, little-endian or big-endian, with a byte order mark or without.
  package func utf16(bigEndian: Bool, mark: Bool) -> SigmaText {
    func encoded(_ bytes: [UInt8]) -> [UInt8] {
      var output: [UInt8] = []
      for unit in String(decoding: bytes, as: UTF8.self).utf16 {
        let high = UInt8(truncatingIfNeeded: unit >> 8)
        let low = UInt8(truncatingIfNeeded: unit)
        output += bigEndian ? [high, low] : [low, high]
      }
      return output
    }
    var parts = parts.map { part in if case .bytes(let bytes) = part { Part.bytes(encoded(bytes)) } else { part } }
    if mark { parts.insert(.bytes(bigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]), at: 0) }
    return SigmaText(parts: parts)
  }

  /// The three ways in which a text can stand within text in Base64, without the characters that its neighbours decide.
  package static func base64Offsets(_ bytes: [UInt8]) -> [SigmaText] {
    (0..<3).map { offset in
      let encoded = Array(Base64.encode([UInt8](repeating: 0x20, count: offset) + bytes).utf8)
      let start = [0, 2, 3][offset]
      let cut = [0, 3, 2][(bytes.count + offset) % 3]
      let end = max(start, encoded.count - cut)
      return SigmaText(parts: [.bytes(Array(encoded[min(start, end)..<end]))])
    }
  }
}
