import Findings
package import Images

/// What is known of an image under review.
package struct ReviewedImage: Sendable {
  /// As the user named it.
  package let name: String
  /// Whether the name is a reference to a registry, rather than a file or folder.
  package let isByReference: Bool
  /// Nil for an unpacked file system, which has none.
  package let configuration: ImageConfiguration?
  package let packages: [SoftwarePackage]
  package let exposures: [FileExposure]
  package let caches: [PackageCache]
  package let openAccounts: [OpenAccount]
  /// Credentials found in files of any layer.
  package let secrets: [LayerStack.Secret]
  /// Number of layers that were read; 0 for an unpacked file system.
  package let layers: Int
  /// What the input has of the image.
  package let parts: Set<ImagePart>

  /// - Parameter hasFiles: whether files were looked at; a bill of materials has none.
  package init(
    name: String, isByReference: Bool, configuration: ImageConfiguration?, packages: [SoftwarePackage],
    exposures: [FileExposure], caches: [PackageCache], openAccounts: [OpenAccount], secrets: [LayerStack.Secret],
    layers: Int, hasFiles: Bool
  ) {
    var parts: Set<ImagePart> = [.packages]
    if let configuration {
      parts.formUnion(configuration.history.isEmpty ? [.configuration] : [.configuration, .steps])
    }
    if hasFiles { parts.insert(.files) }
    self.parts = parts
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

  /// Steps of the build, numbered from 1.
  var steps: [(number: Int, step: BuildStep)] {
    (configuration?.history ?? []).enumerated().map { ($0.offset + 1, BuildStep($0.element.command)) }
  }

  /// The layer of a path in words; empty for an unpacked file system.
  func layerText(_ index: Int) -> String { layers > 0 ? " (layer \(index + 1) of \(layers))" : "" }
}
