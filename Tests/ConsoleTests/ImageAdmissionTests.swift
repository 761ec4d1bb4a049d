import Admission
import Bytes
import Collect
import Console
import FakeCluster
import Findings
import Operations
import Server
import TestKit
import Testing
import Transport
import Trust

/// The webhook over TLS, before a registry on the loopback address: who signed what is to run decides.
@Suite struct ImageAdmissionTests {
  /// An image in a registry with its signature.
  private struct Stored {
    var manifests: [String: [UInt8]] = [:]
    var blobs: [String: [UInt8]] = [:]
    var referrers: [String: [UInt8]] = [:]

    /// - Returns: the digest.
    mutating func image(_ tag: String, signedBy key: SigningKey?) throws -> String {
      let manifest = Array(
        #"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": [], "annotations": {"tag": "\#(tag)"}}"#
          .utf8)
      let digest = Digest(.sha256, sum: HashAlgorithm.sha256.hash(manifest))
      manifests[digest.text] = manifest
      manifests[tag] = manifest
      guard let key else { return digest.text }
      let signed = try ImageSigner(key: key, layout: .bundle).sign(digest, repository: "", annotations: [])
      let signature = SignatureManifest(
        signed,
        about: .init(
          mediaType: "application/vnd.oci.image.manifest.v1+json", digest: digest, size: manifest.count),
        created: Timestamp(nanoseconds: 0))
      for blob in signature.blobs { blobs[Digest(.sha256, sum: HashAlgorithm.sha256.hash(blob)).text] = blob }
      manifests[signature.digest.text] = signature.bytes
      referrers[digest.text] = signature.listed(after: nil)
      return digest.text
    }
  }

  private struct Teams {
    let ours: SigningKey
    let theirs: SigningKey
    var stored = Stored()
    let signed: String
    let wrong: String
    let bare: String

    init() throws {
      ours = try SigningKey.generate(.p256)
      theirs = try SigningKey.generate(.ed25519)
      signed = try stored.image("signed", signedBy: ours)
      wrong = try stored.image("wrong", signedBy: theirs)
      bare = try stored.image("bare", signedBy: nil)
    }

    func registry() async throws -> FakeRegistry {
      try await FakeRegistry(manifests: stored.manifests, blobs: stored.blobs, referrers: stored.referrers)
    }

    func fixture(
      _ registry: FakeRegistry, _ folder: TemporaryFolder, _ others: String = ""
    ) async throws -> AdmissionFixture {
      try folder.write("team.pub", PEM.text("PUBLIC KEY", ours.publicKey.spki))
      try folder.write(
        "signed.yaml",
        """
        apiVersion: bartizan.dev/v1
        kind: ImagePolicy
        metadata: {name: ours}
        spec:
          images: ["\(registry.name)/team/*"]
          authorities:
          - {name: team, transparencyLog: optional, keys: [{file: team.pub}]}

        """)
      return try await AdmissionFixture(
        """
          imageTrust: \(folder.path)/trust
          profiles:
          - name: default
            policies: []
            images: {policies: ["\(folder.path)/signed.yaml"], \(others)exempt: [sandbox-*]}

        """)
    }
  }

