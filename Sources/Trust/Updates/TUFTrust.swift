package import Bytes

/// What a client of a TUF repository trusts, step by step: bytes and time in, a refusal or more trust out.
///
/// Source: The Update Framework specification 1.0.33, section 5, "Detailed client workflow"; the numbers of its steps stand at what
/// does them.
package struct TUFTrust: Sendable {
  /// Bounds on what a repository may make a client do.
  package enum Limit {
    /// Root documents that follow one another in one update.
    package static let rotations = 256
    /// Delegations that are looked into for one target.
    package static let delegations = 32
    /// Largest documents in bytes.
    package static let root = 512_000
    package static let timestamp = 16_384
    package static let snapshot = 2_000_000
    package static let targets = 5_000_000
    /// Largest target, in bytes.
    package static let target = 16 << 20
  }

  /// A root that is trusted, and its keys.
  package private(set) var root: TUFMetadata
  private var rootKeys: TUFMetadata.Keys
  package private(set) var timestamp: TUFMetadata?
  package private(set) var snapshot: TUFMetadata?
  /// Targets, of the top and delegated ones, by name of the role.
  package private(set) var targets: [String: TUFMetadata] = [:]

  /// - Parameter root: that the user trusts, wherever it came from; its own signatures must be good all the same.
  package init(root json: [UInt8]) throws(TrustFailure) {
    root = try TUFMetadata(.root, json: json)
    rootKeys = try Self.keys(root)
    try Self.verify(root, by: rootKeys, as: TUFMetadata.Role.root.rawValue)
  }

  /// Whether names of files carry versions and hashes.
  package var isConsistent: Bool { root.signed["consistent_snapshot"]?.bool == true }

  // MARK: Documents

  /// 5.3: the root of the next version, signed as the old and as the new one ask.
  package mutating func update(root json: [UInt8]) throws(TrustFailure) {
    let new = try TUFMetadata(.root, json: json)
    let keys = try Self.keys(new)
    try Self.verify(new, by: rootKeys, as: TUFMetadata.Role.root.rawValue)
    try Self.verify(new, by: keys, as: TUFMetadata.Role.root.rawValue)
    guard new.version == root.version + 1 else {
      throw .rollback(.root, from: root.version, to: new.version)
    }
    root = new
    rootKeys = keys
  }

  /// 5.3.10: only the last root has to be current; those on the way to it need not.
  package func checkRoot(now: Timestamp) throws(TrustFailure) { try Self.checkExpiry(root, now) }

  /// 5.4. Documents that were kept from an earlier update are given first, to protect against older ones.
  ///
  /// - Parameter isKept: whether the document is one of those, which may have expired.
  package mutating func update(
    timestamp json: [UInt8], now: Timestamp, isKept: Bool = false
  ) throws(TrustFailure) {
    let new = try TUFMetadata(.timestamp, json: json)
    try Self.verify(new, by: rootKeys, as: TUFMetadata.Role.timestamp.rawValue)
    let file = try Self.snapshotFile(new)
    if let timestamp {
      guard new.version >= timestamp.version else {
        throw .rollback(.timestamp, from: timestamp.version, to: new.version)
      }
      let old = try Self.snapshotFile(timestamp)
      guard file.version ?? 0 >= old.version ?? 0 else {
        throw .rollback(.snapshot, from: old.version ?? 0, to: file.version ?? 0)
      }
    }
    if !isKept { try Self.checkExpiry(new, now) }
    timestamp = new
  }

  /// What the timestamp says of the snapshot.
  package func snapshotFile() throws(TrustFailure) -> TUFMetadata.File {
    guard let timestamp else { throw .missing(.updateMetadata) }
    return try Self.snapshotFile(timestamp)
  }

  private static func snapshotFile(_ timestamp: TUFMetadata) throws(TrustFailure) -> TUFMetadata.File {
    let entries = timestamp.signed["meta"]?.entries ?? []
    guard entries.count == 1, let entry = entries.first, entry.key == "snapshot.json" else {
      throw TUFMetadata.wrong(.timestamp, "it must speak of snapshot.json alone")
    }
    return try TUFMetadata.file(entry.value, .timestamp, hasVersion: true)
  }

  /// 5.5.
  ///
  /// - Parameter isKept: whether the document is one of an earlier update: it protects against older ones, whether or not it is the
  ///   one that the timestamp speaks of now.
  package mutating func update(
    snapshot json: [UInt8], now: Timestamp, isKept: Bool = false
  ) throws(TrustFailure) {
    let file = try snapshotFile()
    if !isKept { try file.verify(json, named: "snapshot.json") }
    let new = try TUFMetadata(.snapshot, json: json)
    try Self.verify(new, by: rootKeys, as: TUFMetadata.Role.snapshot.rawValue)
    if !isKept {
      guard new.version == file.version else {
        throw .mixed(.snapshot, wanted: file.version ?? 0, found: new.version)
      }
    }
    if let snapshot {
      for entry in snapshot.signed["meta"]?.entries ?? [] {
        let old = try TUFMetadata.file(entry.value, .snapshot, hasVersion: true)
        guard let node = new.signed["meta"]?[entry.key] else {
          throw TUFMetadata.wrong(.snapshot, "\(entry.key) is gone from it")
        }
        let file = try TUFMetadata.file(node, .snapshot, hasVersion: true)
        guard file.version ?? 0 >= old.version ?? 0 else {
          throw .rollback(.targets, from: old.version ?? 0, to: file.version ?? 0)
        }
      }
    }
    if !isKept { try Self.checkExpiry(new, now) }
    snapshot = new
  }

  /// What the snapshot says of targets.
  package func targetsFile(_ role: String) throws(TrustFailure) -> TUFMetadata.File {
    guard let node = snapshot?.signed["meta"]?["\(role).json"] else {
      throw TUFMetadata.wrong(.snapshot, "\(role).json is not in it")
    }
    return try TUFMetadata.file(node, .snapshot, hasVersion: true)
  }

  /// 5.6.
  ///
  /// - Parameters:
  ///   - role: `targets`, or a delegated one.
  ///   - parent: that delegates it; nil for `targets`.
  package mutating func update(
    targets json: [UInt8], role: String, parent: String?, now: Timestamp
  ) throws(TrustFailure) {
    let file = try targetsFile(role)
    try file.verify(json, named: "\(role).json")
    let new = try TUFMetadata(.targets, json: json)
    if let parent {
      guard let delegating = targets[parent] else { throw .missing(.updateMetadata) }
      try Self.verify(new, by: try Self.delegations(delegating).keys, as: role)
    } else {
      try Self.verify(new, by: rootKeys, as: role)
    }
    guard new.version == file.version else { throw .mixed(.targets, wanted: file.version ?? 0, found: new.version) }
    try Self.checkExpiry(new, now)
    targets[role] = new
  }

  // MARK: Targets

  /// What a document of targets says of one; nil where it says nothing.
  package func target(_ path: String, in role: String) throws(TrustFailure) -> TUFMetadata.File? {
    guard let node = targets[role]?.signed["targets"]?[path] else { return nil }
    let file = try TUFMetadata.file(node, .targets, hasVersion: false)
    guard file.length != nil, !file.hashes.isEmpty else {
      throw TUFMetadata.wrong(.targets, "\(path) has no length or no hash")
    }
    return file
  }

  /// The roles to which a role delegates a path, in their order.
  ///
  /// - Returns: the roles, and whether nobody after them may be asked.
  package func delegates(of path: String, in role: String) throws(TrustFailure) -> (roles: [String], isFinal: Bool) {
    guard let metadata = targets[role], metadata.signed["delegations"] != nil else { return ([], false) }
    var roles: [String] = []
    for delegation in try Self.delegations(metadata).roles where delegation.isFor(path) {
      roles.append(delegation.name)
      if delegation.isTerminating { return (roles, true) }
    }
    return (roles, false)
  }

  /// Whether bytes are the target.
  package static func verify(
    target bytes: [UInt8], _ file: TUFMetadata.File, named path: String
  ) throws(TrustFailure) { try file.verify(bytes, named: path) }

  struct Delegation: Sendable {
    let name: String
    let isTerminating: Bool
    let patterns: [String]
    let hashPrefixes: [String]

    /// `*` stands for no slash, as in the specification.
    func isFor(_ path: String) -> Bool {
      if !hashPrefixes.isEmpty {
        let hash = Hex.text(HashAlgorithm.sha256.hash(Array(path.utf8)))
        return hashPrefixes.contains { hash.hasPrefix($0) }
      }
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      return patterns.contains { pattern in
        let sides = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return sides.count == parts.count && zip(sides, parts).allSatisfy { Self.matches($0, $1) }
      }
    }

    /// `*` and `?` within one part of a path, without going back over what was matched more than once.
    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
      let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
      var (p, t) = (0, 0)
      var star: (pattern: Int, text: Int)?
      while t < text.count {
        if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
          star = (p, t)
          p += 1
        } else if p < pattern.count, pattern[p] == text[t] || pattern[p] == UInt8(ascii: "?") {
          p += 1
          t += 1
        } else if let last = star {
          p = last.pattern + 1
          t = last.text + 1
          star = (last.pattern, last.text + 1)
        } else {
          return false
        }
      }
      return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
  }

  private static func delegations(
    _ metadata: TUFMetadata
  ) throws(TrustFailure) -> (keys: TUFMetadata.Keys, roles: [Delegation]) {
    let node = metadata.signed["delegations"] ?? .null
    guard node["succinct_roles"] == nil else { throw .unsupported(.updateMetadata, "succinct delegations") }
    let items = node["roles"]?.elements ?? []
    guard items.count <= TrustLimits.trustedItems else {
      throw .tooLarge(.updateMetadata, limit: TrustLimits.trustedItems, unit: "delegations")
    }
    var signers: [String: TUFMetadata.Signers] = [:]
    var roles: [Delegation] = []
    for item in items {
      // The name becomes a part of a path.
      guard let name = item["name"]?.string, !name.isEmpty, !name.contains(where: { "/\\".contains($0) }),
        name != "..", name != ".", TUFMetadata.Role(rawValue: name) == nil
      else { throw TUFMetadata.wrong(.targets, "a delegated role has no name, or one that is not allowed") }
      guard signers[name] == nil else { throw TUFMetadata.wrong(.targets, "the role \(name) is delegated twice") }
      signers[name] = try TUFMetadata.signers(item, of: .targets)
      let patterns = item["paths"]?.strings
      let prefixes = item["path_hash_prefixes"]?.strings
      guard (patterns == nil) != (prefixes == nil) else {
        throw TUFMetadata.wrong(.targets, "\(name) must have either paths or path_hash_prefixes")
      }
      roles.append(
        Delegation(
          name: name, isTerminating: item["terminating"]?.bool == true, patterns: patterns ?? [],
          hashPrefixes: prefixes ?? []))
    }
    return (
      TUFMetadata.Keys(keys: try TUFMetadata.keys(node["keys"] ?? .null, of: .targets), roles: signers), roles
    )
  }

  // MARK: Signatures

  private static func keys(_ root: TUFMetadata) throws(TrustFailure) -> TUFMetadata.Keys {
    var roles: [String: TUFMetadata.Signers] = [:]
    for role in TUFMetadata.Role.allCases {
      roles[role.rawValue] = try TUFMetadata.signers(root.signed["roles"]?[role.rawValue], of: .root)
    }
    return TUFMetadata.Keys(keys: try TUFMetadata.keys(root.signed["keys"] ?? .null, of: .root), roles: roles)
  }

  /// 5.3.4 and its likes: as many different keys as the threshold asks for have signed. A key under two names counts once.
  private static func verify(
    _ metadata: TUFMetadata, by keys: TUFMetadata.Keys, as role: String
  ) throws(TrustFailure) {
    guard let signers = keys.roles[role] else { throw .missing(.publicKey) }
    var signed = Set<[UInt8]>()
    for (id, signature) in metadata.signatures where signers.keys.contains(id) {
      guard let entry = keys.keys[id], let key = entry, !signed.contains(key.key.spki) else { continue }
      if key.key.isValid(signature, for: metadata.signedBytes, key.scheme) { signed.insert(key.key.spki) }
    }
    guard signed.count >= signers.threshold else {
      throw .tooFewSignatures(role: role, wanted: signers.threshold, found: signed.count)
    }
  }

  /// Protects against being shown the same state for ever (freeze).
  private static func checkExpiry(_ metadata: TUFMetadata, _ now: Timestamp) throws(TrustFailure) {
    guard now < metadata.expires else { throw .metadataExpired(metadata.role, metadata.expires) }
  }
}
