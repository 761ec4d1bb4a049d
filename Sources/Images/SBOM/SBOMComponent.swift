import Bytes

/// One component of an SBOM, as the reader of its format found it: what tools write in words of their own is in common terms here.
struct SBOMComponent: Sendable {
  /// By which the document's relationships name it; empty where it has none.
  var reference = ""
  var name = ""
  var version: String?
  var purl: PackageURL?
  var isOperatingSystem = false
  /// Whether the document says that it is something else than software with a version: a file, data, a container, a list of packages.
  var isNoPackage = false
  /// Of a distribution: what people call it; empty where the document does not say.
  var title = ""
  /// The source package that advisories of a distribution speak of.
  var source: String?
  var sourceVersion: String?
  /// `name:stream`, or more of a label of rpm's.
  var module: String?
  /// Without a leading slash; nil where the document does not say where it was found.
  var path: String?
  var layer: Int?
  var licenses: [String] = []
  var supplier: String?
  var architecture: String?
  /// Whose package it is, where the document says that it is not the distribution's.
  var vendor: String?
  /// The name of the distribution's package that brought it.
  var owner: String?
  /// The reference of that package.
  var ownerReference: String?
  var holdsNoCode = false
  /// Whether the document says that a repository is one of an action of GitHub.
  var isAction = false
  /// What else it is called, where it is what the document is about.
  var identity = ImageIdentity()

  /// As one that no advisory can be asked about.
  func unresolved(file: String) -> UnresolvedDependency {
    let isKnownType = purl.map { SoftwarePackage.knowsType($0.type) } ?? false
    let version = version ?? purl?.version ?? ""
    return UnresolvedDependency(
      ecosystem: "", name: name.isEmpty ? purl?.name ?? "a component" : name,
      reason: isKnownType && version.isEmpty ? .missing : .noPackageURL,
      detail: purl.map { "pkg:" + $0.type } ?? version, path: path ?? file)
  }

  /// As a package that advisories may speak of; nil for one without a package URL, version or known type.
  ///
  /// - Parameters:
  ///   - file: the document, which is its place where no other is told.
  ///   - system: the distribution that the document tells of.
  ///   - builder: who built that, where it is not whom its name tells of.
  func package(file: String, system: OperatingSystem?, builder: String? = nil) -> SoftwarePackage? {
    guard var purl else { return nil }
    if let version, !version.isEmpty {
      // Some leave the version to the component, and some its epoch.
      let isShorter = purl.version.map { version.hasSuffix(":" + $0) && version.first?.isNumber == true } ?? true
      if isShorter, purl.version == nil || ["deb", "rpm"].contains(purl.type) {
        guard
          let whole = try? PackageURL(
            type: purl.type, namespace: purl.namespace, name: purl.name, version: version, qualifiers: purl.qualifiers,
            subpath: purl.subpath)
        else { return nil }
        purl = whole
      }
    }
    // Syft names actions by their repositories, and says beside them what they are.
    if isAction, purl.type == "github",
      let action = try? PackageURL(
        type: "githubactions", namespace: purl.namespace, name: purl.name, version: purl.version,
        qualifiers: purl.qualifiers, subpath: purl.subpath)
    {
      purl = action
    }
    guard var package = SoftwarePackage(purl: purl, path: path ?? file, system: system) else { return nil }
    if package.ecosystem.isDistribution {
      if package.source == nil, let source, !source.isEmpty {
        package.source = source
        package.sourceVersion = sourceVersion.flatMap { $0.isEmpty ? nil : $0 }
      }
      if package.module == nil { package.module = module.flatMap { SoftwarePackage.stream($0) } }
      package.supplier = supplier
      package.vendor = vendor ?? PackageOrigin.vendor(of: package, on: system, builder: builder)
      package.holdsNoCode = holdsNoCode
    } else {
      package.supplier = supplier
      package.owner = owner
    }
    package.architecture = architecture ?? purl.qualifiers["arch"]
    package.licenses = licenses
    package.layer = layer
    return package
  }

