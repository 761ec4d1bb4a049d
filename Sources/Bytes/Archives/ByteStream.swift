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

  /// - Throws: `DocumentError` for data that is damaged or expands beyond the limits, and whatever the consumer throws.
  package func feed(_ bytes: RawSpan, into consumer: inout some ByteConsumer) throws(DocumentError) {
    if let kind { return try pass(bytes, kind, &consumer) }
    bytes.withUnsafeBytes { head.append(contentsOf: $0) }
    guard head.count >= 4 else { return }
    try decide(&consumer)
  }

  private func decide(_ consumer: inout some ByteConsumer) throws(DocumentError) {
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
    try pass(first.span.bytes, kind, &consumer)
  }

  private func pass(_ bytes: RawSpan, _ kind: Kind, _ consumer: inout some ByteConsumer) throws(DocumentError) {
    switch kind {
    case .gzip(let stream): try stream.feed(bytes, into: &consumer)
    case .zstandard(let stream): try stream.feed(bytes, into: &consumer)
    case .plain: try consumer.consume(bytes)
    }
  }

  /// - Throws: `DocumentError` when the data ends too early.
  package func finish(into consumer: inout some ByteConsumer) throws(DocumentError) {
    if kind == nil, !head.isEmpty { try decide(&consumer) }
    switch kind {
    case .gzip(let stream): try stream.finish()
    case .zstandard(let stream): try stream.finish()
    case .plain, nil: break
    }
  }
}
