import Bytes
import TestKit
import Testing
import Trust

/// A TUF repository whose keys are made here, and what a client makes of it and of each attack that the specification names.
@Suite struct TUFTests {
  /// A repository that can be as wrong as an attacker would have it.
  struct Repository {
    var rootKeys: [SigningKey]
    var key: SigningKey
    var rootThreshold = 1
    var versions = ["root": 1, "timestamp": 1, "snapshot": 1, "targets": 1]
    var expires = "2030-01-01T00:00:00Z"
    var isConsistent = true
    var target = Array("trusted".utf8)
    var delegations = ""

    init() throws {
      rootKeys = [try SigningKey.generate(.ed25519), try SigningKey.generate(.p256)]
      key = try SigningKey.generate(.ed25519)
    }

    static func id(_ key: SigningKey) -> String { key.publicKey.fingerprint }

    static func entry(_ key: SigningKey) -> String {
      let value =
        key.publicKey.kind == .ed25519
        ? Hex.text(key.publicKey.spki.suffix(32))
        : PEM.text("PUBLIC KEY", key.publicKey.spki).replacing("\n", with: "\\n")
      let (type, scheme) =
        key.publicKey.kind == .ed25519 ? ("ed25519", "ed25519") : ("ecdsa", "ecdsa-sha2-nistp256")
      return #"{"keytype":"\#(type)","keyval":{"public":"\#(value)"},"scheme":"\#(scheme)"}"#
    }

