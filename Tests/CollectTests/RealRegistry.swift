import Crypto
import FakeCluster
import Foundation
import NIOSSL
import TestKit

/// Debian's registry, run on the loopback address with TLS, and skopeo to push with.
final class RealRegistry: Sendable {
  enum Access: String, Sendable, CaseIterable {
    case open
    case htpasswd
    case token
  }

  static let isPresent = Program.find("docker-registry") != nil && Program.find("skopeo") != nil
  static let skipMessage = "docker-registry and skopeo are not installed; scripts/test installs them"
  static let user = "team"
  static let password = "sail-away-7"
  /// Of the password, by `htpasswd -nbB`.
  private static let bcrypt = "$2y$05$tjPHKsMX57.KiSAnRucsHu9uyycUSGJgu0ZEmBpmxXP07bQarNu3C"

  let name: String
  private let isPlain: Bool
  let authority: VirtualAuthority
  private let folder: TemporaryFolder
  private let process: Process
  private let reserved: ReservedPort
  private let tokens: LoopbackServer?

  struct Failure: Error { let message: String }

  /// - Parameter weak: without TLS, with deletion, and with its debug server open.
  init(_ access: Access, weak: Bool = false) async throws {
    folder = try TemporaryFolder()
    isPlain = weak
    authority = try VirtualAuthority()
    let pair = try authority.server()
    try folder.write("server.pem", pair.certificate)
    try folder.write("server.key", pair.key)
    try folder.write("trust/ca.crt", authority.certificate)
    try folder.write("htpasswd", "\(Self.user):\(Self.bcrypt)\n")
    reserved = try ReservedPort()
    let port = reserved.number
    name = "127.0.0.1:\(port)"
    var settings = """
      version: 0.1
      log: {level: error, accesslog: {disabled: true}}
      storage: {filesystem: {rootdirectory: \(folder.path)/data}, delete: {enabled: \(weak)}}
      http:
        addr: 127.0.0.1:\(port)
        \(weak ? "net: tcp" : "tls: {certificate: \(folder.path)/server.pem, key: \(folder.path)/server.key, minimumtls: tls1.2}")

      """
    switch access {
    case .open: tokens = nil
    case .htpasswd:
      tokens = nil
      settings += "auth: {htpasswd: {realm: test, path: \(folder.path)/htpasswd}}\n"
    case .token:
      let signer = try TokenSigner(authority)
      let tls = try Self.tls(pair)
      tokens = try await LoopbackServer(tls: tls) { request in signer.answer(request) }
      settings +=
        "auth: {token: {realm: 'https://127.0.0.1:\(tokens?.port ?? 0)/token', service: test, issuer: tests, rootcertbundle: \(folder.path)/trust/ca.crt}}\n"
    }
    try folder.write("config.yml", settings)
    process = Process()
    process.executableURL = URL(fileURLWithPath: Program.find("docker-registry") ?? "")
    process.arguments = ["serve", folder.path + "/config.yml"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<200 where !Self.answers(port) { try await Task.sleep(for: .milliseconds(50)) }
    guard Self.answers(port) else { throw Failure(message: "docker-registry did not begin to listen") }
  }

  func close() async {
    process.terminate()
    await tokens?.close()
  }

  /// Pushes an OCI layout.
  func push(_ layout: String, _ repository: String) async throws {
    let (status, output) = try await Program.run(
      Program.find("skopeo") ?? "",
      [
        "--insecure-policy", "copy", "-q", "--dest-tls-verify=\(!isPlain)", "--dest-cert-dir", folder.path + "/trust",
        "--dest-creds",
        "\(Self.user):\(Self.password)", "oci:\(layout):app", "docker://\(name)/\(repository)",
      ])
    guard status == 0 else { throw Failure(message: "skopeo: \(status) \(output)") }
  }

  private static func tls(_ pair: VirtualAuthority.Pair) throws -> TLSConfiguration {
    try .makeServerConfiguration(
      certificateChain: NIOSSLCertificate.fromPEMBytes(Array(pair.certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(pair.key.utf8), format: .pem)))
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func answers(_ port: Int) -> Bool {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(socket) }
    var address = address(UInt16(port))
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

/// A token server: tokens of the JWT kind, signed with ES256.
///
/// Source: Docker "Token Authentication Implementation"; RFC 7515 for the header `x5c`.
private struct TokenSigner: Sendable {
  private let key: P256.Signing.PrivateKey
  private let chain: String

  init(_ authority: VirtualAuthority) throws {
    let pair = try authority.server()
    key = try P256.Signing.PrivateKey(pemRepresentation: pair.key)
    chain = pair.certificate.split(separator: "\n").filter { !$0.hasPrefix("---") }.joined()
  }

  func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    let login = "Basic " + Data("\(RealRegistry.user):\(RealRegistry.password)".utf8).base64EncodedString()
    guard request.header("Authorization") == login, let query = URLComponents(string: request.uri)?.queryItems else {
      return .full(status: 401, headers: [], body: [])
    }
    let access = query.filter { $0.name == "scope" }.flatMap { ($0.value ?? "").split(separator: " ") }.map { scope in
      let parts = scope.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      return [
        "type": parts[0], "name": parts.dropFirst().dropLast().joined(separator: ":"),
        "actions": (parts.last ?? "").split(separator: ",").map(String.init),
      ]
        as [String: Any]
    }
    let now = Int(Date().timeIntervalSince1970)
    let claims: [String: Any] = [
      "iss": "tests", "sub": RealRegistry.user, "aud": "test", "exp": now + 300, "nbf": now - 10, "iat": now,
      "jti": UUID().uuidString, "access": access,
    ]
    func part(_ object: [String: Any]) -> String {
      Self.forURL((try? JSONSerialization.data(withJSONObject: object)) ?? Data())
    }
    let text = part(["typ": "JWT", "alg": "ES256", "x5c": [chain]]) + "." + part(claims)
    guard let signature = try? key.signature(for: Data(text.utf8)) else {
      return .full(status: 500, headers: [], body: [])
    }
    let token = text + "." + Self.forURL(signature.rawRepresentation)
    return .full(
      status: 200, headers: [("Content-Type", "application/json")],
      body: Array("{\"token\":\"\(token)\",\"expires_in\":300}".utf8))
  }

  private static func forURL(_ data: Data) -> String {
    data.base64EncodedString().filter { $0 != "=" }.replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_")
  }
}
