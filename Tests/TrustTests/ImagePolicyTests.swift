import Bytes
import Crypto
import TestKit
import Testing
import Trust

/// Policies as they are written, on images that are signed here.
@Suite struct ImagePolicyTests {
  static let now = Timestamp("2026-11-29T00:00:00Z") ?? Timestamp(nanoseconds: 0)
  static let team = P256.Signing.PrivateKey()
  static let other = P256.Signing.PrivateKey()

  static func pem(_ key: P256.Signing.PrivateKey) -> String {
    PEM.text("PUBLIC KEY", Array(key.publicKey.derRepresentation))
  }

  /// `key: {data: …}` of a policy, indented.
  static func data(_ key: P256.Signing.PrivateKey, indent: Int) -> String {
    pem(key).split(separator: "\n").map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
  }

  static func read(_ text: String, files: [String: [UInt8]] = [:]) throws -> ImagePolicyReader.Result {
    struct Absent: Error {}
    let reader = ImagePolicyReader(file: "policy.yaml") { name in
      guard let bytes = files[name] else { throw Absent() }
      return bytes
    }
    return try reader.read(Array(text.utf8))
  }

  static func policy(_ rest: String = "", attestations: String = "", log: String = "optional") -> String {
    """
    apiVersion: bartizan.dev/v1
    kind: ImagePolicy
    metadata: {name: production}
    spec:
      images: ["registry.example/team/*"]
    \(rest)
      authorities:
        - name: team
          transparencyLog: \(log)
          keys:
            - data: |
    \(data(team, indent: 12))
    \(attestations)
    """
  }

  static func standing(
    _ policy: String, _ image: SignedImage, now: Timestamp = now
  ) async throws -> SignedImageVerdict.Standing {
    let judge = ImageJudge(policies: try read(policy).policies, root: nil)
    return await judge.judge(image, now: now).standing
  }

  @Test func standings() async throws {
    let unsigned = SignedImageBuilder()
    var signed = SignedImageBuilder()
    try signed.sign(Self.team)
    var foreign = SignedImageBuilder()
    try foreign.sign(Self.other)
    var moved = SignedImageBuilder()
    try moved.sign(Self.team, digest: "sha256:" + String(repeating: "0", count: 64))
    var both = foreign
    try both.sign(Self.team)
    var gap = SignedImageBuilder()
    gap.gaps = ["referrers: the registry answers 500"]
    var elsewhere = SignedImageBuilder("docker.io/library/nginx")
    try elsewhere.sign(Self.team)
    let table: [(SignedImage, SignedImageVerdict.Standing)] = [
      (unsigned.image, .unsigned), (signed.image, .verified), (foreign.image, .untrusted), (moved.image, .untrusted),
      (both.image, .verified), (gap.image, .unknown), (elsewhere.image, .noPolicy),
    ]
    for (image, standing) in table {
      #expect(try await Self.standing(Self.policy(), image) == standing)
    }
    // A log entry is asked for unless the policy does without.
    let strict = ImageJudge(policies: try Self.read(Self.policy(log: "required")).policies, root: nil)
    let verdict = await strict.judge(signed.image, now: Self.now)
    #expect(verdict.standing == .untrusted)
    #expect(verdict.policies[0].authorities[0].evidence[0].verdict.failure == .missing(.trustedRoot))
  }

  @Test func exceptionsEnd() async throws {
    let policy = Self.policy(
      """
        exceptions:
          - images: ["registry.example/team/app"]
            reason: migration, TICKET-1
            expires: 2026-12-31
      """)
    let image = SignedImageBuilder().image
    #expect(try await Self.standing(policy, image) == .excepted)
    let later = try #require(Timestamp("2027-01-01T00:00:00Z"))
    #expect(try await Self.standing(policy, image, now: later) == .unsigned)
    let judge = ImageJudge(policies: try Self.read(policy).policies, root: nil)
    let verdict = await judge.judge(image, now: later)
    #expect(verdict.policies[0].expiredException == CalendarDate("2026-12-31"))
  }

  /// Without a proved time nothing says that a signature is young enough.
  @Test func ageNeedsATime() async throws {
    var signed = SignedImageBuilder()
    try signed.sign(Self.team)
    #expect(try await Self.standing(Self.policy("  maxAgeDays: 30"), signed.image) == .untrusted)
  }

  @Test func anyAndAll() async throws {
    func policy(_ require: String) -> String {
      Self.policy("  require: \(require)")
        + """

            - name: security
              transparencyLog: optional
              keys:
                - data: |
        \(Self.data(Self.other, indent: 12))
        """
    }
    var one = SignedImageBuilder()
    try one.sign(Self.team)
    var two = one
    try two.sign(Self.other)
    #expect(try await Self.standing(policy("any"), one.image) == .verified)
    #expect(try await Self.standing(policy("all"), one.image) == .untrusted)
    #expect(try await Self.standing(policy("all"), two.image) == .verified)
  }

