package import Bytes
package import Findings
import Synchronization
import Transport
package import Trust

/// What is known of images by digest: verdicts of earlier verifications, in memory and on the disk.
///
/// An image that many pods ask for at the same time is verified once. What is kept outlives the process and the registry: whether it
/// may still be used is decided by whoever asks.
package final class ImageTrustCache: Sendable {
  /// What a verdict is about. Policies and what they rest on are part of it, so that a change of them forgets what was known.
  package struct Key: Hashable, Sendable {
    /// A hash of policies, keys, roots and lists.
    package let policies: String
    /// In full, with the digest, and with the tag where one was named: policies may ask for both.
    package let reference: String

    package init(policies: String, reference: String) {
      self.policies = policies
      self.reference = reference
    }
  }

  /// A verdict that was reached.
  package struct Entry: Sendable, Hashable {
    package let standing: SignedImageVerdict.Standing
    package let digest: String
    /// Who signed, for people; empty where nobody is known to have.
    package let signer: String
    /// Why it is not verified, for people.
    package let reasons: [String]
    package let verified: Timestamp
    /// Until when it holds at all: exceptions, signatures and age limits end. Nil for no end.
    package let end: Timestamp?

    package init(
      standing: SignedImageVerdict.Standing, digest: String, signer: String, reasons: [String], verified: Timestamp,
      end: Timestamp?
    ) {
      self.standing = standing
      self.digest = digest
      self.signer = signer
      self.reasons = reasons
      self.verified = verified
      self.end = end
    }

    /// Whether a workload may run it as far as policies go.
    package var isGood: Bool { standing == .verified || standing == .excepted }

    func holds(at now: Timestamp) -> Bool { end.map { now <= $0 } ?? true }
  }

  /// Which digest a tag stood for, and when.
  package struct Resolution: Sendable, Hashable {
    package let digest: String
    package let resolved: Timestamp
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    /// References that were verified at some time, under whatever policies.
    var good = Set<String>()
    var resolutions: [String: Resolution] = [:]
    var flights: [Key: Task<Entry, Never>] = [:]
    var isDirty = false
    var isWriting = false

    mutating func keep(_ key: Key, _ entry: Entry) {
      entries[key] = entry
      guard entry.isGood else { return }
      if good.count >= 2 * ImageTrustCache.most {
        good = Set(entries.filter { $0.value.isGood }.map(\.key.reference))
      }
      good.insert(key.reference)
    }
  }

  /// Verdicts that are kept; the oldest give way.
  private static let most = 50_000
  private static let fileBytes = 64 << 20
  private static let fileName = "image-trust.json"
  /// Time during which changes are gathered before they are written.
  private static let writeDelay = Duration.seconds(1)

  private let state: Mutex<State>
  private let folder: String?

  /// - Parameters:
  ///   - folder: where it is kept; nil: in memory alone.
  /// - Throws: where what is kept cannot be trusted: whoever may write to it decides what is admitted.
  package init(folder: String?) throws(BartizanError) {
    self.folder = folder
    var state = State()
    if let folder { try Self.read(folder, &state) }
    self.state = Mutex(state)
  }

  // MARK: Use

  package func entry(_ key: Key) -> Entry? { state.withLock { $0.entries[key] } }

  /// Whether an image was verified at some time, under whatever policies.
  package func wasGood(_ reference: String) -> Bool { state.withLock { $0.good.contains(reference) } }

  package func resolution(_ reference: String) -> Resolution? { state.withLock { $0.resolutions[reference] } }

  package func resolved(_ reference: String, _ digest: String, now: Timestamp) {
    state.withLock { state in
      if state.resolutions.count >= Self.most { state.resolutions.removeAll() }
      state.resolutions[reference] = Resolution(digest: digest, resolved: now)
      state.isDirty = true
    }
    write()
  }

  /// Begins a verification, or joins the one that is under way.
  ///
  /// It goes on when nobody waits any longer, so that the next who asks has the answer.
  package func flight(_ key: Key, _ verify: @escaping @Sendable () async -> Entry) -> Task<Entry, Never> {
    state.withLock { state in
      if let flight = state.flights[key] { return flight }
      let flight = Task {
        let entry = await verify()
        land(key, entry)
        return entry
      }
      state.flights[key] = flight
      return flight
    }
  }

  private func land(_ key: Key, _ entry: Entry) {
    let isKept = state.withLock { state -> Bool in
      state.flights[key] = nil
      // That nothing could be learnt is no reason to forget what is known.
      if entry.standing == .unknown, let known = state.entries[key], known.standing != .unknown { return false }
      if state.entries.count >= Self.most, state.entries[key] == nil {
        let oldest = state.entries.sorted { $0.value.verified < $1.value.verified }.prefix(Self.most / 10)
        for item in oldest { state.entries[item.key] = nil }
      }
      state.keep(key, entry)
      state.isDirty = true
      return true
    }
    if isKept { write() }
  }

  /// All that is known, for a look from outside.
  package var all: [(key: Key, entry: Entry)] {
    state.withLock { $0.entries.map { ($0.key, $0.value) } }.sorted {
      ($0.key.reference, $0.key.policies) < ($1.key.reference, $1.key.policies)
    }
  }

  // MARK: Disk

  private func write() {
    guard folder != nil else { return }
    let begins = state.withLock { state -> Bool in
      defer { state.isWriting = true }
      return !state.isWriting
    }
    guard begins else { return }
    Task {
      try? await Task.sleep(for: Self.writeDelay)
      state.withLock { $0.isWriting = false }
      flush()
    }
  }

  /// Writes what has changed. A disk that is full costs the memory across restarts, and nothing else.
  package func flush() {
    guard let folder else { return }
    let bytes = state.withLock { state -> [UInt8]? in
      guard state.isDirty else { return nil }
      state.isDirty = false
      return Self.json(state)
    }
    guard let bytes else { return }
    try? FileWriter.writePrivate(bytes, to: folder + "/" + Self.fileName)
  }

  private static func json(_ state: State) -> [UInt8] {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", "ImageTrust")
      writer.key("images")
      let entries = state.entries.filter { $0.value.standing != .unknown }
        .sorted { ($0.key.reference, $0.key.policies) < ($1.key.reference, $1.key.policies) }
      writer.array(of: entries) { writer, item in
        writer.object { writer in
          writer.field("policies", item.key.policies)
          writer.field("reference", item.key.reference)
          writer.field("standing", item.value.standing.rawValue)
          writer.field("digest", item.value.digest)
          writer.field("signer", item.value.signer)
          writer.field("reasons", item.value.reasons)
          writer.field("verified", item.value.verified.text)
          writer.key("end")
          writer.value(item.value.end?.text)
        }
      }
      writer.key("tags")
      writer.array(of: state.resolutions.sorted { $0.key < $1.key }) { writer, item in
        writer.object { writer in
          writer.field("reference", item.key)
          writer.field("digest", item.value.digest)
          writer.field("resolved", item.value.resolved.text)
        }
      }
    }
    writer.endLine()
    return writer.bytes
  }

  private static func read(_ folder: String, _ state: inout State) throws(BartizanError) {
    let path = folder + "/" + fileName
    guard let status = FileStatus(path, followsLinks: false) else { return }
    guard status.kind == .file, status.mode & 0o022 == 0 else {
      throw BartizanError(
        .input, "\(path): others may write to it, and so decide what is admitted; delete it, or take their right away")
    }
    guard status.size <= fileBytes else { throw BartizanError(.input, "\(path) exceeds \(fileBytes) bytes") }
    let bytes = try FileReader.readPlain(path)
    let node: DocumentNode
    do throws(DocumentError) { node = try JSONReader.read(bytes) } catch {
      throw BartizanError(.input, "\(path): \(error.message); delete it, and everything is verified anew")
    }
    for item in (node["images"]?.elements ?? []).prefix(most) {
      guard let policies = item["policies"]?.string, let reference = item["reference"]?.string,
        let standing = SignedImageVerdict.Standing(rawValue: item["standing"]?.string ?? ""),
        let digest = item["digest"]?.string, Digest(digest) != nil,
        let verified = item["verified"]?.string.flatMap({ Timestamp($0) })
      else { continue }
      var end: Timestamp?
      if let text = item["end"]?.string {
        guard let time = Timestamp(text) else { continue }
        end = time
      }
      state.keep(
        Key(policies: policies, reference: reference),
        Entry(
          standing: standing, digest: digest, signer: item["signer"]?.string ?? "",
          reasons: item["reasons"]?.strings ?? [], verified: verified, end: end))
    }
    for item in (node["tags"]?.elements ?? []).prefix(most) {
      guard let reference = item["reference"]?.string, let digest = item["digest"]?.string, Digest(digest) != nil,
        let resolved = item["resolved"]?.string.flatMap({ Timestamp($0) })
      else { continue }
      state.resolutions[reference] = Resolution(digest: digest, resolved: resolved)
    }
  }
}
