import Bytes
import Findings
import Images

/// `registries.conf` of Podman, Buildah, Skopeo and CRI-O.
///
/// Source: containers-registries.conf(5), containers-registries.conf.d(5).
struct RegistriesFile: Sendable {
  struct Entry: Sendable, Equatable {
    /// `HOST[:PORT][/PATH]`, or `*.DOMAIN`.
    let prefix: String
    /// What stands in its place; empty for the same.
    let location: String
    let isInsecure: Bool
    let isBlocked: Bool
    let mirrors: [Mirror]
  }

  struct Mirror: Sendable, Equatable {
    let location: String
    let isInsecure: Bool
    let use: Use

    /// Of which references it is asked.
    enum Use: String, Sendable {
      case all
      case digestOnly = "digest-only"
      case tagOnly = "tag-only"
    }
  }

  private(set) var entries: [Entry] = []
  /// Registries that names without one are looked for in, in order.
  private(set) var searches: [String] = []
  /// Names without a registry, and what they stand for.
  private(set) var aliases: [String: String] = [:]

  /// Programs that keep credentials, in the order in which they are asked; nil where the file says nothing.
  ///
  /// Source: containers-registries.conf(5), `credential-helpers`.
  private(set) var credentialHelpers: [String]?
  /// What stands in their list for the files of containers-auth.json(5).
  static let credentialFiles = "containers-auth.json"

  init() {}

  /// - Throws: `input` for what is not understood: what it blocks would not be blocked.
  init(_ bytes: [UInt8], name: String) throws(BartizanError) {
    let tables = try TOMLTables(bytes, name: name).tables
    var open: (table: TOMLTables.Table, mirrors: [Mirror])?
    func close() throws(BartizanError) {
      guard let (table, mirrors) = open else { return }
      entries.append(try Self.entry(table, mirrors, name))
      open = nil
    }
    for table in tables {
      switch table.name {
      case ["registry"]:
        try close()
        open = (table, try Self.inlineMirrors(table, name))
      case ["registry", "mirror"]:
        guard open != nil else { throw BartizanError(.input, "\(name):\(table.line): a mirror of no registry") }
        open?.mirrors.append(try Self.mirror(table.values, "\(name):\(table.line)"))
      case []:
        searches = table.values["unqualified-search-registries"]?.texts ?? []
        credentialHelpers = table.values["credential-helpers"]?.texts
      case ["registries", "search"]: searches = table.values["registries"]?.texts ?? []
      case ["aliases"]: aliases = table.values.compactMapValues(\.text)
      // The form of version 1.
      case ["registries", "insecure"], ["registries", "block"]:
        for host in table.values["registries"]?.texts ?? [] {
          entries.append(
            Entry(
              prefix: host, location: "", isInsecure: table.name[1] == "insecure", isBlocked: table.name[1] == "block",
              mirrors: []))
        }
      default: continue
      }
    }
    try close()
  }

  private static func inlineMirrors(_ table: TOMLTables.Table, _ name: String) throws(BartizanError) -> [Mirror] {
    guard case .list(let items) = table.values["mirror"] else { return [] }
    return try items.map { (item) throws(BartizanError) in
      guard case .table(let values) = item else {
        throw BartizanError(.input, "\(name):\(table.line): a mirror that is no table")
      }
      return try mirror(values, "\(name):\(table.line)")
    }
  }

  private static func mirror(
    _ values: [String: TOMLTables.Value], _ place: String
  ) throws(BartizanError) -> Mirror {
    guard let location = values["location"]?.text.map(trimmed), !location.isEmpty else {
      throw BartizanError(.input, "\(place): a mirror without a location")
    }
    let word = values["pull-from-mirror"]?.text ?? "all"
    guard let use = Mirror.Use(rawValue: word.isEmpty ? "all" : word) else {
      throw BartizanError(
        .input, "\(place): pull-from-mirror is all, digest-only or tag-only, not \"\(word.prefix(40))\"")
    }
    return Mirror(location: location, isInsecure: values["insecure"]?.flag ?? false, use: use)
  }

  private static func entry(
    _ table: TOMLTables.Table, _ mirrors: [Mirror], _ name: String
  ) throws(BartizanError) -> Entry {
    let location = trimmed(table.values["location"]?.text ?? "")
    let prefix = trimmed(table.values["prefix"]?.text ?? "")
    guard !prefix.isEmpty || !location.isEmpty else {
      throw BartizanError(.input, "\(name):\(table.line): a registry with neither a prefix nor a location")
    }
    let isByDigest = table.values["mirror-by-digest-only"]?.flag ?? false
    return Entry(
      prefix: prefix.isEmpty ? location : prefix, location: location,
      isInsecure: table.values["insecure"]?.flag ?? false, isBlocked: table.values["blocked"]?.flag ?? false,
      mirrors: isByDigest
        ? mirrors.map { Mirror(location: $0.location, isInsecure: $0.isInsecure, use: .digestOnly) } : mirrors)
  }

