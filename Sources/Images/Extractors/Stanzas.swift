/// Paragraphs of `Key: value` lines, as Debian's control files and apk's database are made of.
enum Stanzas {
  static func read(_ bytes: [UInt8]) -> [[String: String]] {
    var result: [[String: String]] = []
    var fields: [String: String] = [:]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      let line = line.last == 0x0D ? line.dropLast() : line
      if line.isEmpty {
        if !fields.isEmpty { result.append(fields) }
        fields = [:]
        continue
      }
      // Lines that go on belong to descriptions, which nobody reads here.
      guard let first = line.first, first != 0x20, first != 0x09, let colon = line.firstIndex(of: UInt8(ascii: ":"))
      else {
        continue
      }
      let key = String(decoding: line[..<colon], as: UTF8.self)
      let value = line[(colon + 1)...].drop { $0 == 0x20 }
      if fields[key] == nil { fields[key] = String(decoding: value, as: UTF8.self) }
    }
    if !fields.isEmpty { result.append(fields) }
    return result
  }
}
