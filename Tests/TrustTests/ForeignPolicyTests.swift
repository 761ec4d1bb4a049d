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

  private static func connaisseur(_ policy: String, application: Bool = false) -> String {
    let text = """
      validators:
        - {name: allow, type: static, approve: true}
        - {name: deny, type: static, approve: false}
        - {name: old, type: notaryv1, host: notary.example, trustRoots: [{name: default, key: x}]}
        - name: default
          type: cosign
          trustRoots:
            - name: default
              key: |
      \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 10))
            - name: other
              key: |
      \(ImagePolicyTests.data(ImagePolicyTests.other, indent: 10))
            - {name: cloud, key: "awskms:///alias/a"}
      policy:
      \(policy)
      """
    guard application else { return text }
    return "application:\n" + text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
      + "\n  features: {detectionMode: true}\n"
  }

  /// The most specific of Connaisseur's rules counts, and an image without a rule is refused.
  @Test(arguments: [false, true]) func connaisseur(_ isOfChart: Bool) async throws {
    let with = "with: {verifyInTransparencyLog: false"
    let (judge, remarks) = try Self.judge(
      Self.connaisseur(
        """
          - {pattern: "registry.example/*:*", \(with)}}
          - {pattern: "registry.example/team/open:*", validator: allow}
          - {pattern: "registry.example/team/closed", validator: deny}
          - {pattern: "registry.example/team/other*", \(with), trustRoot: other}}
          - {pattern: "registry.example/team/both*", \(with), trustRoot: "*", required: [default, other]}}
          - {pattern: "registry.example/team/some*", \(with), trustRoot: "*", threshold: 1}}
          - {pattern: "registry.example/team/all*", \(with), trustRoot: "*"}}
          - {pattern: "registry.example/team/cloud*", \(with), trustRoot: cloud}}
          - {pattern: "registry.example/team/old*", validator: old}
        """, application: isOfChart))
    let repository = "registry.example/team/"
    let table: [(String, SignedImageVerdict.Standing)] = [
      (repository + "app", .verified), (repository + "open", .noPolicy), (repository + "closed", .untrusted),
      (repository + "other", .untrusted), (repository + "both", .untrusted), (repository + "some", .verified),
      (repository + "all", .untrusted), (repository + "cloud", .untrusted), (repository + "old", .untrusted),
      ("docker.io/library/nginx", .untrusted), ("registry.example/app", .verified),
    ]
    for (name, wanted) in table {
      #expect(await Self.standing(judge, try Self.signed(name)) == wanted, "\(name)")
    }
    // A key of a cloud, and who is wanted with it; static and old validators; a feature.
    #expect(remarks.count == (isOfChart ? 6 : 5), "\(remarks)")
    for wrong in [
      "  - {pattern: a, validator: nobody}", "  - {pattern: a, with: {trustRoot: nobody}}", "  - {validator: allow}",
      "  - {pattern: a, with: {trustRoot: '*', required: [nobody]}}",
    ] {
      #expect(throws: TrustFailure.self) { _ = try Self.judge(Self.connaisseur(wrong)) }
    }
  }

  private static func imageValidating(_ validations: String, more: String = "") -> String {
    """
    apiVersion: policies.kyverno.io/v1alpha1
    kind: ImageValidatingPolicy
    metadata: {name: signed}
    spec:
      matchConstraints:
        resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
      matchImageReferences: [{glob: "registry.example/*"}]
      attestors:
        - name: team
          cosign:
            key:
              data: |
    \(ImagePolicyTests.data(ImagePolicyTests.team, indent: 12))
            ctlog: {insecureIgnoreTlog: true}
        - name: notary
          notary: {certs: {value: x}}
      attestations:
        - {name: sbom, intoto: {type: "https://cyclonedx.org/bom"}}
        - {name: other, referrer: {type: sbom/cyclone-dx}}
      validations:
    \(validations)
    \(more)
    """
  }

  @Test func imageValidatingPolicy() async throws {
    var attested = SignedImageBuilder()
    try attested.sign(ImagePolicyTests.team)
    try attested.attest(ImagePolicyTests.team, type: "https://cyclonedx.org/bom", predicate: "{}")
    let signature = "images.containers.map(image, verifyImageSignatures(image, [attestors.team])).all(e, e > 0)"
    let sbom =
      "(images.containers + images.initContainers).all(i, verifyAttestationSignatures(i, attestations.sbom, [attestors.team]) > 0)"
    let payload =
      "images.containers.map(image, extractPayload(image, attestations.sbom).bomFormat == 'CycloneDX').all(e, e)"
    let loose = "images.containers.map(image, verifyImageSignatures(image, [attestors.team])).all(e, e >= 0)"
    let notary = "images.containers.map(image, verifyImageSignatures(image, [attestors.notary])).all(e, e > 0)"
    let open = "images.containers.map(image, verifyImageSignatures(image, [attestors.team])).all(e, e > 0) || true"
    let table: [([String], SignedImageVerdict.Standing, SignedImageVerdict.Standing)] = [
      ([signature], .verified, .verified), ([sbom], .attestationMissing, .verified),
      ([signature, sbom], .attestationMissing, .verified), ([signature, payload], .untrusted, .untrusted),
      ([loose], .untrusted, .untrusted), ([notary], .untrusted, .untrusted), ([open], .untrusted, .untrusted),
    ]
    for (expressions, signed, withAttestation) in table {
      let text = expressions.map { "    - expression: >-\n        \($0)" }.joined(separator: "\n")
      let (judge, _) = try Self.judge(Self.imageValidating(text))
      let found = await Self.standing(judge, try Self.signed())
      // Where a signature is there and the statement is not, nobody has signed a statement.
      #expect(found == signed || found == .untrusted && signed == .attestationMissing, "\(expressions)")
      #expect(await Self.standing(judge, attested.image) == withAttestation, "\(expressions)")
    }
    let (_, remarks) = try Self.judge(
      Self.imageValidating("    - {expression: \"\(signature)\"}", more: "  validationActions: [Audit]"))
    #expect(remarks.count == 2, "\(remarks)")
    #expect(throws: TrustFailure.self) { _ = try Self.judge(Self.imageValidating("")) }
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
