#if ISAL
  import CIsal
#else
  import CZlib
#endif

/// Decompresses a stream of gzip (RFC 1952) with one or several members.
///
/// Zero bytes may stand behind a member, as tapes and block devices leave them. Anything else that is no further member
/// is damage: it may be one whose first bytes were lost.
///
/// Uses ISA-L where it can be linked, which takes half the time of zlib and checks the same checksums. Fully static
/// executables use zlib, since Debian has no static ISA-L (docs/decisions/0012).
final class GzipStream {
  #if ISAL
    private let state: bartizan_isal
  #else
    private var state = z_stream()
  #endif
  private var bound: ExpansionBound
  private var output = [UInt8](repeating: 0, count: 1 << 18)
  private enum Phase { case inMember, betweenMembers }
  private var phase = Phase.inMember
  /// Whether the first byte of what may be another member has arrived, and the second one has not.
  private var hasMark = false
  /// Whether there may be more output without any more input.
  private(set) var isPaused = false

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

  /// - Parameter most: bytes of output after which it pauses, which may be exceeded by those of one step.
  /// - Returns: number of bytes that were used: all, unless it paused.
  func feed(
    _ bytes: RawSpan, most: Int = .max, into consumer: inout some ByteConsumer
  ) throws(DocumentError) -> Int {
    var start = 0
    var made = 0
    while start < bytes.byteCount || isPaused {
      isPaused = false
      switch phase {
      case .betweenMembers:
        let byte = bytes.unsafeLoad(fromByteOffset: start, as: UInt8.self)
        if hasMark {
          guard byte == 0x8B else { throw Self.trailing }
          hasMark = false
          restart()
          phase = .inMember
          let mark: [UInt8] = [0x1F]
          _ = try member(mark.span.bytes, &made, most: .max, &consumer)
        } else {
          guard byte == 0 || byte == 0x1F else { throw Self.trailing }
          hasMark = byte == 0x1F
          start += 1
        }
      case .inMember:
        start += try member(bytes.extracting(start..<bytes.byteCount), &made, most: most, &consumer)
        if isPaused { return start }
      }
    }
    return start
  }

  func finish() throws(DocumentError) {
    if hasMark { throw Self.trailing }
    if phase == .inMember { throw Self.broken }
  }

  private static var trailing: DocumentError {
    DocumentError(
      .archive, "bytes that are no gzip follow a gzip member, as where part of the file was lost; fetch it again")
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

  /// - Parameters:
  ///   - total: bytes of output so far, to which those of this member are added.
  ///   - most: of output before it pauses.
  /// - Returns: number of bytes that belong to this member.
  private func member(
    _ bytes: RawSpan, _ total: inout Int, most: Int, _ consumer: inout some ByteConsumer
  ) throws(DocumentError) -> Int {
    var start = 0
    // Taken out of the object while parts of it are borrowed.
    var room: [UInt8] = []
    swap(&room, &output)
    defer { swap(&room, &output) }
    while true {
      let (used, made, status) = step(bytes, start, &room)
      start += used
      try bound.add(given: used, made: made)
      // What comes before damage is passed on, as it is before the end of a file that was cut off.
      if made > 0 { try consumer.consume(room.span.bytes.extracting(0..<made)) }
      guard status >= 0 else { throw Self.broken }
      total += made
      if status == 1 {
        phase = .betweenMembers
        return start
      }
      if start == bytes.byteCount, made < room.count { return start }
      if total >= most {
        isPaused = true
        return start
      }
      // No progress on available input means damaged data.
      if used == 0, made == 0 { throw Self.broken }
    }
  }

  /// - Returns: bytes consumed, bytes produced, and 1 at the end of a member, 0 before it, -1 for damaged data.
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
