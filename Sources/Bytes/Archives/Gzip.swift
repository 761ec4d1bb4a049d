import CZlib

/// Gzip (RFC 1952), with a limit on the output.
package enum Gzip {
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

  /// Decompresses all members of a gzip file.
  ///
  /// - Throws: `DocumentError` of code `archive` for data that is damaged, truncated, followed by something else, or expands
  ///   beyond the limits.
  package static func decompress(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> [UInt8] {
    let stream = try GzipStream(maximumBytes: limits.archiveBytes, ratio: limits.compressionRatio)
    var output = ByteCollector()
    _ = try stream.feed(bytes.span.bytes, into: &output)
    try stream.finish()
    return output.bytes
  }

  /// Compresses into a single member without a timestamp, so that equal input gives equal output.
  ///
  /// - Throws: `DocumentError` of code `archive` when memory runs out.
  package static func compress(_ bytes: [UInt8]) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_deflate_init(&stream, 15 + 16) == Z_OK else {
      throw DocumentError(.archive, "no memory left to compress")
    }
    defer { deflateEnd(&stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var status = Z_OK
    var offset = 0
    // zlib counts input in 32 bits.
    let slice = 1 << 30
    repeat {
      let count = min(slice, bytes.count - offset)
      let flush = offset + count == bytes.count ? Z_FINISH : Z_NO_FLUSH
      bytes.withUnsafeBufferPointer { input in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + offset })
        stream.avail_in = UInt32(count)
        repeat {
          let produced = chunk.withUnsafeMutableBufferPointer { buffer -> Int in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(buffer.count)
            status = deflate(&stream, flush)
            return buffer.count - Int(stream.avail_out)
          }
          output.append(contentsOf: chunk[..<produced])
        } while stream.avail_out == 0 && status == Z_OK
      }
      offset += count
    } while offset < bytes.count
    guard status == Z_STREAM_END else { throw DocumentError(.archive, "no memory left to compress") }
    return output
  }
}
