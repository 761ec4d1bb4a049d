import Bytes
import Images
import TestKit

/// A small image of two layers, for a registry and as an archive of `docker save`: a Debian with a vulnerable openssl, a
/// setuid program that no package brought and a credential that the second layer takes away.
struct SampleImageFiles {
  let manifest: [UInt8]
  let digest: String
  let blobs: [String: [UInt8]]
  private let layers: [[UInt8]]
  private let configuration: [UInt8]

  private static let members: [[(String, String)]] = [
    [
      ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
      (
        "var/lib/dpkg/status",
        "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.9-1\n\n"
          + "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nSource: bash\nVersion: 5.2.15-2\n\n"
      ),
      ("root/.aws/credentials", "[default]\naws_access_key_id = AKIAQ3EGRIB2HLC4QWMP\n"),
    ],
    [
      ("app/node_modules/express/package.json", "{\"name\":\"express\",\"version\":\"4.17.1\"}"),
      ("root/.aws/.wh.credentials", ""),
    ],
  ]

  init() {
    func digest(_ bytes: [UInt8]) -> String { Self.digest(bytes) }
    layers = Self.members.map { TarBuilder.archive($0) }
    let packed = layers.map { TarBuilder.compressed($0) }
    let sums = layers.map { "\"\(digest($0))\"" }.joined(separator: ",")
    configuration = Array(
      """
      {"architecture":"amd64","os":"linux","config":{"ExposedPorts":{"22/tcp":{}}},"rootfs":{"type":"layers","diff_ids":[\(sums)]},"history":[{"created_by":"ADD rootfs.tar /"},{"created_by":"RUN npm install express"}]}
      """.utf8)
    let list = packed.map {
      "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"\(digest($0))\",\"size\":\($0.count)}"
    }.joined(separator: ",")
    manifest = Array(
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\(digest(configuration))","size":\(configuration.count)},"layers":[\(list)]}
      """.utf8)
    self.digest = Self.digest(manifest)
    blobs = Dictionary(
      (packed + [configuration]).map { (digest($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func digest(_ bytes: [UInt8]) -> String { Digest.sha256(bytes).text }

  /// As `docker save` writes it.
  var archive: [UInt8] {
    var writer = TarWriter(time: 0)
    for (index, layer) in layers.enumerated() { writer.add("layer\(index)/layer.tar", layer) }
    writer.add("config.json", configuration)
    let names = layers.indices.map { "\"layer\($0)/layer.tar\"" }.joined(separator: ",")
    writer.add(
      "manifest.json",
      Array("[{\"Config\":\"config.json\",\"RepoTags\":[\"team/app:1.4\"],\"Layers\":[\(names)]}]".utf8))
    writer.finish()
    return writer.bytes
  }
}
