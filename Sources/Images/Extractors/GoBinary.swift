import Bytes

/// Modules that a Go program was built from, as the linker leaves them in it.
///
/// Source: Go's `debug/buildinfo` and `cmd/link`: a header of 32 bytes, aligned to 16, beginning in `\xff Go buildinf:`; since Go
/// 1.18 two strings with their lengths follow, before that pointers to them.
enum GoBinary {
  private static let magic: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)

  static func isProgram(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) || bytes.starts(with: [0x4D, 0x5A])
      || bytes.starts(with: [0xCF, 0xFA, 0xED, 0xFE])
  }

  static func read(_ bytes: [UInt8], _ path: String) -> [SoftwarePackage] {
    guard let start = find(bytes), let (version, modules) = strings(bytes, start) else { return [] }
    var found: [SoftwarePackage] = []
    func add(_ name: String, _ version: String) {
      // A main module built from a working copy has no version to compare.
      guard !name.isEmpty, !version.isEmpty, version != "(devel)" else { return }
      found.append(
        SoftwarePackage(
          ecosystem: Ecosystem("Go"), name: name, version: String(version.drop { $0 == "v" }), path: path))
    }
    if version.hasPrefix("go") { add("stdlib", String(version.dropFirst(2).prefix { $0 != " " })) }
    var last: (name: String, version: String)?
    for line in modules.split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      switch parts.first {
      case "mod", "dep":
        if let last { add(last.name, last.version) }
        last = parts.count > 2 ? (parts[1], parts[2]) : nil
      case "=>" where parts.count > 2: last = (parts[1], parts[2])
      case "build":
        if let own = last { add(own.name, own.version) }
        last = nil
      default: break
      }
    }
    if let last { add(last.name, last.version) }
    return found
  }

  private static func find(_ bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      var index = 0
      while index + 32 <= buffer.count {
        if buffer[index] == 0xFF, buffer[index + 1] == 0x20, buffer[index..<index + magic.count].elementsEqual(magic) {
          return index
        }
        index += 16
      }
      return nil
    }
  }

  private static func strings(_ bytes: [UInt8], _ start: Int) -> (String, String)? {
    let pointerSize = Int(bytes[start + 14])
    let flags = bytes[start + 15]
    if flags & 2 != 0 {
      var position = start + 32
      guard let version = inline(bytes, &position), let modules = inline(bytes, &position) else { return nil }
      return (String(decoding: version, as: UTF8.self), trimmed(modules))
    }
    guard pointerSize == 4 || pointerSize == 8, let image = ELFImage(bytes) else { return nil }
    func text(_ offset: Int) -> [UInt8]? {
      // The pointer leads to a string header: its data and its length.
      guard let header = image.offset(of: image.word(offset, pointerSize)) else { return nil }
      let length = image.word(header + pointerSize, pointerSize)
      guard length > 0, length < 16 << 20, let data = image.offset(of: image.word(header, pointerSize)),
        data + Int(length) <= bytes.count
      else { return nil }
      return Array(bytes[data..<data + Int(length)])
    }
    guard let version = text(start + 16) else { return nil }
    return (
      String(decoding: version, as: UTF8.self), text(start + 16 + pointerSize).map { trimmed($0) } ?? ""
    )
  }

  /// A length by seven bits a byte, and that many bytes.
  private static func inline(_ bytes: [UInt8], _ position: inout Int) -> [UInt8]? {
    var length = 0
    var shift = 0
    while position < bytes.count, shift < 32 {
      let byte = bytes[position]
      position += 1
      length |= Int(byte & 0x7F) << shift
      if byte < 0x80 {
        guard length < 16 << 20, position + length <= bytes.count else { return nil }
        defer { position += length }
        return Array(bytes[position..<position + length])
      }
      shift += 7
    }
    return nil
  }

  /// Sixteen bytes stand at either end of the list of modules.
  private static func trimmed(_ bytes: [UInt8]) -> String {
    guard bytes.count >= 33, bytes[bytes.count - 17] == 0x0A else { return "" }
    return String(decoding: bytes[16..<bytes.count - 16], as: UTF8.self)
  }
}

/// Addresses of an ELF file that is little-endian.
struct ELFImage {
  private let bytes: [UInt8]
  private var segments: [(address: UInt64, offset: Int, size: UInt64)] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.count > 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), bytes[5] == 1 else { return nil }
    self.bytes = bytes
    let is64 = bytes[4] == 2
    let table = Int(clamping: word(is64 ? 32 : 28, is64 ? 8 : 4))
    let size = Int(word(is64 ? 54 : 42, 2))
    let count = min(Int(word(is64 ? 56 : 44, 2)), 128)
    for index in 0..<count {
      let (start, isOver) = table.addingReportingOverflow(index * size)
      guard !isOver, start >= 0, start < bytes.count - 64, word(start, 4) == 1 else { continue }
      segments.append(
        is64
          ? (word(start + 16, 8), Int(clamping: word(start + 8, 8)), word(start + 32, 8))
          : (word(start + 8, 4), Int(clamping: word(start + 4, 4)), word(start + 16, 4)))
    }
  }

  /// Where the content of a section lies; nil where there is none of that name.
  func section(_ name: String) -> Range<Int>? {
    let is64 = bytes[4] == 2
    let table = Int(clamping: word(is64 ? 40 : 32, is64 ? 8 : 4))
    let size = Int(word(is64 ? 58 : 46, 2))
    let count = Int(word(is64 ? 60 : 48, 2))
    func content(_ index: Int) -> Range<Int>? {
      let (start, isOver) = table.addingReportingOverflow(index * size)
      guard !isOver, start > 0, start < bytes.count else { return nil }
      let place = Int(clamping: word(start + (is64 ? 24 : 16), is64 ? 8 : 4))
      let length = Int(clamping: word(start + (is64 ? 32 : 20), is64 ? 8 : 4))
      guard place <= bytes.count, length <= bytes.count - place else { return nil }
      return place..<place + length
    }
    let wanted = Array(name.utf8) + [0]
    guard count < 10_000, let names = content(Int(word(is64 ? 62 : 50, 2))) else { return nil }
    for index in 0..<count {
      let place = names.lowerBound + Int(word(table + index * size, 4))
      guard place >= 0, place <= bytes.count - wanted.count, bytes[place..<place + wanted.count].elementsEqual(wanted)
      else { continue }
      return content(index)
    }
    return nil
  }

  func word(_ offset: Int, _ size: Int) -> UInt64 {
    guard offset >= 0, offset <= bytes.count - size else { return 0 }
    return (0..<size).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
  }

  func offset(of address: UInt64) -> Int? {
    for segment in segments where address >= segment.address && address - segment.address < segment.size {
      let (place, isOver) = segment.offset.addingReportingOverflow(Int(clamping: address - segment.address))
      return isOver || place >= bytes.count ? nil : place
    }
    return nil
  }
}
