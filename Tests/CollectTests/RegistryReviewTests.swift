import Bytes
import Collect
import FakeCluster
import Findings
import Images
import PodSecurity
import Posture
import TestKit
import Testing

@Suite struct RegistryReviewTests {
  private static func ids(_ findings: [Finding]) -> [String] { Set(findings.map(\.check.rawValue)).sorted() }

  private static func look(_ registry: RealRegistry, trusting: Bool = true) async throws -> RegistryObservation {
    var settings = RegistrySettings()
    if trusting { settings.certificateAuthority = Array(registry.authority.certificate.utf8) }
    settings.login = .init(user: RealRegistry.user, password: RealRegistry.password, registry: registry.name)
    return try await RegistrySurvey(registry.name, settings, isActive: true).look()
  }

  /// The same registry, set up carelessly and with care, told apart point by point.
  @Test(.enabled(if: RealRegistry.isPresent, Comment(rawValue: RealRegistry.skipMessage)))
  func weakAndHardenedRegistriesAreToldApart() async throws {
    let image = try SampleImage(SampleImage.usual)
    let folder = try TemporaryFolder()
    try image.write(layout: folder)
    let weak = try await RealRegistry(.open, weak: true)
    try await weak.push(folder.path, "team/app:1.4")
    let hardened = try await RealRegistry(.htpasswd)
    try await hardened.push(folder.path, "team/app:1.4")
    let bad = try await Self.look(weak)
    #expect(
      Self.ids(RegistryReview.judge(bad, before: ["team/app:1.4": "sha256:other"], today: "2026-11-27")) == [
        "registry-anonymous-pull", "registry-anonymous-push", "registry-deletion", "registry-listing",
        "registry-tag-moved", "registry-unsigned-image", "registry-without-tls",
      ])
    let good = try await Self.look(hardened)
    #expect(good.images.count == 1 && good.gaps.isEmpty && good.acceptsOldTLS == false && good.allowsDeletion == false)
    let digest = try #require(good.images.first?.digest)
    #expect(
      Self.ids(RegistryReview.judge(good, before: ["team/app:1.4": digest], today: "2020-01-01")) == [
        "registry-unsigned-image"
      ])
    // The certificate of a test does not hold for long.
    let end = try #require(good.certificateEnds)
    #expect(Self.ids(RegistryReview.judge(good, today: end)).contains("registry-certificate-ends"))
    #expect(bad.certificateEnds == nil)
    // Somebody who does not know its authority sees that, and goes on looking.
    let untrusting = try await Self.look(hardened, trusting: false)
    #expect(Self.ids(RegistryReview.judge(untrusting, today: "2026-11-27")).contains("registry-bad-certificate"))
    await weak.close()
    await hardened.close()
  }

  /// Signatures by the referrers interface, by the tag that stands in for it, and by the tag that cosign writes.
  ///
  /// Source: OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"; cosign, "Signature specification".
  @Test(arguments: ["referrers", "no referrers", "fallback tag", "cosign tag", "other referrers"])
  func signaturesAreFoundWhereTheyAreKept(_ way: String) async throws {
    let image = try SampleImage(SampleImage.usual)
    let digest = SampleImage.digest(image.manifest)
    func index(_ kind: String) -> [UInt8] {
      Array("{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:x\",\"artifactType\":\"\(kind)\"}]}".utf8)
    }
    let word = digest.replacing(":", with: "-")
    var manifests = ["1.4": image.manifest, digest: image.manifest]
    var referrers: [String: [UInt8]]?
    switch way {
    case "referrers": referrers = [digest: index("application/vnd.dev.sigstore.bundle.v0.3+json")]
    case "no referrers": referrers = [:]
    case "other referrers": referrers = [digest: index("application/spdx+json")]
    case "fallback tag": manifests[word] = index("application/vnd.cncf.notary.signature")
    default: manifests[word + ".sig"] = image.manifest
    }
    let registry = try await FakeRegistry(
      manifests: manifests, blobs: Dictionary(uniqueKeysWithValues: image.blobs().map { ($0.digest, $0.bytes) }),
      referrers: referrers)
    var settings = RegistrySettings()
    settings.plainHTTP = true
    let seen = try await RegistrySurvey(registry.name, settings, repositories: ["team/app"]).look()
    #expect(seen.images.map(\.tag) == ["1.4"])
    #expect(seen.images.map(\.isSigned) == [way == "referrers" || way.hasSuffix("tag")])
    #expect(registry.requests.contains { $0.uri == "/v2/team/app/referrers/\(digest)" } == (way != "cosign tag"))
    await registry.close()
  }

  @Test func aListOfTagsWithoutEndEnds() async throws {
    let image = try SampleImage(SampleImage.usual)
    var faults = FakeRegistry.Faults()
    faults.tagsWithoutEnd = true
    let registry = try await FakeRegistry(
      manifests: ["1.4": image.manifest], blobs: [:], referrers: [:], faults: faults)
    var settings = RegistrySettings()
    settings.plainHTTP = true
    let seen = try await RegistrySurvey(registry.name, settings, repositories: ["team/app"]).look()
    #expect(!seen.images.isEmpty && seen.images.count <= 200)
    #expect(registry.requests.count { $0.uri.contains("/tags/list") } <= 200)
    await registry.close()
  }

  @Test func configurationsAreJudged() throws {
    func judge(_ text: String, passwords: String? = nil) throws -> [String] {
      let document = try #require(DocumentReader.read(Array(text.utf8)).documents.first)
      return Self.ids(
        RegistryReview.judge(configuration: document, file: "config.yml", passwords: passwords.map { Array($0.utf8) }))
    }
    let weak = """
      version: 0.1
      storage:
        s3: {region: eu, bucket: b, accesskey: AKLONGENOUGH12345, secretkey: very-secret-key-1}
        delete: {enabled: true}
      http:
        addr: :5000
        debug: {addr: ":5001"}
      """
    #expect(
      try judge(weak) == [
        "registry-anonymous-push", "registry-credential-in-configuration", "registry-debug-open", "registry-deletion",
        "registry-without-tls",
      ])
    let hardened = """
      version: 0.1
      storage: {filesystem: {rootdirectory: /data}}
      http:
        addr: :5000
        debug: {addr: "127.0.0.1:5001"}
        tls: {certificate: a.pem, key: a.key, minimumtls: tls1.2}
      auth: {htpasswd: {realm: x, path: /auth}}
      """
    #expect(try judge(hardened, passwords: "a:$2y$05$abc\n").isEmpty)
    #expect(try judge(hardened, passwords: "a:$apr1$x\n") == ["registry-weak-passwords"])
    #expect(try judge(hardened) == ["registry-default-passwords"])
    #expect(
      try judge(hardened.replacing("tls1.2", with: "tls1.0"), passwords: "a:$2y$05$abc\n") == ["registry-old-tls"])
    #expect(
      try judge(hardened.replacing("htpasswd: {realm: x, path: /auth}", with: "silly: {realm: x}")) == [
        "registry-anonymous-push"
      ])
  }

  @Test func oldImagesAreTold() {
    var seen = RegistryObservation(registry: "r")
    seen.images = [
      ("a", "2020-01-01T00:00:00Z"), ("b", "2026-10-01T00:00:00Z"), ("c", ""), ("d", "0001-01-01T00:00:00Z"),
    ].map {
      RegistryObservation.Image(repository: $0.0, tag: "1", digest: "sha256:x", created: $0.1, isSigned: true)
    }
    let found = RegistryReview.judge(seen, today: "2026-11-27")
    #expect(found.map(\.message) == ["a:1 was built on 2020-01-01"])
  }

  @Test func pointsAreFull() {
    let rules = CheckCatalogue.registryChecks.map(\.metadata.rule)
    #expect(Set(rules.map(\.id)).count == rules.count)
    #expect(rules.allSatisfy { $0.remediation.hasSuffix(".") && !$0.title.isEmpty })
  }
}
