/// Whether two texts are the same code points. Swift's own comparison takes two spellings of an accented letter for the same.
@inline(__always)
func sameText(_ a: String, _ b: String) -> Bool {
  let count = a.utf8.count
  guard count == b.utf8.count else { return false }
  return a.utf8.withContiguousStorageIfAvailable { first in
    b.utf8.withContiguousStorageIfAvailable { second in
      for index in 0..<count where first[index] != second[index] { return false }
      return true
    } ?? first.elementsEqual(b.utf8)
  } ?? a.utf8.elementsEqual(b.utf8)
}

extension String {
  /// The number of code points: of bytes that begin one. Costs ask for the length of each text.
  var scalarCount: Int {
    utf8.withContiguousStorageIfAvailable { bytes in
      var count = 0
      for byte in bytes { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
      return count
    } ?? unicodeScalars.count
  }
}
