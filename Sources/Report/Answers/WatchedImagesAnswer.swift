package import Bytes

/// An image that is watched.
package struct WatchedImage: Sendable {
  /// Names that it has now, and those that are another image's by now.
  package let names: [String]
  package let formerNames: [String]
  /// The digest of its configuration, or of its packages where it has none.
  package let identifier: String
  /// Of the manifest; empty where there is none.
  package let digest: String
  package let system: String
  package let packages: Int
  /// When it was added, RFC 3339.
  package let added: String
  /// Advisories that apply to its packages now.
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

  /// The fields of an image, within an object.
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

/// The images that are watched (`image history` without an image).
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

  /// As many digits of a digest as people read.
  private static func short(_ digest: String) -> String {
    String(digest.split(separator: ":").last?.prefix(12) ?? "")
  }
}
