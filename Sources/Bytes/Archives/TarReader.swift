/// Reads tar archives in memory.
///
/// Only regular files are read. Links are listed, devices and names that leave the archive are reported, and nothing is
/// followed.
package struct TarReader {
  /// A regular file; `bytes` is where its content lies in the archive.
  package struct Member: Sendable {
    package let name: String
    package let bytes: Range<Int>
  }

  /// A symbolic or a hard link.
  package struct Link: Sendable {
    package let name: String
    /// As written; see `place`.
    package let target: String
    package let isHard: Bool

    /// The name in the archive that it leads to; nil for one that leads out of it.
    package var place: String? {
      RelativePath.resolve(target, in: isHard ? "" : name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "")
    }
  }

  package let members: [Member]
  package let links: [Link]
  package let errors: [DocumentError]

  /// Whether the first block is a tar header, by its magic or else by its checksum, which old archives have only.
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
    links = stream.sink.links
    errors = stream.sink.errors + (failure.map { [$0] } ?? [])
  }

  /// Records where the files are.
  private struct Index: TarSink {
    let length: Int
    var members: [Member] = []
    var links: [Link] = []
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
        links.append(Link(name: entry.path, target: entry.target, isHard: entry.kind == .hardLink))
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