  @Test func fourAnswers() async throws {
    let teams = try Teams()
    let registry = try await teams.registry()
    let folder = try TemporaryFolder()
    let fixture = try await teams.fixture(registry, folder)
    func ask(_ image: String, namespace: String = "shop") async throws -> AdmissionFixture.Answer {
      try await fixture.post(AdmissionFixture.review(image: image, namespace: namespace))
    }
    let name = "\(registry.name)/team/app"
    let signed = try await ask("\(name)@\(teams.signed)")
    #expect(signed.isAllowed == true && signed.warnings.isEmpty && signed.annotations.isEmpty)
    let wrong = try await ask("\(name)@\(teams.wrong)")
    #expect(wrong.isAllowed == false)
    #expect(
      wrong.message
        == "pods \"web\" is forbidden: spec.containers[0].image: \(name)@\(teams.wrong) is not signed by those expected: ours/team: the signature of the envelope is not valid"
    )
    let bare = try await ask("\(name):bare")
    #expect(
      bare.isAllowed == false && bare.message.hasSuffix("\(name):bare@\(teams.bare) is not signed"), "\(bare.message)")
    // Through no policy, through an exempt namespace.
    let other = try await ask("\(registry.name)/other/app@\(teams.signed)")
    #expect(other.isAllowed == true && other.warnings.count == 1)
    #expect(try await ask("\(name)@\(teams.bare)", namespace: "sandbox-1").isAllowed == true)
    #expect(
      try await fixture.get("/metrics").text.contains(
        #"bartizan_admission_images_total{profile="default",result="unsigned",source="verification"} 1"#))
    // What is known is admitted without the registry; what is not is refused as the policy says.
    await registry.close()
    #expect(try await ask("\(name)@\(teams.signed)").isAllowed == true)
    let unknown = try await ask("\(name)@sha256:\(String(repeating: "0", count: 64))")
    #expect(unknown.isAllowed == false && unknown.message.contains("is not known"))
    #expect(
      try await fixture.get("/metrics").text.contains(
        #"bartizan_admission_images_total{profile="default",result="verified",source="cache"} 1"#))
    await fixture.close()
    // Another process knows it, too.
    let second = try await teams.fixture(registry, folder)
    let again = try await second.post(AdmissionFixture.review(image: "\(name)@\(teams.signed)"))
    #expect(again.isAllowed == true)
    await second.close()
  }

  @Test func tagsArePinned() async throws {
    let teams = try Teams()
    let registry = try await teams.registry()
    let folder = try TemporaryFolder()
    let fixture = try await teams.fixture(registry, folder, "tags: pin, ")
    let name = "\(registry.name)/team/app:signed"
    let answer = try await fixture.post(AdmissionFixture.review(image: name), to: "/mutate/default")
    let patch = Base64.decode(answer.response["patch"]?.string ?? "").map { String(decoding: $0, as: UTF8.self) }
    #expect(
      patch == #"[{"op":"replace","path":"/spec/containers/0/image","value":"\#(name)@\#(teams.signed)"}]"#,
      "\(patch ?? "")")
    let refused = try await fixture.post(
      AdmissionFixture.review(image: "\(registry.name)/team/app:bare"), to: "/mutate/default")
    #expect(refused.isAllowed == false && refused.response["patch"] == nil)
    // A tag that reaches the validating webhook was not pinned.
    let unpinned = try await fixture.post(AdmissionFixture.review(image: name))
    #expect(unpinned.isAllowed == false && unpinned.message.contains("the pod names a tag"), "\(unpinned.message)")
    await registry.close()
    await fixture.close()
  }

  @Test(arguments: [
    ("{mode: enforce}", "names no policies"), ("{policies: [signed.yaml], mode: maybe}", "is no mode"),
    ("{policies: [signed.yaml], tags: maybe}", "verify, pin or refuse"),
    ("{policies: [signed.yaml], lifetimes: {verified: 1y}}", "wanted is a span"),
    ("{policies: [signed.yaml], registry: {user: kim}}", "unknown field"),
    ("{policies: [missing.yaml]}", "missing.yaml"),
  ]) func wrongSettingsAreSaid(_ images: String, _ says: String) async throws {
    var message = ""
    do {
      let configuration = try AdmissionFixture.configuration(
        "  profiles:\n  - {name: default, policies: [], images: \(images)}\n", [])
      let cache = try ImageTrustCache(folder: nil)
      _ = try await AdmissionProfiles.load(
        configuration, cluster: nil,
        images: .init(cache: cache, registry: .init(), home: nil, now: { Timestamp(nanoseconds: 0) }),
        today: "2026-11-29")
    } catch let error as BartizanError {
      message = error.message
    }
    #expect(message.contains(says), "\(message)")
  }
}
