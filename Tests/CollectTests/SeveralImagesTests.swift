import Bytes
import Collect
import Findings
import Images
import TestKit
import Testing

/// Archives and layouts with more than one image: each can be asked for, by its name or its digest.
@Suite struct SeveralImagesTests {
  private static func layer(_ package: String) -> [UInt8] {
    TarBuilder.archive([("app/node_modules/\(package)/package.json", "{\"name\":\"\(package)\",\"version\":\"1.0.0\"}")]
    )
  }

  private static func digest(_ bytes: [UInt8]) -> String { Digest.sha256(bytes).text }

  /// Two images as `docker save` writes them; the second one has no name.
  private static func archive() -> (bytes: [UInt8], second: String) {
    var writer = TarWriter(time: 0)
    var entries: [String] = []
    var second = ""
    for (package, tags) in [("one", "[\"team/one:1\",\"team/one:latest\"]"), ("two", "null")] {
      let layer = layer(package)
      let configuration = Array(
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"\(digest(layer))\"]}}".utf8)
      second = digest(configuration)
      let name = second.dropFirst(7) + ".json"
      writer.add("\(package)/layer.tar", layer)
      writer.add(String(name), configuration)
      entries.append("{\"Config\":\"\(name)\",\"RepoTags\":\(tags),\"Layers\":[\"\(package)/layer.tar\"]}")
    }
    writer.add("manifest.json", Array("[\(entries.joined(separator: ","))]".utf8))
    writer.finish()
    return (writer.bytes, second)
  }

  @Test(arguments: [false, true]) func ofAnArchive(_ compressed: Bool) async throws {
    let folder = try TemporaryFolder()
    let (bytes, second) = Self.archive()
    let path = folder.path + "/images.tar"
    try folder.write("images.tar", compressed ? try Gzip.compress(bytes) : bytes)
    let options = ImageSource.Options()
    await #expect(throws: BartizanError(.usage, "")) { try await ImageSource.read(path, options) }
    let all = try await ImageSource.images(in: path, options)
    #expect(all == ["\(path):team/one:1", "\(path)@\(second)"])
    var names: [[String]] = []
    for image in all { names.append(try await ImageSource.read(image, options).packages.map(\.name)) }
    #expect(names == [["one"], ["two"]])
    // One that is named already stands for itself, and so does what is no archive.
    #expect(try await ImageSource.images(in: all[0], options) == [all[0]])
    #expect(try await ImageSource.images(in: "team/app:1", options) == ["team/app:1"])
    let other = "\(path)@sha256:" + String(repeating: "0", count: 64)
    await #expect(throws: BartizanError(.input, "")) { try await ImageSource.read(other, options) }
  }

  @Test func ofALayout() async throws {
    let folder = try TemporaryFolder()
    var entries: [String] = []
    for (package, name) in [("one", "1.0"), ("two", ""), ("three", "1.0")] {
      let image = try SampleImage([
        [("app/node_modules/\(package)/package.json", "{\"name\":\"\(package)\",\"version\":\"1.0.0\"}")]
      ])
      for (digest, bytes) in image.blobs() { try folder.write("blobs/sha256/\(digest.dropFirst(7))", bytes) }
      let annotations =
        name.isEmpty ? "" : ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"\(name)\"}"
      entries.append("{\"digest\":\"\(Self.digest(image.manifest))\",\"size\":1\(annotations)}")
    }
    try folder.write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
    try folder.write("index.json", "{\"schemaVersion\":2,\"manifests\":[\(entries.joined(separator: ","))]}")
    let all = try await ImageSource.images(in: folder.path, ImageSource.Options())
    // Entries of one name are one image for several platforms.
    #expect(all.count == 2 && all[0] == folder.path + ":1.0" && all[1].hasPrefix(folder.path + "@sha256:"))
    #expect(try await ImageSource.read(all[0]).packages.map(\.name) == ["one"])
    #expect(try await ImageSource.read(all[1]).packages.map(\.name) == ["two"])
  }

  /// A layer that nobody would take for one by its name is found in a second pass.
  @Test func aLayerByAnotherName() async throws {
    let folder = try TemporaryFolder()
    var writer = TarWriter(time: 0)
    writer.add("data", Self.layer("one"))
    writer.add("manifest.json", Array("[{\"Config\":\"c\",\"Layers\":[\"data\"]}]".utf8))
    writer.finish()
    try folder.write("image.tar.gz", try Gzip.compress(writer.bytes))
    let contents = try await ImageSource.read(folder.path + "/image.tar.gz")
    #expect(contents.packages.map(\.name) == ["one"] && contents.problems.isEmpty)
  }
}
