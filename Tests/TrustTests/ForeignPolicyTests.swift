import Bytes
import Crypto
import TestKit
import Testing
import Trust

/// Policies of other tools on the same images, and what of them is said to be left out.
@Suite struct ForeignPolicyTests {
  static func judge(_ text: String, files: [String: [UInt8]] = [:]) throws -> (ImageJudge, [String]) {
    let result = try ImagePolicyTests.read(text, files: files)
    return (ImageJudge(policies: result.policies, root: nil), result.remarks)
  }

  static func standing(_ judge: ImageJudge, _ image: SignedImage) async -> SignedImageVerdict.Standing {
    await judge.judge(image, now: ImagePolicyTests.now).standing
  }

  static func signed(_ repository: String = "registry.example/team/app") throws -> SignedImage {
    var builder = SignedImageBuilder(repository)
    try builder.sign(ImagePolicyTests.team)
    return builder.image
  }

  @Test func clusterImagePolicy() async throws {
    func policy(_ authority: String) -> String {
      """
      apiVersion: policy.sigstore.dev/v1beta1
      kind: ClusterImagePolicy
      metadata: {name: signed}
      spec:
        images: [{glob: "registry.example/**"}]
        authorities:
          - name: team
            key:
              data: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 10))
      \(authority)
      """
    }
    let (plain, remarks) = try Self.judge(policy(""))
    #expect(remarks.isEmpty)
    #expect(await Self.standing(plain, try Self.signed()) == .verified)
    #expect(await Self.standing(plain, SignedImageBuilder().image) == .unsigned)
    // A condition that cannot be kept must not be dropped: the authority is, and nobody can meet the policy.
    let (conditional, said) = try Self.judge(
      policy("      attestations: [{name: a, predicateType: slsaprovenance, policy: {type: cue, data: x}}]"))
    #expect(said.count == 1)
    #expect(await Self.standing(conditional, try Self.signed()) == .untrusted)
  }

  @Test func kyverno() async throws {
    let text = """
      apiVersion: kyverno.io/v1
      kind: ClusterPolicy
      metadata: {name: check}
      spec:
        rules:
          - name: signed
            verifyImages:
              - imageReferences: ["registry.example/*"]
                skipImageReferences: ["registry.example/team/free*"]
                attestors:
                  - count: 1
                    entries:
                      - keys:
                          publicKeys: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 22))
                          rekor: {ignoreTlog: true}
                      - keys: {kms: "awskms:///alias/a"}
      """
    let (judge, remarks) = try Self.judge(text)
    #expect(remarks.count == 1)
    #expect(await Self.standing(judge, try Self.signed()) == .verified)
    #expect(await Self.standing(judge, SignedImageBuilder().image) == .unsigned)
    #expect(await Self.standing(judge, SignedImageBuilder("registry.example/team/freeware").image) == .noPolicy)
    // All are wanted, and one cannot be read: then nobody meets it.
    let (all, _) = try Self.judge(text.replacing("- count: 1\n              entries", with: "- entries"))
    #expect(await Self.standing(all, try Self.signed()) == .untrusted)
  }

  @Test func containersPolicy() async throws {
    let key = Base64.encode(Array(ImagePolicyTests.pem(ImagePolicyTests.team).utf8))
    let (judge, remarks) = try Self.judge(
      """
      {"default": [{"type": "reject"}], "transports": {"docker": {
       "registry.example": [{"type": "sigstoreSigned", "keyData": "\(key)"}],
       "registry.example/team/open": [{"type": "insecureAcceptAnything"}],
       "registry.example/team/file": [{"type": "sigstoreSigned", "keyPath": "/etc/team.pub"}]},
       "docker-daemon": {"": [{"type": "insecureAcceptAnything"}]}}}
      """, files: ["/etc/team.pub": Array(ImagePolicyTests.pem(ImagePolicyTests.other).utf8)])
    #expect(remarks.count == 1)
    #expect(await Self.standing(judge, try Self.signed()) == .verified)
    #expect(await Self.standing(judge, SignedImageBuilder().image) == .unsigned)
    #expect(await Self.standing(judge, SignedImageBuilder("registry.example/team/open").image) == .noPolicy)
    #expect(await Self.standing(judge, try Self.signed("registry.example/team/file")) == .untrusted)
    #expect(await Self.standing(judge, try Self.signed("docker.io/library/nginx")) == .untrusted)
  }

  @Test func notation() async throws {
    let (judge, remarks) = try Self.judge(
      """
      {"version": "1.0", "trustPolicies": [
       {"name": "all", "registryScopes": ["*"], "signatureVerification": {"level": "strict"}, "trustStores": ["ca:a"],
        "trustedIdentities": ["*"]},
       {"name": "free", "registryScopes": ["registry.example/team/free"], "signatureVerification": {"level": "skip"}}]}
      """)
    #expect(remarks.count == 1)
    #expect(await Self.standing(judge, SignedImageBuilder().image) == .unsigned)
    #expect(await Self.standing(judge, try Self.signed()) == .untrusted)
    #expect(await Self.standing(judge, SignedImageBuilder("registry.example/team/free").image) == .noPolicy)
  }
}