  @Test func attestationsAndConditions() async throws {
    let type = "https://slsa.dev/provenance/v1"
    let good = #"{"runDetails": {"builder": {"id": "https://ci.example/builder"}}, "buildDefinition": {}}"#
    func policy(_ condition: String) -> String {
      Self.policy(
        attestations: """
                attestations:
                  - predicateType: slsaprovenance1
                    conditions:
                      - '\(condition)'
          """)
    }
    let builder = #"predicate.runDetails.builder.id == "https://ci.example/builder""#
    var image = SignedImageBuilder()
    try image.attest(Self.team, type: type, predicate: good)
    var foreign = SignedImageBuilder()
    try foreign.attest(Self.other, type: type, predicate: good)
    var another = SignedImageBuilder()
    try another.attest(Self.team, type: "https://cyclonedx.org/bom", predicate: "{}")
    var wrongSubject = SignedImageBuilder()
    try wrongSubject.attest(Self.team, type: type, predicate: good, subject: String(repeating: "0", count: 64))
    let table: [(String, SignedImage, SignedImageVerdict.Standing)] = [
      (builder, image.image, .verified),
      (#"image.repository == "registry.example/team/app" && image.tag == "1.4""#, image.image, .verified),
      (#"statement.subject.exists(s, s.digest.sha256 == image.digest.substring(7))"#, image.image, .verified),
      (#"signer.key.size() == 64"#, image.image, .verified),
      (#"predicate.runDetails.builder.id == "other""#, image.image, .attestationMissing),
      // What cannot be evaluated is no yes.
      (#"predicate.nothing.here == 1"#, image.image, .attestationMissing),
      (builder, foreign.image, .untrusted), (builder, another.image, .attestationMissing),
      (builder, wrongSubject.image, .untrusted), (builder, SignedImageBuilder().image, .unsigned),
    ]
    for (condition, image, standing) in table {
      #expect(try await Self.standing(policy(condition), image) == standing, "\(condition)")
    }
  }

  @Test func wrongPoliciesAreRefused() {
    let good = Self.policy()
    let wrong = [
      "", "kind: Pod", good.replacing("images: [\"registry.example/team/*\"]", with: "images: []"),
      good.replacing("keys:", with: "key:"), good.replacing("optional", with: "sometimes"),
      good.replacing("metadata: {name: production}", with: "metadata: {}"),
      good.replacing("BEGIN PUBLIC KEY", with: "BEGIN PRIVATE KEY").replacing(
        "END PUBLIC KEY", with: "END PRIVATE KEY"), Self.policy("  maxAgeDays: -1"), Self.policy("  require: most"),
      Self.policy("  exceptions: [{images: [\"a\"]}]"),
      Self.policy("  exceptions: [{images: [\"a\"], reason: b, expires: tomorrow}]"),
      Self.policy(attestations: "      attestations: [{predicateType: a, conditions: [\"1 +\"]}]"),
      Self.policy(attestations: "      attestations: [{predicateType: a, conditions: [\"1 + 1\"]}]"),
      Self.policy(attestations: "      keyless: {identities: [{subject: a, issuer: b}]}"),
      good + "\n---\nkind: Nothing",
    ]
    for text in wrong {
      #expect(throws: TrustFailure.self, "\(text)") { _ = try Self.read(text) }
    }
  }

  @Test func patterns() {
    let table: [(String, String, Bool)] = [
      ("**", "docker.io/library/nginx", true), ("registry.example/*", "registry.example/app", true),
      ("registry.example/*", "registry.example/team/app", false),
      ("registry.example/**", "registry.example/team/app", true),
      ("registry.example/team/app:1.*", "registry.example/team/app", true),
      ("registry.example/team/app:2.*", "registry.example/team/app", false),
      ("registry.example/team", "registry.example/team/app", false),
      ("*/team/app", "evil.example/registry.example/team/app", false),
    ]
    for (pattern, repository, matches) in table {
      #expect(
        ImagePattern(pattern).matches(SignedImageBuilder(repository).image) == matches, "\(pattern) \(repository)")
    }
  }

  @Test func provenance() throws {
    let table: [(String, String, String, String)] = [
      (
        "https://slsa.dev/provenance/v1",
        """
        {"buildDefinition": {"buildType": "https://actions.github.io/buildtypes/workflow/v1",
         "externalParameters": {"workflow": {"repository": "https://github.com/example/app", "path": ".github/a.yml"}},
         "resolvedDependencies": [{"uri": "git+https://github.com/example/app@refs/heads/main",
         "digest": {"gitCommit": "abc"}}]}, "runDetails": {"builder": {"id": "https://github.com/actions/runner"},
         "metadata": {"startedOn": "2026-01-01T00:00:00Z"}}}
        """, "https://github.com/actions/runner", "git+https://github.com/example/app@refs/heads/main"
      ),
      (
        "https://slsa.dev/provenance/v0.2",
        """
        {"builder": {"id": "https://tekton.dev/chains/v2"}, "buildType": "tekton.dev/v1beta1/TaskRun",
         "invocation": {"configSource": {"uri": "git+https://github.com/example/app", "entryPoint": "build"}},
         "materials": [{"uri": "git+https://github.com/example/app", "digest": {"sha1": "abc"}}]}
        """, "https://tekton.dev/chains/v2", "git+https://github.com/example/app"
      ),
    ]
    for (type, predicate, builder, source) in table {
      var image = SignedImageBuilder()
      try image.attest(Self.team, type: type, predicate: predicate)
      let statement = try #require(try image.evidence[0].statement())
      let provenance = try #require(try SLSAProvenance(statement))
      #expect(provenance.builder == builder && provenance.source?.uri == source)
      #expect(provenance.materials.count == 1)
    }
  }
}
