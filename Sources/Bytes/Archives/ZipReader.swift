import CZlib

/// Reads ZIP archives (APPNOTE 6.3.10) from memory: stored and deflated members, by the central directory.
package struct ZipReader: Sendable {
  package struct Member: Sendable {
    package let name: String
    /// Bytes after unpacking, as the archive says.
    package let size: Int
    fileprivate let compressed: Int
    fileprivate let method: Int
    fileprivate let header: Int
  }

  package private(set) var members: [Member] = []
  private let bytes: [UInt8]
  private let limits: Limits

  package static func isZip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// - Throws: `DocumentError` of code `archive` for an archive without an end, or with more members than the limits allow.
  package init(_ bytes: [UInt8], limits: Limits = .standard) throws(DocumentError) {
    self.bytes = bytes
    self.limits = limits
    // The end record stands in the last 64 KiB, before a comment.
    var end: Int?
    var place = bytes.count - 22
    while place >= max(0, bytes.count - 65_557) {
      if number(place, 4) == 0x0605_4B50 {
        end = place
        break
      }
      place -= 1
    }
    guard let end else { throw DocumentError(.archive, "a ZIP archive without an end; fetch the file again") }
    let count = number(end + 10, 2)
    var offset = number(end + 16, 4)
    guard count <= limits.archiveEntries else {
      throw DocumentError(.archive, "more than \(limits.archiveEntries) members")
    }
    // More members than 16 bits count are counted by the directory itself.
    while offset + 46 <= end, number(offset, 4) == 0x0201_4B50, members.count < limits.archiveEntries {
      let nameLength = number(offset + 28, 2)
      let skip = nameLength + number(offset + 30, 2) + number(offset + 32, 2)
      guard offset + 46 + nameLength <= end else { throw Self.broken }
      members.append(
        Member(
          name: String(decoding: bytes[offset + 46..<offset + 46 + nameLength], as: UTF8.self),
          size: number(offset + 24, 4), compressed: number(offset + 20, 4), method: number(offset + 10, 2),
          header: number(offset + 42, 4)))
      offset += 46 + skip
    }
  }

  private static let broken = DocumentError(.archive, "broken ZIP data; fetch the file again")

  private func number(_ place: Int, _ width: Int) -> Int {
    bytes.integer(at: place, width: width, .little) ?? 0
  }

  /// The content of a member.
  ///
  /// - Throws: `DocumentError` of code `archive` for broken data, a method that is not known, or a member that is too large.
  package func content(_ member: Member) throws(DocumentError) -> [UInt8] {
    guard member.size <= limits.inputBytes, member.size <= max(10 << 20, member.compressed * limits.compressionRatio)
    else {
      throw DocumentError(.archive, "\(member.name) expands to \(member.size) bytes, like a decompression bomb")
    }
    guard number(member.header, 4) == 0x0403_4B50 else { throw Self.broken }
    let start = member.header + 30 + number(member.header + 26, 2) + number(member.header + 28, 2)
    guard start + member.compressed <= bytes.count else { throw Self.broken }
    switch member.method {
    case 0:
      guard member.size == member.compressed else { throw Self.broken }
      return Array(bytes[start..<start + member.size])
    case 8: return try Inflate.raw(bytes[start..<start + member.compressed], size: member.size)
    default: throw DocumentError(.archive, "\(member.name): compression method \(member.method) is not known")
    }
  }
}

/// Deflate without a frame (RFC 1951), for data whose size is known.
package enum Inflate {
  /// Data in the zlib format (RFC 1950).
  ///
  /// - Throws: `DocumentError` of code `archive` when the data are broken or make more than so many bytes.
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
    guard status == Z_STREAM_END, output.count <= maximumBytes else {
      throw DocumentError(.archive, "broken or overlong zlib data")
    }
    return output
  }

  /// - Throws: `DocumentError` of code `archive` when the data are broken or of another size.
  package static func raw(_ bytes: ArraySlice<UInt8>, size: Int) throws(DocumentError) -> [UInt8] {
    var stream = z_stream()
    guard bartizan_inflate_init(&stream, -15) == Z_OK else {
      throw DocumentError(.archive, "no memory left to decompress")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    // One byte more than promised, so that data of another size are noticed.
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
