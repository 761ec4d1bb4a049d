import Admission
import Bytes
import Findings
import Glibc
import Images
import Kube
import Operations
import Synchronization
import TestKit
import Testing
import Trust

/// Images at the door: what is known is used, what is not is asked for once, and what cannot be known is said.
@Suite struct ImageGateTests {
  private static let start = Int64(1_800_000_000)

  /// A registry, a clock and a gate before them.
  private final class Door: Sendable {
    struct State {
      var seconds = ImageGateTests.start
      var tags: [String: String] = [:]
      var evidence: [String: [SignedImage.Evidence]] = [:]
      var isDown = false
      var answersWith: String?
      var asked = 0
      var resolved = 0
    }

    let state = Mutex(State())
    let key: SigningKey
    let other: SigningKey
    let cache: ImageTrustCache

    init(folder: String? = nil, key: SigningKey? = nil) throws {
      self.key = try key ?? SigningKey.generate(.ed25519)
      other = try SigningKey.generate(.p256)
      cache = try ImageTrustCache(folder: folder)
    }

    struct Down: Error {}

    func gate(
      _ rules: ImageGate.Rules = .init(), fingerprint: String = "1", exceptions: [ImagePolicy.Exception] = [],
      images: [String] = ["registry.example/team/*"]
    ) -> ImageGate {
      let policy = ImagePolicy(
        name: "signed", images: images.map { ImagePattern($0) },
        authorities: [ImageAuthority(name: "team", kind: .keys([key.publicKey]), requiresLog: false)],
        exceptions: exceptions)
      return ImageGate(
        judge: ImageJudge(policies: [policy], root: nil), rules: rules, fingerprint: fingerprint, cache: cache,
        lookup: ImageGate.Lookup(
          resolve: { [self] reference in
            try state.withLock { state in
              state.resolved += 1
              guard !state.isDown, let digest = state.tags[reference.text] else { throw Down() }
              return digest
            }
          },
          signatures: { [self] source in
            try state.withLock { state in
              state.asked += 1
              if state.isDown { throw Down() }
              guard let reference = ImageReference(source.replacing("registry:", with: "")),
                let digest = Digest(state.answersWith ?? reference.digest ?? "")
              else { throw Down() }
              return SignedImage(
                reference: source, repository: "\(reference.registry)/\(reference.repository)", tag: reference.tag,
                digest: digest, mediaType: nil, size: nil, evidence: state.evidence[digest.text] ?? [], gaps: [])
            }
          }),
        now: { [self] in Timestamp(seconds: state.withLock { $0.seconds }) ?? Timestamp(nanoseconds: 0) })
    }

    func image(_ content: String, signedBy key: SigningKey?) throws -> String {
      let digest = Digest(.sha256, sum: HashAlgorithm.sha256.hash(Array(content.utf8)))
      if let key {
        let signed = try ImageSigner(key: key, layout: .bundle).sign(digest, repository: "", annotations: [])
        state.withLock { $0.evidence[digest.text] = [.init(.bundle(signed.content), origin: "bundle")] }
      }
      return digest.text
    }

    func later(_ seconds: Int64) { state.withLock { $0.seconds += seconds } }
    var asked: Int { state.withLock { $0.asked } }
  }

  private static func pod(_ images: String..., kind: String = "Pod") -> [AskedImage] {
    images.enumerated().map {
      AskedImage(
        text: $0.element, field: "spec.containers[\($0.offset)].image",
        isOfPod: kind == "Pod")
    }
  }

  private static let wait = Duration.seconds(900)

  @Test func signedUnsignedAndSignedBySomebodyElse() async throws {
    let door = try Door()
    let signed = try door.image("signed", signedBy: door.key)
    let wrong = try door.image("wrong", signedBy: door.other)
    let bare = try door.image("bare", signedBy: nil)
    let name = "registry.example/team/app@"
    let decisions = await door.gate().decide(
      Self.pod(name + signed, name + wrong, name + bare, "registry.example/other@" + bare, "not a name"),
      within: Self.wait)
    #expect(decisions.map(\.standing) == [.verified, .untrusted, .unsigned, .noPolicy, .unknown])
    #expect(decisions.map(\.mode) == [.off, .enforce, .enforce, .warn, .enforce])
  }

