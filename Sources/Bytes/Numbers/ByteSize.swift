/// A number of bytes: `50GB`, `500MiB`, `1048576`. Units with an `i` are powers of 1,024, the others of 1,000.
package struct ByteSize: Sendable {
  package let bytes: Int

  /// - Returns: nil for anything else, and for nothing.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0 else { return nil }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
    let factors: [(String, Int)] = [
      ("", 1), ("B", 1), ("K", 1_000), ("KB", 1_000), ("M", 1_000_000), ("MB", 1_000_000), ("G", 1_000_000_000),
      ("GB", 1_000_000_000), ("T", 1_000_000_000_000), ("TB", 1_000_000_000_000), ("KIB", 1 << 10), ("MIB", 1 << 20),
      ("GIB", 1 << 30), ("TIB", 1 << 40),
    ]
    guard let factor = factors.first(where: { $0.0 == unit })?.1 else { return nil }
    let (product, over) = number.multipliedReportingOverflow(by: factor)
    guard !over else { return nil }
    bytes = product
  }
}
