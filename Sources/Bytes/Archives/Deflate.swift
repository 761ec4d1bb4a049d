import CZlib

/// Deflate as HTTP has it: a zlib stream (RFC 1950), or, as some clients send it, deflate without a frame (RFC 1951).
package enum Deflate {
  /// - Throws: `DocumentError` of code `archive` for data that is damaged, truncated, followed by anything but zero bytes, or
  ///   expands beyond the limits.
  package static func decompress(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_inflate_init(&stream, isFramed(bytes) ? 15 : -15) == Z_OK else {
      throw DocumentError(.archive, "no memory left to decompress")
    }
    defer { inflateEnd(&stream) }
    var bound = ExpansionBound(maximumBytes: limits.archiveBytes, ratio: limits.compressionRatio)
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var start = 0
    while true {
      // zlib counts input in 32 bits.
      let given = min(bytes.count - start, 1 << 30)
      let (status, used, made) = bytes.withUnsafeBufferPointer { input in
        chunk.withUnsafeMutableBufferPointer { room in
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + start })
          stream.avail_in = UInt32(given)
          stream.next_out = room.baseAddress
          stream.avail_out = UInt32(room.count)
          let status = inflate(&stream, Z_NO_FLUSH)
          return (status, given - Int(stream.avail_in), room.count - Int(stream.avail_out))
        }
      }
      start += used
      try bound.add(given: used, made: made)
      output.append(contentsOf: chunk[..<made])
      if status == Z_STREAM_END {
        guard bytes[start...].allSatisfy({ $0 == 0 }) else {
          throw DocumentError(.archive, "something else follows the deflate data; send it again")
        }
        return output
      }
      guard status == Z_OK || status == Z_BUF_ERROR, used > 0 || made > 0 else {
        throw DocumentError(.archive, "broken or cut-off deflate data; send it again")
      }
    }
  }

  /// Source: RFC 1950, section 2.2: method 8, and a check that makes the first two bytes a multiple of 31.
  private static func isFramed(_ bytes: [UInt8]) -> Bool {
    bytes.count > 2 && bytes[0] & 0x0F == 8 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
  }
}
