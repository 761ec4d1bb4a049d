import Bytes

/// Layers laid over each other, from the bottom.
///
/// Source: OCI image specification, "Image Layer Filesystem Changeset".
package struct LayerStack {
  private var files: [String: (file: LayerFacts.File, layer: Int)] = [:]
  private var owners: [String: String] = [:]
  private var traits: [String: Extraction.Trait] = [:]
  /// The layer in which a package of the distribution first stood in a database, which every layer writes anew.
  private var firstSeen: [Key: Int] = [:]

  private struct Key: Hashable {
    let path: String
    let name: String
    let version: String

    init(_ package: SoftwarePackage) {
      path = package.path
      name = package.name
      version = package.version
    }
  }

  /// A credential, the layer that it is in, and whether a later layer takes its file away: then it is still in the image, for
  /// whoever looks into the layer.
  package struct Secret: Sendable, Equatable {
    package let secret: FoundSecret
    /// Index from the bottom.
    package let layer: Int
    package var isGone = false
  }

  package private(set) var secrets: [Secret] = []
  private var exposed: [String: FileExposure] = [:]
  /// What package managers left in each layer.
  package private(set) var caches: [PackageCache] = []
  /// Accounts without a password, in order.
  package var openAccounts: [OpenAccount] {
    accounts.sorted { $0.key < $1.key }.flatMap { file, names in
      names.sorted().map { OpenAccount(file: file, name: $0) }
    }
  }
  /// By the file that tells of them.
  private var accounts: [String: [String]] = [:]

  package init() {}

  /// Layers must be added from the bottom up: each hides or replaces files of those before.
  ///
  /// - Parameter layer: index from the bottom.
  package mutating func add(_ facts: LayerFacts, layer: Int) {
    if !files.isEmpty || !secrets.isEmpty || !exposed.isEmpty { hide(facts) }
    for secret in facts.secrets ?? [] { secrets.append(Secret(secret: secret, layer: layer)) }
    for file in facts.files where !file.isEmpty {
      files[file.path] = (file, layer)
      guard file.isOfSystem else { continue }
      for package in file.packages {
        let key = Key(package)
        if firstSeen[key] == nil { firstSeen[key] = layer }
      }
    }
    for link in facts.links {
      guard let (file, _) = files[link.target] else { continue }
      files[link.path] = (file.linked(at: link.path), layer)
    }
    // A list of files that is there again stands for the one before it; what another file says stays.
    for trait in facts.traits { traits[trait.name, default: Extraction.Trait(name: trait.name)].formUnion(trait) }
    for item in facts.owned { owners[Self.merged(item.path)] = item.owner }
    for var exposure in facts.exposures {
      exposure.layer = layer
      exposed[exposure.path] = exposure
    }
    for var cache in facts.caches {
      cache.layer = layer
      caches.append(cache)
    }
    accounts.merge(facts.openAccounts) { _, new in new }
  }

  /// In the order of their paths.
  package var exposures: [FileExposure] {
    let installed = Set(files.values.filter(\.file.isOfSystem).flatMap { $0.file.packages.map(\.name) })
    return exposed.values.sorted { $0.path < $1.path }.map { exposure in
      var exposure = exposure
      exposure.isOwned = owners[Self.merged(exposure.path)].map(installed.contains) ?? false
      return exposure
    }
  }

  /// One name for what lies in `/bin` and in `/usr/bin`, which packages list by the one and archives by the other.
  ///
  /// Source: systemd, "The Case for the /usr Merge".
  private static func merged(_ path: String) -> String {
    let isMerged = ["usr/bin/", "usr/sbin/", "usr/lib/", "usr/lib32/", "usr/lib64/"].contains { path.hasPrefix($0) }
    return isMerged ? String(path.dropFirst(4)) : path
  }

  /// Packages of the distribution that are installed: only they own files, a list of files alone says nothing. What somebody else
  /// packed is not spoken for by the distribution, nor is what it brought.
  private var installed: Set<String> {
    let (system, builder) = (system, builder)
    return Set(
      files.values.filter(\.file.isOfSystem).flatMap(\.file.packages).filter { vendor(of: $0, system, builder) == nil }
        .map(\.name))
  }

  /// Who built the packages of rpm, where none of them is by whom the system's name tells of.
  private var builder: String? {
    guard let system else { return nil }
    let packages = files.values.filter(\.file.isOfSystem).flatMap(\.file.packages)
    return PackageOrigin.builder(
      of: packages.filter { $0.ecosystem.order?.name == VersionOrder.rpm.name }.map(\.supplier), on: system)
  }

  /// Whose package it is; nil for the distribution's.
  private func vendor(of package: SoftwarePackage, _ system: OperatingSystem?, _ builder: String?) -> String? {
    if let vendor = package.vendor { return vendor }
    if traits[package.name]?.isAddOn == true { return package.supplier ?? "somebody else" }
    guard let system, package.ecosystem.order?.name == VersionOrder.rpm.name else { return nil }
    return PackageOrigin.vendor(rpm: package.supplier, on: system, builder: builder)
  }

  /// Takes away what the layer hides of those below: by whiteouts, and by what it has in their place.
  private mutating func hide(_ facts: LayerFacts) {
    var gone = Set(facts.whiteouts)
    for path in facts.paths.split(separator: 0) { gone.insert(String(decoding: path, as: UTF8.self)) }
    let opaque = Set(facts.opaque)
    guard !gone.isEmpty || !opaque.isEmpty else { return }
    func isHidden(_ path: String) -> Bool {
      if gone.contains(path) || opaque.contains("") { return true }
      var rest = path[...]
      while let slash = rest.lastIndex(of: "/") {
        rest = rest[..<slash]
        let folder = String(rest)
        if gone.contains(folder) || opaque.contains(folder) { return true }
      }
      return false
    }
    for path in Array(files.keys) where isHidden(path) { files[path] = nil }
    for path in Array(accounts.keys) where isHidden(path) { accounts[path] = nil }
    for index in secrets.indices {
      let path = secrets[index].secret.path
      // Of a member of an archive it is the archive that is taken away.
      let archive = path.firstIndex(of: "!").map { String(path[..<$0]) }
      if isHidden(path) || archive.map(isHidden) ?? false { secrets[index].isGone = true }
    }
    for path in Array(exposed.keys) where isHidden(path) || gone.contains(path + "/") { exposed[path] = nil }
  }

  /// Whether there is a package of the distribution.
  package var hasSystemPackages: Bool { files.values.contains { $0.file.isOfSystem && !$0.file.packages.isEmpty } }

  /// The distribution by the topmost release file; nil for an image without one, such as a scratch image.
  package var system: OperatingSystem? {
    for place in OperatingSystem.paths {
      if let text = files[place]?.file.release, let system = OperatingSystem(text, path: place) { return system }
    }
    return nil
  }

  /// What files name and do not tell the version of, by the files in order.
  ///
  /// - Parameter isInstalled: whether it is an installed system, and no sources: what is asked for there, and is installed, is among
  ///   the packages, and what only a manifest asks for is not there.
  package func unresolved(isInstalled: Bool) -> [UnresolvedDependency] {
    guard files.values.contains(where: { !$0.file.unresolved.isEmpty }) else { return [] }
    var resolver = DependencyResolver(isInstalled: isInstalled)
    for (path, item) in files { resolver.add(item.file, at: path) }
    return files.sorted { $0.key < $1.key }.flatMap { path, item in
      item.file.unresolved.filter { !resolver.isKnown($0, in: path) }
    }
  }

  /// Files of which packages were left out that only development or tests need, and how many, by the files in order.
  package var leftOut: [(path: String, count: Int)] {
    files.filter { $0.value.file.leftOut > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.file.leftOut) }
  }

  /// Packages with the layers that brought them, by their files in order.
  package var packages: [SoftwarePackage] {
    let (system, builder) = (system, builder)
    let installed = installed
    var found: [SoftwarePackage] = []
    for (path, item) in files.sorted(by: { $0.key < $1.key }) {
      for var package in item.file.packages {
        package.layer = item.file.isOfSystem ? firstSeen[Key(package)] ?? item.layer : item.layer
        if item.file.isOfSystem {
          package.vendor = vendor(of: package, system, builder)
          package.holdsNoCode = traits[package.name]?.holdsNoCode ?? false
          if package.licenses.isEmpty { package.licenses = traits[package.name]?.licenses ?? [] }
          if let system { package.ecosystem = system.packageEcosystem }
        } else {
          package.owner = owners[Self.merged(path)].flatMap { installed.contains($0) ? $0 : nil }
        }
        found.append(package)
      }
    }
    licenseBySource(&found)
    return found
  }

  /// A package of Debian may have no text of its own where another one of the same source has it: its folder is a link then.
  ///
  /// Source: Debian Policy, section 12.5.
  private func licenseBySource(_ packages: inout [SoftwarePackage]) {
    func source(_ package: SoftwarePackage) -> String? {
      guard package.ecosystem.order?.name == VersionOrder.debian.name, package.vendor == nil else { return nil }
      return package.source ?? package.name
    }
    var known: [String: [String]] = [:]
    for package in packages where !package.licenses.isEmpty {
      if let source = source(package), known[source] == nil { known[source] = package.licenses }
    }
    for index in packages.indices where packages[index].licenses.isEmpty {
      if let source = source(packages[index]) { packages[index].licenses = known[source] ?? [] }
    }
  }
}
