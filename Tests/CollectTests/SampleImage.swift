import Bytes
import Images
import TestKit

/// A small image, as an OCI layout and as an archive of Docker.
struct SampleImage {
  let layers: [[UInt8]]
  let packed: [[UInt8]]
  let configuration: [UInt8]
  let manifest: [UInt8]
  let index: [UInt8]

  static func digest(_ bytes: [UInt8]) -> String { Digest.sha256(bytes).text }

  init(_ members: [[(String, String)]]) throws {
    layers = members.map { TarBuilder.archive($0) }
    packed = try layers.map { try Gzip.compress($0) }
    let sums = layers.map { "\"\(Self.digest($0))\"" }.joined(separator: ",")
    let history = layers.indices.map { "{\"created_by\":\"step \($0)\"}" }.joined(separator: ",")
    configuration = Array(
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\(sums)]},\"history\":[\(history)]}"
        .utf8)
    let list = packed.map {
      "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"\(Self.digest($0))\",\"size\":\($0.count)}"
    }.joined(separator: ",")
    manifest = Array(
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"\(Self.digest(configuration))\",\"size\":\(configuration.count)},\"layers\":[\(list)]}"
        .utf8)
    index = Array(
      "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"\(Self.digest(manifest))\",\"size\":\(manifest.count),\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"app\"}}]}"
        .utf8)
  }

  static let usual = [
    [
      ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n"),
      ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n"),
    ],
    [("app/node_modules/left-pad/package.json", "{\"name\":\"left-pad\",\"version\":\"1.2.3\"}")],
  ]

  func blobs() -> [(digest: String, bytes: [UInt8])] {
    (packed + [configuration, manifest]).map { (Self.digest($0), $0) }
  }

  /// - Parameter changed: bytes to lay in place of a blob.
  func write(layout folder: TemporaryFolder, changed: [String: [UInt8]] = [:]) throws {
    try folder.write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
    try folder.write("index.json", index)
    for (digest, bytes) in blobs() {
      try folder.write("blobs/sha256/\(digest.dropFirst(7))", changed[digest] ?? bytes)
    }
  }

  var archive: [UInt8] {
    let names = layers.indices.map { "layer\($0)/layer.tar" }
    let name = Self.digest(configuration).dropFirst(7) + ".json"
    var writer = TarWriter(time: 0)
    for (name, bytes) in zip(names, layers) { writer.add(name, bytes) }
    writer.add(String(name), configuration)
    writer.add(
      "manifest.json",
      Array("[{\"Config\":\"\(name)\",\"Layers\":[\(names.map { "\"\($0)\"" }.joined(separator: ","))]}]".utf8))
    writer.finish()
    return writer.bytes
  }
}
