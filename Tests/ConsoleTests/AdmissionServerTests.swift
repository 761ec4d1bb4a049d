import Admission
import Bytes
import Console
import FakeCluster
import Findings
import Operations
import Server
import Synchronization
import TestKit
import Testing
import Transport

/// The webhook as an API server finds it: over TLS, with what it may send and what it may not.
@Suite struct AdmissionServerTests {
  @Test func reviewsAreAnswered() async throws {
    let fixture = try await AdmissionFixture()
    let denied = try await fixture.post(AdmissionFixture.review(), to: "/admit/default?timeout=3600s")
    #expect(denied.status == 200 && denied.type == "application/json" && denied.isAllowed == false)
    #expect(denied.response["uid"]?.string == "u1")
    #expect(denied.response[path: "status", "code"]?.int == 422)
    #expect(
      denied.message
        == "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'no-latest' denied request: no version"
    )
    #expect(
      denied.warnings == ["Validation failed for ValidatingAdmissionPolicy 'owner' with binding 'owner': no owner"])
    // The server puts its own prefix and a slash before keys, and drops what has another slash.
    #expect(Array(denied.annotations.keys) == ["validation.policy.admission.k8s.io.validation_failure"])
    let allowed = try await fixture.post(AdmissionFixture.review(image: "nginx:1", labels: #"{"owner":"kim"}"#))
    #expect(allowed.isAllowed == true && allowed.warnings.isEmpty && allowed.response["patch"] == nil)
    // A review that is sent twice is answered twice, alike.
    let again = try await fixture.post(AdmissionFixture.review(), to: "/admit/default?timeout=3600s")
    #expect(again.bytes == denied.bytes)
    let old = try await fixture.post(AdmissionFixture.review(apiVersion: "admission.k8s.io/v1beta1"))
    #expect(try JSONReader.read(old.bytes)["apiVersion"]?.string == "admission.k8s.io/v1beta1")
    await fixture.close()
  }

  /// A mutating webhook is asked by another path: an answer with a patch would be refused from a validating one.
  @Test func patchesComeFromTheOtherPath() async throws {
    let fixture = try await AdmissionFixture()
    let answer = try await fixture.post(AdmissionFixture.review(), to: "/mutate/default")
    #expect(answer.isAllowed == true && answer.response["patchType"]?.string == "JSONPatch")
    let patch = Base64.decode(answer.response["patch"]?.string ?? "").map { String(decoding: $0, as: UTF8.self) }
    #expect(
      patch?.hasPrefix(#"[{"op":"add","path":"/metadata/labels","value":{"team":"shop"}}"#) == true, "\(patch ?? "")")
    await fixture.close()
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let name: String
    let body: [UInt8]
    var path = "/admit/default"
    var type = "application/json"
    var token: String?
    var method = HTTPRequest.Method.post
    let status: Int
    let says: String
    var testDescription: String { name }
  }

  static let bad: [Bad] = [
    Bad(name: "cut off", body: Array(AdmissionFixture.review().dropLast(40)), status: 400, says: "not JSON"),
    Bad(name: "empty", body: [], status: 400, says: "an AdmissionReview is wanted"),
    Bad(name: "no JSON", body: Array("hello".utf8), status: 400, says: "not JSON"),
    Bad(name: "another kind", body: Array(#"{"apiVersion":"v1","kind":"Pod"}"#.utf8), status: 400, says: "not a Pod"),
    Bad(
      name: "another version", body: AdmissionFixture.review(apiVersion: "admission.k8s.io/v9"), status: 400,
      says: "not known"),
    Bad(
      name: "a bare request", body: Array(#"{"uid":"1","operation":"CREATE"}"#.utf8), status: 400,
      says: "an AdmissionReview is wanted"),
    Bad(name: "no uid", body: AdmissionFixture.review(uid: ""), status: 400, says: "no uid"),
    Bad(
      name: "two reviews", body: AdmissionFixture.review() + AdmissionFixture.review(), status: 400, says: "documents"),
    Bad(
      name: "nested 300 deep",
      body: Array(
        (#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":"#
          + String(repeating: "[", count: 300) + String(repeating: "]", count: 300) + "}").utf8),
      status: 400, says: "not JSON"),
    Bad(name: "9 MB", body: [UInt8](repeating: 0x20, count: 9 << 20), status: 413, says: "is more than"),
    Bad(
      name: "another type", body: AdmissionFixture.review(), type: "text/plain", status: 415, says: "application/json"),
    Bad(name: "no POST", body: [], method: .get, status: 405, says: "POST"),
    Bad(name: "no profile", body: AdmissionFixture.review(), path: "/admit/other", status: 404, says: "no profile"),
    Bad(name: "no path", body: AdmissionFixture.review(), path: "/", status: 404, says: "nothing"),
    Bad(name: "a deeper path", body: AdmissionFixture.review(), path: "/admit/default/x", status: 404, says: "nothing"),
    Bad(name: "no token", body: AdmissionFixture.review(), token: "", status: 401, says: "token"),
    Bad(name: "another token", body: AdmissionFixture.review(), token: "bzt_x", status: 401, says: "token"),
  ]

  @Test(arguments: bad) func badReviewsAreSaid(_ bad: Bad) async throws {
    let fixture = try await AdmissionFixture()
    let answer = try await fixture.post(
      bad.body, to: bad.path, type: bad.type, token: bad.token, method: bad.method)
    #expect(answer.status == bad.status)
    #expect(answer.text.contains(bad.says), "\(answer.text)")
    // It goes on with the next.
    #expect(try await fixture.post(AdmissionFixture.review()).isAllowed == false)
    await fixture.close()
  }

  @Test func largeReviewsAreTaken() async throws {
    let fixture = try await AdmissionFixture()
    #expect(try await fixture.post(AdmissionFixture.review(padding: 3 << 20)).isAllowed == false)
    await fixture.close()
  }

  @Test func modesTakeThePlaceOfActions() async throws {
    let fixture = try await AdmissionFixture(
      "  profiles:\n  - {name: default, modes: {no-latest: warn, owner: enforce}}\n")
    let answer = try await fixture.post(AdmissionFixture.review())
    #expect(answer.message.contains("no owner"))
    #expect(
      answer.warnings == [
        "Validation failed for ValidatingAdmissionPolicy 'no-latest' with binding 'no-latest': no version"
      ])
    await fixture.close()
    let off = try await AdmissionFixture("  profiles:\n  - {name: default, modes: {no-latest: off, owner: audit}}\n")
    let quiet = try await off.post(AdmissionFixture.review())
    #expect(quiet.isAllowed == true && quiet.warnings.isEmpty && quiet.annotations.count == 1)
    await off.close()
  }

  static let exemptions = """
      exemptions:
      - {policy: no-latest, namespace: lab*, reason: "the lab tries things", expires: 2026-12-31}
      - {policies: [no-latest], namespace: shop, user: robot, reason: moving, expires: 2030-01-01}

    """

  @Test(arguments: [
    ("lab-1", "kim", "2026-12-31", true), ("lab-1", "kim", "2027-01-01", false), ("shop", "kim", "2026-12-31", false),
    ("shop", "robot", "2027-01-01", true),
  ]) func exemptionsHaveAnEnd(_ namespace: String, _ user: String, _ today: String, _ isAllowed: Bool) async throws {
    let fixture = try await AdmissionFixture(Self.exemptions)
    fixture.said.time.withLock { $0 = (CalendarDate(today)?.days ?? 0) * 86_400 + 3_600 }
    let answer = try await fixture.post(AdmissionFixture.review(namespace: namespace, user: user))
    #expect(answer.isAllowed == isAllowed)
    #expect((answer.annotations["no-latest.exempt"] != nil) == isAllowed)
    await fixture.close()
  }

  @Test func levelsAndRegistriesAreJudged() async throws {
    let fixture = try await AdmissionFixture(
      """
        profiles:
        - name: default
          policies: []
          podSecurity: {enforce: baseline, warn: restricted}
          registries: {allowed: [registry.example/team, docker.io/library/nginx], exempt: [free]}

      """)
    let answer = try await fixture.post(AdmissionFixture.review(image: "nginx:1"))
    #expect(answer.isAllowed == true && answer.warnings.contains { $0.contains("pod-security-restricted") })
    let other = try await fixture.post(AdmissionFixture.review(image: "ghcr.io/x/y:1"))
    #expect(
      other.message.contains(
        "images must come from registry.example/team, docker.io/library/nginx; these do not: ghcr.io/x/y:1"))
    await fixture.close()
  }

  /// Without a cluster nothing is known of namespaces: a policy that asks for them decides by its failurePolicy.
  @Test(arguments: [("Fail", "[Deny]", false), ("Fail", "[Warn]", true), ("Ignore", "[Deny]", true)])
  func whatCannotBeAskedFollowsTheFailurePolicy(_ failure: String, _ actions: String, _ isAllowed: Bool) async throws {
    let policy = """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: prod}
      spec:
        failurePolicy: \(failure)
        matchConstraints:
          namespaceSelector: {matchLabels: {tier: prod}}
          resourceRules:
          - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
        validations: [{expression: "false", message: never}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: prod}
      spec: {policyName: prod, validationActions: \(actions)}

      """
    let fixture = try await AdmissionFixture(policies: policy)
    let answer = try await fixture.post(AdmissionFixture.review())
    #expect(answer.isAllowed == isAllowed)
    #expect(answer.annotations["prod.not-evaluated"] != nil)
    #expect(answer.message.contains("policy 'prod' could not be evaluated") != isAllowed)
    #expect(!answer.warnings.isEmpty == (actions == "[Warn]"))
    await fixture.close()
  }

  /// What is to be said when there is no time left: `no-latest` fails closed, `owner` does not.
  @Test(arguments: [
    (AdmissionFixture.policies, false), (AdmissionFixture.policies.replacing("Deny", with: "Warn"), true),
  ])
  func lateAnswersFollowTheFailurePolicy(_ policies: String, _ isAllowed: Bool) async throws {
    let fixture = try await AdmissionFixture(policies: policies) { $0.limits.requests = 0 }
    let answer = try await fixture.post(AdmissionFixture.review())
    #expect(answer.status == 200 && answer.isAllowed == isAllowed)
    if isAllowed {
      #expect(answer.warnings == ["no policy was evaluated in time"])
    } else {
      #expect(answer.message.contains("no policy was evaluated in time, and 'no-latest' fails closed"))
      #expect(answer.response[path: "status", "code"]?.int == 504)
    }
    await fixture.close()
  }

  @Test func everybodyMayAskWhereItIsMeant() async throws {
    let fixture = try await AdmissionFixture(isAnonymous: true)
    #expect(fixture.said.all.withLock { $0.contains { $0.hasPrefix("everybody who reaches") } })
    #expect(try await fixture.post(AdmissionFixture.review(), token: "").isAllowed == false)
    // What is shown and is wrong is not the same as nothing.
    #expect(try await fixture.post(AdmissionFixture.review(), token: "bzt_x").status == 401)
    await fixture.close()
    let slow = try await AdmissionFixture { $0.access.anonymous = 1 }
    _ = try await slow.post(AdmissionFixture.review(), token: "")
    var statuses = Set<Int>()
    for _ in 0..<20 { statuses.insert(try await slow.post(AdmissionFixture.review(), token: "").status) }
    #expect(statuses.contains(429))
    await slow.close()
  }

  @Test func probesAndMetrics() async throws {
    let fixture = try await AdmissionFixture()
    #expect(try await fixture.get("/healthz").status == 200)
    #expect(try await fixture.get("/readyz").status == 200)
    _ = try await fixture.post(AdmissionFixture.review())
    _ = try await fixture.post(AdmissionFixture.review(dryRun: true))
    let plain = try await fixture.get("/metrics")
    #expect(plain.type == "text/plain; version=0.0.4; charset=utf-8")
    for line in [
      #"bartizan_admission_reviews_total{profile="default",phase="validate",outcome="denied",dry_run="false"} 1"#,
      #"bartizan_admission_reviews_total{profile="default",phase="validate",outcome="denied",dry_run="true"} 1"#,
      #"bartizan_admission_violations_total{profile="default",policy="no-latest",action="deny"} 1"#,
      #"bartizan_admission_policies{profile="default"} 3"#, "bartizan_tls_certificate_expiry_timestamp_seconds ",
    ] {
      #expect(plain.text.contains(line), "\(line)")
    }
    let open = try await fixture.get("/metrics", accept: "application/openmetrics-text; version=1.0.0")
    #expect(open.type.hasPrefix("application/openmetrics-text") && open.text.hasSuffix("# EOF\n"))
    await fixture.close()
  }

  @Test func policiesAreReadAnew() async throws {
    let fixture = try await AdmissionFixture()
    try fixture.folder.write("policies.yaml", AdmissionFixture.policies.replacing("no version", with: "name a version"))
    await fixture.server.reload()
    #expect(try await fixture.post(AdmissionFixture.review()).message.contains("name a version"))
    // What cannot be read leaves everything as it is.
    try fixture.folder.write("policies.yaml", "kind: [")
    await fixture.server.reload()
    #expect(try await fixture.post(AdmissionFixture.review()).message.contains("name a version"))
    #expect(fixture.said.all.withLock { $0.contains { $0.hasPrefix("policies and cluster stay as they were") } })
    #expect(try await fixture.get("/metrics").text.contains("bartizan_admission_load_failures_total 1"))
    await fixture.close()
  }

  @Test func certificatesAreRenewed() async throws {
    let fixture = try await AdmissionFixture()
    fixture.server.renew()
    #expect(!fixture.said.all.withLock { $0.contains { $0.hasPrefix("a new certificate") } })
    fixture.said.time.withLock { $0 += 21 * 86_400 }
    fixture.server.renew()
    #expect(fixture.said.all.withLock { $0.contains { $0.hasPrefix("a new certificate") } })
    // Whoever trusts the authority need not be told.
    #expect(try await fixture.post(AdmissionFixture.review()).isAllowed == false)
    await fixture.close()
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: String
    var policies = AdmissionFixture.policies
    let says: String
    var testDescription: String { name }
  }

  static let wrong: [Wrong] = [
    Wrong(name: "a mode of nothing", configuration: "  profiles: [{name: a, modes: {nope: warn}}]", says: "nope"),
    Wrong(name: "no mode", configuration: "  profiles: [{name: a, modes: {owner: maybe}}]", says: "maybe"),
    Wrong(
      name: "everything off", configuration: "  profiles: [{name: a, modes: {owner: off, no-latest: off, team: off}}]",
      says: "everything would pass"),
    Wrong(name: "no policies", configuration: "  profiles: [{name: a, policies: []}]", says: "everything would pass"),
    Wrong(name: "unknown field", configuration: "  profiles: [{name: a, polices: []}]", says: "polices"),
    Wrong(name: "a name with a slash", configuration: "  profiles: [{name: a/b}]", says: "part of a path"),
    Wrong(name: "the same name", configuration: "  profiles: [{name: a}, {name: a}]", says: "two profiles"),
    Wrong(name: "no level", configuration: "  profiles: [{name: a, podSecurity: {enforce: strict}}]", says: "strict"),
    Wrong(
      name: "no registry", configuration: "  profiles: [{name: a, registries: {allowed: ['https://x']}}]",
      says: "https://x"),
    Wrong(
      name: "no reason", configuration: "  exemptions: [{policy: owner, namespace: a, expires: 2030-01-01}]",
      says: "no reason"),
    Wrong(name: "no end", configuration: "  exemptions: [{policy: owner, namespace: a, reason: r}]", says: "expires"),
    Wrong(
      name: "for everything", configuration: "  exemptions: [{policy: owner, reason: r, expires: 2030-01-01}]",
      says: "names no namespace"),
    Wrong(
      name: "exempt from nothing",
      configuration: "  exemptions: [{policy: x, namespace: a, reason: r, expires: 2030-01-01}]", says: "names x"),
    Wrong(
      name: "a policy that the server would refuse", configuration: "  profiles: [{name: a}]",
      policies: AdmissionFixture.policies.replacing("!c.image", with: "!!!c.("), says: "would refuse this policy"),
    Wrong(name: "a broken file", configuration: "  profiles: [{name: a}]", policies: "kind: [", says: "profile a"),
  ]

  @Test(arguments: wrong) func wrongSettingsAreSaid(_ wrong: Wrong) async throws {
    do {
      let fixture = try await AdmissionFixture(wrong.configuration + "\n", policies: wrong.policies)
      await fixture.close()
      Issue.record("it started")
    } catch let error as BartizanError {
      #expect(error.message.contains(wrong.says), "\(error.message)")
    }
  }

  @Test func somebodyMustBeAllowedToAsk() async throws {
    await #expect(throws: BartizanError(.usage, "")) {
      try await AdmissionFixture { $0.access = AdmissionService.Access() }
    }
  }

  @Test func theAuthorityIsKeptPrivate() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/authority"
    let (made, isNew) = try AuthorityFiles.open(path, now: UnixTime.now)
    let (read, isNewer) = try AuthorityFiles.open(path, now: UnixTime.now)
    #expect(isNew && !isNewer && made.certificate == read.certificate && made.key == read.key)
    #expect(FileMode.of(path + "/ca.key") == 0o600)
    try folder.write("half/ca.crt", made.certificate)
    #expect(throws: BartizanError(.input, "")) { try AuthorityFiles.open(folder.path + "/half", now: UnixTime.now) }
    try folder.write("broken/ca.crt", "x")
    try folder.write("broken/ca.key", "y")
    #expect(throws: BartizanError(.input, "")) { try AuthorityFiles.open(folder.path + "/broken", now: UnixTime.now) }
  }
}
