package import Bytes

/// A value that a JSON patch (RFC 6902) writes, and where it ends up.
package struct PatchWrite: Sendable {
  /// Keys and places, with their escapes resolved.
  package let path: [String]
  package let value: DocumentNode

  /// What is copied or moved within the patch is followed, what is only tested or removed again is left out.
  ///
  /// - Returns: nil for what is no JSON patch.
  package static func all(_ patch: DocumentNode) -> [PatchWrite]? {
    guard patch.array != nil else { return nil }
    var writer = JSONWriter(pretty: false)
    writer.value(patch)
    let bytes = writer.bytes
    return JSONPatch(bytes.span, 0)?.writes.compactMap { write in
      (try? JSONReader.read(bytes.span.extracting(write.value))).map { value in
        PatchWrite(path: write.path.map { String(decoding: $0, as: UTF8.self) }, value: value)
      }
    }
  }
}