  /// Takes one of the properties that tools write beside the words of a format.
  ///
  /// Source: of Trivy, its documentation of SBOMs, "Properties"; of Syft, its packages `format/internal/cyclonedxutil`, whose names
  /// are those of its own fields.
  mutating func take(property name: String, _ value: String, _ trivy: inout TrivySource) {
    guard !value.isEmpty else { return }
    identity.take(property: name, value)
    switch name {
    case "bartizan:source", "syft:metadata:source", "syft:metadata:originPackage": source = value
    case "bartizan:sourceVersion", "syft:metadata:sourceVersion": sourceVersion = value
    case "syft:metadata:sourceRpm":
      guard let own = SourceRPM(value) else { return }
      source = own.name
      sourceVersion = own.fullVersion(like: version ?? "")
    case "syft:package:type": isAction = value.hasPrefix("github-action")
    case "bartizan:module", "syft:metadata:modularityLabel", "aquasecurity:trivy:Modularitylabel": module = value
    case "bartizan:vendor": vendor = value
    case "bartizan:owner": owner = value
    case "bartizan:path", "syft:location:0:path", "aquasecurity:trivy:FilePath": path = Self.place(value)
    case "bartizan:layer": layer = Int(value)
    case "bartizan:architecture", "syft:metadata:architecture": architecture = value
    case "bartizan:holdsNoCode": holdsNoCode = value == "true"
    case "aquasecurity:trivy:SrcName": source = value
    case "aquasecurity:trivy:SrcVersion": trivy.version = value
    case "aquasecurity:trivy:SrcRelease": trivy.release = value
    case "aquasecurity:trivy:SrcEpoch": trivy.epoch = value
    default: break
    }
  }

  /// Takes what tools write into texts that are for people: the source package (Trivy), the place (Syft), all that a format has no
  /// word for (ours).
  ///
  /// - Parameters:
  ///   - source: where it comes from, in words.
  ///   - comment: what else is said of it.
  mutating func take(source: String?, comment: String?) {
    var trivy = TrivySource()
    if let comment, comment.hasPrefix("bartizan:") {
      for part in comment.split(separator: ";") {
        let sides = part.split(separator: "=", maxSplits: 1)
        if sides.count == 2 {
          take(property: String(sides[0]), PercentEncoding.decodeLeniently(sides[1]), &trivy)
        }
      }
    }
    guard let source else { return }
    let (built, acquired) = ("built package from: ", "acquired package info from ")
    if source.hasPrefix(built) {
      let parts = source.dropFirst(built.count).split(separator: " ").map(String.init)
      self.source = parts.first
      sourceVersion = parts.dropFirst().first
    } else if source.hasPrefix(acquired), let colon = source.firstRange(of: ": "), path == nil {
      let first = source[colon.upperBound...].split(separator: ",").first ?? ""
      if first.hasPrefix("/") { path = Self.place(String(first)) }
    }
  }

  /// The parts of a source version that Trivy writes one by one.
  struct TrivySource {
    var version = ""
    var release = ""
    var epoch = ""

    var whole: String? {
      guard !version.isEmpty else { return nil }
      return (epoch.isEmpty || epoch == "0" ? "" : epoch + ":") + version + (release.isEmpty ? "" : "-" + release)
    }
  }

  static func place(_ path: String) -> String { String(path.drop { $0 == "/" }) }
}

/// What a format's reader makes of a document.
struct SBOMContent {
  var components: [SBOMComponent] = []
  /// What the document is about: package URLs, names with tags, digests.
  var subject = ImageIdentity()
  /// What is wrong with it.
  var problems: [String] = []
  /// Whether it says of itself that packages may be missing.
  var isPartial = false
  /// Whether what wrote it names the source packages of a distribution, so that one without has its own name.
  var namesSources = false

  /// Takes out of the components what the document is about: an image, or a program that is called in no ecosystem and has others in
  /// it. What it is called is what the subject is called.
  mutating func takeSubject(_ references: Set<String>) {
    for own in components where references.contains(own.reference) {
      subject.formUnion(own.identity)
      if let purl = own.purl { subject.add(purl: purl.text) }
      subject.add(name: own.name)
      if let version = own.version {
        subject.add(name: version.hasPrefix("sha256:") ? "\(own.name)@\(version)" : "\(own.name):\(version)")
      }
    }
    let hasOthers = components.contains { !references.contains($0.reference) }
    components.removeAll { component in
      guard references.contains(component.reference) else { return false }
      return component.purl.map { $0.type == "oci" || !SoftwarePackage.knowsType($0.type) && hasOthers } ?? true
    }
  }
}