  /// Without a scheme, which is an error there and meant as nothing.
  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    for scheme in ["https://", "http://", "docker://"] where text.hasPrefix(scheme) {
      text = text.dropFirst(scheme.count)
    }
    while text.hasSuffix("/") { text = text.dropLast() }
    return String(text)
  }

  /// Takes the entries of a file that is read later: one of the same prefix stands in for the earlier one.
  mutating func add(_ other: RegistriesFile) {
    let replaced = Set(other.entries.map(\.prefix))
    entries = entries.filter { !replaced.contains($0.prefix) } + other.entries
    if !other.searches.isEmpty { searches = other.searches }
    credentialHelpers = other.credentialHelpers ?? credentialHelpers
    aliases.merge(other.aliases) { _, later in later }
  }

  /// What programs that read this file take a name for, where Docker and Kubernetes take it for one of Docker Hub.
  ///
  /// - Parameter name: as the user wrote it.
  /// - Returns: nil where both mean the same image.
  func otherReading(of name: String) -> String? {
    guard let usual = ImageReference(name), usual.registry == ImageReference.hub else { return nil }
    let parts = name.split(separator: "/", maxSplits: 1)
    // With a registry it has one meaning.
    guard parts.count == 1 || !parts[0].contains(where: { $0 == "." || $0 == ":" }) else { return nil }
    let bare = Self.untagged("/" + name).dropFirst()
    guard
      let other = aliases[String(bare)] ?? searches.first.map({ "\($0)/\(bare)" })
    else { return nil }
    let same = ImageReference(other).map { $0.registry == usual.registry && $0.repository == usual.repository } ?? false
    return same ? nil : other
  }

  /// The entry with the longest prefix of a reference.
  func entry(for reference: ImageReference) -> Entry? { entry(for: Self.text(reference)) }

  private func entry(for text: String) -> Entry? {
    var best: Entry?
    for entry in entries where Self.matches(entry.prefix, text) {
      if entry.prefix.utf8.count > best?.prefix.utf8.count ?? -1 { best = entry }
    }
    return best
  }

  /// The entry of a registry by itself.
  func entry(forRegistry registry: String) -> Entry? { entry(for: registry) }

  private static func text(_ reference: ImageReference) -> String {
    "\(reference.registry)/\(reference.repository)"
      + (reference.tag.map { ":" + $0 } ?? "") + (reference.digest.map { "@" + $0 } ?? "")
  }

  private static func matches(_ prefix: String, _ text: String) -> Bool {
    if prefix.hasPrefix("*.") {
      let host = text.prefix { $0 != "/" && $0 != ":" && $0 != "@" }
      return host.hasSuffix(prefix.dropFirst()) && host.utf8.count >= prefix.utf8.count
    }
    guard text.hasPrefix(prefix) else { return false }
    let rest = text.dropFirst(prefix.count)
    return rest.first.map { "/:@".contains($0) } ?? true
  }

  /// The places of an image in order: its mirrors, and the registry itself.
  ///
  /// - Throws: `input` where the file says that nothing is fetched from there.
  func places(of reference: ImageReference) throws(BartizanError) -> [RegistryPlace] {
    guard let entry = entry(for: reference) else { return [RegistryPlace(host: reference.registry)] }
    guard !entry.isBlocked else {
      throw BartizanError(.input, "\(entry.prefix) is blocked by registries.conf; nothing was asked of it")
    }
    var places: [RegistryPlace] = []
    for mirror in entry.mirrors where mirror.use == .all || (mirror.use == .digestOnly) == (reference.digest != nil) {
      places.append(Self.place(reference, entry.prefix, mirror.location, mirror.isInsecure))
    }
    places.append(Self.place(reference, entry.prefix, entry.location, entry.isInsecure))
    return places
  }

  /// Without a tag or digest at its end.
  private static func untagged(_ text: String) -> String {
    let last = text.lastIndex(of: "/") ?? text.startIndex
    // What follows a colon in the first part is a port.
    guard text.first == "/" || last != text.startIndex,
      let end = text[last...].firstIndex(where: { $0 == ":" || $0 == "@" })
    else {
      return text
    }
    return String(text[..<end])
  }

  private static func place(
    _ reference: ImageReference, _ prefix: String, _ location: String, _ isInsecure: Bool
  ) -> RegistryPlace {
    // What a pattern of hosts matches has no front that could be replaced, unless a location is given for all of it.
    let isPattern = prefix.hasPrefix("*.")
    let from = isPattern ? reference.registry : untagged(prefix)
    let to = location.isEmpty ? from : untagged(location)
    let whole = "\(reference.registry)/\(reference.repository)"
    let rest = whole.hasPrefix(from) ? whole.dropFirst(from.count) : whole[...].drop { $0 != "/" }
    let target = to + rest
    let host = String(target.prefix { $0 != "/" })
    let repository = target.dropFirst(host.count + 1)
    var place = RegistryPlace(host: host)
    place.isInsecure = isInsecure
    if repository != reference.repository {
      place.rewriting = .init(from: reference.repository, to: String(repository))
    }
    return place
  }
}
