import Bytes
import Findings
import Images
import Transport

/// An archive that is compressed as a whole, read from beginning to end.
///
/// Only its end tells which members are layers, so what is named like one is read as one on the way. A layer by another name is looked
/// for in the archive once more.
struct StreamedArchive: ImageArchive {
  private let path: String
  private let limits: Limits
  private let documents: [String: [UInt8]]
  private let layers: [String: Result<LayerScanner.Outcome, BartizanError>]
  private let links: [String: String]

  /// - Parameter readsLayers: whether layers are read on the way.
  init(_ path: String, _ options: ImageSource.Options, readsLayers: Bool = true) throws(BartizanError) {
    self.path = path
    limits = options.limits
    let members = try Self.stream(path, Members(options, readsLayers: readsLayers), options.limits)
    documents = members.documents
    layers = members.layers
    links = members.links
  }

  /// Passes all members of the archive to a sink.
  private static func stream<Sink: TarSink>(
    _ path: String, _ sink: Sink, _ limits: Limits
  ) throws(BartizanError) -> Sink {
    let decoder = StreamDecoder(maximumBytes: limits.layerBytes, ratio: limits.compressionRatio)
    var stream = TarStream(sink, maximumEntries: limits.archiveEntries)
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
    return stream.sink
  }

  var hasManifest: Bool { documents["manifest.json"] != nil || documents["index.json"] != nil }

  func document(_ name: String) async throws(BartizanError) -> [UInt8]? {
    documents[name] ?? links[name].flatMap { documents[$0] }
  }

  func layer(_ name: String, into scanner: any LayerReader) async throws(BartizanError) {
    let member = try Self.stream(path, OneMember(name: links[name] ?? name, scanner), limits)
    guard member.isThere else { throw BartizanError(.input, "the layer is not in it") }
  }

  func sum(ofLayer name: String) async throws(BartizanError) -> LayerSum {
    guard let digest = try outcome(name).flatMap({ Digest($0.digest) }) else {
      throw BartizanError(.input, "the layer was not read on the way")
    }
    return .made(digest)
  }

  /// The outcome for a member; nil where none of that name was read on the way.
  ///
  /// - Throws: where its reader did not come to an end.
  func outcome(_ name: String) throws(BartizanError) -> LayerScanner.Outcome? {
    guard let result = layers[name] ?? links[name].flatMap({ layers[$0] }) else { return nil }
    return try result.get()
  }

  private struct Members: TarSink {
    let options: ImageSource.Options
    let readsLayers: Bool
    var documents: [String: [UInt8]] = [:]
    var layers: [String: Result<LayerScanner.Outcome, BartizanError>] = [:]
    var links: [String: String] = [:]
    private var path = ""
    private var scanner: (any LayerReader)?
    private var text: [UInt8]?

    init(_ options: ImageSource.Options, readsLayers: Bool) {
      self.options = options
      self.readsLayers = readsLayers
    }

    /// Whether programs that store images give layers such names: `…/layer.tar`, or one that is a sum.
    private static func isNamedLikeLayer(_ path: String) -> Bool {
      guard let name = path.split(separator: "/").last else { return false }
      let stem = name.prefix { $0 != "." }
      return name == "layer.tar" || stem.utf8.count == 64 && stem.allSatisfy(\.isHexDigit)
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
        } else if readsLayers, Self.isNamedLikeLayer(path) {
          scanner = options.reader()
        } else {
          return false
        }
      }
      if let scanner {
        scanner.feed(bytes)
        return true
      }
      guard (text?.count ?? 0) + bytes.byteCount <= options.limits.manifestBytes else {
        text = nil
        return false
      }
      bytes.withUnsafeBytes { text?.append(contentsOf: $0) }
      return true
    }

    mutating func end() throws(DocumentError) {
      if let scanner {
        do throws(BartizanError) { layers[path] = .success(try scanner.finish()) } catch {
          layers[path] = .failure(error)
        }
      } else if let text {
        documents[path] = text
      }
      scanner = nil
      text = nil
    }
  }

  /// Passes one member to a reader.
  private struct OneMember: TarSink {
    let name: String
    let scanner: any LayerReader
    private(set) var isThere = false

    init(name: String, _ scanner: any LayerReader) {
      self.name = name
      self.scanner = scanner
    }

    mutating func begin(_ entry: TarEntry) throws(DocumentError) -> Bool {
      // The first of several members of a name is the one that is read.
      guard !isThere, entry.kind == .file, entry.path == name else { return false }
      isThere = true
      return true
    }

    mutating func content(_ bytes: RawSpan) throws(DocumentError) -> Bool {
      scanner.feed(bytes)
      return true
    }

    mutating func end() throws(DocumentError) {}
  }
}
