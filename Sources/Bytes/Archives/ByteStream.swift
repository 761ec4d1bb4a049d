/// Receives bytes piece by piece.
package protocol ByteConsumer {
  /// - Parameter bytes: the next piece, which is valid during the call only.
  mutating func consume(_ bytes: RawSpan) throws(DocumentError)
}

/// Collects everything that it receives.
package struct ByteCollector: ByteConsumer {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func consume(_ bytes: RawSpan) throws(DocumentError) {
    bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
  }
}

/// The limit on the output of a decompressor.
struct ExpansionBound {
  private let maximumBytes: Int
  private let ratio: Int
  private(set) var given = 0
  private(set) var made = 0

  init(maximumBytes: Int, ratio: Int) {
    self.maximumBytes = maximumBytes
    self.ratio = ratio
  }

  /// - Throws: `DocumentError` of code `too-large` when the output exceeds the limit.
  mutating func add(given: Int, made: Int) throws(DocumentError) {
    self.given += given
    self.made += made
    if self.made > maximumBytes {
      throw DocumentError(.size, "expands to more than \(maximumBytes) bytes; unpack the part you mean")
    }
    if self.made > 10 << 20, self.made / max(1, self.given) > ratio {
      throw DocumentError(.size, "expands more than \(ratio) times, like a decompression bomb; unpack it yourself")
    }
  }
}

/// Decompresses data that may be compressed. gzip and zstd are recognised by their first bytes; anything else passes
/// unchanged.
package final class StreamDecoder {
  private enum Kind {
    case gzip(GzipStream)
    case zstandard(ZstandardStream)
    case plain
  }

  private var head: [UInt8] = []
  private var kind: Kind?
  private let maximumBytes: Int
  private let ratio: Int

  /// Whether the input is compressed; false before its first bytes have arrived.
  package var isCompressed: Bool {
    switch kind {
    case .gzip, .zstandard: true
    case .plain, nil: false
    }
  }

  /// - Parameters:
  ///   - maximumBytes: of output.
  ///   - ratio: bytes of output per byte of input, once the output exceeds 10 MiB.
  package init(maximumBytes: Int, ratio: Int) {
    self.maximumBytes = maximumBytes
    self.ratio = ratio
  }

  /// Whether there may be more output without any more input: `feed` is called again, if need be with nothing.
  package var isPaused: Bool {
    switch kind {
    case .gzip(let stream): stream.isPaused
    case .zstandard(let stream): stream.isPaused
    case .plain, nil: false
    }
  }

  /// - Throws: `DocumentError` for data that is damaged or expands beyond the limits, and whatever the consumer throws.
  ///   What comes before damage has been passed on.
  package func feed(_ bytes: RawSpan, into consumer: inout some ByteConsumer) throws(DocumentError) {
    _ = try feed(bytes, most: .max, into: &consumer)
  }

  /// Decompresses until there is enough, so that a small input that becomes a large output is never in memory as a
  /// whole.
  ///
  /// - Parameter most: bytes of output after which it pauses. Those of one step may exceed it, at most 256 KiB.
  /// - Returns: number of bytes that were used; `isPaused` tells whether there may be more without the others.
  /// - Throws: as `feed(_:into:)`.
  package func feed(
    _ bytes: RawSpan, most: Int, into consumer: inout some ByteConsumer
  ) throws(DocumentError) -> Int {
    if let kind { return try pass(bytes, kind, most, &consumer) }
    let taken = min(4 - head.count, bytes.byteCount)
    bytes.extracting(0..<taken).withUnsafeBytes { head.append(contentsOf: $0) }
    guard head.count >= 4 else { return taken }
    let kind = try decide(&consumer)
    return taken + (try pass(bytes.extracting(taken..<bytes.byteCount), kind, most, &consumer))
  }

  private func decide(_ consumer: inout some ByteConsumer) throws(DocumentError) -> Kind {
    let kind: Kind
    if Gzip.isGzip(head) {
      kind = .gzip(try GzipStream(maximumBytes: maximumBytes, ratio: ratio))
    } else if Zstandard.isZstandard(head) || Zstandard.isSkippable(head) {
      kind = .zstandard(try ZstandardStream(maximumBytes: maximumBytes, ratio: ratio))
    } else {
      kind = .plain
    }
    self.kind = kind
    let first = head
    head = []
    _ = try pass(first.span.bytes, kind, .max, &consumer)
    return kind
  }

  /// - Returns: number of bytes that were used.
  private func pass(
    _ bytes: RawSpan, _ kind: Kind, _ most: Int, _ consumer: inout some ByteConsumer
  ) throws(DocumentError) -> Int {
    switch kind {
    case .gzip(let stream): return try stream.feed(bytes, most: most, into: &consumer)
    case .zstandard(let stream): return try stream.feed(bytes, most: most, into: &consumer)
    case .plain:
      if bytes.byteCount > 0 { try consumer.consume(bytes) }
      return bytes.byteCount
    }
  }

  /// - Throws: `DocumentError` when the data ends too early.
  package func finish(into consumer: inout some ByteConsumer) throws(DocumentError) {
    if kind == nil, !head.isEmpty { _ = try decide(&consumer) }
    switch kind {
    case .gzip(let stream): try stream.finish()
    case .zstandard(let stream): try stream.finish()
    case .plain, nil: break
    }
  }
}
