import FakeCluster
import NIOSSL
import Testing
import Transport

/// Source of the rules: RFC 9525, sections 6.3 and 6.4.
@Suite struct ServerIdentityTests {
  static let addresses: [(String, [UInt8], Bool)] = [
    ("127.0.0.1", [127, 0, 0, 1], true), ("127.0.0.1", [127, 0, 0, 2], false),
    ("::1", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], true), ("::1", [127, 0, 0, 1], false),
    ("localhost", [127, 0, 0, 1], false), ("127.1", [127, 0, 0, 1], false),
  ]

  static let names: [(String, [String], Bool)] = [
    ("api.example", ["api.example"], true), ("API.Example.", ["api.example"], true),
    ("api.example", ["API.EXAMPLE."], true),
    ("api.example", ["other.example"], false), ("api.example", [], false), ("api.example", ["example"], false),
    ("example", ["*.example"], false), ("a.b.example", ["*.example"], false), ("a.example", ["*.example"], true),
    ("a.example", ["*"], false), ("localhost", ["*"], false), ("foo.example", ["f*.example"], false),
    ("foo.example", ["*oo.example"], false), ("a.b.example", ["a.*.example"], false),
    ("a.b.example", ["*.*.example"], false),
    (".example", ["*.example"], false), ("*.example", ["*.example"], false),
    // An address is no name, and a name no address, whatever they look like.
    ("127.0.0.1", ["127.0.0.1"], false), ("localhost", ["127.0.0.1"], false),
  ]

  @Test(arguments: names)
  func namesAreComparedWithNames(_ host: String, _ names: [String], _ fits: Bool) {
    #expect(ServerIdentity(host: host).isAmong(names.map { .name($0) }) == fits)
  }

  @Test(arguments: addresses)
  func addressesAreComparedWithAddresses(_ host: String, _ address: [UInt8], _ fits: Bool) {
    #expect(ServerIdentity(host: host).isAmong([.address(address)]) == fits)
  }

  @Test func namesOfACertificateAreRead() throws {
    let authority = try VirtualAuthority()
    let pair = try authority.server(names: ["a.example", "*.b.example"], address: [10, 0, 0, 1])
    let certificate = try #require(try NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).first)
    let names = CertificateName.read(der: try certificate.toDERBytes())
    #expect(names == [.name("a.example"), .name("*.b.example"), .address([10, 0, 0, 1])])
    #expect(names?.map(\.text) == ["a.example", "*.b.example", "10.0.0.1"])
    // A certificate of an authority names no server.
    let root = try #require(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificate.utf8)).first)
    #expect(CertificateName.read(der: try root.toDERBytes()) == [])
    for broken in [[], [0x30], [0x30, 0x80, 0, 0], Array("text".utf8)] as [[UInt8]] {
      #expect(CertificateName.read(der: broken) == nil)
    }
  }
}