  @Test func manyAskAtOnceAndOneIsVerified() async throws {
    let door = try Door()
    let digest = try door.image("signed", signedBy: door.key)
    let gate = door.gate()
    let asked = Self.pod("registry.example/team/app@" + digest)
    let good = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<1_000 { group.addTask { await gate.decide(asked, within: Self.wait)[0].entry?.isGood == true } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(good == 1_000 && door.asked == 1)
  }

  /// Verified images are asked about again after an hour, refused ones after a minute.
  @Test func lifetimes() async throws {
    let door = try Door()
    let signed = Self.pod("registry.example/team/app@" + (try door.image("signed", signedBy: door.key)))
    let bareDigest = try door.image("bare", signedBy: nil)
    let bare = Self.pod("registry.example/team/app@" + bareDigest)
    let gate = door.gate()
    for (wait, expected) in [(Int64(0), 2), (59, 2), (2, 3), (3_538, 4), (2, 5)] {
      door.later(wait)
      _ = await gate.decide(signed + bare, within: Self.wait)
      #expect(door.asked == expected, "after \(wait) more")
    }
    // What is signed meanwhile is admitted after that minute.
    _ = try door.image("bare", signedBy: door.key)
    #expect(await gate.decide(bare, within: Self.wait)[0].standing == .unsigned)
    door.later(61)
    #expect(await gate.decide(bare, within: Self.wait)[0].standing == .verified)
    // A clock that was put back makes nothing young.
    let count = door.asked
    door.later(-100_000)
    _ = await gate.decide(signed, within: Self.wait)
    #expect(door.asked == count + 1)
  }

  @Test func theRegistryIsDown() async throws {
    let door = try Door()
    let known = Self.pod("registry.example/team/app@" + (try door.image("signed", signedBy: door.key)))
    let bad = Self.pod("registry.example/team/app@" + (try door.image("bare", signedBy: nil)))
    let new = Self.pod("registry.example/team/app@" + (try door.image("new", signedBy: door.key)))
    var rules = ImageGate.Rules()
    rules.unknown = .warn
    let gate = door.gate(rules)
    _ = await gate.decide(known + bad, within: Self.wait)
    door.state.withLock { $0.isDown = true }
    door.later(7_200)
    let decisions = await gate.decide(known + bad + new, within: Self.wait)
    #expect(decisions.map(\.source) == [.kept, .kept, .verification])
    #expect(decisions.map(\.standing) == [.verified, .unsigned, .unknown])
    #expect(decisions.map(\.mode) == [.warn, .enforce, .warn])
    // Not for ever.
    door.later(7 * 86_400)
    #expect(await gate.decide(known, within: Self.wait)[0].standing == .unknown)
  }

  @Test func aChangedPolicyForgets() async throws {
    let door = try Door()
    let asked = Self.pod("registry.example/team/app@" + (try door.image("signed", signedBy: door.key)))
    _ = await door.gate().decide(asked, within: Self.wait)
    _ = await door.gate(fingerprint: "2").decide(asked, within: Self.wait)
    #expect(door.asked == 2)
    // And what it knew is of no use where the registry is down.
    door.state.withLock { $0.isDown = true }
    #expect(await door.gate(fingerprint: "3").decide(asked, within: Self.wait)[0].standing == .unknown)
  }

  @Test func aTagThatMoves() async throws {
    let door = try Door()
    let signed = try door.image("signed", signedBy: door.key)
    let bare = try door.image("bare", signedBy: nil)
    let name = "registry.example/team/app:1.4"
    door.state.withLock { $0.tags[name] = signed }
    var rules = ImageGate.Rules()
    rules.tags = .pin
    let gate = door.gate(rules)
    let first = await gate.decide(Self.pod(name), within: Self.wait)[0]
    #expect(first.mode == .off && first.pinned == "\(name)@\(signed)")
    // What makes pods keeps its tag: its pods are pinned.
    #expect(await gate.decide(Self.pod(name, kind: "Deployment"), within: Self.wait)[0].pinned == nil)
    door.state.withLock { $0.tags[name] = bare }
    door.later(11)
    let moved = await gate.decide(Self.pod(name), within: Self.wait)[0]
    #expect(moved.standing == .unsigned && moved.mode == .enforce && moved.pinned == nil)
    // With the registry down the last that was known of the tag counts, which is what was refused.
    door.state.withLock { $0.isDown = true }
    door.later(11)
    #expect(await gate.decide(Self.pod(name), within: Self.wait)[0].standing == .unsigned)
    // A pod that is not pinned would pull what nobody has seen.
    #expect(await door.gate().decide(Self.pod(name), within: Self.wait)[0].source == .none)
    rules.tags = .refuse
    #expect(
      await door.gate(rules).decide(Self.pod("registry.example/team/app:1"), within: Self.wait)[0].mode == .enforce)
    door.state.withLock {
      $0.isDown = false
      $0.tags[name] = signed
    }
    door.later(11)
    let refused = await door.gate(rules).decide(Self.pod(name), within: Self.wait)[0]
    #expect(refused.standing == .verified && refused.mode == .enforce)
  }

