import CZstd

/// Zstandard decompression (RFC 8878) with a bound on what comes out; frames may follow each other, and skippable ones are skipped.
package enum Zstandard {
  package static func isZstandard(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) }

  /// Largest window that a frame may ask for, as a power of two: what `zstd --long` makes.
  private static let mostWindow: Int32 = 27

  /// - Throws: `DocumentError` of code `archive` for data that is broken, cut short, or expands beyond the limits.
  package static func decompress(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> [UInt8] {
    guard let context = ZSTD_createDCtx() else { throw DocumentError(.archive, "no memory left to decompress") }
    defer { ZSTD_freeDCtx(context) }
    _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, mostWindow)
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    var failure: DocumentError?
    bytes.withUnsafeBytes { input in
      var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
      while failure == nil {
        var hint = 0
        let produced = chunk.withUnsafeMutableBytes { buffer -> Int in
          var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
          hint = ZSTD_decompressStream(context, &target, &source)
          return target.pos
        }
        if ZSTD_isError(hint) != 0 {
          failure = DocumentError(.archive, "broken zstd data; fetch the file again")
          return
        }
        output.append(contentsOf: chunk[..<produced])
        if output.count > limits.archiveBytes {
          failure = DocumentError(
            .archive, "expands to more than \(limits.archiveBytes) bytes; unpack the part you mean")
        } else if output.count > 10 << 20, output.count / max(1, bytes.count) > limits.compressionRatio {
          failure = DocumentError(
            .archive,
            "expands more than \(limits.compressionRatio) times, like a decompression bomb; unpack it yourself")
        } else if source.pos == source.size, hint == 0 {
          // The last frame is whole and written.
          return
        } else if source.pos == source.size, produced < chunk.count {
          failure = DocumentError(.archive, "cut-off zstd data; fetch the file again")
        }
      }
    }
    if let failure { throw failure }
    return output
  }
}
