import Bytes
import Findings
import Glibc
import Images

/// A file, or a part of one, that is read piece by piece.
final class FilePart {
  private let descriptor: Int32
  let length: Int
  private let start: Int

  /// - Parameter range: bytes of the file; nil: all.
  /// - Throws: when it cannot be opened, or is no plain file.
  init(_ path: String, range: Range<Int>? = nil) throws(BartizanError) {
    // A pipe without a writer would wait for ever.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BartizanError(.input, "not a plain file")
    }
    start = range?.lowerBound ?? 0
    length = range?.count ?? Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// - Returns: how many bytes were read, 0 at the end.
  func read(_ buffer: inout [UInt8], at offset: Int) throws(BartizanError) -> Int {
    let count = min(buffer.count, length - offset)
    guard count > 0 else { return 0 }
    while true {
      let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, off_t(start + offset)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw BartizanError(.input, FileReader.lastError()) }
      return got
    }
  }

  /// Gives all bytes, in order.
  func pump(_ body: (RawSpan) throws(BartizanError) -> Void) throws(BartizanError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let got = try read(&buffer, at: offset)
      if got == 0 { return }
      try body(buffer.span.bytes.extracting(0..<got))
      offset += got
    }
  }
}

/// The parts of an archive that is kept as it is: places of its members, read without their content.
struct TarFileArchive: ImageArchive {
  private let path: String
  private let members: [String: Range<Int>]
  private let links: [String: String]
  private let limits: Limits

  init(_ path: String, limits: Limits) throws(BartizanError) {
    self.path = path
    self.limits = limits
    let file = try FilePart(path)
    var stream = TarStream(Index(), mostEntries: limits.archiveEntries)
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
      // What was found before is still there; a layer that is not is told of by itself.
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

  /// Whether it holds a list of images.
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

  func layer(_ name: String, into scanner: LayerScanner) async throws(BartizanError) {
    guard let range = place(name) else { throw BartizanError(.input, "the layer is not in it") }
    try FilePart(path, range: range).pump { (bytes) throws(BartizanError) in scanner.feed(bytes) }
    if scanner.received < range.count { throw BartizanError(.input, "the layer is cut off; get the file again") }
  }
}

/// Links within archives: older programs write a layer that two images share once.
enum ArchiveLink {
  /// Where a symbolic link leads, from the root of the archive; nil where it leads out.
  static func target(_ entry: TarEntry) -> String? {
    guard !entry.target.hasPrefix("/") else { return nil }
    var parts = entry.path.split(separator: "/").dropLast()
    for part in entry.target.split(separator: "/") where part != "." {
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }
}

/// An archive that is compressed as a whole, read once from its beginning to its end.
///
/// Which members are layers is told at the end only, so each is read as one.
struct StreamedArchive: ImageArchive {
  private let documents: [String: [UInt8]]
  private let layers: [String: LayerScanner.Outcome]
  private let links: [String: String]

  init(_ path: String, limits: Limits, secrets: Bool) throws(BartizanError) {
    let decoder = StreamDecoder(most: limits.layerBytes, ratio: limits.compressionRatio)
    var stream = TarStream(Members(limits: limits, secrets: secrets), mostEntries: limits.archiveEntries)
    do {
      try FilePart(path).pump { (bytes) throws(BartizanError) in
        do throws(DocumentError) { try decoder.feed(bytes, into: &stream) } catch {
          throw BartizanError(.input, error.message)
        }
      }
      do throws(DocumentError) {
        try decoder.finish(into: &stream)
        try stream.finish()
      } catch {
        throw BartizanError(.input, error.message)
      }
    }
    documents = stream.sink.documents
    layers = stream.sink.layers
    links = stream.sink.links
  }

  var hasManifest: Bool { documents["manifest.json"] != nil || documents["index.json"] != nil }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    documents[name] ?? links[name].flatMap { documents[$0] }
  }

  func layer(_ name: String, into scanner: LayerScanner) async throws(BartizanError) {
    throw BartizanError(.input, "the layers of a streamed archive are read already")
  }

  /// What was read of a layer; nil when it is not there.
  func outcome(_ name: String) -> LayerScanner.Outcome? { layers[name] ?? links[name].flatMap { layers[$0] } }

  private struct Members: TarSink {
    let limits: Limits
    let secrets: Bool
    var documents: [String: [UInt8]] = [:]
    var layers: [String: LayerScanner.Outcome] = [:]
    var links: [String: String] = [:]
    private var path = ""
    private var scanner: LayerScanner?
    private var text: [UInt8]?

    init(limits: Limits, secrets: Bool) {
      self.limits = limits
      self.secrets = secrets
    }

    mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
      guard !entry.leaves else { return false }
      switch entry.kind {
      case .symbolicLink: links[entry.path] = ArchiveLink.target(entry)
      case .hardLink: links[entry.path] = TarEntry.normalized(entry.target)
      case .file where entry.size > 0:
        path = entry.path
        scanner = nil
        text = nil
        return true
      default: break
      }
      return false
    }

    mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool {
      if scanner == nil, text == nil {
        let first = bytes.unsafeLoad(as: UInt8.self)
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
          text = []
        } else {
          scanner = LayerScanner(limits: limits, secrets: secrets)
        }
      }
      if let scanner {
        scanner.feed(bytes)
        return true
      }
      guard (text?.count ?? 0) + bytes.byteCount <= limits.manifestBytes else {
        text = nil
        return false
      }
      bytes.withUnsafeBytes { text?.append(contentsOf: $0) }
      return true
    }

    mutating func end() throws(DocumentError) {
      if let scanner {
        layers[path] = scanner.finish()
      } else if let text {
        documents[path] = text
      }
      scanner = nil
      text = nil
    }
  }
}

/// An OCI layout, or an unpacked archive of `docker save`.
struct FolderArchive: ImageArchive {
  let folder: String
  let limits: Limits

  private func path(_ name: String) -> String? {
    guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
    let path = folder + "/" + name
    return FilePaths.exists(path) ? path : nil
  }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    guard let path = path(name) else { return nil }
    let file = try FilePart(path)
    guard file.length <= limits.manifestBytes else {
      throw BartizanError(.input, "\(name) has \(file.length) bytes; more than \(limits.manifestBytes) are not read")
    }
    var bytes = [UInt8](repeating: 0, count: file.length)
    let got = try file.read(&bytes, at: 0)
    return Array(bytes[..<got])
  }

  func layer(_ name: String, into scanner: LayerScanner) async throws(BartizanError) {
    guard let path = path(name) else { throw BartizanError(.input, "the layer is not in it") }
    try FilePart(path).pump { (bytes) throws(BartizanError) in scanner.feed(bytes) }
  }
}
