import Bytes
import Findings
import Images
import Transport

/// An uncompressed archive on disk: its members are located without reading their content.
struct TarFileArchive: ImageArchive {
  private let path: String
  private let members: [String: Range<Int>]
  private let links: [String: String]
  private let limits: Limits

  init(_ path: String, limits: Limits) throws(BartizanError) {
    self.path = path
    self.limits = limits
    let file = try FilePart(path)
    var stream = TarStream(Index(), maximumEntries: limits.archiveEntries)
    var block = [UInt8](repeating: 0, count: 512)
    var offset = 0
    do throws(DocumentError) {
      while true {
        let got: Int
        do throws(BartizanError) { got = try file.read(&block, at: offset) } catch {
          throw DocumentError(.archive, error.message)
        }
        if got == 0 { break }
        try stream.consume(block.span.bytes.extracting(0..<got))
        offset += got
        let rest = stream.unwanted
        guard rest > 0 else { continue }
        guard rest <= file.length - offset + 511 else {
          throw DocumentError(.archive, "the archive ends inside a member; fetch the file again")
        }
        try stream.skip(rest)
        offset += rest
      }
    } catch {
      // Members before the broken place are usable; a missing layer is reported on its own.
      if stream.sink.members.isEmpty { throw BartizanError(.input, error.message) }
    }
    members = stream.sink.members
    links = stream.sink.links
  }

  private struct Index: TarSink {
    var members: [String: Range<Int>] = [:]
    var links: [String: String] = [:]

    mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
      guard !entry.leaves else { return false }
      switch entry.kind {
      case .file: members[entry.path] = entry.offset..<entry.offset + entry.size
      case .symbolicLink: links[entry.path] = ArchiveLink.target(entry)
      case .hardLink: links[entry.path] = TarEntry.normalized(entry.target)
      case .folder, .special: break
      }
      return false
    }

    mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool { false }
    mutating func end() throws(DocumentError) {}
  }

  /// Whether the archive has a list of images.
  var hasManifest: Bool { members["manifest.json"] != nil || members["index.json"] != nil }

  private func place(_ name: String) -> Range<Int>? { members[name] ?? links[name].flatMap { members[$0] } }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    guard let range = place(name) else { return nil }
    guard range.count <= limits.manifestBytes else {
      throw BartizanError(.input, "\(name) has \(range.count) bytes; more than \(limits.manifestBytes) are not read")
    }
    var bytes = [UInt8](repeating: 0, count: range.count)
    guard try FilePart(path, range: range).read(&bytes, at: 0) == range.count else {
      throw BartizanError(.input, "\(name) is cut off")
    }
    return bytes
  }

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {
    guard let range = place(name) else { throw BartizanError(.input, "the layer is not in it") }
    try FilePart(path, range: range).pump { (bytes) throws(BartizanError) in scanner.feed(bytes) }
    if scanner.received < range.count { throw BartizanError(.input, "the layer is cut off; get the file again") }
  }

  func stamp(ofLayer name: String) -> LayerStamp? { place(name).flatMap { LayerStamp(path, range: $0) } }

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum {
    guard let range = place(name) else { throw BartizanError(.input, "the layer is not in it") }
    return .made(try FilePart(path, range: range).sum())
  }
}
