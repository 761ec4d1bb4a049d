/// A piece of software that an image or a folder holds.
package struct SoftwarePackage: Sendable, Hashable {
  package var ecosystem: Ecosystem
  package let name: String
  package let version: String
  /// The source package that advisories of a distribution speak of, where it has another name.
  package let source: String?
  package let sourceVersion: String?
  /// Where it was found: a path, in an image from the root.
  package var path: String
  /// Index of the image's layer that brought it, from the bottom; nil outside images.
  package var layer: Int?
  /// The package of the distribution whose file this is; advisories of the distribution speak for it.
  package var owner: String?

  package init(
    ecosystem: Ecosystem, name: String, version: String, source: String? = nil, sourceVersion: String? = nil,
    path: String
  ) {
    self.ecosystem = ecosystem
    self.name = name
    self.version = version
    self.source = source
    self.sourceVersion = sourceVersion
    self.path = path
  }

  /// The order in which packages are listed: by ecosystem, name, version and place.
  package static func precedes(_ a: SoftwarePackage, _ b: SoftwarePackage) -> Bool {
    (a.ecosystem.text, a.name, a.version, a.path) < (b.ecosystem.text, b.name, b.version, b.path)
  }

  /// The question to ask of advisories.
  package var query: AdvisoryQuery {
    AdvisoryQuery(ecosystem: ecosystem, name: source ?? name, version: sourceVersion ?? version)
  }
}
