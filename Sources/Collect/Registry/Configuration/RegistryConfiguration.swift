package import Findings
import Images
import Transport

/// What this machine says of registries to the programs that pull from them: `registries.conf` and `certs.d` of Podman and
/// Docker, and where there is none of these, `hosts.toml` of containerd.
///
/// Sources: containers-registries.conf(5), containers-certs.d(5), containerd's `docs/hosts.md`. Short names are read as Docker and
/// Kubernetes read them; where `unqualified-search-registries` or an alias means another image, that is told.
package struct RegistryConfiguration: Sendable {
  private let file: RegistriesFile
  /// The folders `certs.d` in which registries have one of their own, in order.
  private let certificateFolders: [String]
  /// `certs.d` of containerd.
  private let containerdFolder: String

  /// - Parameters:
  ///   - environment: for `HOME` and `CONTAINERS_REGISTRIES_CONF`.
  ///   - root: of the file system, for tests.
  /// - Throws: `input` for a file that is not understood.
  package init(
    environment: (String) -> String?, root: String = ""
  ) throws(BartizanError) {
    let home = environment("HOME").flatMap { $0.isEmpty ? nil : $0 + "/.config/containers" }
    let system = root + "/etc/containers"
    let named = environment("CONTAINERS_REGISTRIES_CONF").flatMap { $0.isEmpty ? nil : $0 }
    var file = RegistriesFile()
    if let named {
      file = try Self.read(named)
    } else if let found = ([home, system].compactMap { $0 }.map { $0 + "/registries.conf" }).first(
      where: FilePaths.exists)
    {
      // The user's own takes the place of the machine's.
      file = try Self.read(found)
    }
    for folder in [system, home].compactMap({ $0.map { $0 + "/registries.conf.d" } }) where named == nil {
      for name in (FilePaths.names(in: folder) ?? []).sorted() where name.hasSuffix(".conf") {
        file.add(try Self.read(folder + "/" + name))
      }
    }
    self.file = file
    certificateFolders =
      (home.map { [$0 + "/certs.d"] } ?? []) + [system + "/certs.d", root + "/etc/docker/certs.d"]
    containerdFolder = root + "/etc/containerd/certs.d"
  }

  private static func read(_ path: String) throws(BartizanError) -> RegistriesFile {
    try RegistriesFile(try CertificateFolder.bytes(path), name: path)
  }

  /// Programs that keep credentials, in the order in which they are asked; nil where nothing is said of them.
  var credentialHelpers: [String]? { file.credentialHelpers }

  /// What Podman takes a name for on this machine, where that is another image than Docker and Kubernetes take it for.
  ///
  /// - Parameter name: as the user wrote it.
  func otherReading(of name: String) -> String? { file.otherReading(of: name) }

  /// Where an image is fetched from, in order.
  ///
  /// - Throws: `input` for a registry that is blocked, and for files that are not understood.
  func places(of reference: ImageReference) throws(BartizanError) -> [RegistryPlace] {
    var places: [RegistryPlace]
    if file.entry(for: reference) == nil, let path = ContainerdHosts.path(of: reference.registry, in: containerdFolder)
    {
      places = try ContainerdHosts(path, of: reference.registry).places(of: reference)
    } else {
      places = try file.places(of: reference)
    }
    for index in places.indices where places[index].trust.isEmpty {
      places[index].trust = try trust(of: places[index].host)
    }
    return places
  }

  /// A registry by itself, as a review looks at it.
  func place(ofRegistry registry: String) throws(BartizanError) -> RegistryPlace {
    var place = RegistryPlace(host: registry)
    place.trust = try trust(of: registry)
    place.isInsecure = file.entry(forRegistry: registry)?.isInsecure ?? false
    return place
  }

  /// The certificates for a registry: of the first folder that has one of its name.
  private func trust(of registry: String) throws(BartizanError) -> RegistryTrust {
    guard !registry.isEmpty, !registry.contains("/"), registry != ".." else { return RegistryTrust() }
    for folder in certificateFolders {
      if let trust = try CertificateFolder.read(folder + "/" + registry) { return trust }
    }
    if let path = ContainerdHosts.path(of: registry, in: containerdFolder) {
      return try ContainerdHosts(path, of: registry).trust(of: registry) ?? RegistryTrust()
    }
    return try CertificateFolder.read(containerdFolder + "/" + registry) ?? RegistryTrust()
  }
}
