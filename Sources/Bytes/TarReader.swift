/// Reads tar archives (POSIX ustar and pax, GNU long names) from memory.
///
/// Only regular files come out. Names that leave the archive, links and devices are reported, never followed.
package struct TarReader {
  package struct Member: Sendable {
    package let name: String
    package let bytes: Range<Int>
  }

  package private(set) var members: [Member] = []
  package private(set) var errors: [DocumentError] = []

  package static func isTar(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 512 else { return false }
    return Array(bytes[257..<262]) == Array("ustar".utf8) || checksumIsRight(bytes, 0)
  }

  package init(_ bytes: [UInt8], limits: Limits = .standard) {
    var offset = 0
    var longName: String?
    var paxSize: Int?
    var entries = 0
    while offset + 512 <= bytes.count {
      if bytes[offset..<offset + 512].allSatisfy({ $0 == 0 }) { return }
      guard Self.checksumIsRight(bytes, offset) else {
        errors.append(DocumentError(.archive, "broken tar header at byte \(offset); what follows was not read"))
        return
      }
      entries += 1
      guard entries <= limits.archiveEntries else {
        errors.append(DocumentError(.archive, "more than \(limits.archiveEntries) members; what follows was not read"))
        return
      }
      let type = bytes[offset + 156]
      guard let size = paxSize ?? Self.number(bytes[offset + 124..<offset + 136]), size >= 0,
        size <= bytes.count - offset - 512
      else {
        errors.append(DocumentError(.archive, "the archive ends inside a member; fetch the file again"))
        return
      }
      let data = offset + 512..<offset + 512 + size
      offset += 512 + (size + 511) / 512 * 512
      switch type {
      case UInt8(ascii: "L"):
        longName = Self.text(bytes[data])
        continue
      case UInt8(ascii: "x"):
        for (key, value) in Self.pax(bytes[data]) {
          if key == "path" { longName = value }
          if key == "size" { paxSize = Int(value) }
        }
        continue
      case UInt8(ascii: "g"), UInt8(ascii: "K"): continue
      default: break
      }
      let start = data.lowerBound - 512
      var name = longName ?? Self.text(bytes[start..<start + 100])
      if longName == nil, Array(bytes[start + 257..<start + 262]) == Array("ustar".utf8) {
        let prefix = Self.text(bytes[start + 345..<start + 500])
        if !prefix.isEmpty { name = prefix + "/" + name }
      }
      longName = nil
      paxSize = nil
      let isFile = type == 0 || type == UInt8(ascii: "0") || type == UInt8(ascii: "7")
      if Self.leaves(name) {
        errors.append(
          DocumentError(.archive, "member \"\(name)\" points outside the archive; it was not read"))
      } else if isFile {
        members.append(Member(name: Self.normalized(name), bytes: data))
      } else if type == UInt8(ascii: "1") || type == UInt8(ascii: "2") {
        let target = Self.text(bytes[start + 157..<start + 257])
        errors.append(
          DocumentError(
            .special, "member \"\(name)\" is a link to \"\(target)\"; links are not followed, add the file itself"))
      } else if type != UInt8(ascii: "5") {
        errors.append(DocumentError(.special, "member \"\(name)\" is a device or pipe; it was not read"))
      }
    }
    if offset < bytes.count, bytes[offset...].contains(where: { $0 != 0 }) {
      errors.append(DocumentError(.archive, "the archive is cut off; fetch the file again"))
    }
  }

  private static func leaves(_ name: String) -> Bool {
    name.hasPrefix("/") || name.split(separator: "/").contains("..")
  }

  private static func normalized(_ name: String) -> String {
    name.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  private static func checksumIsRight(_ bytes: [UInt8], _ offset: Int) -> Bool {
    guard let expected = number(bytes[offset + 148..<offset + 156]) else { return false }
    var sum = 0
    for index in offset..<offset + 512 {
      sum += index >= offset + 148 && index < offset + 156 ? 32 : Int(bytes[index])
    }
    return sum == expected
  }

  /// Octal text, or base 256 when the first bit is set.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first & 0x80 != 0 {
      var value = Int(first & 0x7F)
      for byte in field.dropFirst() {
        guard value < 1 << 54 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    var value = 0
    var seen = false
    for byte in field {
      if byte == 0 || byte == 0x20 {
        if seen { break }
        continue
      }
      guard byte &- 0x30 < 8 else { return nil }
      seen = true
      value = value << 3 | Int(byte - 0x30)
    }
    return seen ? value : 0
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func pax(_ data: ArraySlice<UInt8>) -> [(String, String)] {
    var records: [(String, String)] = []
    var rest = data
    while let space = rest.firstIndex(of: 0x20) {
      guard let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { break }
      let record = rest[space + 1..<rest.startIndex + length - 1]
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records.append(
          (
            String(decoding: record[record.startIndex..<equals], as: UTF8.self),
            String(decoding: record[(equals + 1)...], as: UTF8.self)
          ))
      }
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }
}
