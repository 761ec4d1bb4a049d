/// Lines of a file, for readers that tell in which of them something stands.
enum TextLines {
  /// All lines, empty ones as well, each with its number from 1.
  static func numbered(_ bytes: [UInt8]) -> Zip2Sequence<PartialRangeFrom<Int>, [Substring]> {
    zip(
      1...,
      String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline))
  }
}
