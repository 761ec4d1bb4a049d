/// Pieces of a few megabytes of a file of lines, each ending at the end of a line.
struct LineChunks: Sequence, IteratorProtocol {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Range<Int>? {
    guard position < bytes.count else { return nil }
    let start = position
    var end = Swift.min(bytes.count, start + (4 << 20))
    while end < bytes.count, bytes[end - 1] != 0x0A { end += 1 }
    position = end
    return start..<end
  }

  static func countOfLines(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      var count = 0
      for byte in UnsafeBufferPointer(rebasing: buffer[range]) { count &+= byte == 0x0A ? 1 : 0 }
      return count
    }
  }

  /// Lines that hold more than white space.
  static func lines(_ bytes: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where bytes[index] == 0x0A {
      lines.append(start..<index)
      start = index + 1
    }
    if start < range.upperBound { lines.append(start..<range.upperBound) }
    return lines.filter { range in bytes[range].contains { $0 > 0x20 } }
  }
}
