#if ISAL
  import CIsal
#else
  import CZlib
#endif

/// Decompresses gzip (RFC 1952) as it comes: one member, or several behind each other.
///
/// With ISA-L where it can be linked, which takes half the time of zlib and checks the same sums; a fully static executable
/// has zlib, since Debian has no static ISA-L (docs/decisions/0012).
final class GzipStream {
  #if ISAL
    private let state: bartizan_isal
  #else
    private var state = z_stream()
  #endif
  private var bound: ExpansionBound
  private var output = [UInt8](repeating: 0, count: 1 << 18)
  private enum Phase { case inMember, betweenMembers, over }
  private var phase = Phase.inMember
  /// The first byte of what may be another member.
  private var pending: UInt8?

  init(maximumBytes: Int, ratio: Int) throws(DocumentError) {
    bound = ExpansionBound(maximumBytes: maximumBytes, ratio: ratio)
    #if ISAL
      guard let state = bartizan_isal_make() else { throw DocumentError(.archive, "no memory left to decompress") }
      self.state = state
    #else
      guard bartizan_inflate_init(&state, 15 + 16) == Z_OK else {
        throw DocumentError(.archive, "no memory left to decompress")
      }
    #endif
  }

  deinit {
    #if ISAL
      bartizan_isal_free(state)
    #else
      inflateEnd(&state)
    #endif
  }

  func feed(_ bytes: RawSpan, into consumer: inout some ByteConsumer) throws(DocumentError) {
    var start = 0
    while start < bytes.byteCount {
      switch phase {
      case .over:
        // Padding after the last member is allowed.
        return
      case .betweenMembers:
        let byte = bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self)
        if let first = pending {
          pending = nil
          guard first == 0x1F, byte == 0x8B else {
            phase = .over
            return
          }
          restart()
          phase = .inMember
          let magic: [UInt8] = [first]
          _ = try member(magic.span.bytes, &consumer)
        } else {
          pending = byte
          start += 1
        }
      case .inMember:
        start += try member(bytes.extracting(start..<bytes.byteCount), &consumer)
      }
    }
  }

  func finish() throws(DocumentError) {
    if phase == .inMember { throw Self.broken }
  }

  private static var broken: DocumentError {
    DocumentError(.archive, "broken or cut-off gzip data; fetch the file again")
  }

  private func restart() {
    #if ISAL
      bartizan_isal_restart(state)
    #else
      inflateReset(&state)
    #endif
  }

  /// - Returns: how many bytes belong to this member.
  private func member(_ bytes: RawSpan, _ consumer: inout some ByteConsumer) throws(DocumentError) -> Int {
    var start = 0
    // Taken out of the object while parts of it are lent.
    var room: [UInt8] = []
    swap(&room, &output)
    defer { swap(&room, &output) }
    while true {
      let (used, made, status) = step(bytes, start, &room)
      start += used
      guard status >= 0 else { throw Self.broken }
      try bound.add(given: used, made: made)
      if made > 0 { try consumer.consume(room.span.bytes.extracting(0..<made)) }
      if status == 1 {
        phase = .betweenMembers
        return start
      }
      if start == bytes.byteCount, made < room.count { return start }
      // No progress on bytes that are there is data that leads nowhere.
      if used == 0, made == 0 { throw Self.broken }
    }
  }

  /// - Returns: bytes used, bytes made, and 1 at the end of a member, 0 before it, -1 for broken data.
  private func step(
    _ bytes: RawSpan, _ start: Int, _ output: inout [UInt8]
  ) -> (used: Int, made: Int, status: Int) {
    // Both libraries count in 32 bits.
    let given = min(bytes.byteCount - start, 1 << 30)
    return bytes.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { room in
        let source = input.baseAddress.map { $0 + start }
        #if ISAL
          var used = 0
          var made = 0
          let status = bartizan_isal_step(state, source, given, &used, room.baseAddress, room.count, &made)
          return (used, made, status < 0 ? -1 : Int(status))
        #else
          state.next_in = source.map { UnsafeMutablePointer(mutating: $0.assumingMemoryBound(to: UInt8.self)) }
          state.avail_in = UInt32(given)
          state.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
          state.avail_out = UInt32(room.count)
          let status = inflate(&state, Z_NO_FLUSH)
          let sound = status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR
          return (
            given - Int(state.avail_in), room.count - Int(state.avail_out),
            sound ? (status == Z_STREAM_END ? 1 : 0) : -1
          )
        #endif
      }
    }
  }
}
