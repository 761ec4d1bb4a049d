/// How a text file is encoded, as a reader of YAML finds out: by the mark at its beginning.
///
/// Source: YAML 1.2.2, section 5.2 "Character Encodings".
package enum TextEncoding: Sendable, Hashable {
  case utf8
  /// UTF-8 with a byte order mark, as editors on Windows write it.
  case markedUTF8
  case utf16LittleEndian
  case utf16BigEndian

  package init(of bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      self = .markedUTF8
    } else if bytes.count >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE {
      self = .utf16LittleEndian
    } else if bytes.count >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF {
      self = .utf16BigEndian
    } else {
      self = .utf8
    }
  }

  package var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }

  /// The text in UTF-8 without a mark, and how it was encoded. Halves of surrogate pairs become U+FFFD.
  package static func decoded(_ bytes: [UInt8]) -> (utf8: [UInt8], encoding: TextEncoding) {
    let encoding = bytes.withUnsafeBufferPointer { TextEncoding(of: $0) }
    switch encoding {
    case .utf8: return (bytes, encoding)
    case .markedUTF8: return (Array(bytes.dropFirst(3)), encoding)
    case .utf16LittleEndian, .utf16BigEndian:
      var units: [UInt16] = []
      units.reserveCapacity(bytes.count / 2)
      var index = 2
      while index + 1 < bytes.count {
        let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
        units.append(encoding == .utf16LittleEndian ? second << 8 | first : first << 8 | second)
        index += 2
      }
      return (Array(String(decoding: units, as: UTF16.self).utf8), encoding)
    }
  }

  /// The text as it is written in this encoding, with its mark.
  package func encoded(_ utf8: [UInt8]) -> [UInt8] {
    switch self {
    case .utf8: return utf8
    case .markedUTF8: return [0xEF, 0xBB, 0xBF] + utf8
    case .utf16LittleEndian, .utf16BigEndian:
      var bytes: [UInt8] = self == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
      bytes.reserveCapacity(2 * utf8.count + 2)
      for unit in String(decoding: utf8, as: UTF8.self).utf16 {
        let (high, low) = (UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit))
        bytes += self == .utf16LittleEndian ? [low, high] : [high, low]
      }
      return bytes
    }
  }
}
