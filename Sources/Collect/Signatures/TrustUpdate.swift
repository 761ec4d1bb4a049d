package import Bytes
package import Findings
package import Transport
import Trust

/// Fetches the trusted root of Sigstore from its TUF repository, and keeps what it saw for the next time.
///
/// The folder has the files that cosign and sigstore-go keep there, under the same names.
///
/// Source: The Update Framework specification 1.0.33, section 5.
package struct TrustUpdate: Sendable {
  /// What an update came to.
  package struct Outcome: Sendable {
    /// The target, as it was verified.
    package let target: [UInt8]
    /// Where it is kept.
    package let file: String
    package let root: UInt64
    package let timestamp: UInt64
    package let snapshot: UInt64
    package let targets: UInt64
    /// When the first of the documents expires.
    package let expires: Timestamp
  }

  /// Fetches a file of the repository.
  ///
  /// - Parameter limit: in bytes; a longer file is an error.
  /// - Returns: nil where there is no such file.
  package typealias Fetch = @Sendable (_ name: String, _ limit: Int) async throws(BartizanError) -> [UInt8]?

  private let folder: String
  private let name: String
  private let fetch: Fetch
  private let now: Timestamp

  /// - Parameters:
  ///   - folder: where documents are kept.
  ///   - name: of the target.
  package init(folder: String, name: String = "trusted_root.json", now: Timestamp, fetch: @escaping Fetch) {
    self.folder = folder
    self.name = name
    self.now = now
    self.fetch = fetch
  }

  /// Reads a copy of a repository, for machines without a way to it. Who may write to it is bound by its signatures all the same.
  package static func folder(_ folder: String) -> Fetch {
    { (name, limit) async throws(BartizanError) -> [UInt8]? in
      let path = folder + "/" + name
      guard let status = FileStatus(path) else { return nil }
      guard status.kind == .file, status.size <= limit else {
        throw BartizanError(.input, "\(path): no file, or one of more than \(limit) bytes")
      }
      return try FileReader.readPlain(path)
    }
  }

  /// Fetches over HTTP.
  ///
  /// - Parameter repository: the URL of the folder with `root.json`; https, or plain HTTP on this machine.
  package static func http(_ repository: String, _ settings: HTTPSettings) throws(BartizanError) -> (
    fetch: Fetch, close: @Sendable () async -> Void
  ) {
    let base = repository.hasSuffix("/") ? String(repository.dropLast()) : repository
    guard let url = HTTPURL(base), url.user == nil, url.isSecure || HTTPHost.isLoopback(url.host) else {
      throw BartizanError(.usage, "\(repository): wanted is the https URL of a TUF repository")
    }
    let client = HTTPClient(settings)
    let fetch: Fetch = { (name, limit) async throws(BartizanError) -> [UInt8]? in
      guard let url = HTTPURL(base + "/" + name) else {
        throw BartizanError(.remote, "the repository names a file that is none: \(name.prefix(100))")
      }
      var request = HTTPRequest(url)
      request.redirects = .careful
      request.retries = RetryRule(tries: 3, longestWait: .seconds(5))
      func failure(_ error: ConnectionError) -> BartizanError {
        BartizanError(.remote, "\(url.text): \(error.message)", cause: error)
      }
      let response: HTTPResponse
      do throws(ConnectionError) { response = try await client.send(request) } catch { throw failure(error) }
      guard response.status == 200 else {
        await response.discard()
        // Object stores that list nothing answer 403 for what is not there.
        if response.status == 404 || response.status == 403 { return nil }
        throw BartizanError(.remote, "\(url.text) answers \(response.status)")
      }
      do throws(ConnectionError) { return try await response.collect(atMost: limit) } catch { throw failure(error) }
    }
    return (fetch, { await client.close() })
  }

  /// - Parameter initialRoot: that the user trusts; nil: the one that is kept.
  /// - Throws: `BartizanError`; nothing of a refused document is kept.
  package func run(initialRoot: [UInt8]?) async throws(BartizanError) -> Outcome {
    var trust = try self.trust(initialRoot)
    try await rotate(&trust)
    try refusing("root.json") { () throws(TrustFailure) in try trust.checkRoot(now: now) }
    // What was seen before protects against older documents. It may be signed with keys that are no longer in force, and then counts
    // for nothing: that is how a repository recovers from stolen keys.
    if let bytes = kept("timestamp.json") { try? trust.update(timestamp: bytes, now: now, isKept: true) }
    if trust.timestamp != nil, let bytes = kept("snapshot.json") {
      try? trust.update(snapshot: bytes, now: now, isKept: true)
    }
    let timestamp = try await required("timestamp.json", TUFTrust.Limit.timestamp)
    try refusing("timestamp.json") { () throws(TrustFailure) in try trust.update(timestamp: timestamp, now: now) }
    try keep(timestamp, "timestamp.json")
    let file = try refusing("timestamp.json") { () throws(TrustFailure) in try trust.snapshotFile() }
    let snapshot = try await required(
      document("snapshot", file, trust), Self.limit(file, TUFTrust.Limit.snapshot))
    try refusing("snapshot.json") { () throws(TrustFailure) in try trust.update(snapshot: snapshot, now: now) }
    try keep(snapshot, "snapshot.json")
    let found = try await find(&trust)
    guard let found else {
      throw BartizanError(.remote, "the repository has no target \(name)")
    }
    let target = try await required(
      "targets/" + targetName(found, trust), Self.limit(found, TUFTrust.Limit.target))
    try refusing(name) { () throws(TrustFailure) in try TUFTrust.verify(target: target, found, named: name) }
    try keep(target, "targets/" + name)
    let documents = [trust.root, trust.timestamp, trust.snapshot].compactMap { $0 } + trust.targets.values
    return Outcome(
      target: target, file: folder + "/targets/" + name, root: trust.root.version,
      timestamp: trust.timestamp?.version ?? 0, snapshot: trust.snapshot?.version ?? 0,
      targets: trust.targets["targets"]?.version ?? 0,
      expires: documents.map(\.expires).min() ?? now)
  }

  // MARK: Steps

  private func trust(_ initialRoot: [UInt8]?) throws(BartizanError) -> TUFTrust {
    let own = kept("root.json")
    guard let bytes = initialRoot ?? own else {
      throw BartizanError(
        .usage,
        "there is no root to begin with: name the root.json that you trust with --root; that of another repository than Sigstore's own is not built in"
      )
    }
    var trust = try refusing("root.json") { () throws(TrustFailure) in try TUFTrust(root: bytes) }
    // A root of the user's that is older than the one that was seen does not lead back.
    if let initialRoot, let own, initialRoot != own {
      let seen = try? TUFTrust(root: own)
      if let seen, seen.root.version > trust.root.version { trust = seen }
    }
    return trust
  }

  /// Follows the roots, one version after the other.
  private func rotate(_ trust: inout TUFTrust) async throws(BartizanError) {
    for _ in 0..<TUFTrust.Limit.rotations {
      let next = "\(trust.root.version + 1).root.json"
      guard let bytes = try await fetch(next, TUFTrust.Limit.root) else { return }
      try refusing(next) { () throws(TrustFailure) in try trust.update(root: bytes) }
      try keep(bytes, "root.json")
    }
    throw BartizanError(
      .remote, "more than \(TUFTrust.Limit.rotations) roots follow one another; the next update goes on from there")
  }

  /// Looks the target up, in the order in which roles delegate.
  private func find(_ trust: inout TUFTrust) async throws(BartizanError) -> TUFMetadata.File? {
    var visits: [(role: String, parent: String?)] = [("targets", nil)]
    var seen = Set<String>()
    while let visit = visits.popLast() {
      guard seen.insert(visit.role).inserted else { continue }
      guard seen.count <= TUFTrust.Limit.delegations else {
        throw BartizanError(.remote, "more than \(TUFTrust.Limit.delegations) delegations lead to \(name)")
      }
      let file = try refusing("snapshot.json") { () throws(TrustFailure) in try trust.targetsFile(visit.role) }
      let bytes = try await required(
        document(visit.role, file, trust), Self.limit(file, TUFTrust.Limit.targets))
      try refusing("\(visit.role).json") { () throws(TrustFailure) in
        try trust.update(targets: bytes, role: visit.role, parent: visit.parent, now: now)
      }
      if visit.parent == nil { try keep(bytes, "targets.json") }
      let target = try refusing("\(visit.role).json") { () throws(TrustFailure) in
        try trust.target(name, in: visit.role)
      }
      if let target { return target }
      let (roles, isFinal) = try refusing("\(visit.role).json") { () throws(TrustFailure) in
        try trust.delegates(of: name, in: visit.role)
      }
      if isFinal { visits = [] }
      visits += roles.reversed().map { ($0, visit.role) }
    }
    return nil
  }

  // MARK: Files

  private func document(_ role: String, _ file: TUFMetadata.File, _ trust: TUFTrust) -> String {
    trust.isConsistent ? "\(file.version ?? 0).\(role).json" : "\(role).json"
  }

  private func targetName(_ file: TUFMetadata.File, _ trust: TUFTrust) -> String {
    guard trust.isConsistent, let hash = file.hashes[.sha256] ?? file.hashes[.sha512] else { return name }
    return "\(hash).\(name)"
  }

  private static func limit(_ file: TUFMetadata.File, _ most: Int) -> Int {
    file.length.map { min(most, Int(clamping: $0)) } ?? most
  }

  private func required(_ name: String, _ limit: Int) async throws(BartizanError) -> [UInt8] {
    guard let bytes = try await fetch(name, limit) else {
      throw BartizanError(.remote, "the repository has no \(name)")
    }
    guard bytes.count <= limit else { throw BartizanError(.remote, "\(name) exceeds \(limit) bytes") }
    return bytes
  }

  private func kept(_ name: String) -> [UInt8]? {
    let path = folder + "/" + name
    return FilePaths.exists(path) ? try? FileReader.readPlain(path) : nil
  }

  private func keep(_ bytes: [UInt8], _ name: String) throws(BartizanError) {
    try FileWriter.writePrivate(bytes, to: folder + "/" + name)
  }

  private func refusing<Value>(
    _ name: String, _ body: () throws(TrustFailure) -> Value
  ) throws(BartizanError) -> Value {
    do throws(TrustFailure) { return try body() } catch {
      throw BartizanError(.remote, "\(name) is refused: \(error.sentence)", cause: error)
    }
  }
}
