import Bytes
import TestKit
import Testing
import Trust

/// Mutated evidence must never crash, and never verify where the signed parts have changed.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) struct TrustFuzzTests {
  private static let folder = "images/sigstore/conformance/bundle-verify"

  @Test(arguments: ["rekor2-timestamp-with-embedded-cert", "happy-path-intoto-in-dsse-v3"])
  func bundles(_ name: String) async throws {
    let sample = try SharedData.bytes("\(Self.folder)/\(name)/bundle.sigstore.json")
    let own = try? SharedData.bytes("\(Self.folder)/\(name)/trusted_root.json")
    let root = try own ?? SharedData.bytes("images/sigstore/trust/targets/trusted_root.json")
    let verifier = SigstoreVerifier(root: try TrustedRoot(json: root))
    var mutation = Mutation(seed: 21)
    for _ in 0..<150 {
      _ = await verifier.verify(
        json: mutation.mutated(sample), artifact: .bytes([]),
        expected: .identities([ExpectedIdentity(name: .any, issuer: .any)]))
    }
    for _ in 0..<30 { _ = try? TrustedRoot(json: mutation.mutated(root)) }
  }

  /// Each piece of a bundle that is bytes within JSON is reached by mutation only after its base 64 is taken off.
  @Test func pieces() async throws {
    let name = "rekor2-timestamp-with-embedded-cert"
    let bundle = try SigstoreBundle(json: SharedData.bytes("\(Self.folder)/\(name)/bundle.sigstore.json"))
    guard case .certificates(let chain) = bundle.material, let leaf = chain.first else {
      Issue.record("no certificate")
      return
    }
    var mutation = Mutation(seed: 22)
    for _ in 0..<1500 {
      if let certificate = try? SigningCertificate(der: mutation.mutated(leaf.der)) {
        _ = try? CertificateIdentity(certificate)
      }
      _ = try? TimestampToken(der: mutation.mutated(bundle.timestamps[0]))
      _ = try? VerificationKey(spki: mutation.mutated(leaf.key.spki))
      let note = bundle.logEntries[0].proof?.checkpoint ?? ""
      _ = try? Checkpoint(String(decoding: mutation.mutated(Array(note.utf8)), as: UTF8.self))
      _ = try? VerificationKey(pem: mutation.mutated(Array(PEM.text("PUBLIC KEY", leaf.key.spki).utf8)))
    }
  }
}
