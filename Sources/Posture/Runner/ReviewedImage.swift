import Findings
package import Images

/// What there is of an image to be reviewed.
package struct ReviewedImage: Sendable {
  /// As the user named it.
  package let name: String
  /// Whether the name is that of an image in a registry, not of a file.
  package let isByReference: Bool
  /// Nil for the root of a system, which has none.
  package let configuration: ImageConfiguration?
  package let packages: [SoftwarePackage]
  package let exposures: [FileExposure]
  package let caches: [PackageCache]
  package let openAccounts: [String]
  /// Credentials in files of layers.
  package let secrets: [LayerStack.Secret]
  /// Layers that were read; 0 for the root of a system.
  package let layers: Int

  package init(
    name: String, isByReference: Bool, configuration: ImageConfiguration?, packages: [SoftwarePackage],
    exposures: [FileExposure],
    caches: [PackageCache], openAccounts: [String], secrets: [LayerStack.Secret], layers: Int
  ) {
    self.name = name
    self.isByReference = isByReference
    self.configuration = configuration
    self.packages = packages
    self.exposures = exposures
    self.caches = caches
    self.openAccounts = openAccounts
    self.secrets = secrets
    self.layers = layers
  }

  /// Steps of the build with their numbers, from 1.
  var steps: [(number: Int, step: BuildStep)] {
    (configuration?.history ?? []).enumerated().map { ($0.offset + 1, BuildStep($0.element.command)) }
  }

  /// The layer that a path came with, for people; empty for the root of a system.
  func layerText(_ index: Int) -> String { layers > 0 ? " (layer \(index + 1) of \(layers))" : "" }
}
