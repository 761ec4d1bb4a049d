extension RandomAccessCollection {
  /// The first index whose element, and each behind it, belongs to the second part; the end where none does. Binary search: the
  /// collection must be so divided already.
  ///
  /// Over places instead of elements it is asked of a range: `(0..<count).partitioningIndex { key(at: $0) >= wanted }`.
  @inlinable
  package func partitioningIndex<Failure: Error>(
    where belongsInSecondPart: (Element) throws(Failure) -> Bool
  ) throws(Failure) -> Index {
    var low = startIndex
    var length = count
    while length > 0 {
      let half = length / 2
      let middle = index(low, offsetBy: half)
      if try belongsInSecondPart(self[middle]) {
        length = half
      } else {
        low = index(after: middle)
        length -= half + 1
      }
    }
    return low
  }
}
