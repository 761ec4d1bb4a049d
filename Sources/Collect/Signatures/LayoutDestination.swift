import Bytes
import Findings
import Images
import Transport
import Trust

/// An OCI layout in a folder, to which signatures are added.
struct LayoutDestination: SignatureDestination {
  let folder: String
  let store: LayoutSignatures<FolderArchive>

  func subject() async throws(BartizanError) -> SignatureSubject { try await store.subject() }
  func manifest(tag: String) async throws(BartizanError) -> [UInt8]? { try await store.manifest(tag: tag) }
  func manifest(digest: Digest) async throws(BartizanError) -> [UInt8]? { try await store.manifest(digest: digest) }
  func blob(digest: Digest) async throws(BartizanError) -> [UInt8]? { try await store.blob(digest: digest) }
  func referrers(of digest: Digest) async throws(BartizanError) -> (digests: [Digest], isWhole: Bool) {
    try await store.referrers(of: digest)
  }

  func put(blob: [UInt8]) async throws(BartizanError) {
    let path = folder + "/blobs/sha256/" + Digest.sha256(blob).hex
    guard !FilePaths.exists(path) else { return }
    FilePaths.makeFolders(folder + "/blobs/sha256", mode: 0o777)
    try FileWriter.replace(path, with: blob)
  }

  func put(_ manifest: SignatureManifest, about subject: Digest) async throws(BartizanError) {
    try await put(blob: manifest.bytes)
    try list(manifest, name: nil)
  }

  func put(_ manifest: SignatureManifest, tag: String) async throws(BartizanError) {
    try await put(blob: manifest.bytes)
    try list(manifest, name: tag)
  }

  /// Writes `index.json` anew with an entry for the manifest; an entry of the same name gives way.
  private func list(_ manifest: SignatureManifest, name: String?) throws(BartizanError) {
    let path = folder + "/index.json"
    let bytes = try FileReader.read(path)
    let index: DocumentNode
    do throws(DocumentError) { index = try JSONReader.read(bytes) } catch {
      throw BartizanError(.input, "index.json: \(error.message)")
    }
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      for entry in index.entries where entry.key != "manifests" {
        writer.key(entry.key)
        writer.value(entry.value)
      }
      writer.key("manifests")
      writer.array { writer in
        for entry in index["manifests"]?.elements ?? []
        where entry["digest"]?.string != manifest.digest.text && (name == nil || !Self.isNamed(entry, name)) {
          writer.value(entry)
        }
        manifest.writeEntry(&writer, name: name)
      }
    }
    writer.endLine()
    try FileWriter.replace(path, with: writer.bytes)
  }

  private static func isNamed(_ entry: DocumentNode, _ name: String?) -> Bool {
    entry[path: "annotations", "org.opencontainers.image.ref.name"]?.string == name
  }
}
