import CZlib

/// Gzip and zlib decompression with a bound on what comes out.
package enum Gzip {
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

  /// All members of a gzip file.
  ///
  /// - Throws: `DocumentError` of code `archive` for data that is broken, cut short, or expands beyond the limits.
  package static func decompress(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> [UInt8] {
    var output: [UInt8] = []
    var consumed = 0
    while consumed < bytes.count {
      let used = try member(bytes, from: consumed, into: &output, limits: limits)
      consumed += used
      // Padding after the last member is allowed; anything else would be another member.
      guard consumed + 1 < bytes.count, bytes[consumed] == 0x1F, bytes[consumed + 1] == 0x8B else { break }
    }
    return output
  }

  /// One gzip member, without a time of its own, so that equal bytes stay equal.
  ///
  /// - Throws: `DocumentError` of code `archive` when there is no memory for it.
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
    // zlib counts its input in 32 bits.
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

  private static func member(
    _ bytes: [UInt8], from start: Int, into output: inout [UInt8], limits: Limits
  ) throws(DocumentError) -> Int {
    var stream = z_stream()
    guard bartizan_inflate_init(&stream, 15 + 32) == Z_OK else {
      throw DocumentError(.archive, "no memory left to decompress")
    }
    defer { inflateEnd(&stream) }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var status = Z_OK
    var failure: DocumentError?
    let total = bytes.count
    bytes.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      stream.next_in = UnsafeMutablePointer(mutating: base + start)
      stream.avail_in = UInt32(clamping: total - start)
      while status == Z_OK {
        let produced = chunk.withUnsafeMutableBufferPointer { buffer -> Int in
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          status = inflate(&stream, Z_NO_FLUSH)
          return buffer.count - Int(stream.avail_out)
        }
        output.append(contentsOf: chunk[..<produced])
        if output.count > limits.archiveBytes {
          failure = DocumentError(
            .archive, "expands to more than \(limits.archiveBytes) bytes; unpack the part you mean")
          return
        }
        if output.count > 10 << 20, output.count / max(1, total) > limits.compressionRatio {
          failure = DocumentError(
            .archive,
            "expands more than \(limits.compressionRatio) times, like a decompression bomb; unpack it yourself")
          return
        }
      }
    }
    if let failure { throw failure }
    guard status == Z_STREAM_END else {
      throw DocumentError(.archive, "broken or cut-off gzip data; fetch the file again")
    }
    return Int(stream.total_in)
  }
}
