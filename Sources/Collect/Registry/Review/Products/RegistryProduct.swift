import Bytes
import Findings
import Images
import Transport

/// A product that registries are made with, and what it tells anybody beside the protocol. A new one is a file and a line in
/// `RegistryProducts`.
protocol RegistryProduct: Sendable {
  static var name: String { get }

  /// What somebody without a login is told.
  ///
  /// - Returns: nil where the registry is none of them, or tells nothing.
  static func look(_ asker: AnonymousAsker) async -> PublicListing?
}

/// What a registry's own interface tells anybody.
struct PublicListing: Sendable, Equatable {
  /// As in image references, without the registry.
  var repositories: [String] = []
  /// Whether anybody may make an account; nil where it does not tell.
  var letsAnybodySignUp: Bool?
  /// Whether all of its pages were read.
  var isWhole = true
}

enum RegistryProducts {
  static let all: [any RegistryProduct.Type] = [Harbor.self, Quay.self, GitLab.self, Nexus.self]
  /// Repositories that are taken from one.
  static let repositoryLimit = 500
  /// Pages of one list, and lists below each of its items.
  static let pageLimit = 20
}

/// Asks questions without a login, of the registry and of the server that its tokens come from.
struct AnonymousAsker: Sendable {
  let client: RegistryClient
  /// Where tokens come from; nil where the registry does not say.
  let realm: HTTPURL?
  let answerLimit: Int

  /// A document of the registry's own server; nil for anything else than 200.
  func document(_ path: String) async -> DocumentNode? {
    guard let reply = try? await client.send(path, scope: "", anonymous: true) else { return nil }
    guard reply.status == 200, let bytes = try? await client.body(reply, limit: answerLimit) else {
      await reply.discard()
      return nil
    }
    return try? JSONReader.read(bytes)
  }

  /// A document of the server that tokens come from, which is another's host with some products. Nothing secret is sent.
  func realmDocument(_ path: String) async -> DocumentNode? {
    guard let realm, let url = HTTPURL(realm.origin.text + path) else { return nil }
    guard let reply = try? await client.http.send(HTTPRequest(url)) else { return nil }
    guard reply.status == 200, let bytes = try? await client.body(reply, limit: answerLimit) else {
      await reply.discard()
      return nil
    }
    return try? JSONReader.read(bytes)
  }
}

extension RegistryClient {
  /// Where the registry sends those who want a token; nil where it does not say, or names an address that is not asked.
  func realm() async -> HTTPURL? {
    guard let reply = try? await send("/v2/", scope: "", anonymous: true) else { return nil }
    let challenges = reply.headers("WWW-Authenticate").flatMap { AuthenticationChallenge.read($0) }
    await reply.discard()
    guard let text = challenges.first(where: { $0.scheme == "bearer" })?.parameters["realm"],
      let url = HTTPURL(text), RedirectRule.refusal(from: reply.url, to: url) == nil
    else { return nil }
    return url
  }
}
