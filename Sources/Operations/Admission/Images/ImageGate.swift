package import Admission
package import Bytes
import Findings
package import Images
import Kube
import Synchronization
package import Trust

/// Decides at the API server's door whether images are signed as policies ask.
package struct ImageGate: Sendable {
  /// What is done about a tag, which may stand for another image by the time a node pulls it.
  package enum Tags: String, Sendable, CaseIterable {
    /// What it stands for now is verified.
    case verify
    /// Pods get the digest that was verified.
    case pin
    /// Pods must name a digest.
    case refuse
  }

  /// How long a verdict is used before the registry is asked again.
  package struct Lifetimes: Sendable, Hashable {
    /// Of verified images.
    package var verified = Duration.seconds(3_600)
    /// Of images that are not.
    package var refused = Duration.seconds(60)
    /// Of what could not be known, and of the digests of tags.
    package var brief = Duration.seconds(10)
    /// Of a verdict that cannot be renewed because the registry does not answer.
    package var kept = Duration.seconds(7 * 86_400)

    package init() {}
  }

  /// What is done about what.
  package struct Rules: Sendable {
    /// About images that policies refuse.
    package var mode = PolicyMode.enforce
    /// About images of which nothing could be known in time.
    package var unknown = PolicyMode.enforce
    /// About images that no policy is about.
    package var unmatched = PolicyMode.warn
    package var tags = Tags.verify
    /// Namespaces that are not asked about; `*` at the end stands for anything.
    package var exempt: [String] = []
    package var lifetimes = Lifetimes()

    package init() {}
  }

  /// Where images and their signatures are looked up.
  package struct Lookup: Sendable {
    /// The digest for which a tag stands.
    package var resolve: @Sendable (ImageReference) async throws -> String
    /// The image of a reference with its signatures.
    package var signatures: @Sendable (String) async throws -> SignedImage

    package init(
      resolve: @escaping @Sendable (ImageReference) async throws -> String,
      signatures: @escaping @Sendable (String) async throws -> SignedImage
    ) {
      self.resolve = resolve
      self.signatures = signatures
    }
  }

  /// Whence an answer comes.
  package enum Source: String, Sendable, CaseIterable {
    /// It was verified for this request, or for one at the same time.
    case verification
    case cache
    /// It is older than it should be; the registry did not answer.
    case kept
    /// There is no answer.
    case none
  }

  /// What is decided about one image of a request.
  package struct Decision: Sendable {
    package let asked: AskedImage
    package let mode: PolicyMode
    /// Nil where it is not known, not even what is meant.
    package let entry: ImageTrustCache.Entry?
    package let source: Source
    /// Whether it was verified before, and is no longer.
    package let isDrift: Bool
    /// For people; empty where nothing is to be said.
    package let text: String
    /// What the pod is to name instead; nil where it stays.
    package let pinned: String?

    package var standing: SignedImageVerdict.Standing { entry?.standing ?? .unknown }
    /// The same word in metrics.
    package var result: String { standing.rawValue }
    /// The image in full where it names one, and as it is written otherwise.
    package var name: String { asked.reference?.text ?? asked.text }
    package var isGood: Bool { entry?.isGood == true }
    package var isKnown: Bool { standing != .unknown }
  }

  package let judge: ImageJudge
  package let rules: Rules
  private let fingerprint: String
  private let cache: ImageTrustCache
  private let lookup: Lookup
  private let now: @Sendable () -> Timestamp

  /// The name under which exemptions and metrics know it.
  package static let policyName = "images"

  /// - Parameter fingerprint: a hash of all that a verdict rests on.
  package init(
    judge: ImageJudge, rules: Rules, fingerprint: String, cache: ImageTrustCache, lookup: Lookup,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.judge = judge
    self.rules = rules
    self.fingerprint = fingerprint
    self.cache = cache
    self.lookup = lookup
    self.now = now
  }

  /// How many policies there are.
  package var policyCount: Int { judge.policies.count }

  package func isExempt(_ namespace: String) -> Bool {
    rules.exempt.contains { $0.hasSuffix("*") ? namespace.hasPrefix($0.dropLast()) : $0 == namespace }
  }

  /// Decides about all images of a request, side by side.
  ///
  /// - Parameters:
  ///   - wait: after which an image counts as not known.
  ///   - pins: whether the answer may change the object; where it may not, a tag has not been pinned.
  package func decide(_ asked: [AskedImage], pins: Bool = true, within wait: Duration) async -> [Decision] {
    if let known = decideFromMemory(asked) { return known }
    let end = ContinuousClock.now + wait
    return await withTaskGroup(of: (Int, Decision).self) { group in
      for (index, image) in asked.enumerated() {
        group.addTask { (index, await decide(image, pins, before: end)) }
      }
      var decisions: [(Int, Decision)] = []
      for await decision in group { decisions.append(decision) }
      return decisions.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// The answer where all of it is known and fresh, which is the case for nearly every request.
  private func decideFromMemory(_ asked: [AskedImage]) -> [Decision]? {
    let now = now()
    var decisions: [Decision] = []
    for image in asked {
      guard let reference = image.reference, reference.digest != nil else { return nil }
      guard let entry = cache.entry(key(reference)), isFresh(entry, now) else { return nil }
      decisions.append(decision(image, reference, entry, .cache, isDrift: false, pins: true))
    }
    return decisions
  }

  private func key(_ reference: ImageReference) -> ImageTrustCache.Key {
    ImageTrustCache.Key(policies: fingerprint, reference: reference.text)
  }

  private func isFresh(_ entry: ImageTrustCache.Entry, _ now: Timestamp) -> Bool {
    let lifetime =
      switch entry.standing {
      case .verified, .excepted: rules.lifetimes.verified
      case .unknown: rules.lifetimes.brief
      case .unsigned, .untrusted, .attestationMissing, .noPolicy: rules.lifetimes.refused
      }
    return entry.holds(at: now) && Self.isWithin(entry.verified, lifetime, now)
  }

  /// A time of the future is none: the clock was wrong then, or is now.
  private static func isWithin(_ time: Timestamp, _ lifetime: Duration, _ now: Timestamp) -> Bool {
    let age = now.seconds - time.seconds
    return age >= 0 && age < lifetime.components.seconds
  }

  private func decide(_ image: AskedImage, _ pins: Bool, before end: ContinuousClock.Instant) async -> Decision {
    guard let asked = image.reference else {
      return Decision(
        asked: image, mode: rules.unknown, entry: nil, source: .none, isDrift: false,
        text: "\(image.field): \"\(image.text)\" is no name of an image", pinned: nil)
    }
    let reference: ImageReference
    if asked.digest == nil {
      guard let digest = await digest(of: asked, before: end),
        let pinned = ImageReference("\(asked.text)@\(digest)")
      else {
        return Decision(
          asked: image, mode: rules.unknown, entry: nil, source: .none, isDrift: false,
          text: "\(image.field): \(asked.text): its registry did not say which image the tag stands for", pinned: nil)
      }
      reference = pinned
    } else {
      reference = asked
    }
    let key = key(reference)
    let known = cache.entry(key)
    let now = now()
    if let known, isFresh(known, now) { return decision(image, reference, known, .cache, isDrift: false, pins: pins) }
    let flight = cache.flight(key) { await verify(reference) }
    let fresh = await Self.value(of: flight, before: end)
    if let fresh, fresh.standing != .unknown {
      return decision(
        image, reference, fresh, .verification, isDrift: isDrift(known, fresh, reference), pins: pins)
    }
    if let known, known.standing != .unknown, known.holds(at: now),
      Self.isWithin(known.verified, rules.lifetimes.kept, now)
    {
      return decision(image, reference, known, .kept, isDrift: false, pins: pins)
    }
    return decision(image, reference, fresh, fresh == nil ? .none : .verification, isDrift: false, pins: pins)
  }

  /// Whether an image that was verified is so no longer: its signature ended or was revoked, or policies, keys or lists have changed.
  /// Said once for each of those.
  private func isDrift(
    _ known: ImageTrustCache.Entry?, _ fresh: ImageTrustCache.Entry, _ reference: ImageReference
  ) -> Bool {
    guard !fresh.isGood, fresh.standing != .noPolicy else { return false }
    return known?.isGood ?? cache.wasGood(reference.text)
  }

  /// The digest of a tag, asked for anew unless that was just done.
  ///
  /// Where the registry does not answer, what the tag stood for before does for pods that get the digest: they run what was verified.
  private func digest(of reference: ImageReference, before end: ContinuousClock.Instant) async -> String? {
    let known = cache.resolution(reference.text)
    let now = now()
    if let known, Self.isWithin(known.resolved, rules.lifetimes.brief, now) { return known.digest }
    let task = Task { () -> String? in
      guard let digest = try? await lookup.resolve(reference), Digest(digest) != nil else { return nil }
      cache.resolved(reference.text, digest, now: now)
      return digest
    }
    if let digest = await Self.value(of: task, before: end) ?? nil { return digest }
    guard rules.tags == .pin, let known, Self.isWithin(known.resolved, rules.lifetimes.kept, now) else { return nil }
    return known.digest
  }

  private func verify(_ reference: ImageReference) async -> ImageTrustCache.Entry {
    let now = now()
    do {
      // The tag is of no interest any more: what is pulled and judged is the digest.
      let found = try await lookup.signatures("registry:" + reference.text)
      guard found.digest.text == reference.digest else {
        return ImageTrustCache.Entry(
          standing: .unknown, digest: reference.digest ?? "", signer: "",
          reasons: ["the registry answered with \(found.digest.text)"], verified: now, end: nil)
      }
      let image = SignedImage(
        reference: reference.text, repository: found.repository, tag: reference.tag, isTagProved: found.isTagProved,
        digest: found.digest,
        mediaType: found.mediaType, size: found.size, evidence: found.evidence, gaps: found.gaps)
      let verdict = await judge.judge(image, now: now)
      return ImageTrustCache.Entry(
        standing: verdict.standing, digest: found.digest.text, signer: verdict.signer?.text ?? "",
        reasons: verdict.reasons, verified: now, end: verdict.end)
    } catch {
      let reason = (error as? BartizanError)?.message ?? "\(error)"
      return ImageTrustCache.Entry(
        standing: .unknown, digest: reference.digest ?? "", signer: "", reasons: [reason], verified: now, end: nil)
    }
  }

  private func decision(
    _ image: AskedImage, _ reference: ImageReference, _ entry: ImageTrustCache.Entry?, _ source: Source, isDrift: Bool,
    pins: Bool
  ) -> Decision {
    var mode: PolicyMode
    var text: String
    let name = "\(image.field): \(reference.text)"
    let reasons = (entry?.reasons ?? []).joined(separator: "; ")
    let because = reasons.isEmpty ? "" : ": \(reasons)"
    switch entry?.standing {
    case .verified: (mode, text) = (.off, "")
    case .excepted: (mode, text) = (.audit, "\(name) is let through by an exception\(because)")
    case .unsigned: (mode, text) = (rules.mode, "\(name) is not signed")
    case .untrusted: (mode, text) = (rules.mode, "\(name) is not signed by those expected\(because)")
    case .attestationMissing: (mode, text) = (rules.mode, "\(name) lacks an attestation\(because)")
    case .noPolicy: (mode, text) = (rules.unmatched, "\(name): no image policy is about it")
    case .unknown: (mode, text) = (rules.unknown, "\(name): who signed it is not known\(because)")
    case nil: (mode, text) = (rules.unknown, "\(name): who signed it could not be verified in time")
    }
    var pinned: String?
    if image.reference?.digest == nil, image.isOfPod {
      switch rules.tags {
      case .pin where pins: if entry?.isGood == true { pinned = "\(image.text)@\(reference.digest ?? "")" }
      case .pin, .refuse:
        if mode != .enforce {
          (mode, text) = (rules.mode, "\(name): the pod names a tag, which may move, and must name the digest")
        }
      case .verify:
        if mode == .off {
          (mode, text) = (.audit, "\(name) is verified as of now; its tag may move before a node pulls it")
        }
      }
    }
    if source == .kept, mode == .off {
      (mode, text) = (.warn, "\(name) was verified earlier; its registry does not answer")
    }
    return Decision(
      asked: image, mode: mode, entry: entry, source: source, isDrift: isDrift, text: text, pinned: pinned)
  }

  /// What a task gives, or nil at the end of the time. The task goes on.
  private static func value<Value: Sendable>(
    of task: Task<Value, Never>, before end: ContinuousClock.Instant
  ) async -> Value? {
    await withCheckedContinuation { continuation in
      let waiter = Waiter(continuation)
      let alarm = Task {
        try? await Task.sleep(until: end, clock: .continuous)
        waiter.resume(nil)
      }
      Task {
        waiter.resume(await task.value)
        alarm.cancel()
      }
    }
  }

  /// Whoever waits, until the first of two answers.
  private final class Waiter<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    func resume(_ value: Value?) {
      let waiting = continuation.withLock { continuation -> CheckedContinuation<Value?, Never>? in
        defer { continuation = nil }
        return continuation
      }
      waiting?.resume(returning: value)
    }
  }
}
