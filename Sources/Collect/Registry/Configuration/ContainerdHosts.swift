import Findings
import Images
import Transport

/// `certs.d` of containerd: a folder for each registry with a `hosts.toml`, which names the hosts that are asked in its place.
///
/// Source: containerd, "Registry Configuration" (`docs/hosts.md`).
struct ContainerdHosts: Sendable {
  private struct Host {
    let place: RegistryPlace
    let pulls: Bool
    let resolves: Bool
  }

  private var mirrors: [Host] = []
  private var server: RegistryPlace?

  /// The folder of a registry below `certs.d`: by its name, by its name with the port in the form for systems without colons, or
  /// the one for all others.
  ///
  /// - Returns: nil where there is none with a `hosts.toml`.
  static func path(of registry: String, in root: String) -> String? {
    var names = [registry]
    if let colon = registry.lastIndex(of: ":") {
      names.insert("\(registry[..<colon])_\(registry[registry.index(after: colon)...])_", at: 0)
    }
    return (names + ["_default"]).map { "\(root)/\($0)/hosts.toml" }.first { FilePaths.exists($0) }
  }

  /// - Throws: `input` for what is not understood.
  init(_ path: String, of registry: String) throws(BartizanError) {
    let folder = FilePaths.folder(of: path)
    let tables = try TOMLTables(try CertificateFolder.bytes(path), name: path).tables
    for table in tables {
      switch table.name.count {
      case 0:
        let text = table.values["server"]?.text
        if let text {
          server = try Self.place(text, table.values, "\(path):\(table.line)", folder)
        } else {
          var own = RegistryPlace(host: registry)
          own.trust = try Self.trust(table.values, folder)
          own.isInsecure = table.values["skip_verify"]?.flag ?? false
          server = own
        }
      case 2 where table.name[0] == "host":
        let capabilities = table.values["capabilities"]?.texts ?? ["pull", "resolve"]
        mirrors.append(
          Host(
            place: try Self.place(table.name[1], table.values, "\(path):\(table.line)", folder),
            pulls: capabilities.contains("pull"), resolves: capabilities.contains("resolve")))
      // `[host."…".header]`: headers for a mirror are no matter of ours.
      default: continue
      }
    }
  }

  private static func place(
    _ text: String, _ values: [String: TOMLTables.Value], _ line: String, _ folder: String
  ) throws(BartizanError) -> RegistryPlace {
    guard let url = HTTPURL(anyScheme: text.contains("://") ? text : "https://" + text),
      ["http", "https"].contains(url.scheme), url.user == nil
    else { throw BartizanError(.input, "\(line): \(HTTPURL.withoutPassword(text)) is no address of a registry") }
    var place = RegistryPlace(host: url.authority)
    place.isPlain = url.scheme == "http"
    place.isInsecure = values["skip_verify"]?.flag ?? false
    place.trust = try trust(values, folder)
    var path = url.target.prefix { $0 != "?" }
    while path.hasSuffix("/") { path = path.dropLast() }
    if values["override_path"]?.flag == true {
      place.root = String(path)
    } else {
      place.root = path.isEmpty || path == "/v2" ? "/v2" : path.hasSuffix("/v2") ? String(path) : path + "/v2"
    }
    return place
  }

  private static func trust(
    _ values: [String: TOMLTables.Value], _ folder: String
  ) throws(BartizanError) -> RegistryTrust {
    func file(_ path: String) throws(BartizanError) -> [UInt8] {
      try CertificateFolder.bytes(path.hasPrefix("/") ? path : folder + "/" + path)
    }
    var trust = RegistryTrust()
    for path in values["ca"]?.texts ?? [] { trust.authorities.append(try file(path)) }
    guard let client = values["client"] else { return trust }
    let first: [String]
    switch client {
    case .text(let path): first = [path]
    case .list(let items): first = items.first?.texts ?? []
    default: first = []
    }
    // One file holds both, or the key is another.
    if let chain = first.first {
      trust.chain = try file(chain)
      trust.key = first.count > 1 && !first[1].isEmpty ? try file(first[1]) : trust.chain
    }
    return trust
  }

  /// The places of an image in order. What only holds layers is asked for an image by its digest alone.
  func places(of reference: ImageReference) -> [RegistryPlace] {
    mirrors.filter { $0.pulls && ($0.resolves || reference.digest != nil) }.map(\.place)
      + [server ?? RegistryPlace(host: reference.registry)]
  }

  /// What it says of the registry itself; nil where another stands in for it.
  func trust(of registry: String) -> RegistryTrust? { server.flatMap { $0.host == registry ? $0.trust : nil } }
}
