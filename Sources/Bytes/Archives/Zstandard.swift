import CZstd

/// Zstandard (RFC 8878) with a limit on the output. Accepts several frames, and ignores skippable ones.
package enum Zstandard {
  package static func isZstandard(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) }

  /// Whether the data begins with a skippable frame.
  package static func isSkippable(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 4 && bytes[0] & 0xF0 == 0x50 && bytes[1] == 0x2A && bytes[2] == 0x4D && bytes[3] == 0x18
  }

  /// How much is done to make less of it.
  package struct Effort: Sendable {
    /// From 1, the fastest, to 19; below zero, faster still.
    let level: Int32
    /// How far it looks back, as a power of two; nil for what the level says.
    let windowLog: Int32?
    /// Places that are remembered, as a power of two; nil for what the level says.
    let hashLog: Int32?

    package init(level: Int32, windowLog: Int32? = nil, hashLog: Int32? = nil) {
      self.level = level
      self.windowLog = windowLog
      self.hashLog = hashLog
    }
  }

  /// Compresses into one frame, by default as small as possible.
  ///
  /// - Parameter level: from 1, the fastest, to 19.
  /// - Throws: `DocumentError` of code `archive` when memory runs out.
  package static func pack(_ bytes: [UInt8], level: Int32 = 19) throws(DocumentError) -> [UInt8] {
    try pack(bytes, Effort(level: level))
  }

  /// Compresses into one frame.
  ///
  /// - Throws: `DocumentError` of code `archive` when memory runs out.
  package static func pack(_ bytes: [UInt8], _ effort: Effort) throws(DocumentError) -> [UInt8] {
    guard let compressor = ZstandardCompressor.take() else {
      throw DocumentError(.archive, "no memory left to compress")
    }
    defer { compressor.giveBack() }
    let room = ZSTD_compressBound(bytes.count)
    var failed = false
    let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let made = bytes.withUnsafeBytes { compressor.pack($0, effort, into: UnsafeMutableRawBufferPointer(buffer)) }
      failed = made == nil
      count = made ?? 0
    }
    if failed { throw DocumentError(.archive, "no memory left to compress") }
    return output
  }

  /// Decompresses one frame of known size.
  ///
  /// - Throws: `DocumentError` of code `archive` when it is damaged or of another size.
  package static func unpack(_ bytes: [UInt8], size: Int) throws(DocumentError) -> [UInt8] {
    var made = 0
    let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      made = bytes.withUnsafeBytes { ZSTD_decompress(buffer.baseAddress, size, $0.baseAddress, $0.count) }
      count = ZSTD_isError(made) == 0 ? made : 0
    }
    guard output.count == size, ZSTD_isError(made) == 0 else {
      throw DocumentError(.archive, "broken compressed data; fetch the file again")
    }
    return output
  }

  /// - Throws: `DocumentError` of code `archive` for data that is damaged, truncated, or expands beyond the limits.
  package static func decompress(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) -> [UInt8] {
    let stream = try ZstandardStream(maximumBytes: limits.archiveBytes, ratio: limits.compressionRatio)
    var output = ByteCollector()
    _ = try stream.feed(bytes.span.bytes, into: &output)
    try stream.finish()
    return output.bytes
  }
}

/// Decompresses a stream of Zstandard.
final class ZstandardStream {
  /// Maximum window of a frame as a power of two, which is that of `zstd --long`.
  private static let maximumWindow: Int32 = 27

  private let context: OpaquePointer
  private var bound: ExpansionBound
  private var output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
  /// Whether the data so far ends within a frame.
  private var isInFrame = true
  /// Bytes of input that the next step takes. A step of one block passes on what it holds before the sum behind it is
  /// checked, so that what comes before damage is not lost with it.
  private var wanted = firstBytes
  /// The least of a frame.
  private static let firstBytes = 5
  /// Whether there may be more output without any more input.
  private(set) var isPaused = false

  init(maximumBytes: Int, ratio: Int) throws(DocumentError) {
    guard let context = ZSTD_createDCtx() else { throw DocumentError(.archive, "no memory left to decompress") }
    _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindow)
    self.context = context
    bound = ExpansionBound(maximumBytes: maximumBytes, ratio: ratio)
  }

  deinit { ZSTD_freeDCtx(context) }

  /// - Parameter most: bytes of output after which it pauses, which may be exceeded by those of one step.
  /// - Returns: number of bytes that were used: all, unless it paused.
  func feed(
    _ bytes: RawSpan, most: Int = .max, into consumer: inout some ByteConsumer
  ) throws(DocumentError) -> Int {
    var start = 0
    var total = 0
    // Taken out of the object while parts of it are borrowed.
    var buffer: [UInt8] = []
    swap(&buffer, &output)
    defer { swap(&buffer, &output) }
    while start < bytes.byteCount || isPaused {
      isPaused = false
      let end = min(bytes.byteCount, start + wanted)
      let (used, made, hint) = bytes.withUnsafeBytes { input in
        buffer.withUnsafeMutableBytes { room in
          var source = ZSTD_inBuffer(src: input.baseAddress, size: end, pos: start)
          var target = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
          let hint = ZSTD_decompressStream(context, &target, &source)
          return (source.pos - start, target.pos, hint)
        }
      }
      guard ZSTD_isError(hint) == 0 else { throw DocumentError(.archive, "broken zstd data; fetch the file again") }
      start += used
      isInFrame = hint != 0
      wanted = hint == 0 ? Self.firstBytes : max(1, Int(hint))
      try bound.add(given: used, made: made)
      if made > 0 { try consumer.consume(buffer.span.bytes.extracting(0..<made)) }
      total += made
      // A full buffer may leave something behind.
      isPaused = made == buffer.count && hint != 0
      if total >= most, isPaused || start < bytes.byteCount {
        isPaused = true
        return start
      }
    }
    return start
  }

  func finish() throws(DocumentError) {
    if isInFrame { throw DocumentError(.archive, "cut-off zstd data; fetch the file again") }
  }
}
