package import Bytes

/// A watched image.
package struct WatchedImage: Sendable {
  /// Names that refer to it now, and names that used to.
  package let names: [String]
  package let formerNames: [String]
  /// Digest of the configuration, or of the package list where there is no configuration.
  package let identifier: String
  /// Digest of the manifest; empty where there is none.
  package let digest: String
  package let system: String
  package let packages: Int
  /// Time when it was added, RFC 3339.
  package let added: String
  /// Number of advisories that apply to its packages now.
  package let open: Int

  package init(
    names: [String], formerNames: [String], identifier: String, digest: String, system: String, packages: Int,
    added: String, open: Int
  ) {
    self.names = names
    self.formerNames = formerNames
    self.identifier = identifier
    self.digest = digest
    self.system = system
    self.packages = packages
    self.added = added
    self.open = open
  }

  /// Writes the fields of an image into the current object.
  func write(_ writer: inout JSONWriter) {
    writer.field("names", names)
    writer.field("formerNames", formerNames)
    writer.field("imageId", identifier)
    writer.field("digest", digest)
    writer.field("system", system)
    writer.field("packages", packages)
    writer.field("added", added)
  }
}

/// All watched images (`image history` without an image).
package struct WatchedImagesAnswer: KindOfAnswer {
  package static let kind = "WatchedImages"

  private let images: [WatchedImage]

  package init(_ images: [WatchedImage]) { self.images = images }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("images")
    writer.array(of: images) { writer, image in
      writer.object { writer in
        image.write(&writer)
        writer.field("open", image.open)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    guard !images.isEmpty else { return "No image is watched; `bartizan image watch IMAGE` adds one.\n" }
    return TextTable(
      columns: ["image", "digest", "system", "packages", "vulnerabilities", "since"],
      rows: images.map { image in
        [
          image.names.isEmpty ? "(no longer tagged)" : image.names.joined(separator: ", "),
          Self.short(image.identifier), image.system, String(image.packages), String(image.open),
          String(image.added.prefix(10)),
        ]
      }
    ).text(terminal)
  }

  /// The beginning of a digest, as it is usually shown.
  private static func short(_ digest: String) -> String {
    String(digest.split(separator: ":").last?.prefix(12) ?? "")
  }
}
