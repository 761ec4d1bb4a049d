import Bytes
import Findings
import Images
import Transport

/// An archive that is compressed as a whole, read once from beginning to end.
///
/// Only its end tells which members are layers, so every member is read as one.
struct StreamedArchive: ImageArchive {
  private let documents: [String: [UInt8]]
  private let layers: [String: LayerScanner.Outcome]
  private let links: [String: String]

  init(
    _ path: String, limits: Limits, secrets: Bool, scanner: SecretScanner = .usual
  ) throws(BartizanError) {
    let decoder = StreamDecoder(maximumBytes: limits.layerBytes, ratio: limits.compressionRatio)
    var stream = TarStream(
      Members(limits: limits, secrets: secrets, rules: scanner), maximumEntries: limits.archiveEntries)
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

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {
    throw BartizanError(.input, "the layers of a streamed archive are read already")
  }

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum {
    guard let digest = outcome(name).flatMap({ Digest($0.digest) }) else {
      throw BartizanError(.input, "the layer is not in it")
    }
    return .made(digest)
  }

  /// The outcome for a member; nil where there is none of that name.
  func outcome(_ name: String) -> LayerScanner.Outcome? { layers[name] ?? links[name].flatMap { layers[$0] } }

  private struct Members: TarSink {
    let limits: Limits
    let secrets: Bool
    let rules: SecretScanner
    var documents: [String: [UInt8]] = [:]
    var layers: [String: LayerScanner.Outcome] = [:]
    var links: [String: String] = [:]
    private var path = ""
    private var scanner: LayerScanner?
    private var text: [UInt8]?

    init(limits: Limits, secrets: Bool, rules: SecretScanner) {
      self.limits = limits
      self.secrets = secrets
      self.rules = rules
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
          scanner = LayerScanner(limits: limits, secrets: secrets, scanner: rules)
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