  @Test func anAnswerForAnotherDigest() async throws {
    let door = try Door()
    let signed = try door.image("signed", signedBy: door.key)
    let bare = try door.image("bare", signedBy: nil)
    door.state.withLock { $0.answersWith = signed }
    let decision = await door.gate().decide(Self.pod("registry.example/team/app@" + bare), within: Self.wait)[0]
    #expect(decision.standing == .unknown && decision.mode == .enforce)
  }

  @Test func driftIsTold() async throws {
    let door = try Door()
    let digest = try door.image("signed", signedBy: door.key)
    let asked = Self.pod("registry.example/team/app@" + digest)
    let gate = door.gate()
    #expect(await gate.decide(asked, within: Self.wait)[0].isDrift == false)
    door.state.withLock { $0.evidence[digest] = [] }
    door.later(3_601)
    let decision = await gate.decide(asked, within: Self.wait)[0]
    #expect(decision.isDrift && decision.standing == .unsigned)
    // It is told once.
    door.later(61)
    #expect(await gate.decide(asked, within: Self.wait)[0].isDrift == false)
  }

  /// Other policies, keys or lists forget what was known, and not that it was good.
  @Test func driftByPolicyIsTold() async throws {
    let door = try Door()
    let digest = try door.image("signed", signedBy: door.key)
    let asked = Self.pod("registry.example/team/app@" + digest)
    _ = await door.gate().decide(asked, within: Self.wait)
    door.state.withLock { $0.evidence[digest] = [] }
    let changed = door.gate(fingerprint: "2")
    #expect(await changed.decide(asked, within: Self.wait)[0].isDrift)
    door.later(61)
    #expect(await changed.decide(asked, within: Self.wait)[0].isDrift == false)
    let never = Self.pod("registry.example/team/app@" + (try door.image("bare", signedBy: nil)))
    #expect(await changed.decide(never, within: Self.wait)[0].isDrift == false)
  }

  /// An exception ends with its day, however young the verdict is.
  @Test func exceptionsEnd() async throws {
    let door = try Door()
    let asked = Self.pod("registry.example/team/app@" + (try door.image("bare", signedBy: nil)))
    let today = try #require(Timestamp(seconds: Self.start)).date
    var rules = ImageGate.Rules()
    rules.lifetimes.verified = .seconds(30 * 86_400)
    let gate = door.gate(
      rules, exceptions: [.init(images: [ImagePattern("registry.example/team/app")], reason: "old", expires: today)])
    #expect(await gate.decide(asked, within: Self.wait)[0].standing == .excepted)
    door.later(86_400)
    let decision = await gate.decide(asked, within: Self.wait)[0]
    #expect(decision.standing == .unsigned && decision.isDrift)
  }

