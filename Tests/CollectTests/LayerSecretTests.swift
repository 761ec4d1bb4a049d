import Bytes
import Collect
import Images
import TestKit
import Testing

@Suite struct LayerSecretTests {
  /// What a later layer takes away is still there for whoever pulls the image.
  @Test func deletedCredentialsAreFound() async throws {
    // Put together here, so that no scanner takes this file for a leak.
    let letters = Array("k3Jd9sLq2XbV7nRw5TzY8mHc4PfGa6")
    let secret = "ghp" + "_" + String((0..<36).map { letters[($0 * 7 + $0 / letters.count) % letters.count] })
    var archive = TarWriter(time: 0)
    archive.add("manifest.json", Array("[{\"Layers\":[\"a\",\"b\"]}]".utf8))
    archive.add("a", TarBuilder.archive([("app/.env", "TOKEN=\(secret)\n"), ("app/kept", "x=\(secret)\n")]))
    archive.add("b", TarBuilder.archive([("app/.wh..env", "")]))
    archive.finish()
    let folder = try TemporaryFolder()
    try folder.write("image.tar", archive.bytes)
    var options = ImageSource.Options()
    options.readsSecrets = true
    options.cache = LayerCache(folder: folder.path + "/cache")
    // The second time from what is known of the layers.
    for _ in 0..<2 {
      let found = try await ImageSource.read(folder.path + "/image.tar", options).secrets
      #expect(
        found.map { "\($0.secret.path) \($0.layer) \($0.isGone)" }.sorted() == ["app/.env 0 true", "app/kept 0 false"])
    }
  }
}
