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
