import Bytes
import TestKit
import Testing
import Trust

/// The assets of sigstore-python, judged as that project's tests judge them.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) struct SigstoreAssetTests {
  static let folder = "images/sigstore/sigstore-python-assets/"

  struct Case: Sendable, CustomTestStringConvertible {
    let bundle: String
    let artifact: String
    let isProduction: Bool
    /// Nil where it must verify.
    let refusedAt: TrustStep.Kind?
    let signer: String
    var testDescription: String { bundle }

    init(
      _ bundle: String, _ artifact: String, production: Bool = false, refusedAt: TrustStep.Kind? = nil,
      signer: String = ""
    ) {
      self.bundle = bundle
      self.artifact = artifact
      isProduction = production
      self.refusedAt = refusedAt
      self.signer = signer
    }
  }

  static let cases = [
    Case("bundle.txt.sigstore", "bundle.txt", signer: "a@tny.town"),
    Case("bundle_v3.txt.sigstore", "bundle_v3.txt", signer: "william@yossarian.net"),
    Case("bundle_v3_alt.txt.sigstore", "bundle_v3_alt.txt", signer: "william@yossarian.net"),
    Case("integration/bundle_v3.txt.sigstore", "integration/bundle_v3.txt", signer: "william@yossarian.net"),
    Case("staging-rekor-v2.txt.sigstore.json", "staging-rekor-v2.txt", signer: "jku@goto.fi"),
    Case("tsa/bundle.txt.sigstore", "tsa/bundle.txt", signer: "alexis.challande@trailofbits.com"),
    Case(
      "bundle_v3_github.whl.sigstore", "bundle_v3_github.whl", production: true,
      signer: "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2"),
    Case("bundle.txt.sigstore", "bundle.txt", production: true, refusedAt: .inclusionPromise),
    Case("bundle.txt.sigstore", "a.txt", refusedAt: .logEntry),
    Case("bundle_cve_2022_36056.txt.sigstore", "bundle_cve_2022_36056.txt", refusedAt: .logEntry),
    Case("bundle_no_cert_v1.txt.sigstore", "bundle_no_cert_v1.txt", refusedAt: .format),
    Case("bundle_no_checkpoint.txt.sigstore", "bundle_no_checkpoint.txt", refusedAt: .format),
    Case("bundle_no_log_entry.txt.sigstore", "bundle_no_log_entry.txt", refusedAt: .signingTime),
    Case("bundle_invalid_version.txt.sigstore", "bundle_invalid_version.txt", refusedAt: .format),
    Case("bundle_v3_no_signed_time.txt.sigstore.json", "bundle_v3_no_signed_time.txt", refusedAt: .signingTime),
    Case("tsa/bundle.duplicate.sigstore", "tsa/bundle.txt", refusedAt: .format),
    Case("tsa/bundle.many_timestamp.sigstore", "tsa/bundle.txt", refusedAt: .format),
  ]

  static func verifier(production: Bool) throws -> SigstoreVerifier {
    let path = production ? "targets/trusted_root.json" : "trusted_root.staging.json"
    return SigstoreVerifier(root: try TrustedRoot(json: SharedData.bytes("images/sigstore/trust/" + path)))
  }

  @Test(arguments: cases) func asset(_ test: Case) async throws {
    let verifier = try Self.verifier(production: test.isProduction)
    let verdict = await verifier.verify(
      json: try SharedData.bytes(Self.folder + test.bundle),
      artifact: .bytes(try SharedData.bytes(Self.folder + test.artifact)),
      expected: .identities([ExpectedIdentity(name: .any, issuer: .any)]))
    #expect(verdict.failedStep == test.refusedAt, "\(verdict.failure?.sentence ?? "verified")")
    guard test.refusedAt == nil else { return }
    guard case .certificate(let identity) = verdict.signer else {
      Issue.record("no signer")
      return
    }
    #expect(identity.names == [test.signer])
  }

  @Test func onlyTheExpectedIdentityVerifies() async throws {
    let verifier = try Self.verifier(production: true)
    let bundle = try SharedData.bytes(Self.folder + "bundle_v3_github.whl.sigstore")
    let artifact = Artifact.bytes(try SharedData.bytes(Self.folder + "bundle_v3_github.whl"))
    let name = TextMatch.exact(
      "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2")
    let issuer = TextMatch.exact("https://token.actions.githubusercontent.com")
    func pattern(_ text: String) throws -> TextMatch { .pattern(try LinearRegex(text), source: text) }
    let repository = TextMatch.exact("https://github.com/trailofbits/rfc8785.py")
    let table: [(ExpectedIdentity, Bool)] = [
      (ExpectedIdentity(name: name, issuer: issuer), true),
      (ExpectedIdentity(name: try pattern("https://github.com/trailofbits/.*"), issuer: issuer), true),
      // The whole text must match: a prefix is not enough, and neither is a part in the middle.
      (ExpectedIdentity(name: try pattern("https://github.com/trailofbits"), issuer: issuer), false),
      (ExpectedIdentity(name: try pattern("trailofbits"), issuer: issuer), false),
      (ExpectedIdentity(name: name, issuer: .exact("https://accounts.google.com")), false),
      (ExpectedIdentity(name: .exact("https://github.com/trailofbits/other"), issuer: issuer), false),
      (ExpectedIdentity(name: name, issuer: issuer, claims: [.sourceRepositoryURI: repository]), true),
      (ExpectedIdentity(name: name, issuer: issuer, claims: [.sourceRepositoryURI: .exact("other")]), false),
      (ExpectedIdentity(name: name, issuer: issuer, claims: [.deploymentEnvironment: .exact("prod")]), false),
    ]
    for (identity, isExpected) in table {
      let verdict = await verifier.verify(json: bundle, artifact: artifact, expected: .identities([identity]))
      #expect(verdict.isVerified == isExpected, "\(identity.name.text) \(identity.issuer.text)")
      #expect(isExpected || verdict.failedStep == .identity)
    }
  }

  @Test func trustedRoots() throws {
    let root = try TrustedRoot(json: SharedData.bytes("images/sigstore/trust/targets/trusted_root.json"))
    #expect(root.certificateAuthorities.count == 2 && root.certificateLogs.count == 2)
    #expect(!root.transparencyLogs.isEmpty && !root.timestampAuthorities.isEmpty)
    #expect(throws: TrustFailure.self) {
      _ = try TrustedRoot(json: SharedData.bytes(Self.folder + "trusted_root/trustedroot.badtype.json"))
    }
  }
}