    /// - Parameter body: in the order of canonical JSON, but for `_type`, `expires` and so on, which the reader sorts.
    static func document(_ body: String, by keys: [SigningKey]) throws -> [UInt8] {
      // The reader writes what is signed in canonical form; so does this, by writing it so.
      let canonical = try CanonicalForm.bytes(body)
      let signatures = try keys.map { key in
        #"{"keyid":"\#(id(key))","sig":"\#(Hex.text(try key.sign(canonical, .sha256)))"}"#
      }
      return Array(#"{"signed":\#(body),"signatures":[\#(signatures.joined(separator: ","))]}"#.utf8)
    }

    private func role(_ keys: [SigningKey], _ threshold: Int) -> String {
      #"{"keyids":[\#(keys.map { "\"\(Self.id($0))\"" }.joined(separator: ","))],"threshold":\#(threshold)}"#
    }

    var rootBody: String {
      let all = (rootKeys + [key]).map { #""\#(Self.id($0))":\#(Self.entry($0))"# }.joined(separator: ",")
      return #"""
        {"_type":"root","spec_version":"1.0.31","version":\#(versions["root", default: 1]),"expires":"\#(expires)",
         "consistent_snapshot":\#(isConsistent),"keys":{\#(all)},"roles":{"root":\#(role(rootKeys, rootThreshold)),
         "timestamp":\#(role([key], 1)),"snapshot":\#(role([key], 1)),"targets":\#(role([key], 1))}}
        """#
    }

    func root(by keys: [SigningKey]? = nil) throws -> [UInt8] { try Self.document(rootBody, by: keys ?? rootKeys) }

    func targets(by other: SigningKey? = nil) throws -> [UInt8] {
      let hash = Hex.text(HashAlgorithm.sha256.hash(target))
      return try Self.document(
        #"""
        {"_type":"targets","spec_version":"1.0.31","version":\#(versions["targets", default: 1]),"expires":"\#(expires)",
         "targets":{"trusted_root.json":{"length":\#(target.count),"hashes":{"sha256":"\#(hash)"}}}\#(delegations)}
        """#, by: [other ?? key])
    }

    func snapshot(by other: SigningKey? = nil, meta: String? = nil) throws -> [UInt8] {
      let meta = meta ?? #""targets.json":{"version":\#(versions["targets", default: 1])}"#
      return try Self.document(
        #"""
        {"_type":"snapshot","spec_version":"1.0.31","version":\#(versions["snapshot", default: 1]),"expires":"\#(expires)",
         "meta":{\#(meta)}}
        """#, by: [other ?? key])
    }

    func timestamp(by other: SigningKey? = nil, of snapshot: [UInt8]? = nil) throws -> [UInt8] {
      let stated = snapshot.map {
        #","length":\#($0.count),"hashes":{"sha256":"\#(Hex.text(HashAlgorithm.sha256.hash($0)))"}"#
      }
      return try Self.document(
        #"""
        {"_type":"timestamp","spec_version":"1.0.31","version":\#(versions["timestamp", default: 1]),"expires":"\#(expires)",
         "meta":{"snapshot.json":{"version":\#(versions["snapshot", default: 1])\#(stated ?? "")}}}
        """#, by: [other ?? key])
    }
  }

  static let now = Timestamp("2026-11-29T00:00:00Z") ?? Timestamp(nanoseconds: 0)

  private static func trust(_ repository: Repository) throws -> TUFTrust {
    var trust = try TUFTrust(root: repository.root())
    try trust.update(timestamp: repository.timestamp(), now: now)
    try trust.update(snapshot: repository.snapshot(), now: now)
    return trust
  }

  @Test func aGoodRepository() throws {
    let repository = try Repository()
    var trust = try Self.trust(repository)
    try trust.update(targets: repository.targets(), role: "targets", parent: nil, now: Self.now)
    let file = try #require(try trust.target("trusted_root.json", in: "targets"))
    try TUFTrust.verify(target: repository.target, file, named: "t")
    #expect(throws: TrustFailure.self) { try TUFTrust.verify(target: repository.target + [0], file, named: "t") }
    #expect(throws: TrustFailure.self) { try TUFTrust.verify(target: Array("trusteD".utf8), file, named: "t") }
    #expect(trust.isConsistent)
    #expect(try trust.target("other", in: "targets") == nil)
  }

  /// Keys are exchanged only as the old and the new root ask.
  @Test func rotation() throws {
    let first = try Repository()
    var next = first
    next.versions["root"] = 2
    next.rootKeys = [try SigningKey.generate(.p384), try SigningKey.generate(.ed25519)]
    // P-384 is entered as a key of another scheme, which counts for nothing: one is left.
    next.rootThreshold = 1
    var trust = try TUFTrust(root: first.root())
    #expect(throws: TrustFailure.tooFewSignatures(role: "root", wanted: 1, found: 0)) {
      try trust.update(root: next.root(by: next.rootKeys))
    }
    #expect(throws: TrustFailure.self) { try trust.update(root: next.root(by: first.rootKeys)) }
    try trust.update(root: next.root(by: first.rootKeys + next.rootKeys))
    #expect(trust.root.version == 2)
    // A version is neither skipped nor gone back to.
    next.versions["root"] = 4
    #expect(throws: TrustFailure.rollback(.root, from: 2, to: 4)) { try trust.update(root: next.root()) }
    next.versions["root"] = 2
    #expect(throws: TrustFailure.rollback(.root, from: 2, to: 2)) { try trust.update(root: next.root()) }
  }

  @Test func thresholds() throws {
    var repository = try Repository()
    repository.rootThreshold = 2
    let keys = repository.rootKeys
    _ = try TUFTrust(root: repository.root())
    #expect(throws: TrustFailure.tooFewSignatures(role: "root", wanted: 2, found: 1)) {
      try TUFTrust(root: repository.root(by: [keys[0]]))
    }
    // One key signs twice.
    #expect(throws: TrustFailure.self) { try TUFTrust(root: repository.root(by: [keys[0], keys[0]])) }
    // The same key under two names.
    let body = repository.rootBody
    let other = String(repeating: "0", count: 64)
    let twice = body.replacing(
      #""keys":{"#, with: #""keys":{"\#(other)":\#(Repository.entry(keys[0])),"#
    ).replacing(#""root":{"keyids":["#, with: #""root":{"keyids":["\#(other)","#)
    let document = String(decoding: try Repository.document(twice, by: [keys[0]]), as: UTF8.self)
    let signature = Hex.text(try keys[0].sign(CanonicalForm.bytes(twice), .sha256))
    let doubled = document.replacing(
      #""signatures":["#, with: #""signatures":[{"keyid":"\#(other)","sig":"\#(signature)"},"#)
    #expect(throws: TrustFailure.tooFewSignatures(role: "root", wanted: 2, found: 1)) {
      try TUFTrust(root: Array(doubled.utf8))
    }
    // Somebody else's signature.
    #expect(throws: TrustFailure.tooFewSignatures(role: "root", wanted: 2, found: 1)) {
      try TUFTrust(root: repository.root(by: [keys[0], SigningKey.generate(.ed25519)]))
    }
    repository.rootThreshold = 0
    #expect(throws: TrustFailure.self) { try TUFTrust(root: repository.root()) }
  }

  @Test func rollback() throws {
    var repository = try Repository()
    repository.versions = ["root": 1, "timestamp": 5, "snapshot": 5, "targets": 5]
    var trust = try Self.trust(repository)
    var older = repository
    older.versions["timestamp"] = 4
    #expect(throws: TrustFailure.rollback(.timestamp, from: 5, to: 4)) {
      try trust.update(timestamp: older.timestamp(), now: Self.now)
    }
    older = repository
    older.versions["timestamp"] = 6
    older.versions["snapshot"] = 4
    #expect(throws: TrustFailure.rollback(.snapshot, from: 5, to: 4)) {
      try trust.update(timestamp: older.timestamp(), now: Self.now)
    }
    older.versions["snapshot"] = 6
    older.versions["targets"] = 4
    try trust.update(timestamp: older.timestamp(), now: Self.now)
    #expect(throws: TrustFailure.rollback(.targets, from: 5, to: 4)) {
      try trust.update(snapshot: older.snapshot(), now: Self.now)
    }
    #expect(throws: TrustFailure.self) { try trust.update(snapshot: older.snapshot(meta: ""), now: Self.now) }
  }

  /// Each of the documents expires.
  @Test func freeze() throws {
    var old = try Repository()
    old.expires = "2026-11-28T00:00:00Z"
    var current = old
    current.expires = "2030-01-01T00:00:00Z"
    let expired = try TUFTrust(root: old.root())
    #expect(throws: TrustFailure.self) { try expired.checkRoot(now: Self.now) }
    var trust = try TUFTrust(root: current.root())
    #expect(throws: TrustFailure.self) { try trust.update(timestamp: old.timestamp(), now: Self.now) }
    try trust.update(timestamp: current.timestamp(), now: Self.now)
    #expect(throws: TrustFailure.self) { try trust.update(snapshot: old.snapshot(), now: Self.now) }
    try trust.update(snapshot: current.snapshot(), now: Self.now)
    #expect(throws: TrustFailure.self) {
      try trust.update(targets: old.targets(), role: "targets", parent: nil, now: Self.now)
    }
  }

  @Test func mixAndMatch() throws {
    let repository = try Repository()
    var other = repository
    other.versions["snapshot"] = 2
    var trust = try TUFTrust(root: repository.root())
    try trust.update(timestamp: repository.timestamp(), now: Self.now)
    #expect(throws: TrustFailure.mixed(.snapshot, wanted: 1, found: 2)) {
      try trust.update(snapshot: other.snapshot(), now: Self.now)
    }
    // By its hash, too.
    trust = try TUFTrust(root: repository.root())
    try trust.update(timestamp: repository.timestamp(of: repository.snapshot()), now: Self.now)
    let another = try repository.snapshot(meta: #""targets.json":{"version":1},"x.json":{"version":1}"#)
    #expect(throws: TrustFailure.self) { try trust.update(snapshot: another, now: Self.now) }
    try trust.update(snapshot: repository.snapshot(), now: Self.now)
    other.versions["targets"] = 3
    #expect(throws: TrustFailure.mixed(.targets, wanted: 1, found: 3)) {
      try trust.update(targets: other.targets(), role: "targets", parent: nil, now: Self.now)
    }
  }

  @Test func wrongKeysAndWrongRoles() throws {
    let repository = try Repository()
    let stranger = try SigningKey.generate(.ed25519)
    var trust = try TUFTrust(root: repository.root())
    #expect(throws: TrustFailure.self) {
      try trust.update(timestamp: repository.timestamp(by: stranger), now: Self.now)
    }
    #expect(throws: TrustFailure.self) { try trust.update(timestamp: repository.snapshot(), now: Self.now) }
    try trust.update(timestamp: repository.timestamp(), now: Self.now)
    #expect(throws: TrustFailure.self) { try trust.update(snapshot: repository.snapshot(by: stranger), now: Self.now) }
    try trust.update(snapshot: repository.snapshot(), now: Self.now)
    #expect(throws: TrustFailure.self) {
      try trust.update(targets: repository.targets(by: stranger), role: "targets", parent: nil, now: Self.now)
    }
  }

  @Test func delegations() throws {
    var repository = try Repository()
    let delegate = try SigningKey.generate(.ed25519)
    func delegation(_ name: String, _ rest: String) -> String {
      #"{"name":"\#(name)","keyids":["\#(Repository.id(delegate))"],"threshold":1,\#(rest)}"#
    }
    repository.delegations = #"""
      ,"delegations":{"keys":{"\#(Repository.id(delegate))":\#(Repository.entry(delegate))},"roles":[
      \#(delegation("a", #""terminating":false,"paths":["a/*.json","*.txt"]"#)),
      \#(delegation("b", #""terminating":true,"paths":["a/*"]"#)),
      \#(delegation("c", #""terminating":false,"paths":["*/*"]"#))]}
      """#
    var trust = try TUFTrust(root: repository.root())
    try trust.update(timestamp: repository.timestamp(), now: Self.now)
    try trust.update(
      snapshot: repository.snapshot(meta: #""targets.json":{"version":1},"a.json":{"version":1}"#), now: Self.now)
    try trust.update(targets: repository.targets(), role: "targets", parent: nil, now: Self.now)
    func roles(_ path: String) throws -> [String] { try trust.delegates(of: path, in: "targets").roles }
    #expect(try roles("a/x.json") == ["a", "b"])
    #expect(try roles("a/x.yaml") == ["b"])
    #expect(try roles("d/x.json") == ["c"])
    #expect(try roles("x.txt") == ["a"])
    #expect(try roles("a/b/x.json") == [])
    #expect(throws: TrustFailure.self) {
      try trust.update(targets: repository.targets(), role: "a", parent: "targets", now: Self.now)
    }
    try trust.update(targets: repository.targets(by: delegate), role: "a", parent: "targets", now: Self.now)
    // One that the snapshot does not name.
    #expect(throws: TrustFailure.self) {
      try trust.update(targets: repository.targets(by: delegate), role: "b", parent: "targets", now: Self.now)
    }
    for name in ["../x", "root", "", "a/b"] {
      repository.delegations = #","delegations":{"keys":{},"roles":[\#(delegation(name, #""paths":["*"]"#))]}"#
      try trust.update(targets: repository.targets(), role: "targets", parent: nil, now: Self.now)
      #expect(throws: TrustFailure.self) { try trust.delegates(of: "x", in: "targets") }
    }
  }

  @Test(arguments: [
    (#""version":1"#, #""version":0"#), (#""version":1"#, #""version":1.0"#), (#""version":1"#, #""version":-1"#),
    (#""spec_version":"1.0.31""#, #""spec_version":"2.0.0""#),
    (#""expires":"2030-01-01T00:00:00Z""#, #""expires":"soon""#),
    (#""_type":"root""#, #""_type":"targets""#), (#""_type":"root""#, #""_type":"root","_type":"root""#),
  ]) func wrongDocuments(_ change: (String, String)) throws {
    let repository = try Repository()
    let text = repository.rootBody.replacing(change.0, with: change.1)
    #expect(text != repository.rootBody)
    #expect(throws: (any Error).self) { try TUFTrust(root: Repository.document(text, by: repository.rootKeys)) }
  }

  @Test func mutatedDocuments() throws {
    let repository = try Repository()
    var mutation = Mutation(seed: 24)
    let (root, timestamp, snapshot, targets) = try (
      repository.root(), repository.timestamp(), repository.snapshot(), repository.targets()
    )
    for _ in 0..<300 {
      _ = try? TUFTrust(root: mutation.mutated(root))
      var trust = try Self.trust(repository)
      try? trust.update(timestamp: mutation.mutated(timestamp), now: Self.now)
      try? trust.update(snapshot: mutation.mutated(snapshot), now: Self.now)
      try? trust.update(targets: mutation.mutated(targets), role: "targets", parent: nil, now: Self.now)
    }
  }
}

/// Canonical JSON by another way than the reader's: the text of each value, sorted.
enum CanonicalForm {
  static func bytes(_ json: String) throws -> [UInt8] { Array(text(try JSONReader.read(json)).utf8) }

  private static func text(_ node: DocumentNode) -> String {
    switch node.content {
    case .object(let mapping):
      let entries = mapping.entries.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
      return "{" + entries.map { quoted($0.key) + ":" + text($0.value) }.joined(separator: ",") + "}"
    case .array(let items): return "[" + items.map(text).joined(separator: ",") + "]"
    case .string(let value): return quoted(value)
    default: return JSONWriter.compact(node)
    }
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
