import Bytes

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
      // The table lies within the file, since the header of the names does.
      let place = names.lowerBound + Int(word(table + index * size, 4))
      guard bytes.bytes(at: place, count: wanted.count)?.elementsEqual(wanted) ?? false else { continue }
      return content(index)
    }
    return nil
  }

  /// A number of two, four or eight bytes; 0 where not all of them are there.
  func word(_ offset: Int, _ size: Int) -> UInt64 {
    switch size {
    case 2: UInt64(bytes.integer(at: offset, .little, as: UInt16.self) ?? 0)
    case 4: UInt64(bytes.integer(at: offset, .little, as: UInt32.self) ?? 0)
    default: bytes.integer(at: offset, .little, as: UInt64.self) ?? 0
    }
  }

  func offset(of address: UInt64) -> Int? {
    for segment in segments where address >= segment.address && address - segment.address < segment.size {
      let (place, isOver) = segment.offset.addingReportingOverflow(Int(clamping: address - segment.address))
      return isOver || place >= bytes.count ? nil : place
    }
    return nil
  }
}
