import CZlib

/// Reads ZIP archives (APPNOTE 6.3.10) in memory: stored and deflated members, by the central directory.
package struct ZipReader: Sendable {
  /// An entry of the central directory. Its sizes are claims until it has been unpacked.
  package struct Member: Sendable {
    package let name: String
    /// Decompressed size in bytes, as the archive claims.
    package let size: Int
    /// Whether its content is the target of a symbolic link.
    package let isLink: Bool
    fileprivate let compressed: Int
    fileprivate let method: Int
    /// CRC-32 of the decompressed bytes.
    fileprivate let sum: Int
    fileprivate let header: Int
  }

  package private(set) var members: [Member] = []
  /// Whether the directory lists as many members as the end record counts, of which it holds 16 bits.
  package private(set) var isWhole = true
  private let bytes: [UInt8]
  private let limits: Limits

  /// Whether the bytes begin with a local file header. An empty archive does not.
  package static func isZip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// - Throws: `DocumentError` of code `archive` for an archive without an end record, or with more members than the
  ///   limit.
  package init(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) {
    self.bytes = bytes
    self.limits = limits
    guard let end = Self.end(bytes) else {
      throw DocumentError(.archive, "a ZIP archive without an end; fetch the file again")
    }
    let count = number(end + 10, 2)
    var offset = end - number(end + 12, 4)
    // Places are told from the beginning of the archive, which may stand behind a program that unpacks it.
    let start = offset - number(end + 16, 4)
    guard offset >= 0, start >= 0 else { throw Self.broken }
    guard count <= limits.archiveEntries else {
      throw DocumentError(.archive, "more than \(limits.archiveEntries) members")
    }
    // The directory itself is counted, since the count in the end record has 16 bits only.
    while offset + 46 <= end, number(offset, 4) == 0x0201_4B50, members.count < limits.archiveEntries {
      let nameLength = number(offset + 28, 2)
      let skip = nameLength + number(offset + 30, 2) + number(offset + 32, 2)
      guard offset + 46 + nameLength <= end else { throw Self.broken }
      members.append(
        Member(
          name: String(decoding: bytes[offset + 46..<offset + 46 + nameLength], as: UTF8.self),
          size: number(offset + 24, 4), isLink: number(offset + 40, 2) & 0xF000 == 0xA000,
          compressed: number(offset + 20, 4), method: number(offset + 10, 2),
          sum: number(offset + 16, 4), header: start + number(offset + 42, 4)))
      offset += 46 + skip
    }
    isWhole = members.count & 0xFFFF == count || count == 0xFFFF
  }

  /// Where the end record stands: in the last 64 KiB, with nothing but its own comment behind it. One that is followed by anything
  /// else belongs to an archive within this one, which is cut off then.
  private static func end(_ bytes: [UInt8]) -> Int? {
    var place = bytes.count - 22
    while place >= max(0, bytes.count - 65_557) {
      if bytes.integer(at: place, .little, as: UInt32.self) == 0x0605_4B50,
        bytes.integer(at: place + 20, .little, as: UInt16.self).map({ place + 22 + Int($0) == bytes.count }) == true
      {
        return place
      }
      place -= 1
    }
    return nil
  }

  private static let broken = DocumentError(.archive, "broken ZIP data; fetch the file again")

  private func number(_ place: Int, _ width: Int) -> Int {
    bytes.integer(at: place, width: width, .little) ?? 0
  }

  /// Decompresses a member.
  ///
  /// - Throws: `DocumentError` of code `archive` for damaged data, an unsupported method, or a member beyond the
  ///   limits.
  package func content(_ member: Member) throws(DocumentError) -> [UInt8] {
    guard member.size <= limits.inputBytes, member.size <= max(10 << 20, member.compressed * limits.compressionRatio)
    else {
      throw DocumentError(.archive, "\(member.name) expands to \(member.size) bytes, like a decompression bomb")
    }
    guard number(member.header, 4) == 0x0403_4B50 else { throw Self.broken }
    let start = member.header + 30 + number(member.header + 26, 2) + number(member.header + 28, 2)
    guard start + member.compressed <= bytes.count else { throw Self.broken }
    let content: [UInt8]
    switch member.method {
    case 0:
      guard member.size == member.compressed else { throw Self.broken }
      content = Array(bytes[start..<start + member.size])
    case 8: content = try Inflate.raw(bytes[start..<start + member.compressed], size: member.size)
    default: throw DocumentError(.archive, "\(member.name): compression method \(member.method) is not known")
    }
    // Damaged data may unpack to as many bytes as they should.
    guard Self.sum(content) == member.sum else {
      throw DocumentError(.archive, "\(member.name) is damaged: its check sum is another; fetch the file again")
    }
    return content
  }

  private static func sum(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      Int(crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}

/// Deflate without a header (RFC 1951), for data of known size, and with one (zlib).
package enum Inflate {
  /// Decompresses the zlib format (RFC 1950).
  ///
  /// - Throws: `DocumentError` of code `archive` when the data is damaged or expands beyond the limit.
  package static func zlib(_ bytes: ArraySlice<UInt8>, maximumBytes: Int) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_inflate_init(&stream, 15) == Z_OK else {
      throw DocumentError(.archive, "no memory left to decompress")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    var output: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 16)
    bytes.withUnsafeBufferPointer { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = UInt32(clamping: input.count)
      while status == Z_OK, output.count <= maximumBytes {
        room.withUnsafeMutableBufferPointer { buffer in
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        output.append(contentsOf: room[..<(room.count - Int(stream.avail_out))])
      }
    }
    // Sections of programs are filled up with zero bytes.
    let rest = bytes.suffix(Int(stream.avail_in))
    guard status == Z_STREAM_END, output.count <= maximumBytes, rest.allSatisfy({ $0 == 0 }) else {
      throw DocumentError(.archive, "broken or overlong zlib data")
    }
    return output
  }

  /// - Throws: `DocumentError` of code `archive` when the data is damaged or of another size.
  package static func raw(_ bytes: ArraySlice<UInt8>, size: Int) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_inflate_init(&stream, -15) == Z_OK else {
      throw DocumentError(.archive, "no memory left to decompress")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    // One byte more than expected, to notice data of another size.
    let output = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      bytes.withUnsafeBufferPointer { input in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: size + 1)
        status = inflate(&stream, Z_FINISH)
      }
      count = size + 1 - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END, output.count == size else {
      throw DocumentError(.archive, "broken compressed data; fetch the file again")
    }
    return output
  }

  /// Compresses for a member with method 8 (raw deflate), at the best level.
  ///
  /// - Throws: when zlib runs out of memory.
  package static func compress(_ bytes: [UInt8]) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_deflate_best(&stream) == Z_OK else {
      throw DocumentError(.archive, "no memory left to compress")
    }
    defer { deflateEnd(&stream) }
    let room = Int(deflateBound(&stream, UInt(bytes.count)))
    var status = Z_OK
    let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      bytes.withUnsafeBufferPointer { input in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(clamping: input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: room)
        status = deflate(&stream, Z_FINISH)
      }
      count = room - Int(stream.avail_out)
    }
    guard status == Z_STREAM_END else { throw DocumentError(.archive, "no memory left to compress") }
    return output
  }
}
