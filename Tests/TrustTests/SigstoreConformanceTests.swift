import Bytes
import TestKit
import Testing
import Trust

/// The cases of the Sigstore project's conformance suite: 70 bundles, each verified by the artifact and by its digest.
@Suite struct SigstoreConformanceTests {
  static let folder = "images/sigstore/conformance/bundle-verify"
  static let cases: [String] = SharedData.isPresent ? SourceFiles.folders(SharedData.root + "/" + folder).sorted() : []

  static func file(_ name: String, _ file: String) -> [UInt8]? {
    try? SharedData.bytes("\(folder)/\(name)/\(file)")
  }

  static func text(_ name: String, _ file: String) -> String? {
    Self.file(name, file).map { String(decoding: $0, as: UTF8.self).trimmed }
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) func thereAreSeventy() {
    #expect(Self.cases.count == 70)
  }

  @Test(arguments: cases) func bundle(_ name: String) async throws {
    let bundle = try #require(Self.file(name, "bundle.sigstore.json"))
    let artifact = try Self.file(name, "artifact") ?? SharedData.bytes(Self.folder + "/a.txt")
    let root =
      try Self.file(name, "trusted_root.json") ?? SharedData.bytes("images/sigstore/trust/targets/trusted_root.json")
    for given in [Artifact.bytes(artifact), Artifact.digest(try #require(Artifact.bytes(artifact).digest(.sha256)))] {
      let verdict = await Self.verify(name, bundle, given, root)
      #expect(
        verdict.isVerified != name.hasSuffix("_fail"),
        "\(name): \(verdict.failure?.sentence ?? "verified")")
    }
  }

  /// A bundle must be refused for what is wrong with it, not for something else.
  static let refusedAt: [(TrustStep.Kind, [String])] = [
    (
      .format,
      [
        "bundle-empty-certificate-chain", "bundle-invalid-base64-signature", "bundle-malformed-json",
        "bundle-negative-log-index", "bundle-unknown-version", "bundle-with-root-cert",
        "intoto-missing-inclusion-proof",
        "invalid-inclusion-proof", "managed-key-wrong-key", "rekor2-no-inclusion-proof",
        "trust-root-tlog-missing-validity-start",
      ]
    ),
    (.inclusionPromise, ["bundle-from-wrong-instance", "incorrect-public-key", "set-invalid-signature"]),
    (.inclusionProof, ["inclusion-proof-corrupted-hash"]),
    (
      .checkpoint,
      [
        "checkpoint-bad-keyhint", "checkpoint-wrong-roothash", "invalid-checkpoint-signature",
        "rekor2-checkpoint-missing-log-signature", "rekor2-checkpoint-missing-origin",
        "rekor2-checkpoint-missing-root-hash", "rekor2-checkpoint-missing-size",
        "rekor2-checkpoint-no-matching-signature",
      ]
    ),
    (
      .signingTime,
      [
        "rekor2-no-timestamp", "rekor2-timestamp-outside-trust-root-tsa-validity",
        "rekor2-timestamp-outside-tsa-cert-validity", "rekor2-timestamp-payload-mismatch",
        "rekor2-timestamp-untrusted-tsa-with-embedded-cert", "rekor2-timestamp-untrusted-tsa-without-embedded-cert",
      ]
    ),
    (
      .certificateChain,
      [
        "integrated-time-in-future", "intoto-expired-certificate", "intoto-set-outside-signing-cert-validity",
        "intoto-tsa-timestamp-outside-cert-validity", "rekor2-timestamp-with-incorrect-time",
      ]
    ),
    (.certificateTransparency, ["invalid-ct-key"]),
    (.identity, ["managed-key-no-key"]),
    (
      .logEntry,
      [
        "dsse-invalid-sig", "dsse-mismatch-envelope", "dsse-mismatch-sig", "intoto-log-entry-mismatch",
        "rekor2-dsse-invalid-sig", "rekor2-dsse-mismatch-envelope", "rekor2-dsse-mismatch-sig", "signature-mismatch",
        "wrong-hashedrekord-artifact", "wrong-hashedrekord-cert-and-sig", "wrong-hashedrekord-entry", "wrong-material",
      ]
    ),
    (.artifact, ["message-digest-mismatch"]),
  ]

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func refusedForTheRightReason() async throws {
    var seen = 0
    for (kind, names) in Self.refusedAt {
      for name in names.map({ $0 + "_fail" }) {
        let artifact = try Self.file(name, "artifact") ?? SharedData.bytes(Self.folder + "/a.txt")
        let root =
          try Self.file(name, "trusted_root.json")
          ?? SharedData.bytes("images/sigstore/trust/targets/trusted_root.json")
        let bundle = try #require(Self.file(name, "bundle.sigstore.json"))
        let verdict = await Self.verify(name, bundle, .bytes(artifact), root)
        #expect(verdict.failedStep == kind, "\(name): \(verdict.failure?.sentence ?? "verified")")
        seen += 1
      }
    }
    #expect(seen == Self.cases.count { $0.hasSuffix("_fail") })
  }

  static func verify(_ name: String, _ bundle: [UInt8], _ artifact: Artifact, _ root: [UInt8]) async -> TrustVerdict {
    do {
      let expected: SignerExpectation
      if let key = Self.file(name, "key.pub") {
        expected = .key(try VerificationKey(pem: key))
      } else {
        expected = .identities([
          ExpectedIdentity(
            name: .exact(
              Self.text(name, "identity")
                ?? "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
            ), issuer: .exact(Self.text(name, "issuer") ?? "https://token.actions.githubusercontent.com"))
        ])
      }
      let verifier = SigstoreVerifier(root: try TrustedRoot(json: root))
      return await verifier.verify(json: bundle, artifact: artifact, expected: expected)
    } catch {
      var verdict = TrustVerdict()
      verdict.failed(.format, error)
      return verdict
    }
  }
}

extension TrustVerdict {
  var failedStep: TrustStep.Kind? {
    steps.first { if case .failed = $0.outcome { true } else { false } }?.kind
  }
}

extension String {
  var trimmed: String {
    var text = Substring(self)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
