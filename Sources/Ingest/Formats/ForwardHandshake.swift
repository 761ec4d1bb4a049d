import Bytes
import Crypto

/// The server's side of the handshake of Fluent Forward: both sides prove that they know a key without sending it, and the client
/// may show a user's password in the same way.
///
/// Source: "Forward Protocol Specification v1", "Authentication".
struct ForwardHandshake: Sendable {
  /// Who is at the other side, or why it is not let in.
  enum Verdict: Equatable {
    /// The user, or the name that the client gives itself.
    case known(String)
    case refused(Refusal)
  }

  enum Refusal: String, Equatable {
    case malformed = "invalid ping message"
    case key = "shared_key mismatch"
    case user = "username/password mismatch"
  }

  /// Longest ping in bytes, and how deep it may nest.
  static let pingBytes = 8 << 10
  static let pingDepth = 2

  private let key: [UInt8]
  private let users: [String: String]
  private let name: String
  private let nonce: [UInt8]
  private let salt: [UInt8]

  /// - Parameters:
  ///   - name: what the server calls itself. Clients refuse a server of their own name.
  ///   - nonce: 16 random bytes, for this connection only.
  ///   - salt: 16 random bytes for passwords.
  init(key: String, users: [String: String], name: String, nonce: [UInt8], salt: [UInt8]) {
    self.key = Array(key.utf8)
    self.users = users
    self.name = name
    self.nonce = nonce
    self.salt = salt
  }

  /// What the server says first. Fluent Bit reads it at once and whole.
  var helo: [UInt8] {
    var writer = MessagePackWriter()
    writer.array(2)
    writer.string("HELO")
    writer.map(3)
    writer.string("nonce")
    writer.binary(nonce)
    writer.string("auth")
    if users.isEmpty { writer.string("") } else { writer.binary(salt) }
    writer.string("keepalive")
    writer.flag(true)
    return writer.bytes
  }

  /// - Returns: what is answered, and whether the connection goes on.
  func pong(_ bytes: [UInt8], _ range: Range<Int>) -> (reply: [UInt8], verdict: Verdict) {
    var reader = MessagePackReader(bytes, range)
    var parts: [[UInt8]] = []
    do throws(MessagePackFailure) {
      guard case .array(6) = try reader.next() else { throw .malformed }
      for _ in 0..<6 { parts.append(Array(bytes[try reader.text()])) }
    } catch {
      return refuse(.malformed)
    }
    guard parts[0] == Array("PING".utf8) else { return refuse(.malformed) }
    let (host, clientSalt, shown) = (parts[1], parts[2], parts[3])
    guard Self.isEqual(shown, Self.digest(clientSalt + host + nonce + key)) else { return refuse(.key) }
    let user = String(decoding: parts[4], as: UTF8.self)
    if !users.isEmpty {
      // The same work for a user that is not known.
      let password = users[user] ?? ""
      let isRight = Self.isEqual(parts[5], Self.digest(salt + parts[4] + Array(password.utf8)))
      guard isRight, users[user] != nil else { return refuse(.user) }
    }
    let proof = Self.digest(clientSalt + Array(name.utf8) + nonce + key)
    let client = users.isEmpty ? String(decoding: host.prefix(255), as: UTF8.self) : user
    return (Self.reply(nil, name, proof), .known(client.isEmpty ? "unnamed" : client))
  }

  private func refuse(_ refusal: Refusal) -> ([UInt8], Verdict) {
    (Self.reply(refusal, "", []), .refused(refusal))
  }

  private static func reply(_ refusal: Refusal?, _ name: String, _ proof: [UInt8]) -> [UInt8] {
    var writer = MessagePackWriter()
    writer.array(5)
    writer.string("PONG")
    writer.flag(refusal == nil)
    writer.string(refusal?.rawValue ?? "")
    writer.string(name)
    writer.string(proof)
    return writer.bytes
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(Hex.text(SHA512.hash(data: bytes)).utf8) }

  /// In a time that does not tell how much is right.
  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
  }
}
