import Bytes
import TestKit
import Testing
import Trust

/// The assets of sigstore-go, judged as that project's tests and examples judge them.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) struct SigstoreGoAssetTests {
  static let folder = "images/sigstore/sigstore-go/"
  static let releases = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"
  static let actions = "https://token.actions.githubusercontent.com"

  struct Case: Sendable, CustomTestStringConvertible {
    let bundle: String
    let root: String
    let digest: String
    var name = ""
    var issuer = ""
    /// Of a key, below the folder; nil for an identity.
    var key: String?
    var log = true
    /// Nil where it must verify.
    var refusedAt: TrustStep.Kind?
    var testDescription: String { "\(bundle) \(digest.prefix(14)) \(name)" }
  }

  static let js =
    "sha512:"
    + "46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c"
  static let provenance =
    "sha512:"
    + "76176ffa33808b54602c7c35de5c6e9a4deb96066dba6533f50ac234f4f1f4c6b3527515dc17c06fbe2860030f410eee69ea20079bd3a2c6f3dcf3b329b10751"
  static let slsa =
    "sha512:"
    + "bbfd372fc9beeb777fe35d05bb10c0c70a9733d366a75fed7dd18866c7391de3ee7e88ba74dd47abf3e15c845e547fcf0e5c3da80854c751554224d3a6d4e55f"
  static let other = "sha256:bc103b4a84971ef6459b294a2b98568a2bfb72cded09d4acd1e16366a401f95b"
  static let stamped = "sha256:6ae8a75555209fd6c44157c0aed8016e763ff435a19cf186f76863140143ff72"
  static let data = "pkg/testing/data/"

  static let cases: [Case] = {
    let jsBundle = data + "bundles/sigstore.js@2.0.0-provenance.sigstore.json"
    let good = data + "trusted-roots/public-good.json"
    let othername = data + "bundles/othername.sigstore.json"
    let scaffolding = data + "trusted-roots/scaffolding.json"
    let key = data + "public-keys/public-key-validity.pem"
    let stampedBundle = data + "bundles/public-key-validity.sigstore.json"
    let stampedRoot = data + "trusted-roots/public-key-validity.json"
    return [
      Case(bundle: jsBundle, root: good, digest: js, name: releases, issuer: actions),
      Case(
        bundle: jsBundle, root: good, digest: js, name: "https://github.com/other/x", issuer: actions,
        refusedAt: .identity),
      Case(
        bundle: jsBundle, root: good, digest: js, name: releases, issuer: "https://accounts.google.com",
        refusedAt: .identity),
      Case(bundle: jsBundle, root: good, digest: provenance, name: releases, issuer: actions, refusedAt: .statement),
      Case(
        bundle: jsBundle, root: scaffolding, digest: js, name: releases, issuer: actions, refusedAt: .inclusionPromise),
      Case(
        bundle: othername, root: scaffolding, digest: other, name: "foo!oidc.local", issuer: "http://oidc.local:8080"),
      Case(
        bundle: othername, root: scaffolding, digest: other, name: "bar!oidc.local", issuer: "http://oidc.local:8080",
        refusedAt: .identity),
      Case(
        bundle: othername, root: scaffolding, digest: stamped, name: "foo!oidc.local", issuer: "http://oidc.local:8080",
        refusedAt: .logEntry),
      Case(
        bundle: "examples/bundle-provenance.json", root: "examples/trusted-root-public-good.json", digest: provenance,
        name: releases, issuer: actions),
      Case(bundle: data + "bundles/dsse.sigstore.json", root: good, digest: slsa),
      // A log entry or an envelope with several signatures leaves open whose counts.
      Case(bundle: data + "bundles/dsse-2sigs.sigstore.json", root: good, digest: slsa, refusedAt: .format),
      Case(bundle: stampedBundle, root: stampedRoot, digest: stamped, key: key, log: false),
      Case(bundle: stampedBundle, root: stampedRoot, digest: stamped, key: key, refusedAt: .logEntry),
      Case(bundle: stampedBundle, root: stampedRoot, digest: other, key: key, log: false, refusedAt: .signature),
    ]
  }()

  @Test(arguments: cases) func asset(_ test: Case) async throws {
    let verifier = SigstoreVerifier(
      root: try TrustedRoot(json: SharedData.bytes(Self.folder + test.root)),
      requirements: .init(log: test.log, certificateTimestamp: true))
    let expected: SignerExpectation
    if let key = test.key {
      expected = .key(try VerificationKey(pem: SharedData.bytes(Self.folder + key)))
    } else {
      expected = .identities([
        ExpectedIdentity(
          name: test.name.isEmpty ? .any : .exact(test.name), issuer: test.issuer.isEmpty ? .any : .exact(test.issuer))
      ])
    }
    let digest = try #require(Digest(test.digest))
    let verdict = await verifier.verify(
      json: try SharedData.bytes(Self.folder + test.bundle), artifact: .digest(ArtifactDigest(digest)),
      expected: expected)
    #expect(verdict.failedStep == test.refusedAt, "\(verdict.failure?.sentence ?? "verified")")
  }

  /// The signature of npm on a package, by the key that Sigstore's TUF repository holds of npm.
  @Test func publishedPackage() async throws {
    let keys =
      try JSONReader.read(
        SharedData.bytes("images/sigstore/trust/targets/registry.npmjs.org/keys.json"))["keys"]?.elements ?? []
    let bundle = try SharedData.bytes(Self.folder + "examples/bundle-publish.json")
    let root = try TrustedRoot(json: SharedData.bytes(Self.folder + "examples/trusted-root-public-good.json"))
    let digest = try #require(Digest(Self.provenance))
    var verified = 0
    for key in keys where key["keyUsage"]?.string == "npm:attestations" {
      let spki = try #require(key[path: "publicKey", "rawBytes"]?.string.flatMap { Base64.decode($0) })
      let verdict = await SigstoreVerifier(root: root).verify(
        json: bundle, artifact: .digest(ArtifactDigest(digest)), expected: .key(try VerificationKey(spki: spki)))
      if verdict.isVerified { verified += 1 }
    }
    #expect(verified >= 1)
  }
}
