import Bytes
import TestKit
import Testing
import Trust

/// What is built in of Sigstore's public instance is whole, and says of itself what is true.
@Suite struct PublicGoodInstanceTests {
  @Test func builtInRoots() throws {
    let trust = try TUFTrust(root: PublicGoodInstance.updateRoot)
    #expect(trust.root.version == UInt64(PublicGoodInstance.version))
    #expect(trust.root.expires == Timestamp(PublicGoodInstance.expires))
    let root = try TrustedRoot(json: PublicGoodInstance.trustedRoot)
    #expect(root.certificateAuthorities.count == 2 && root.certificateLogs.count == 2)
    #expect(root.transparencyLogs.count == 2 && root.timestampAuthorities.count == 1)
    let before = try #require(Timestamp("2026-01-01T00:00:00Z"))
    let after = try #require(Timestamp("2027-01-01T00:00:00Z"))
    #expect(PublicGoodInstance.remark(now: before).contains("expires on 2026-11-20"))
    #expect(PublicGoodInstance.remark(now: after).contains("expired on 2026-11-20"))
  }

  /// The bundle of a real release verifies with nothing else at hand.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage))) func realBundle() async throws {
    let folder = SigstoreAssetTests.folder
    let verdict = await SigstoreVerifier(root: try TrustedRoot(json: PublicGoodInstance.trustedRoot)).verify(
      json: try SharedData.bytes(folder + "bundle_v3_github.whl.sigstore"),
      artifact: .bytes(try SharedData.bytes(folder + "bundle_v3_github.whl")),
      expected: .identities([
        ExpectedIdentity(name: .any, issuer: .exact("https://token.actions.githubusercontent.com"))
      ]))
    #expect(verdict.isVerified)
  }
}
