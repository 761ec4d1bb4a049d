import Bytes
import TestKit
import Testing
import Trust

/// The test data of the Notary project, judged as that project's tests judge it.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) struct NotationTests {
  static let folder = "images/notation/notation-go/"
  static let stores: [(NotationTrustPolicy.StoreKind, String)] = [
    (.ca, "valid-trust-store"), (.signingAuthority, "valid-trust-store"), (.tsa, "test-timestamp"),
  ]
  static let now = Timestamp("2024-06-01T00:00:00Z") ?? Timestamp(nanoseconds: 0)

  static func store() throws -> NotationTrustStore {
    var store = NotationTrustStore()
    for (kind, name) in stores {
      for file in SourceFiles.all(Self.path(kind.rawValue + "/" + name), suffix: "") {
        try store.add(FileReaderForTests.bytes(file), to: .init(kind: kind, name: name))
      }
    }
    return store
  }

  static func path(_ store: String) -> String {
    SharedData.root + "/" + folder + "verifier/testdata/truststore/x509/" + store
  }

  static func statement(
    level: String = "strict", override: String = "{}", stores: String, identity: String = "*",
    verifyTimestamp: String = "always"
  ) throws -> NotationTrustPolicy.Statement {
    let json = """
      {"version": "1.0", "trustPolicies": [{"name": "a", "registryScopes": ["*"],
       "signatureVerification": {"level": "\(level)", "override": \(override), "verifyTimestamp": "\(verifyTimestamp)"},
       "trustStores": [\(stores)], "trustedIdentities": ["\(identity)"]}]}
      """
    return try #require(try NotationTrustPolicy(json: Array(json.utf8)).statement(for: "example.com/app"))
  }

  static func verify(
    _ bytes: [UInt8], _ statement: NotationTrustPolicy.Statement, store: NotationTrustStore, now: Timestamp = now,
    digest: String? = nil
  ) async throws -> TrustVerdict {
    let format: NotationEnvelope.Format = bytes.first == UInt8(ascii: "{") ? .jws : .cose
    let signed = try? NotationEnvelope(bytes, format: format).target().digest
    return await NotationVerifier(store: store).verify(
      bytes, format: format, artifact: .init(digest: digest ?? signed ?? ""), statement: statement, now: now)
  }

  static let bothStores = #""ca:valid-trust-store", "signingAuthority:valid-trust-store""#
  static let envelopes: [(String, TrustStep.Kind?)] = [
    ("ca_valid_sig_env.json", nil), ("sa_valid_sig_env.json", nil),
    ("ca_expired_sig_env.json", .expiry), ("sa_expired_sig_env.json", .expiry),
    ("ca_invalid_sig_env.json", .format), ("sa_invalid_sig_env.json", .format),
    ("ca_plugin_sig_env.json", .signature), ("sa_plugin_sig_env.json", .signature),
    ("ca_compatible_pluginver_sig_env_0.0.9.json", .signature),
    ("ca_compatible_pluginver_sig_env_1.0.0.json", .signature),
    ("ca_compatible_pluginver_sig_env_1.0.0-alpha.json", .signature),
    ("ca_compatible_pluginver_sig_env_1.0.0-alpha.beta.json", .signature),
    ("ca_incompatible_pluginver_sig_env_1.0.1.json", .signature),
    ("ca_incompatible_pluginver_sig_env_1.0.9.json", .signature),
    ("ca_incompatible_pluginver_sig_env_1.1.0-alpha.json", .signature),
    ("ca_incompatible_pluginver_sig_env_1.2.3.json", .signature),
    ("sig_env_with_metadata.json", .authenticity),
  ]

  @Test func mockEnvelopes() async throws {
    let store = try Self.store()
    let strict = try Self.statement(stores: Self.bothStores)
    for (name, refusedAt) in Self.envelopes {
      let bytes = try SharedData.bytes(Self.folder + "internal/mock/testdata/" + name)
      let verdict = try await Self.verify(bytes, strict, store: store)
      #expect(verdict.failedStep == refusedAt, "\(name): \(verdict.failure?.sentence ?? "verified")")
      let other = try await Self.verify(
        bytes, strict, store: store, digest: "sha256:" + String(repeating: "0", count: 64))
      #expect(!other.isVerified)
    }
  }

  @Test func levels() async throws {
    let store = try Self.store()
    let expired = try SharedData.bytes(Self.folder + "internal/mock/testdata/ca_expired_sig_env.json")
    let foreign = try SharedData.bytes(Self.folder + "internal/mock/testdata/sig_env_with_metadata.json")
    let invalid = try SharedData.bytes(Self.folder + "internal/mock/testdata/ca_invalid_sig_env.json")
    let table: [(String, String, [UInt8], Bool)] = [
      ("strict", "{}", expired, false), ("permissive", "{}", expired, true), ("audit", "{}", expired, true),
      ("strict", #"{"expiry": "log"}"#, expired, true), ("audit", #"{"expiry": "enforce"}"#, expired, false),
      ("strict", "{}", foreign, false), ("permissive", "{}", foreign, false), ("audit", "{}", foreign, true),
      ("audit", #"{"authenticity": "enforce"}"#, foreign, false), ("audit", "{}", invalid, false),
    ]
    for (level, override, bytes, isVerified) in table {
      let statement = try Self.statement(level: level, override: override, stores: Self.bothStores)
      let verdict = try await Self.verify(bytes, statement, store: store)
      #expect(verdict.isVerified == isVerified, "\(level) \(override): \(verdict.failure?.sentence ?? "verified")")
    }
  }

  @Test func identities() async throws {
    let store = try Self.store()
    let bytes = try SharedData.bytes(Self.folder + "internal/mock/testdata/ca_valid_sig_env.json")
    let table: [(String, Bool)] = [
      ("x509.subject: C=US, ST=WA, O=Notary", true), ("x509.subject: CN=Notation Test Leaf,C=US,ST=WA,O=Notary", false),
      ("x509.subject: C=US, S=WA, O=Notary", true), ("x509.subject: C=US, ST=WA, O=Other", false),
      ("x509.subject: C=US, ST=WA, O=Notary, OU=Nobody", false),
    ]
    for (identity, isVerified) in table {
      let statement = try Self.statement(stores: Self.bothStores, identity: identity)
      let verdict = try await Self.verify(bytes, statement, store: store)
      #expect(verdict.isVerified == isVerified, "\(identity): \(verdict.failure?.sentence ?? "verified")")
    }
  }

  /// A timestamp of a real authority; the lists of revoked certificates that it points to are not at hand.
  @Test func timestamps() async throws {
    let store = try Self.store()
    let stores = #""ca:valid-trust-store", "tsa:test-timestamp""#
    let lenient = try Self.statement(override: #"{"revocation": "log"}"#, stores: stores)
    let strict = try Self.statement(stores: stores)
    let table: [(String, TrustStep.Kind?, TrustStep.Kind?)] = [
      ("coseWithTimestamp.sig", nil, .revocation), ("jwsWithTimestamp.sig", nil, .revocation),
      ("withoutTimestamp.sig", .signingTime, .signingTime),
      ("timestampBeforeNotBefore.sig", .signingTime, .signingTime),
      ("timestampAfterNotAfter.sig", .authenticity, .authenticity),
    ]
    for (name, lenientRefusal, strictRefusal) in table {
      let bytes = try SharedData.bytes(Self.folder + "verifier/testdata/timestamp/sigEnv/" + name)
      let verdict = try await Self.verify(bytes, lenient, store: store)
      #expect(verdict.failedStep == lenientRefusal, "\(name): \(verdict.failure?.sentence ?? "verified")")
      let other = try await Self.verify(bytes, strict, store: store)
      #expect(other.failedStep == strictRefusal, "\(name): \(other.failure?.sentence ?? "verified")")
    }
    // Long after the certificate's end, the timestamp carries the signature; without one nothing does.
    let later = try #require(Timestamp("2150-01-01T00:00:00Z"))
    let stamped = try SharedData.bytes(Self.folder + "verifier/testdata/timestamp/sigEnv/jwsWithTimestamp.sig")
    #expect(try await Self.verify(stamped, lenient, store: store, now: later).isVerified)
    let afterExpiry = try Self.statement(
      override: #"{"revocation": "log"}"#, stores: stores, verifyTimestamp: "afterCertExpiry")
    let bare = try SharedData.bytes(Self.folder + "verifier/testdata/timestamp/sigEnv/withoutTimestamp.sig")
    #expect(try await Self.verify(bare, afterExpiry, store: store).isVerified)
    #expect(try await Self.verify(bare, afterExpiry, store: store, now: later).failedStep == .signingTime)
  }

  /// The layout of Alpine 3.17.2 with its signatures, once the signer's certificate is trusted, and not before.
  @Test(arguments: ["jws_signature.sig", "cose_signature.sig"]) func signedAlpine(_ name: String) async throws {
    let bytes = try SharedData.bytes(Self.folder + "internal/testdata/" + name)
    let manifest = try SharedData.bytes(
      Self.folder
        + "internal/testdata/oci-layout/blobs/sha256/19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0")
    let digest = Digest(.sha256, sum: HashAlgorithm.sha256.hash(manifest)).text
    let format: NotationEnvelope.Format = name.hasPrefix("jws") ? .jws : .cose
    let envelope = try NotationEnvelope(bytes, format: format)
    let statement = try Self.statement(
      stores: #""ca:alpine""#, identity: "x509.subject: C=US, ST=WA, O=Notary, CN=alpine")
    var store = NotationTrustStore()
    let empty = try await Self.verify(bytes, statement, store: store, digest: digest)
    #expect(empty.failedStep == .authenticity)
    try store.add(envelope.certificates[0].der, to: .init(kind: .ca, name: "alpine"))
    for (type, size, isVerified) in [
      ("application/vnd.oci.image.manifest.v1+json", manifest.count, true),
      ("application/vnd.docker.distribution.manifest.v2+json", manifest.count, false),
      ("application/vnd.oci.image.manifest.v1+json", manifest.count + 1, false),
    ] {
      let verdict = await NotationVerifier(store: store).verify(
        bytes, format: format, artifact: .init(digest: digest, mediaType: type, size: Int64(size)),
        statement: statement, now: Self.now)
      #expect(verdict.isVerified == isVerified, "\(type): \(verdict.failure?.sentence ?? "verified")")
    }
  }

  @Test func conformanceEnvelopes() throws {
    let core = "images/notation/notation-core-go/signature/"
    let jws = try NotationEnvelope(SharedData.bytes(core + "jws/testdata/conformance.json"), format: .jws)
    #expect(jws.algorithm == .ecdsa(.sha256) && jws.scheme == .x509)
    #expect(jws.payload == Array(#"{"key":"hello JWS"}"#.utf8))
    #expect(jws.signingTime == Timestamp("2022-08-29T13:50:00Z") && jws.expiry == Timestamp("2099-08-30T13:50:00Z"))
    #expect(jws.unknownCritical == ["signedCritKey1"] && jws.agent == "NotationConformanceTest/1.0.0")
    let description = try JSONReader.read(SharedData.bytes(core + "cose/testdata/conformance.json"))
    let hex = try #require(description[path: "expectedOutput", "cborHex"]?.string)
    let cose = try NotationEnvelope(try #require(Hex.bytes(hex)), format: .cose)
    #expect(cose.algorithm == .rsaPSS(.sha384) && cose.scheme == .x509)
    #expect(cose.payload == Array("hello COSE".utf8))
    #expect(cose.signingTime?.seconds == description["signingTime"]?.int)
    #expect(cose.expiry?.seconds == description["expiry"]?.int)
    #expect(cose.unknownCritical == ["signedCritKey1"] && cose.agent == "NotationConformanceTest/1.0.0")
  }

  @Test func trustStores() throws {
    let refused = [
      "ca/trust-store-with-leaf-certs", "ca/trust-store-with-leaf-certs-in-single-file",
      "ca/trust-store-with-invalid-certs", "ca/valid-trust-store_SYMLINK", "tsa/test-nonCA", "tsa/test-nonSelfIssued",
    ]
    let accepted = [
      "ca/valid-trust-store", "ca/valid-trust-store-2", "ca/valid-trust-store-self-signed",
      "signingAuthority/valid-trust-store", "signingAuthority/valid-trust-store-2", "tsa/test-timestamp",
      "tsa/test-mismatch",
    ]
    for (names, isAccepted) in [(refused, false), (accepted, true)] {
      for name in names {
        var store = NotationTrustStore()
        var failure: TrustFailure?
        let kind: NotationTrustPolicy.StoreKind =
          name.hasPrefix("tsa") ? .tsa : name.hasPrefix("signingAuthority") ? .signingAuthority : .ca
        let files = SourceFiles.all(Self.path(name), suffix: "")
        #expect(!files.isEmpty, "\(name)")
        for file in files {
          do throws(TrustFailure) {
            let bytes = (try? FileReaderForTests.bytes(file)) ?? []
            try store.add(bytes, to: .init(kind: kind, name: "a"))
          } catch { failure = error }
        }
        #expect((failure == nil) == isAccepted, "\(name): \(failure?.sentence ?? "accepted")")
      }
    }
  }

  @Test func countersignaturesAndLists() throws {
    let stamps = Self.folder + "verifier/testdata/timestamp/countersignature/"
    #expect(
      try TimestampToken(der: SharedData.bytes(stamps + "TimeStampToken.p7s")).time.text == "2021-09-17T14:09:10Z")
    for name in ["TimeStampTokenWithInvalideContentType.p7s", "TimeStampTokenWithInvalidTSTInfo.p7s"] {
      #expect(throws: TrustFailure.self) { _ = try TimestampToken(der: SharedData.bytes(stamps + name)) }
    }
    let lists = "images/notation/notation-core-go/revocation/crl/testdata/"
    let delta = try RevocationList(SharedData.bytes(lists + "delta.crl"))
    let complete = try RevocationList(SharedData.bytes(lists + "crlWithMultipleFreshestCRLs.crl"))
    #expect(delta.isDelta && !complete.isDelta)
    #expect(complete.nextUpdate == Timestamp("2024-11-25T07:36:40Z"))
  }

  @Test func envelopesAreFuzzed() async throws {
    let store = try Self.store()
    let statement = try Self.statement(level: "audit", stores: Self.bothStores)
    var mutation = Mutation(seed: 23)
    for name in ["jws_signature.sig", "cose_signature.sig"] {
      let sample = try SharedData.bytes(Self.folder + "internal/testdata/" + name)
      let format: NotationEnvelope.Format = name.hasPrefix("jws") ? .jws : .cose
      for _ in 0..<300 {
        _ = await NotationVerifier(store: store).verify(
          mutation.mutated(sample), format: format, artifact: .init(digest: ""), statement: statement, now: Self.now)
      }
    }
    let list = try SharedData.bytes("images/notation/notation-core-go/revocation/crl/testdata/delta.crl")
    let stamp = try SharedData.bytes(
      Self.folder + "verifier/testdata/timestamp/countersignature/TimeStampToken.p7s")
    for _ in 0..<500 {
      _ = try? RevocationList(mutation.mutated(list))
      _ = try? TimestampToken(der: mutation.mutated(stamp))
    }
  }
}

/// Trust policies of Notation are held to all that the specification says of them.
@Suite struct NotationPolicyTests {
  static func policy(_ statements: String) -> [UInt8] {
    Array("{\"version\": \"1.0\", \"trustPolicies\": [\(statements)]}".utf8)
  }

  static func statement(
    name: String = "a", scopes: String = #""*""#, verification: String = #"{"level": "strict"}"#,
    stores: String = #""ca:x""#, identities: String = #""*""#
  ) -> String {
    """
    {"name": "\(name)", "registryScopes": [\(scopes)], "signatureVerification": \(verification),
     "trustStores": [\(stores)], "trustedIdentities": [\(identities)]}
    """
  }

  static let subject = "x509.subject: C=US, ST=WA, O=a"

  @Test func refused() {
    let wrong = [
      "{\"version\": \"2.0\", \"trustPolicies\": []}",
      String(decoding: Self.policy(""), as: UTF8.self),
    ].map { Array($0.utf8) }
    let statements = [
      Self.statement(name: ""), Self.statement(scopes: ""), Self.statement(scopes: #""*", "a.io/b""#),
      Self.statement(scopes: #""a.io/*""#), Self.statement(scopes: #""registry""#),
      Self.statement(verification: #"{"level": "loose"}"#), Self.statement(verification: "{}"),
      Self.statement(verification: #"{"level": "strict", "override": {"integrity": "log"}}"#),
      Self.statement(verification: #"{"level": "strict", "override": {"expiry": "skip"}}"#),
      Self.statement(verification: #"{"level": "skip"}"#, stores: "", identities: ""),
      Self.statement(scopes: #""a.io/b""#, verification: #"{"level": "skip", "override": {"expiry": "log"}}"#),
      Self.statement(verification: #"{"level": "strict", "verifyTimestamp": "never"}"#),
      Self.statement(stores: ""), Self.statement(stores: #""ca:../x""#), Self.statement(stores: #""x""#),
      Self.statement(stores: #""tsa:x""#), Self.statement(identities: ""),
      Self.statement(identities: "\"*\", \"\(Self.subject)\""), Self.statement(identities: #""CN=a""#),
      Self.statement(identities: #""x509.subject: C=US, O=a""#),
      Self.statement(identities: "\"\(Self.subject), C=DE\""),
      Self.statement(identities: "\"\(Self.subject)\", \"\(Self.subject), OU=b\""),
      Self.statement() + "," + Self.statement(),
      Self.statement() + "," + Self.statement(name: "b"),
      Self.statement(scopes: #""a.io/b""#) + "," + Self.statement(name: "b", scopes: #""a.io/b""#),
    ]
    for json in wrong + statements.map(Self.policy) {
      #expect(throws: TrustFailure.self, "\(String(decoding: json, as: UTF8.self))") {
        _ = try NotationTrustPolicy(json: json)
      }
    }
  }

  @Test func theMostSpecificScopeCounts() throws {
    let policy = try NotationTrustPolicy(
      json: Self.policy(
        Self.statement() + "," + Self.statement(name: "b", scopes: #""a.io/b", "a.io/c""#) + ","
          + Self.statement(
            name: "c", scopes: #""a.io/d""#, verification: #"{"level": "skip"}"#, stores: "", identities: "")))
    #expect(policy.statement(for: "a.io/b")?.name == "b")
    #expect(policy.statement(for: "a.io/b/c")?.name == "a")
    #expect(policy.statement(for: "a.io/d")?.level == .skip)
    let narrow = try NotationTrustPolicy(json: Self.policy(Self.statement(scopes: #""a.io/b""#)))
    #expect(narrow.statement(for: "a.io/c") == nil)
  }
}
