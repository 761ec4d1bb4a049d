package import Findings
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

/// One mistake that a build may make. A new one is a file in `ImagePoints` and a line in `ImageReview.points`.
package struct ImagePoint: Sendable {
  /// Where it was made.
  package struct Sighting: Sendable {
    package let message: String
    /// A path in the image, `step N`, or a field of the configuration.
    package let place: String
    package var value: String?
    /// What the place is known by from one build to the next; nil: by the place.
    package var identity: String?

    init(_ message: String, at place: String, value: String? = nil, identity: String? = nil) {
      self.message = message
      self.place = place
      self.value = value
      self.identity = identity
    }
  }

  package let point: ReviewPoint
  let find: @Sendable (ReviewedImage) -> [Sighting]

  /// - Parameter benchmark: the number in the CIS Docker Benchmark, where it speaks of it.
  init(
    id: String, title: String, severity: Severity, rationale: String, remediation: String, benchmark: String?,
    find: @escaping @Sendable (ReviewedImage) -> [Sighting]
  ) {
    point = ReviewPoint(
      id: id, title: title, severity: severity, rationale: rationale, remediation: remediation,
      references: benchmark.map {
        [Reference("CIS Docker Benchmark \($0)", "https://www.cisecurity.org/benchmark/docker")]
      } ?? [])
    self.find = find
  }
}

/// What a build made wrong, told from its configuration, its history and its files.
///
/// Source: CIS Docker Benchmark 1.7, section 4, "Container images and build file"; NIST SP 800-190, section 4.1.
package enum ImageReview {
  package static let points: [ImagePoint] = [
    .accountWithoutPassword, .addsFromNetwork, .credentialInside, .latestBase, .latestTag, .packageCacheLeft,
    .pipesDownloadIntoShell, .runsAsRoot, .sensitivePort, .setUserFile, .remoteLoginServer, .unownedSetuidBinary,
    .updateAlone,
    .usesSudo, .withoutHealthCheck, .worldWritable,
  ]

  package static func judge(_ image: ReviewedImage) -> [Finding] {
    points.flatMap { item in
      let point = item.point
      return item.find(image).map { sighting in
        Finding(
          check: CheckID(point.id), severity: point.severity, title: point.title, message: sighting.message,
          subject: .image(image.name), location: Location(file: image.name),
          evidence: [
            Evidence(path: sighting.identity ?? sighting.place, value: sighting.value, line: 0, column: 0)
          ],
          remediation: point.remediation,
          references: point.references,
          controls: [.nsa("supply-chain")],
          // The same mistake of the next build is the same finding, wherever the image lies.
          identity: "image")
      }
    }.sorted(by: Finding.isOrderedBefore)
  }
}
