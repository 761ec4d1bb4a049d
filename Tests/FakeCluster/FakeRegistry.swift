import Foundation
import Synchronization

/// A registry on the loopback address that can be as wrong as the world's are.
package final class FakeRegistry: Sendable {
  package struct Faults: Sendable {
    /// Answers of 401 whatever is shown.
    package var neverSatisfied = false
    /// How many requests are answered 429 first, with this `Retry-After`.
    package var busy = 0
    package var retryAfter = "0"
    /// Blobs break off after so many bytes.
    package var breaksAfter: Int?
    /// Whether `Range` is understood.
    package var resumes = true
    /// Where blobs are sent on to.
    package var blobsAt: String?
    /// The token server that is named.
    package var realm: String?
    /// Every page of tags names another.
    package var tagsWithoutEnd = false
    package init() {}
  }

  package enum Access: Sendable {
    case anybody
    case basic(user: String, password: String)
    /// A token server; without a user anybody gets a token.
    case token(user: String?, password: String)
    case identity(token: String)
  }

  /// What was asked, in order.
  private final class Log: Sendable {
    let entries = Mutex<[(uri: String, authorization: String?)]>([])
  }

  private let log: Log
  private let server: LoopbackServer
  package var name: String { "127.0.0.1:\(server.port)" }
  package var requests: [(uri: String, authorization: String?)] { log.entries.withLock { $0 } }

  package static let token = "a.token.of.the.registry"

  /// - Parameters:
  ///   - manifests: by tag or digest.
  ///   - blobs: by digest.
  ///   - referrers: indexes of what refers to a manifest, by its digest; nil for a registry without that interface.
  package init(
    manifests: [String: [UInt8]], blobs: [String: [UInt8]], referrers: [String: [UInt8]]? = nil,
    access: Access = .anybody, faults: Faults = Faults()
  ) async throws {
    let log = Log()
    self.log = log
    let port = Mutex(0)
    let place = Place(port)
    server = try await LoopbackServer(tls: nil) { request in
      let earlier = log.entries.withLock { entries in
        entries.append((request.uri, request.header("Authorization")))
        return entries.count - 1
      }
      if earlier < faults.busy {
        return .full(status: 429, headers: [("Retry-After", faults.retryAfter)], body: [])
      }
      let name = "127.0.0.1:\(place.port.withLock { $0 })"
      if request.uri.hasPrefix("/token") { return Self.token(request, access) }
      if let refusal = Self.refusal(request, access, faults, name) { return refusal }
      if request.uri.contains("/tags/list") { return Self.tags(request, manifests, faults) }
      if let referrers, request.uri.contains("/referrers/") { return Self.referrers(request, referrers) }
      return Self.content(request, manifests, blobs, faults)
    }
    place.port.withLock { $0 = server.port }
  }

  package func close() async { await server.close() }

  private final class Place: Sendable {
    let port: Mutex<Int>
    init(_ port: consuming Mutex<Int>) { self.port = port }
  }

  private static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  private static func token(_ request: LoopbackServer.Request, _ access: Access) -> LoopbackServer.Answer {
    let good = LoopbackServer.Answer.full(
      status: 200, headers: [("Content-Type", "application/json")],
      body: Array("{\"token\":\"\(token)\",\"expires_in\":300}".utf8))
    switch access {
    case .token(let user, let password):
      guard let user else { return good }
      return request.header("Authorization") == basic(user, password) ? good : .full(status: 401, headers: [], body: [])
    case .identity(let secret):
      let form = String(decoding: request.body, as: UTF8.self)
      return request.method == "POST" && form.contains("grant_type=refresh_token")
        && form.contains("refresh_token=\(secret)")
        ? good : .full(status: 401, headers: [], body: [])
    default: return .full(status: 404, headers: [], body: [])
    }
  }

  private static func refusal(
    _ request: LoopbackServer.Request, _ access: Access, _ faults: Faults, _ name: String
  ) -> LoopbackServer.Answer? {
    let shown = request.header("Authorization")
    let challenge: String
    switch access {
    case .anybody where !faults.neverSatisfied: return nil
    case .basic(let user, let password) where shown == basic(user, password) && !faults.neverSatisfied: return nil
    case .token where shown == "Bearer \(token)" && !faults.neverSatisfied: return nil
    case .identity where shown == "Bearer \(token)" && !faults.neverSatisfied: return nil
    case .basic: challenge = "Basic realm=\"a, b\""
    default:
      challenge =
        "Bearer realm=\"\(faults.realm ?? "http://\(name)/token")\",service=\"fake, registry\",scope=\"repository:team/app:pull\""
    }
    return .full(
      status: 401, headers: [("WWW-Authenticate", challenge), ("Content-Type", "application/json")],
      body: Array("{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}".utf8))
  }

  private static func tags(
    _ request: LoopbackServer.Request, _ manifests: [String: [UInt8]], _ faults: Faults
  ) -> LoopbackServer.Answer {
    let tags = manifests.keys.filter { !$0.contains(":") }.sorted()
    let list = tags.map { "\"\($0)\"" }.joined(separator: ",")
    var headers = [("Content-Type", "application/json")]
    if faults.tagsWithoutEnd {
      let page = Int(request.uri.split(separator: "=").last ?? "") ?? 0
      headers.append(("Link", "</v2/team/app/tags/list?n=100&last=\(page + 1)>; rel=\"next\""))
    }
    return .full(status: 200, headers: headers, body: Array("{\"name\":\"team/app\",\"tags\":[\(list)]}".utf8))
  }

  /// Source: OCI distribution specification 1.1, "Listing Referrers": an empty index where nothing refers to it.
  private static func referrers(_ request: LoopbackServer.Request, _ known: [String: [UInt8]]) -> LoopbackServer.Answer
  {
    let digest = request.uri.split(separator: "/").last.map { String($0.prefix { $0 != "?" }) } ?? ""
    let nothing = Array(
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}".utf8)
    return .full(
      status: 200, headers: [("Content-Type", "application/vnd.oci.image.index.v1+json")],
      body: known[digest] ?? nothing)
  }

  private static func content(
    _ request: LoopbackServer.Request, _ manifests: [String: [UInt8]], _ blobs: [String: [UInt8]], _ faults: Faults
  ) -> LoopbackServer.Answer {
    let last = request.uri.split(separator: "/").last.map(String.init) ?? ""
    if request.uri.contains("/manifests/"), let bytes = manifests[last] {
      return .full(status: 200, headers: [("Content-Type", "application/vnd.oci.image.manifest.v1+json")], body: bytes)
    }
    if request.uri.contains("/blobs/"), let bytes = blobs[last] {
      if let place = faults.blobsAt { return .full(status: 307, headers: [("Location", place + last)], body: []) }
      var start = 0
      if faults.resumes, let range = request.header("Range") {
        start = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" }) ?? 0
      }
      let rest = Array(bytes.dropFirst(start))
      if let most = faults.breaksAfter, rest.count > most, start == 0 || faults.resumes {
        if start == 0 { return .cutOff(type: "application/octet-stream", body: rest, after: most) }
      }
      return .full(
        status: start > 0 ? 206 : 200,
        headers: start > 0 ? [("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")] : [], body: rest)
    }
    return .full(
      status: 404, headers: [],
      body: Array("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}".utf8))
  }
}
