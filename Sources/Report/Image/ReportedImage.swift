import Bytes
package import Findings
package import Images

/// What reports say about an image besides the findings.
package struct ReportedImage: Sendable {
  /// As the user named it.
  package let source: String
  /// Digest of the configuration, which Docker calls the image's ID; nil where there is no configuration.
  package let identifier: String?
  /// Its package URL; nil for what has no name in a registry.
  package let purl: String?
  /// By which registries know it.
  package let names: [String]
  /// Of its configuration, its manifest, and an index that leads to that.
  package let digests: [String]
  package let system: OperatingSystem?
  /// Number of layers that were read; 0 for a folder.
  package let layers: Int
  package let configuration: ImageConfiguration?
  /// What could not be read.
  package let problems: [Problem]
  /// How many files were not looked into for credentials for what they are, by `SecretSearch.Kind`.
  package let skipped: [String: Int]

  package init(
    source: String, identifier: String?, purl: String?, names: [String] = [], digests: [String] = [],
    system: OperatingSystem?, layers: Int,
    configuration: ImageConfiguration?,
    problems: [Problem], skipped: [String: Int] = [:]
  ) {
    self.source = source
    self.identifier = identifier
    self.purl = purl
    self.names = names
    self.digests = digests
    self.system = system
    self.layers = layers
    self.configuration = configuration
    self.problems = problems
    self.skipped = skipped
  }

  /// The build step that added a package; nil where the history does not say.
  func step(of package: SoftwarePackage) -> String? {
    let steps = configuration?.steps ?? []
    return package.layer.flatMap { steps.indices.contains($0) ? steps[$0] : nil }
  }

  /// What it is known by, for those who get the report back.
  func writeNames(_ writer: inout JSONWriter) {
    writer.field("imageId", identifier)
    writer.field("names", names)
    writer.field("digests", digests)
  }

  /// The distribution in words.
  var systemText: String { system?.title ?? "no distribution" }

  /// `, 3 layers`; empty for a folder.
  var layersText: String { layers > 0 ? ", \(Phrase.count(layers, "layer"))" : "" }
}
