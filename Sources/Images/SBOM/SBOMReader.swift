import Bytes

/// The packages that an SBOM names: CycloneDX in JSON and XML, SPDX 2 in JSON and as tags with values, SPDX 3, Syft's own format; each
/// by itself or within a statement of in-toto. Only package URLs tell which advisories speak of a package, so what has none is
/// left out, and named.
package struct SBOMReader: Sendable {
  package let packages: [SoftwarePackage]
  /// Components without a package URL, or of a type that no advisories are known of.
  package let unresolved: [UnresolvedDependency]
  /// Nil where the document does not name a distribution.
  package let system: OperatingSystem?
  /// What the document is about.
  package let subject: ImageIdentity
  /// Packages of a distribution whose advisories speak of source packages, where no package of the document has one: those that
  /// are built from a source of another name are missed.
  package let sourceless: Int
  /// Whether the document says of itself that it does not name all packages.
  package let isPartial: Bool
  /// What is wrong with the document; it was read as far as it goes.
  package private(set) var problems: [String] = []

  /// Nil for what is no SBOM.
  package init?(_ bytes: [UInt8], file: String) {
    guard let content = Self.content(bytes) else { return nil }
    problems = content.problems
    isPartial = content.isPartial
    subject = content.subject
    let systems = content.components.filter(\.isOperatingSystem)
    let system = systems.lazy.compactMap {
      OperatingSystem(sbom: $0.name, version: $0.version ?? "", title: $0.title)
    }.first
    self.system = system ?? Self.system(of: content.components)
    // What is about the whole, or another document, is no package.
    let components = content.components.filter { component in
      !component.isOperatingSystem && (component.purl != nil || !component.isNoPackage)
    }
    let builder = system.flatMap { system in
      PackageOrigin.builder(of: components.filter { $0.purl?.type == "rpm" }.map(\.supplier), on: system)
    }
    let names = Dictionary(
      content.components.map { ($0.reference, $0) }, uniquingKeysWith: { first, _ in first })
    var packages: [SoftwarePackage] = []
    var unresolved: [UnresolvedDependency] = []
    for component in components {
      guard var package = component.package(file: file, system: system, builder: builder) else {
        unresolved.append(component.unresolved(file: file))
        continue
      }
      if !package.ecosystem.isDistribution, package.owner == nil {
        package.owner = component.ownerReference.flatMap { names[$0] }.flatMap { owner in
          let isDistribution = owner.purl.map { ["deb", "apk", "rpm"].contains($0.type) } ?? false
          // What another's package brought is not spoken for by the distribution.
          return isDistribution && owner.package(file: file, system: system, builder: builder)?.vendor == nil
            ? owner.name : nil
        }
      }
      packages.append(package)
    }
    let debian = Set(
      packages.filter { ["Debian", "Ubuntu"].contains($0.ecosystem.name) && $0.vendor == nil }.map(\.name))
    if !debian.isEmpty {
      for index in packages.indices where packages[index].owner == nil && packages[index].ecosystem.name == "PyPI" {
        packages[index].owner = Self.debianOwner(of: packages[index], debian)
      }
    }
    let asked = packages.filter { Self.bySource.contains($0.ecosystem.order?.name ?? "") && $0.vendor == nil }
    sourceless = content.namesSources || asked.contains { $0.source != nil } ? 0 : asked.count
    self.packages = packages
    self.unresolved = unresolved
  }

  /// The distribution that all package URLs of a document name, where it names none in words of its own.
  private static func system(of components: [SBOMComponent]) -> OperatingSystem? {
    var found: OperatingSystem?
    for component in components {
      guard let purl = component.purl, ["deb", "apk", "rpm"].contains(purl.type),
        let distro = purl.qualifiers["distro"],
        let own = OperatingSystem(namespace: purl.namespace ?? "", distro: distro)
      else { continue }
      if let found, found.packageEcosystem != own.packageEcosystem { return nil }
      found = found ?? own
    }
    return found
  }

  // MARK: As a document

  /// As processes of this program tell each other.
  package var message: [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.key("packages")
      writer.array(of: packages) { writer, package in package.write(&writer) }
      writer.key("unresolved")
      writer.array(of: unresolved) { writer, item in item.write(&writer) }
      writer.field("sourceless", sourceless)
      writer.field("partial", isPartial)
      if let system {
        writer.key("system")
        system.write(&writer)
      }
      writer.key("subject")
      subject.write(&writer)
      writer.field("problems", problems)
    }
    return writer.bytes
  }

  /// - Returns: nil for what is no such message.
  package init?(message: [UInt8]) {
    guard let document = try? JSONReader.read(message), let packages = document["packages"]?.elements,
      let unresolved = document["unresolved"]?.elements, let sourceless = document["sourceless"]?.int
    else { return nil }
    self.packages = packages.compactMap { SoftwarePackage(json: $0) }
    guard self.packages.count == packages.count else { return nil }
    self.unresolved = unresolved.compactMap { UnresolvedDependency(json: $0) }
    guard self.unresolved.count == unresolved.count else { return nil }
    self.sourceless = Int(clamping: sourceless)
    isPartial = document["partial"]?.bool ?? true
    system = document["system"].flatMap { OperatingSystem(json: $0) }
    subject = ImageIdentity(json: document["subject"] ?? .null)
    problems = document["problems"]?.strings ?? []
  }

  private static let bySource = [VersionOrder.debian.name, VersionOrder.alpine.name]

  /// The Debian package that brought a module of Python, where the document says where that lies and not whose it is: modules in
  /// this folder are Debian's, what an administrator installs goes elsewhere.
  ///
  /// Source: Debian Python Policy, section 3.2 "Module path" and 3.3 "Module package names".
  private static func debianOwner(of package: SoftwarePackage, _ names: Set<String>) -> String? {
    guard package.path.hasPrefix("usr/lib/python3/dist-packages/") else { return nil }
    let name = "python3-" + package.ecosystem.normalized(package.name)
    return [name, "python3", "python3-minimal"].first { names.contains($0) }
  }

  private static func content(_ bytes: [UInt8]) -> SBOMContent? {
    switch bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) {
    case UInt8(ascii: "{"):
      guard let document = try? JSONReader.read(bytes) else { return nil }
      return content(SBOMEnvelope.content(of: document))
    case UInt8(ascii: "<"):
      return CycloneDXMarkup.document(bytes).map { content in
        var read = CycloneDXReader.read(content)
        read.problems += CycloneDXRules.problems(content)
        return read
      }
    default: return SPDX2Reader.read(tags: String(decoding: bytes, as: UTF8.self))
    }
  }

  private static func content(_ document: DocumentNode) -> SBOMContent? {
    if document["bomFormat"]?.string == "CycloneDX" {
      var content = CycloneDXReader.read(document)
      content.problems += CycloneDXRules.problems(document)
      return content
    }
    if document["spdxVersion"]?.string?.hasPrefix("SPDX-2.") == true { return SPDX2Reader.read(document) }
    if SPDX3Reader.isDocument(document) { return SPDX3Reader.read(document) }
    if SyftReader.isDocument(document) { return SyftReader.read(document) }
    return nil
  }
}
