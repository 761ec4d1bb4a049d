import Bytes
import Collect
import FakeCluster
import Findings
import Images
import NIOSSL
import Synchronization
import TestKit
import Testing
import Transport

/// Credentials are for one registry, and for no connection that nobody vouches for.
@Suite struct CredentialBindingTests {
  private static let basic = "Basic " + Base64.encode("alice:S3cr3t-Pa55".utf8)

  /// A registry that asks who is there, and takes whoever says so.
  private static func registry(_ log: RequestLog, tls: TLSConfiguration? = nil) async throws -> LoopbackServer {
    try await LoopbackServer(tls: tls) { request in
      log.add(request)
      return request.header("Authorization") == nil
        ? .full(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")], body: [])
        : .full(status: 200, headers: [("Content-Type", "application/json")], body: Array("{\"repositories\":[]}".utf8))
    }
  }

  private static func tls(_ pair: VirtualAuthority.Pair) throws -> TLSConfiguration {
    try .makeServerConfiguration(
      certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem)))
  }

  /// A review looks on where a certificate is nobody's and where there is no TLS, and shows the stored password to neither;
  /// unless the user said that it is meant. Source: found in the field.
  @Test(
    "registry/01-review-sends-password-to-impostor: a review sends no password to an impostor",
    arguments: ["self-signed", "plain", "self-signed that is meant", "plain that is meant", "trusted"])
  func aReviewSendsNoPasswordToAnImpostor(_ way: String) async throws {
    let log = RequestLog()
    let authority = try VirtualAuthority()
    let pair =
      way == "trusted"
      ? try authority.server() : try VirtualAuthority.selfSigned(names: ["localhost"], address: [127, 0, 0, 1])
    let server = try await Self.registry(log, tls: way.hasPrefix("plain") ? nil : try Self.tls(pair))
    let folder = try TemporaryFolder()
    let name = "127.0.0.1:\(server.port)"
    try folder.write(
      "auth.json", #"{"auths":{"\#(name)":{"auth":"\#(Base64.encode("alice:S3cr3t-Pa55".utf8))"}}}"#)
    var settings = RegistrySettings()
    settings.credentialFile = folder.path + "/auth.json"
    settings.retries.tries = 1
    settings.skipsVerification = way == "self-signed that is meant"
    settings.plainHTTP = way == "plain that is meant"
    if way == "trusted" { settings.certificateAuthority = Array(authority.certificate.utf8) }
    let seen = try await RegistrySurvey(name, settings).look()
    await server.close()
    let isTold = way == "self-signed" || way == "plain"
    #expect(log.requests.contains { $0.header("Authorization") == Self.basic } == !isTold)
    #expect(seen.gaps.contains { $0.contains("credentials were not sent") } == isTold, "\(seen.gaps)")
    #expect((seen.certificateTrouble != nil) == (way == "self-signed"))
    #expect(seen.isPlain == way.hasPrefix("plain"))
  }

  /// On this machine a registry may speak no TLS; a password is kept back all the same.
  @Test(arguments: [true, false]) func aRegistryOfThisMachineGetsNoPasswordInTheClear(_ isMeant: Bool) async throws {
    let log = RequestLog()
    let server = try await Self.registry(log)
    let name = "127.0.0.1:\(server.port)"
    var settings = RegistrySettings()
    settings.plainHTTP = isMeant
    settings.retries.tries = 1
    settings.login = .init(user: "alice", password: "S3cr3t-Pa55", registry: name)
    var options = ImageSource.Options()
    options.registry = settings
    do {
      _ = try await ImageSource.read("docker://\(name)/team/app:1", options)
      Issue.record("an image")
    } catch let error as BartizanError {
      let kind = (error.cause as? ConnectionError)?.kind
      #expect((kind == .credentialsWithheld) == !isMeant, "\(error)")
      #expect(!error.message.contains("S3cr3t"))
    }
    #expect(log.requests.contains { $0.header("Authorization") != nil } == isMeant)
    await server.close()
  }

  /// `--username` is for one registry: not for its mirror, and not for another that an image names.
  @Test("registry/03-username-to-every-registry: a login goes to its registry alone")
  func aLoginGoesToItsRegistryAlone() async throws {
    let (first, second) = (RequestLog(), RequestLog())
    let registry = try await Self.registry(first)
    let other = try await Self.registry(second)
    let (name, mirror) = ("127.0.0.1:\(registry.port)", "127.0.0.1:\(other.port)")
    var settings = RegistrySettings()
    settings.plainHTTP = true
    settings.retries.tries = 1
    settings.mirrors = [name: [mirror]]
    settings.login = .init(user: "alice", password: "S3cr3t-Pa55")
    try settings.bind(to: [name, name])
    var options = ImageSource.Options()
    options.registry = settings
    for source in ["docker://\(name)/team/app:1", "docker://\(mirror)/evil:1"] {
      await #expect(throws: BartizanError.self) { try await ImageSource.read(source, options) }
    }
    #expect(first.requests.contains { $0.header("Authorization") == Self.basic })
    #expect(second.requests.count >= 2 && second.requests.allSatisfy { $0.header("Authorization") == nil })
    await registry.close()
    await other.close()
    // Meant for one, it must not go to several.
    var both = RegistrySettings()
    both.login = .init(user: "alice", password: "S3cr3t-Pa55")
    #expect(throws: BartizanError(.usage, "")) { try both.bind(to: [name, mirror]) }
    #expect(both.login?.registry == nil)
    var certificate = RegistrySettings()
    certificate.certificate = .init(.init(chain: [], key: []))
    #expect(throws: BartizanError(.usage, "")) { try certificate.bind(to: [name, mirror]) }
    try certificate.bind(to: [mirror])
    #expect(certificate.certificate?.registry == mirror)
  }

  /// A server that is asked by its name has to show a certificate for that name. Source: found in the field.
  @Test func aCertificateOfAnAddressIsNoneForAName() async throws {
    var live = try await LiveCluster(names: [], address: [127, 0, 0, 1])
    live.endpoint.clientCertificate = nil
    live.endpoint.credential = .token("secret-token")
    live.endpoint.server = "https://localhost:\(live.cluster.port)"
    #expect(await live.trouble().contains("valid for 127.0.0.1, not for localhost"))
    #expect(live.cluster.log.isEmpty)

    let log = RequestLog()
    let authority = try VirtualAuthority()
    let server = try await Self.registry(
      log, tls: try Self.tls(try authority.server(names: [], address: [127, 0, 0, 1])))
    let name = "localhost:\(server.port)"
    var settings = RegistrySettings()
    settings.certificateAuthority = Array(authority.certificate.utf8)
    settings.login = .init(user: "alice", password: "S3cr3t-Pa55", registry: name)
    var options = ImageSource.Options()
    options.registry = settings
    let own = options
    await #expect { try await ImageSource.read("docker://\(name)/team/app:1", own) } throws: { error in
      ((error as? BartizanError)?.cause as? ConnectionError)?.kind == .certificateWrongName
    }
    #expect(log.requests.isEmpty)
    await server.close()
  }
}
