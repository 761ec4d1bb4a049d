import Bytes
import Crypto

/// Tokens that clients may show. Only their hashes are kept.
package struct TokenList: Sendable {
  /// A token that counts, as far as it is kept.
  package struct Entry: Sendable, Hashable {
    /// What it is for, in the words of who made it.
    package let name: String
    package let scope: TokenScope
    /// SHA-256 of the token, in hexadecimal digits. Tokens are 256 random bits, so that no slower hash is needed.
    package let sum: String
    /// RFC 3339.
    package let created: String
  }

  /// Why a text is no list.
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  package static let kind = "TokenList"
  /// Marks what leaked as ours, for scanners of secrets.
  private static let prefix = "bzt_"
  private static let maximum = 10_000

  package private(set) var entries: [Entry] = []

  package init() {}

  /// - Parameter json: as `json` writes it.
  package init(json: [UInt8]) throws(Invalid) {
    let document: DocumentNode
    do throws(DocumentError) { document = try JSONReader.read(json) } catch { throw Invalid(message: error.message) }
    guard document["apiVersion"]?.string == "bartizan.dev/v1", document["kind"]?.string == Self.kind else {
      throw Invalid(message: "not a TokenList of bartizan.dev/v1")
    }
    for node in document["tokens"]?.elements ?? [] {
      guard let name = node["name"]?.string, let scope = node["scope"]?.string.flatMap(TokenScope.init),
        let sum = node["sha256"]?.string, sum.utf8.count == 64
      else { throw Invalid(message: "line \(node.line): a token has name, scope and sha256") }
      entries.append(Entry(name: name, scope: scope, sum: sum, created: node["created"]?.string ?? ""))
    }
    guard entries.count <= Self.maximum else { throw Invalid(message: "more than \(Self.maximum) tokens") }
  }

  package var json: [UInt8] {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.field("apiVersion", "bartizan.dev/v1")
      writer.field("kind", Self.kind)
      writer.key("tokens")
      writer.array(of: entries) { writer, entry in
        writer.object { writer in
          writer.field("name", entry.name)
          writer.field("scope", entry.scope.rawValue)
          writer.field("sha256", entry.sum)
          writer.field("created", entry.created)
        }
      }
    }
    writer.endLine()
    return writer.bytes
  }

  /// Makes a token and remembers its hash.
  ///
  /// - Parameter created: RFC 3339.
  /// - Returns: the token, which is nowhere else.
  package mutating func make(_ scope: TokenScope, name: String, created: String) -> String {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    let token = Self.prefix + Base64.encodeForURL(bytes)
    add(token, scope, name: name, created: created)
    return token
  }

  /// Remembers the hash of a token that somebody else chose.
  package mutating func add(_ token: String, _ scope: TokenScope, name: String, created: String) {
    entries.append(Entry(name: name, scope: scope, sum: Self.sum(token), created: created))
  }

  private static func sum(_ token: String) -> String { Hex.text(SHA256.hash(data: Array(token.utf8))) }

  /// The entry of a token; nil for one that is not known.
  package func entry(of token: String) -> Entry? {
    // What is compared is a hash, whose digits an attacker does not choose: where it differs tells nothing of the token.
    let sum = Self.sum(token)
    return entries.first { $0.sum == sum }
  }
}
