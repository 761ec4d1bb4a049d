/// Reads tar archives from memory.
///
/// Only regular files come out. Names that leave the archive, links and devices are reported, never followed.
package struct TarReader {
  package struct Member: Sendable {
    package let name: String
    package let bytes: Range<Int>
  }

  package let members: [Member]
  package let errors: [DocumentError]

  package static func isTar(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 512 else { return false }
    return bytes[257..<262].elementsEqual("ustar".utf8) || TarHeader.checksumIsRight(bytes, 0)
  }

  package init(_ bytes: [UInt8], limits: Limits = .standard) {
    var stream = TarStream(Index(length: bytes.count), maximumEntries: limits.archiveEntries)
    var failure: DocumentError?
    do throws(DocumentError) {
      try stream.consume(bytes.span.bytes)
      try stream.finish()
    } catch {
      failure = error
    }
    members = stream.sink.members
    errors = stream.sink.errors + (failure.map { [$0] } ?? [])
  }

  /// Notes where the files lie.
  private struct Index: TarSink {
    let length: Int
    var members: [Member] = []
    var errors: [DocumentError] = []

    mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
      if entry.leaves {
        errors.append(
          DocumentError(.archive, "member \"\(entry.name)\" points outside the archive; it was not read"))
        return false
      }
      switch entry.kind {
      case .file where entry.size <= length - entry.offset:
        members.append(Member(name: entry.path, bytes: entry.offset..<entry.offset + entry.size))
      case .file, .folder: break
      case .hardLink, .symbolicLink:
        errors.append(
          DocumentError(
            .special,
            "member \"\(entry.name)\" is a link to \"\(entry.target)\"; links are not followed, add the file itself"))
      case .special:
        errors.append(
          DocumentError(.special, "member \"\(entry.name)\" is a device or pipe; it was not read"))
      }
      return false
    }

    mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool { false }
    mutating func end() throws(DocumentError) {}
  }
}
