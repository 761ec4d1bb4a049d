import Bytes
import TestKit
import Testing
import Trust

/// Ways around a policy that other tools have been open to, none of which may end in "no policy" or "verified".
@Suite struct PolicyEvasionTests {
  private static func standing(_ images: String, of repository: String) async throws -> SignedImageVerdict.Standing {
    let policy = ImagePolicyTests.policy().replacing(
      #"images: ["registry.example/team/*"]"#, with: "images: [\"\(images)\"]")
    return try await ImagePolicyTests.standing(policy, SignedImageBuilder(repository).image)
  }

  /// One registry has several names, and hosts have no case.
  @Test(arguments: [
    ("registry.example/team/*", "Registry.Example/team/app"),
    ("registry.example/team/*", "registry.example:443/team/app"),
    ("REGISTRY.example/team/*", "registry.example/team/app"),
    ("docker.io/library/nginx", "registry-1.docker.io/library/nginx"),
    ("nginx", "docker.io/library/nginx"), ("team/app", "docker.io/team/app"),
    ("index.docker.io/team/*", "docker.io/team/app"), ("**", "localhost:5000/app"),
    ("registry.example/team/*", "registry.example:0443/team/app"),
    ("registry.example:5000/team/*", "registry.example:05000/team/app"),
  ]) func otherNames(_ pattern: String, _ repository: String) async throws {
    #expect(try await Self.standing(pattern, of: repository) == .unsigned)
  }

  /// Another port is another registry.
  @Test(arguments: [
    ("registry.example/team/*", "registry.example:5000/team/app"),
    ("registry.example/team/*", "registry.example/team/a/b"),
    ("registry.example/team/*", "evil.example/registry.example/team/app"),
  ]) func otherRegistries(_ pattern: String, _ repository: String) async throws {
    #expect(try await Self.standing(pattern, of: repository) == .noPolicy)
  }

  /// A tag beside a digest is what somebody wrote: it leads under a policy, and neither out of one nor to an exception.
  @Test func tagsBesideDigests() async throws {
    let policy = ImagePolicyTests.policy(
      """
        excludeImages: ["registry.example/team/app:dev-*"]
        exceptions: [{images: ["registry.example/team/app:old"], reason: a}]
      """)
    for (tag, proved, beside) in [
      ("dev-1", SignedImageVerdict.Standing.noPolicy, SignedImageVerdict.Standing.unsigned),
      ("old", .excepted, .unsigned), ("1.4", .unsigned, .unsigned),
    ] {
      for (isProved, wanted) in [(true, proved), (false, beside)] {
        let plain = SignedImageBuilder(tag: tag).image
        let image = SignedImage(
          reference: plain.reference, repository: plain.repository, tag: tag, isTagProved: isProved,
          digest: plain.digest, mediaType: nil, size: nil, evidence: [], gaps: [])
        #expect(try await ImagePolicyTests.standing(policy, image) == wanted, "\(tag) \(isProved)")
      }
    }
    let tagged = ImagePolicyTests.policy().replacing("team/*", with: "team/*:v*")
    let image = SignedImage(
      reference: "r", repository: "registry.example/team/app", tag: "v1", isTagProved: false,
      digest: SignedImageBuilder().digest, mediaType: nil, size: nil, evidence: [], gaps: [])
    #expect(try await ImagePolicyTests.standing(tagged, image) == .unsigned)
  }

  /// Conditions of other tools' policies that have no place here refuse, and let nothing through.
  @Test func conditionsAreNotDropped() async throws {
    var signed = SignedImageBuilder()
    try signed.sign(ImagePolicyTests.team)
    func standing(_ text: String) async throws -> SignedImageVerdict.Standing {
      let result = try ImagePolicyTests.read(text)
      return await ImageJudge(policies: result.policies, root: nil).judge(signed.image, now: ImagePolicyTests.now)
        .standing
    }
    func cluster(_ more: String) -> String {
      """
      apiVersion: policy.sigstore.dev/v1beta1
      kind: ClusterImagePolicy
      metadata: {name: signed}
      spec:
        images: [{glob: "registry.example/**"}]
        authorities:
          - key:
              data: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 10))
      \(more)
      """
    }
    #expect(try await standing(cluster("")) == .verified)
    #expect(try await standing(cluster("  policy: {type: cue, data: x}")) == .untrusted)
    func kyverno(_ more: String) -> String {
      """
      apiVersion: kyverno.io/v1
      kind: ClusterPolicy
      metadata: {name: check}
      spec:
        rules:
          - name: signed
            verifyImages:
              - imageReferences: ["registry.example/*"]
                attestors:
                  - entries:
                      - keys:
                          publicKeys: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 22))
                          rekor: {ignoreTlog: true}
      \(more)
      """
    }
    #expect(try await standing(kyverno("")) == .verified)
    #expect(try await standing(kyverno("                  annotations: {env: prod}")) == .untrusted)
    #expect(try await standing(kyverno("                  repository: registry.example/other")) == .untrusted)
    let key = Base64.encode(Array(ImagePolicyTests.pem(ImagePolicyTests.team).utf8))
    for (identity, wanted) in [
      ("", SignedImageVerdict.Standing.verified), (#", "signedIdentity": {"type": "matchRepository"}"#, .verified),
      (#", "signedIdentity": {"type": "exactRepository", "dockerRepository": "registry.example/team/app"}"#, .verified),
      (#", "signedIdentity": {"type": "exactRepository", "dockerRepository": "registry.example/team/b"}"#, .untrusted),
      (#", "signedIdentity": {"type": "exactReference", "dockerReference": "registry.example/team/b:1"}"#, .untrusted),
      (#", "signedIdentity": {"type": "remapIdentity", "prefix": "a", "signedPrefix": "b"}"#, .untrusted),
    ] {
      let text = #"{"default": [{"type": "sigstoreSigned", "keyData": "\#(key)"\#(identity)}]}"#
      #expect(try await standing(text) == wanted, "\(identity)")
    }
  }

  /// A signature that was copied to another repository is none there for who asks by the rules of Podman.
  @Test func copiedSignatures() async throws {
    var original = SignedImageBuilder("registry.example/team/debug")
    try original.sign(ImagePolicyTests.team)
    var copy = SignedImageBuilder("registry.example/team/app")
    copy.evidence = original.evidence
    let key = Base64.encode(Array(ImagePolicyTests.pem(ImagePolicyTests.team).utf8))
    let result = try ImagePolicyTests.read(#"{"default": [{"type": "sigstoreSigned", "keyData": "\#(key)"}]}"#)
    let judge = ImageJudge(policies: result.policies, root: nil)
    #expect(await judge.judge(original.image, now: ImagePolicyTests.now).standing == .verified)
    #expect(await judge.judge(copy.image, now: ImagePolicyTests.now).standing == .untrusted)
  }

  /// The signature of an index is one of all that it names, and says so; another index's is not.
  @Test func indexes() async throws {
    var index = SignedImageBuilder(content: "index")
    let part = SignedImageBuilder(content: "part")
    let judge = ImageJudge(policies: try ImagePolicyTests.read(ImagePolicyTests.policy()).policies, root: nil)
    #expect(await judge.judge(part.image(in: [index.image]), now: ImagePolicyTests.now).standing == .unsigned)
    try index.sign(ImagePolicyTests.team)
    let verdict = await judge.judge(part.image(in: [index.image]), now: ImagePolicyTests.now)
    #expect(verdict.standing == .verified && verdict.index == index.digest && verdict.digest == part.digest)
    // The part's own signature under the index's name is of another digest.
    var wrong = SignedImageBuilder(content: "index")
    try wrong.sign(ImagePolicyTests.team, digest: part.digest.text)
    #expect(await judge.judge(part.image(in: [wrong.image]), now: ImagePolicyTests.now).standing == .unsigned)
  }

  @Test func aStarAloneIsNoName() {
    let policy = ImagePolicyTests.policy().replacing(#"images: ["registry.example/team/*"]"#, with: #"images: ["*"]"#)
    #expect(throws: TrustFailure.self) { try ImagePolicyTests.read(policy) }
  }

  /// What Kyverno asks besides, and cannot be asked here, refuses images and lets none through.
  @Test(arguments: ["", "attestations: [{predicateType: a, conditions: []}]"]) func kyverno(_ rest: String) async throws
  {
    let attestors = """
                attestors:
                  - entries:
                      - keys:
                          publicKeys: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 22))
                          rekor: {ignoreTlog: true}
      """
    let text = """
      apiVersion: kyverno.io/v1
      kind: ClusterPolicy
      metadata: {name: check}
      spec:
        rules:
          - name: signed
            verifyImages:
              - imageReferences: ["registry.example/*"]
      """
    var signed = SignedImageBuilder()
    try signed.sign(ImagePolicyTests.team)
    let now = ImagePolicyTests.now
    let result = try ImagePolicyTests.read(text + "\n" + (rest.isEmpty ? "" : attestors + "\n          " + rest))
    #expect(result.remarks.count == 1)
    #expect(await ImageJudge(policies: result.policies, root: nil).judge(signed.image, now: now).standing == .untrusted)
    let whole = try ImagePolicyTests.read(text + "\n" + attestors)
    #expect(await ImageJudge(policies: whole.policies, root: nil).judge(signed.image, now: now).standing == .verified)
  }

  /// A good signature beside bad ones counts; the bad ones alone do not, whatever they say of themselves.
  @Test func oneOfMany() async throws {
    var image = SignedImageBuilder()
    try image.sign(ImagePolicyTests.other)
    try image.sign(ImagePolicyTests.team, digest: "sha256:" + String(repeating: "0", count: 64))
    image.evidence.append(.init(.bundle(Array("{}".utf8)), origin: "broken"))
    #expect(try await ImagePolicyTests.standing(ImagePolicyTests.policy(), image.image) == .untrusted)
    try image.sign(ImagePolicyTests.team)
    #expect(try await ImagePolicyTests.standing(ImagePolicyTests.policy(), image.image) == .verified)
  }
}
