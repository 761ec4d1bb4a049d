package import Bytes
import Crypto
import Findings

/// Reads one layer as it comes, once: its sums, its members, the packages in them.
package final class LayerScanner {
  private let decoder: StreamDecoder
  private var tar: TarStream<LayerSink>
  /// Nil where somebody else makes the sum.
  private var sum: SHA256?
  /// Bytes that came.
  package private(set) var received = 0
  private var failure: DocumentError?

  /// - Parameters:
  ///   - secrets: whether credentials are looked for.
  ///   - scanner: that looks for them.
  ///   - sums: whether the digest is made; it is empty otherwise.
  package init(
    limits: Limits = .standard, secrets: Bool = false, scanner: SecretScanner = .usual, sums: Bool = true
  ) {
    sum = sums ? SHA256() : nil
    decoder = StreamDecoder(maximumBytes: limits.layerBytes, ratio: limits.compressionRatio)
    tar = TarStream(
      LayerSink(limits: limits, secrets: secrets, scanner: scanner), maximumEntries: limits.layerEntries)
  }

  /// Takes the next bytes. Broken data are told of by `finish`: their sum is made all the same.
  package func feed(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { sum?.update(bufferPointer: $0) }
    received += bytes.byteCount
    guard failure == nil else { return }
    do throws(DocumentError) {
      try decoder.feed(bytes, into: &tar)
    } catch {
      failure = error
    }
  }

  /// What the layer holds. A failure leaves the facts partial.
  package struct Outcome: Sendable {
    /// What was read, up to the place where the data broke off.
    package let facts: LayerFacts
    /// SHA-256 of the bytes as they came, `sha256:…`.
    package let digest: String
    /// Whether they are compressed.
    package let isCompressed: Bool
    /// Why reading stopped early; nil where the whole layer was read.
    package let failure: DocumentError?
  }

  package func finish() -> Outcome {
    if failure == nil {
      do throws(DocumentError) {
        try decoder.finish(into: &tar)
        try tar.finish()
      } catch {
        failure = error
      }
    }
    var facts = tar.sink.facts
    if let lost = tar.sink.lost { facts.note(lost) }
    facts.entries = tar.entries
    facts.size = tar.offset
    return Outcome(
      facts: facts, digest: sum.map { Bytes.Digest(.sha256, sum: $0.finalize()).text } ?? "",
      isCompressed: decoder.isCompressed, failure: failure)
  }
}

/// Takes from the members of a layer what is wanted of them.
struct LayerSink: TarSink {
  var facts = LayerFacts()
  private let limits: Limits
  private var places: [String: Int] = [:]

  private enum Interest {
    case path
    /// By its first bytes, which are not there yet.
    case unknown
    case program
    /// Of no interest but for what it should not hold: in memory where it is small, and as it comes where it is not.
    case text
    case largeText(SecretSearch)
  }

  private var path = ""
  private var size = 0
  private var interest = Interest.unknown
  private var content: [UInt8] = []
  private let scanner: SecretScanner

  init(limits: Limits, secrets: Bool, scanner: SecretScanner) {
    self.limits = limits
    self.scanner = scanner
    if secrets { facts.secrets = [] }
  }

  mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
    // Some tools write names from the root; those are not outside.
    if entry.hasParent {
      problem("member \"\(entry.name)\" points outside the archive; it was not read")
      return false
    }
    path = entry.path
    // Paths are bounded as file systems bound them.
    guard path.utf8.count <= 4096, !path.utf8.isEmpty else { return false }
    // No file system has such a name; here it would end one path and begin another.
    guard !path.utf8.contains(0) else {
      problem("a member has a name with a zero byte in it; it was not read")
      return false
    }
    let slash = path.utf8.lastIndex(of: 0x2F)
    let last = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let folder = slash.map { path[..<$0] } ?? ""
    if last.utf8.starts(with: ".wh.".utf8) {
      if last == ".wh..wh..opq" {
        facts.opaque.append(String(folder))
      } else if !last.hasPrefix(".wh..wh."), last.utf8.count > 4 {
        facts.whiteouts.append((folder.isEmpty ? "" : folder + "/") + last.dropFirst(4))
      }
      return false
    }
    facts.paths.append(contentsOf: path.utf8)
    if entry.kind == .folder { facts.paths.append(0x2F) }
    facts.paths.append(0)
    if entry.kind == .file || entry.kind == .folder {
      facts.note(path, mode: entry.mode, isFolder: entry.kind == .folder)
    }
    if entry.kind == .folder { return false }
    // What the layer said of this name before is no more.
    if let place = places[path] {
      facts.files[place] = LayerFacts.File(path: path)
    }
    switch entry.kind {
    case .hardLink:
      link(to: TarEntry.normalized(entry.target))
      return false
    case .file: break
    default: return false
    }
    facts.note(path, size: entry.size)
    guard entry.size > 0 else { return false }
    size = entry.size
    content.removeAll(keepingCapacity: content.capacity < 64 << 20)
    if FileFacts.wants(path) {
      interest = .path
      return isSmall(entry.size)
    }
    interest = .unknown
    return true
  }

  private mutating func isSmall(_ size: Int) -> Bool {
    if size > limits.inputBytes {
      problem("\"\(path)\" has more than \(limits.inputBytes >> 20) MiB; it was not read")
      return false
    }
    return true
  }

  mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool {
    if case .unknown = interest {
      var head: [UInt8] = content
      bytes.extracting(0..<min(4, bytes.byteCount)).withUnsafeBytes { head.append(contentsOf: $0) }
      if head.count >= 4 {
        if PackageExtractors.isProgram(head.prefix(4)) {
          interest = .program
        } else if facts.secrets != nil, SecretScanner.wants(path) {
          interest = size <= limits.secretBytes ? .text : .largeText(SecretSearch(path: path, scanner, limits))
        } else {
          facts.skip(.packaged)
          return false
        }
      }
    }
    if case .largeText(let search) = interest {
      // What came while it was not known what it is.
      if !content.isEmpty {
        _ = search.feed(content.span.bytes)
        content = []
      }
      if search.feed(bytes) { return true }
      facts.take(search, path)
      return false
    }
    if content.count + bytes.byteCount > limits.inputBytes { return isSmall(content.count + bytes.byteCount) }
    bytes.withUnsafeBytes { content.append(contentsOf: $0) }
    return true
  }

  mutating func end() throws(DocumentError) {
    switch interest {
    case .unknown: return
    case .largeText(let search):
      search.finish()
      facts.take(search, path)
    case .program:
      facts.skip(.program)
      add(FileFacts.read(content, path, &facts))
    case .path:
      add(FileFacts.read(content, path, &facts))
      search()
    case .text: search()
    }
  }

  private mutating func add(_ file: LayerFacts.File) {
    if let place = places[file.path] {
      facts.files[place] = file
    } else if !file.isEmpty {
      places[file.path] = facts.files.count
      facts.files.append(file)
    }
  }

  private mutating func search() {
    guard facts.secrets != nil else { return }
    guard SecretScanner.wants(path) else { return facts.skip(.packaged) }
    let search = SecretSearch(path: path, scanner, limits)
    search.search(content)
    facts.take(search, path)
  }

  /// What hard links hid: a file of another name is passed over before a link to it says what it is. Stores of packages link so.
  private var hidden: (count: Int, path: String, target: String)?

  /// Nil where nothing was hidden.
  var lost: Problem? {
    guard let hidden else { return nil }
    let rest = hidden.count > 1 ? ", and \(hidden.count - 1) more" : ""
    return Problem(
      code: "layer", location: Location(file: ""),
      message:
        "\"\(hidden.path)\" is a link to \"\(hidden.target)\"\(rest), which was passed over for its name; packages may be missing"
    )
  }

  private mutating func link(to target: String) {
    if FileFacts.wants(path), !FileFacts.wants(target), places[target] == nil {
      hidden = (count: (hidden?.count ?? 0) + 1, path: hidden?.path ?? path, target: hidden?.target ?? target)
    }
    if let place = places[target] {
      add(facts.files[place].linked(at: path))
    } else if FileFacts.wants(path) || FileFacts.wants(target) {
      facts.links.append(LayerFacts.Link(path: path, target: target))
    }
  }

  private mutating func problem(_ text: String) {
    facts.note(Problem(code: "layer", location: Location(file: ""), message: text))
  }
}
