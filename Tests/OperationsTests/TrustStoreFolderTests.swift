import Findings
import Operations
import TestKit
import Testing

/// Folders of certificates, as the Notary project's specification of trust stores wants them.
@Suite struct TrustStoreFolderTests {
  @Test(arguments: ["ca/a/folder/x.pem", "tsa/a/b/c.pem"]) func aStoreHoldsNoFolders(_ path: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(path, "x")
    let error = #expect(throws: BartizanError.self) { _ = try TrustFiles.trustStore(folder.path) }
    #expect(error?.code == .input && error?.message.contains("holds certificates, no folders") == true)
  }

  @Test func whatIsNoStoreIsSaid() throws {
    let folder = try TemporaryFolder()
    try folder.write("else/x.pem", "x")
    let error = #expect(throws: BartizanError.self) { _ = try TrustFiles.trustStore(folder.path) }
    #expect(error?.message.contains("ca, signingAuthority or tsa") == true)
  }
}