  /// What is known outlives the process; a file that others may write to is not believed.
  @Test func onTheDisk() async throws {
    let folder = try TemporaryFolder()
    let first = try Door(folder: folder.path + "/trust")
    let digest = try first.image("signed", signedBy: first.key)
    let name = "registry.example/team/app:1.4"
    first.state.withLock { $0.tags[name] = digest }
    var rules = ImageGate.Rules()
    rules.tags = .pin
    _ = await first.gate(rules).decide(Self.pod(name), within: Self.wait)
    first.cache.flush()
    let second = try Door(folder: folder.path + "/trust", key: first.key)
    second.state.withLock { $0.isDown = true }
    second.later(100)
    let decision = await second.gate(rules).decide(Self.pod(name), within: Self.wait)[0]
    #expect(decision.standing == .verified && decision.pinned == "\(name)@\(digest)" && second.asked == 0)
    let file = folder.path + "/trust/image-trust.json"
    #expect(chmod(file, 0o666) == 0)
    #expect(throws: BartizanError.self) { try ImageTrustCache(folder: folder.path + "/trust") }
  }

  /// An answer that does not come in time is none, and is there for the next who asks.
  @Test func slowRegistries() async throws {
    let door = try Door()
    let digest = try door.image("signed", signedBy: door.key)
    let asked = Self.pod("registry.example/team/app@" + digest)
    let gate = door.gate()
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    let evidence = door.state.withLock { $0.evidence[digest] ?? [] }
    let slow = ImageGate(
      judge: gate.judge, rules: gate.rules, fingerprint: "slow", cache: door.cache,
      lookup: .init(
        resolve: { _ in "" },
        signatures: { source in
          for await _ in stream { break }
          return SignedImage(
            reference: source, repository: "registry.example/team/app", tag: nil, digest: try #require(Digest(digest)),
            mediaType: nil, size: nil, evidence: evidence, gaps: [])
        }), now: { Timestamp(seconds: Self.start) ?? Timestamp(nanoseconds: 0) })
    let late = await slow.decide(asked, within: .zero)[0]
    #expect(late.source == .none && late.mode == .enforce)
    continuation.finish()
    #expect(await slow.decide(asked, within: Self.wait)[0].standing == .verified)
  }

  // MARK: Requests

  private static func request(
    _ object: String, old: String = "null", kind: String = "Pod", _ operation: AdmissionRequest.Operation = .create
  ) throws -> AdmissionRequest {
    AdmissionRequest(
      kind: .init(group: kind == "Pod" ? "" : "apps", version: "v1", kind: kind),
      resource: .init(group: "", version: "v1", resource: "pods"), name: "app", namespace: "shop", operation: operation,
      user: .init(name: "kim"), object: try JSONReader.read(object), oldObject: try JSONReader.read(old))
  }

  @Test func everyImageOfAPodIsAsked() throws {
    let object = """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "app"}, "spec": {
        "initContainers": [{"name": "i", "image": "init:1"}, {"name": "s", "image": "sidecar:1", "restartPolicy": "Always"}],
        "containers": [{"name": "c", "image": "main:1"}],
        "ephemeralContainers": [{"name": "e", "image": "debug:1"}],
        "volumes": [{"name": "v", "image": {"reference": "data:1"}}, {"name": "w", "emptyDir": {}}]}}
      """
    let request = try Self.request(object)
    let asked = AskedImage.images(of: request, object: request.object)
    #expect(asked.map(\.text) == ["init:1", "sidecar:1", "main:1", "debug:1", "data:1"])
    #expect(asked.last?.field == "spec.volumes[0].image.reference")
    // What an update leaves alone is not asked about, what it adds is.
    let update = try Self.request(
      object, old: #"{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "c", "image": "main:1"}]}}"#,
      .update)
    #expect(
      AskedImage.images(of: update, object: update.object).map(\.text) == ["init:1", "sidecar:1", "debug:1", "data:1"])
    #expect(AskedImage.images(of: try Self.request(object, .delete), object: request.object).isEmpty)
    let deployment = try Self.request(
      #"{"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": {"containers": [{"image": "a:1"}]}}}}"#,
      kind: "Deployment")
    let asks = AskedImage.images(of: deployment, object: deployment.object)
    #expect(asks.map(\.field) == ["spec.template.spec.containers[0].image"] && asks.first?.isOfPod == false)
  }
}
