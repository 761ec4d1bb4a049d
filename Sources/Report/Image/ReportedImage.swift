import Bytes
package import Findings
package import Images

/// What reports say of an image beside what was found in it.
package struct ReportedImage: Sendable {
  /// As the user named it.
  package let source: String
  /// The digest of its configuration: what Docker calls the image's ID; nil for what has none.
  package let identifier: String?
  package let system: OperatingSystem?
  /// Layers that were read; 0 for a folder.
  package let layers: Int
  package let configuration: ImageConfiguration?
  /// What could not be read of it.
  package let problems: [Problem]

  package init(
    source: String, identifier: String?, system: OperatingSystem?, layers: Int, configuration: ImageConfiguration?,
    problems: [Problem]
  ) {
    self.source = source
    self.identifier = identifier
    self.system = system
    self.layers = layers
    self.configuration = configuration
    self.problems = problems
  }

  /// The step of the build that brought a package; nil where the history does not tell.
  func step(of package: SoftwarePackage) -> String? {
    let steps = configuration?.steps ?? []
    return package.layer.flatMap { steps.indices.contains($0) ? steps[$0] : nil }
  }

  /// The distribution, for people.
  var systemText: String { system?.title ?? "no distribution" }

  /// `, 3 layers`; empty for a folder.
  var layersText: String { layers > 0 ? ", \(Phrase.count(layers, "layer"))" : "" }
}
