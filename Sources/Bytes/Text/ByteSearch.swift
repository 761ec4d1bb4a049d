/// A text within bytes.
package enum ByteSearch {
  /// Where the wanted bytes begin for the first time from a place on; nil where they do not stand.
  ///
  /// - Parameter start: an index of the bytes; their beginning by default.
  package static func first(of wanted: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int? = nil) -> Int? {
    guard let first = wanted.first else { return start ?? bytes.startIndex }
    var place = start ?? bytes.startIndex
    while let next = bytes[place...].firstIndex(of: first), bytes.endIndex - next >= wanted.count {
      if bytes[next..<next + wanted.count].elementsEqual(wanted) { return next }
      place = next + 1
    }
    return nil
  }

  package static func contains(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
    first(of: Array(text.utf8), in: bytes) != nil
  }
}
