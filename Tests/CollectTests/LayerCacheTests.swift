import Bytes
import Collect
import Findings
import Images
import TestKit
import Testing
import Transport

/// What was read of a layer is believed of the same bytes, and of no others.
@Suite struct LayerCacheTests {
  private static let clean = [[("app/node_modules/good/package.json", "{\"name\":\"good\",\"version\":\"1.0.0\"}")]]
  private static let other = [[("app/node_modules/evil/package.json", "{\"name\":\"evil\",\"version\":\"1.0.0\"}")]]

  /// An archive whose configuration claims the sum of another image's layer.
  private static func lie() throws -> [UInt8] {
    let (image, liar) = (try SampleImage(clean), try SampleImage(other))
    var archive = TarWriter(time: 0)
    archive.add("layer.tar", liar.layers[0])
    archive.add("config.json", image.configuration)
    archive.add("manifest.json", Array("[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]".utf8))
    archive.finish()
    return archive.bytes
  }

  @Test(
    "registry/05-cache-trusts-claimed-digest: what an archive claims of its layers is not believed",
    arguments: ["archive", "compressed archive", "unpacked archive", "layout"])
  func whatAnArchiveClaimsOfItsLayersIsNotBelieved(_ form: String) async throws {
    let folder = try TemporaryFolder()
    var options = ImageSource.Options()
    options.cache = LayerCache(folder: folder.path + "/cache")
    let (image, liar) = (try SampleImage(Self.clean), try SampleImage(Self.other))
    let honest = try TemporaryFolder()
    let lying = try TemporaryFolder()
    var (first, second) = (honest.path, lying.path)
    switch form {
    case "layout":
      try image.write(layout: honest)
      try image.write(layout: lying, changed: [SampleImage.digest(image.packed[0]): liar.packed[0]])
    case "unpacked archive":
      try honest.write("image.tar", image.archive)
      first += "/image.tar"
      try lying.write("layer.tar", liar.layers[0])
      try lying.write("config.json", image.configuration)
      try lying.write("manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]")
    default:
      try honest.write("image.tar", image.archive)
      first += "/image.tar"
      let bytes = try Self.lie()
      try lying.write("lie.tar", form == "archive" ? bytes : try Gzip.compress(bytes))
      second += "/lie.tar"
    }
    #expect(try await ImageSource.read(first, options).packages.map(\.name) == ["good"])
    for cache in [options.cache, nil] {
      options.cache = cache
      let contents = try await ImageSource.read(second, options)
      #expect(contents.packages.isEmpty, "\(contents.packages)")
      #expect(contents.problems.contains { $0.message.contains("nothing of it counts") && $0.hidesInput })
    }
  }

  /// The second time is as the first, and the bytes have to be there.
  @Test func aKnownLayerIsStillRead() async throws {
    let folder = try TemporaryFolder()
    var options = ImageSource.Options()
    options.cache = LayerCache(folder: folder.path + "/cache")
    let image = try SampleImage(Self.clean)
    try image.write(layout: folder)
    let digest = SampleImage.digest(image.packed[0])
    for _ in 0..<2 {
      let contents = try await ImageSource.read(folder.path, options)
      #expect(contents.packages.map(\.name) == ["good"] && contents.layerDigests == [digest])
    }
    let empty = try TemporaryFolder()
    try empty.write("oci-layout", "{}")
    try empty.write("index.json", image.index)
    for (digest, bytes) in image.blobs().dropFirst() { try empty.write("blobs/sha256/\(digest.dropFirst(7))", bytes) }
    let contents = try await ImageSource.read(empty.path, options)
    #expect(contents.packages.isEmpty && contents.problems.contains { $0.hidesInput })
  }

  /// The sum of a file that nobody writes to is made once; one that is written to is summed again.
  @Test(arguments: [false, true]) func aFileThatStaysIsSummedOnce(_ asLayout: Bool) async throws {
    let folder = try TemporaryFolder()
    let cache = try TemporaryFolder()
    let (image, liar) = (try SampleImage(Self.clean), try SampleImage(Self.other))
    var options = ImageSource.Options()
    // Hours later.
    options.cache = LayerCache(folder: cache.path, now: { Int.max / 2 })
    var path = folder.path
    if asLayout {
      try image.write(layout: folder)
    } else {
      try folder.write("image.tar", image.archive)
      path += "/image.tar"
    }
    func sums() -> [String] { (FilePaths.names(in: cache.path) ?? []).filter { $0.hasSuffix(".sum") } }
    // What changed just now is not remembered.
    var early = options
    early.cache = LayerCache(folder: cache.path, now: { 0 })
    #expect(try await ImageSource.read(path, early).packages.map(\.name) == ["good"])
    #expect(sums().isEmpty)
    #expect(try await ImageSource.read(path, options).packages.map(\.name) == ["good"])
    #expect(sums().count == 1)
    #expect(try await ImageSource.read(path, options).packages.map(\.name) == ["good"])
    #expect(sums().count == 1)
    // Bytes of the same number in the same place.
    let (from, to) = asLayout ? (image.packed[0], liar.packed[0]) : (image.layers[0], liar.layers[0])
    let file = asLayout ? folder.path + "/blobs/sha256/" + SampleImage.digest(from).dropFirst(7) : path
    var bytes = try FileReader.read(file)
    let start = try #require(bytes.firstRange(of: from)?.lowerBound)
    bytes.replaceSubrange(start..<start + min(from.count, to.count), with: to.prefix(from.count))
    try FileWriter.write(file) { $0(bytes) }
    let contents = try await ImageSource.read(path, options)
    #expect(contents.packages.isEmpty && contents.problems.contains { $0.message.contains("nothing of it counts") })
  }
}
