/// The text of an expression as code points, and where its lines begin.
struct SourceText: Sendable {
  let scalars: [Unicode.Scalar]
  /// Offsets of the first code point of each line.
  private let lineStarts: [Int]

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var starts = [0]
    for (offset, scalar) in scalars.enumerated() where scalar == "\n" { starts.append(offset + 1) }
    lineStarts = starts
  }

  /// A part of it. Most expressions are ASCII, whose code points are their bytes.
  func string(_ range: Range<Int>) -> String {
    let part = scalars[range]
    if part.contains(where: { !$0.isASCII }) { return String(String.UnicodeScalarView(part)) }
    return String(unsafeUninitializedCapacity: part.count) { buffer in
      for (index, scalar) in part.enumerated() { buffer[index] = UInt8(truncatingIfNeeded: scalar.value) }
      return part.count
    }
  }

  /// Line from 1 and column from 0 of a code point; offsets beyond the end count on in the last line.
  func location(_ offset: Int) -> (line: Int, column: Int) {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return (low + 1, offset - lineStarts[low])
  }

  /// A line without its end; nil where there is none.
  func line(_ number: Int) -> ArraySlice<Unicode.Scalar>? {
    guard number >= 1, number <= lineStarts.count, !scalars.isEmpty else { return nil }
    let end = number < lineStarts.count ? lineStarts[number] - 1 : scalars.count
    return scalars[lineStarts[number - 1]..<end]
  }
}
