/// Takes bytes as they come, piece by piece.
package protocol ByteConsumer {
  /// - Parameter bytes: what follows on what was given before; it is not kept.
  mutating func consume(_ bytes: RawSpan) throws(DocumentError)
}

/// Gathers what it is given.
package struct ByteCollector: ByteConsumer {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func consume(_ bytes: RawSpan) throws(DocumentError) {
    bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
  }
}

/// How much may come out of compressed data.
struct ExpansionBound {
  private let maximumBytes: Int
  private let ratio: Int
  private(set) var given = 0
  private(set) var made = 0

  init(maximumBytes: Int, ratio: Int) {
    self.maximumBytes = maximumBytes
    self.ratio = ratio
  }

  /// - Throws: `DocumentError` of code `archive` when more came out than is allowed.
  mutating func add(given: Int, made: Int) throws(DocumentError) {
    self.given += given
    self.made += made
    if self.made > maximumBytes {
      throw DocumentError(.archive, "expands to more than \(maximumBytes) bytes; unpack the part you mean")
    }
    if self.made > 10 << 20, self.made / max(1, self.given) > ratio {
      throw DocumentError(.archive, "expands more than \(ratio) times, like a decompression bomb; unpack it yourself")
    }
  }
}

/// Data that may be compressed: gzip and zstd are told by their first bytes, anything else is passed on as it is.
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

  /// Whether the data that came is compressed; false before its first bytes are there.
  package var isCompressed: Bool {
    switch kind {
    case .gzip, .zstandard: true
    case .plain, nil: false
    }
  }

  /// - Parameters:
  ///   - maximumBytes: that may come out in all.
  ///   - ratio: bytes that may come out for each that went in, once ten MiB have.
  package init(maximumBytes: Int, ratio: Int) {
    self.maximumBytes = maximumBytes
    self.ratio = ratio
  }

  /// - Throws: `DocumentError` for data that is broken or expands beyond the limits, and what the consumer throws.
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

  /// - Throws: `DocumentError` when the data ended too early.
  package func finish(into consumer: inout some ByteConsumer) throws(DocumentError) {
    if kind == nil, !head.isEmpty { try decide(&consumer) }
    switch kind {
    case .gzip(let stream): try stream.finish()
    case .zstandard(let stream): try stream.finish()
    case .plain, nil: break
    }
  }
}
