package import Bytes
package import NIOSSL
import Synchronization

/// A server that speaks the part of the Kubernetes API that readers need: both forms of discovery, lists in pages with
/// `limit` and `continue`, `SelfSubjectAccessReview`, and the ways in which real servers fail.
package final class FakeCluster: Sendable {
  package struct Resource: Sendable {
    package let group: String
    package let version: String
    package let name: String
    package let kind: String
    package let namespaced: Bool
    /// Objects as JSON, without apiVersion and kind, as the API server lists them.
    package let items: [[UInt8]]

    package init(
      _ group: String, _ version: String, _ name: String, _ kind: String, namespaced: Bool = true,
      _ items: [String] = []
    ) {
      self.init(group, version, name, kind, namespaced: namespaced, bytes: items.map { Array($0.utf8) })
    }

    package init(
      _ group: String, _ version: String, _ name: String, _ kind: String, namespaced: Bool, bytes: [[UInt8]]
    ) {
      self.group = group
      self.version = version
      self.name = name
      self.kind = kind
      self.namespaced = namespaced
      items = bytes
    }

    func inNamespace(_ namespace: String) -> Resource {
      let mark = Array("\"namespace\":\"\(namespace)\"".utf8)
      return Resource(
        group, version, name, kind, namespaced: namespaced,
        bytes: items.filter { String(decoding: $0, as: UTF8.self).contains(String(decoding: mark, as: UTF8.self)) })
    }

    package var text: String { group.isEmpty ? name : "\(name).\(group)" }
    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
  }

  /// How the server behaves, resource by resource (`pods`, `deployments.apps`).
  package struct Behaviour: Sendable {
    /// API groups and resources that answer 403.
    package var forbidden: Set<String> = []
    /// Whether what is forbidden in all namespaces is allowed in one.
    package var namespacesAreOpen = false
    /// Whether discovery answers in one document for all groups.
    package var aggregatedDiscovery = true
    /// Groups whose own server is not there: stale in discovery, 503 beyond.
    package var stale: Set<String> = []
    /// The second page's token has expired; the answer holds another token, or none.
    package var expired: [String: Bool] = [:]
    /// How many times a resource answers with the status before it answers.
    package var failsFirst: [String: (status: Int, times: Int)] = [:]
    package var truncated: Set<String> = []
    package var cutOff: Set<String> = []
    package var silent: Set<String> = []
    package var html: Set<String> = []
    /// Answers with an object that is no list, as a success.
    package var otherKind: Set<String> = []
    package var redirect: [String: String] = [:]
    /// Breaks every connection off once it was asked which resources it has.
    package var diesAfterDiscovery = false
    /// Hands out the same continue token for ever.
    package var circles: Set<String> = []
    /// What kubelets answer at `/configz`, by node; `nodes/proxy` in `forbidden` refuses all.
    package var configz: [String: DocumentNode] = [:]
    /// The token that requests must bear; nil where the client certificate is enough.
    package var token: String?
    package init() {}
  }

  package let port: Int
  private let server: LoopbackServer
  private let state: State

  private final class State: Sendable {
    let resources: [Resource]
    let behaviour: Behaviour
    let log = Mutex<[LoopbackServer.Request]>([])
    let failed = Mutex<[String: Int]>([:])
    let expired = Mutex<Set<String>>([])
    let written = Mutex<[String: DocumentNode]>([:])

    init(_ resources: [Resource], _ behaviour: Behaviour) {
      self.resources = resources
      self.behaviour = behaviour
    }
  }

  package init(
    _ resources: [Resource], _ behaviour: Behaviour = Behaviour(), tls: TLSConfiguration?
  ) async throws {
    let state = State(resources, behaviour)
    self.state = state
    server = try await LoopbackServer(tls: tls) { Self.answer($0, state) }
    port = server.port
  }

  /// Requests so far.
  package var log: [LoopbackServer.Request] { state.log.withLock { $0 } }

  /// ConfigMaps that were written, by `NAMESPACE/NAME`.
  package var written: [String: DocumentNode] { state.written.withLock { $0 } }

  package func close() async { await server.close() }

  /// TLS of a server that wants a certificate of its clients, signed by the same authority.
  package static func mutualTLS(
    _ authority: VirtualAuthority, _ server: VirtualAuthority.Pair, clientsToo: Bool = true
  ) throws -> TLSConfiguration {
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(server.certificate.utf8)).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(server.key.utf8), format: .pem)))
    if clientsToo {
      tls.certificateVerification = .noHostnameVerification
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificate.utf8)))
    }
    return tls
  }

  // MARK: Answers

  private static func answer(_ request: LoopbackServer.Request, _ state: State) -> LoopbackServer.Answer {
    state.log.withLock { $0.append(request) }
    let behaviour = state.behaviour
    if behaviour.diesAfterDiscovery, !["/api", "/apis"].contains(request.uri) {
      return .cutOff(type: "application/json", body: [0x7B, 0x7D], after: 0)
    }
    if let token = behaviour.token, request.header("Authorization") != "Bearer " + token {
      return status(401, "Unauthorized", "Unauthorized")
    }
    let parts = request.uri.split(separator: "?", maxSplits: 1)
    let path = String(parts.first ?? "")
    var query: [String: String] = [:]
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
    }
    switch path {
    case "/api", "/apis": return discovery(path, request, state)
    case "/version":
      return json {
        $0.object {
          $0.field("gitVersion", "v1.36.2")
          $0.field("major", "1")
          $0.field("minor", "36")
        }
      }
    case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" where request.method == "POST":
      return review(request, state)
    default: break
    }
    let words = path.split(separator: "/").map(String.init)
    if words.count == 6, words[..<3] == ["api", "v1", "nodes"], words[4...] == ["proxy", "configz"] {
      guard !behaviour.forbidden.contains("nodes/proxy") else {
        return status(403, "Forbidden", "nodes \"\(words[3])\" is forbidden: cannot get resource \"nodes/proxy\"")
      }
      guard let answer = behaviour.configz[words[3]] else {
        return status(503, "ServiceUnavailable", "no route to host")
      }
      return json { $0.value(answer) }
    }
    if request.method == "PUT" || request.method == "POST", words.count >= 5, words[4] == "configmaps" {
      return write(request, words, state)
    }
    if words.count == 2, words[0] == "api" { return list(group: "", version: words[1], state) }
    if words.count == 3, words[0] == "apis" { return list(group: words[1], version: words[2], state) }
    let isCore = words.first == "api"
    let offset = isCore ? 2 : 3
    // Lists of one namespace.
    if words.count == offset + 3, words[offset] == "namespaces" {
      let group = isCore ? "" : words[1]
      guard let resource = state.resources.first(where: { $0.group == group && $0.name == words[offset + 2] }) else {
        return status(404, "NotFound", "the server could not find the requested resource")
      }
      return page(resource.inNamespace(words[offset + 1]), query, state, inNamespace: true)
    }
    guard words.count == offset + 1 else { return status(404, "NotFound", "the server could not find \(path)") }
    let group = isCore ? "" : words[1]
    guard
      let resource = state.resources.first(where: {
        $0.group == group && $0.version == words[offset - 1] && $0.name == words[offset]
      })
    else { return status(404, "NotFound", "the server could not find the requested resource") }
    return page(resource, query, state)
  }

  /// Makes or replaces a ConfigMap.
  private static func write(
    _ request: LoopbackServer.Request, _ words: [String], _ state: State
  ) -> LoopbackServer.Answer {
    guard !state.behaviour.forbidden.contains("write:configmaps") else {
      return status(
        403, "Forbidden", "configmaps is forbidden: cannot \(request.method == "PUT" ? "update" : "create")")
    }
    guard let body = try? JSONReader.read(request.body), let name = body[path: "metadata", "name"]?.string else {
      return status(400, "BadRequest", "no object")
    }
    let key = "\(words[3])/\(name)"
    return state.written.withLock { written in
      if request.method == "PUT", written[key] == nil || words.last != name {
        return status(404, "NotFound", "configmaps \"\(name)\" not found")
      }
      if request.method == "POST", written[key] != nil {
        return status(409, "AlreadyExists", "configmaps \"\(name)\" already exists")
      }
      written[key] = body
      return json(status: request.method == "POST" ? 201 : 200) { $0.value(body) }
    }
  }

  private static func isForbidden(_ resource: Resource, _ behaviour: Behaviour) -> Bool {
    behaviour.forbidden.contains(resource.text) || behaviour.forbidden.contains("group:" + resource.group)
  }

  private static func page(
    _ resource: Resource, _ query: [String: String], _ state: State, inNamespace: Bool = false
  ) -> LoopbackServer.Answer {
    let behaviour = state.behaviour
    let name = resource.text
    if isForbidden(resource, behaviour), !(inNamespace && behaviour.namespacesAreOpen) {
      return status(
        403, "Forbidden",
        "\(name) is forbidden: User \"alice\" cannot list resource \"\(resource.name)\" in API group \"\(resource.group)\" at the cluster scope"
      )
    }
    if behaviour.stale.contains(resource.group) { return status(503, "ServiceUnavailable", "service unavailable") }
    if behaviour.silent.contains(name) { return .silence }
    if behaviour.html.contains(name) {
      return .full(status: 200, headers: [("Content-Type", "text/html")], body: Array("<html>login</html>".utf8))
    }
    if behaviour.otherKind.contains(name) { return status(200, "Nothing", "nothing") }
    if let target = behaviour.redirect[name] {
      return .full(status: 302, headers: [("Location", target)], body: [])
    }
    if let failure = behaviour.failsFirst[name] {
      let before = state.failed.withLock { table -> Int in
        defer { table[name, default: 0] += 1 }
        return table[name] ?? 0
      }
      if before < failure.times {
        return status(failure.status, "Busy", "try again", headers: [("Retry-After", "0")])
      }
    }
    let limit = query["limit"].flatMap(Int.init) ?? Int.max
    var start = 0
    if let token = query["continue"] {
      if let withToken = behaviour.expired[name], token != "fresh" {
        let first = state.expired.withLock { $0.insert(name).inserted }
        if first {
          return status(
            410, "Expired", "The provided continue parameter is too old", continueToken: withToken ? "fresh" : nil)
        }
      }
      start = token == "fresh" ? limit : Int(token) ?? 0
    }
    let end = limit == Int.max ? resource.items.count : min(resource.items.count, start + limit)
    let next = end < resource.items.count ? String(behaviour.circles.contains(name) ? 1 : end) : ""
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("kind", resource.kind + "List")
      writer.field("apiVersion", resource.apiVersion)
      writer.key("metadata")
      writer.object { writer in
        writer.field("resourceVersion", "1000")
        if !next.isEmpty { writer.field("continue", next) }
      }
    }
    var body = writer.bytes
    body.removeLast()
    body += Array(",\"items\":[".utf8)
    for index in start..<max(start, end) {
      if index > start { body.append(UInt8(ascii: ",")) }
      body += resource.items[index]
    }
    body += Array("]}".utf8)
    if behaviour.truncated.contains(name) { body = Array(body.prefix(body.count * 2 / 3)) }
    if behaviour.cutOff.contains(name) {
      return .cutOff(type: "application/json", body: body, after: body.count / 2)
    }
    return .full(status: 200, headers: [("Content-Type", "application/json")], body: body)
  }

  private static func review(_ request: LoopbackServer.Request, _ state: State) -> LoopbackServer.Answer {
    guard let body = try? JSONReader.read(request.body) else { return status(400, "BadRequest", "no JSON") }
    let wanted = body["spec"]?["resourceAttributes"]
    let group = wanted?["group"]?.string ?? ""
    let name = wanted?["resource"]?.string ?? ""
    let behaviour = state.behaviour
    let isOpen = behaviour.namespacesAreOpen && !(wanted?["namespace"]?.string ?? "").isEmpty
    let allowed = state.resources.contains {
      $0.group == group && $0.name == name && (isOpen || !isForbidden($0, behaviour))
    }
    return json(status: 201) { writer in
      writer.object { writer in
        writer.field("kind", "SelfSubjectAccessReview")
        writer.field("apiVersion", "authorization.k8s.io/v1")
        writer.key("status")
        writer.object { $0.field("allowed", allowed) }
      }
    }
  }

  private static func discovery(
    _ path: String, _ request: LoopbackServer.Request, _ state: State
  ) -> LoopbackServer.Answer {
    let core = path == "/api"
    let mine = state.resources.filter { $0.group.isEmpty == core }
    var groups: [(name: String, versions: [String])] = []
    for resource in mine {
      if let index = groups.firstIndex(where: { $0.name == resource.group }) {
        if !groups[index].versions.contains(resource.version) { groups[index].versions.append(resource.version) }
      } else {
        groups.append((resource.group, [resource.version]))
      }
    }
    let aggregated = request.header("Accept")?.contains("apidiscovery.k8s.io") ?? false
    if aggregated, state.behaviour.aggregatedDiscovery {
      let type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
      return json(type: type) { writer in
        writer.object { writer in
          writer.field("kind", "APIGroupDiscoveryList")
          writer.field("apiVersion", "apidiscovery.k8s.io/v2")
          writer.key("items")
          writer.array(of: groups) { writer, group in
            writer.object { writer in
              writer.key("metadata")
              writer.object { if !group.name.isEmpty { $0.field("name", group.name) } }
              writer.key("versions")
              writer.array(of: group.versions) { writer, version in
                let stale = state.behaviour.stale.contains(group.name)
                writer.object { writer in
                  writer.field("version", version)
                  writer.field("freshness", stale ? "Stale" : "Current")
                  writer.key("resources")
                  writer.array(
                    of: stale ? [] : mine.filter { $0.group == group.name && $0.version == version }
                  ) { writer, resource in
                    writer.object { writer in
                      writer.field("resource", resource.name)
                      writer.field("scope", resource.namespaced ? "Namespaced" : "Cluster")
                      writer.field("singularResource", resource.kind.lowercased())
                      writer.field("verbs", ["get", "list", "watch"])
                      writer.key("responseKind")
                      writer.object { writer in
                        writer.field("group", resource.group)
                        writer.field("version", resource.version)
                        writer.field("kind", resource.kind)
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return json { writer in
      writer.object { writer in
        writer.field("kind", core ? "APIVersions" : "APIGroupList")
        if core {
          writer.field("versions", ["v1"])
        } else {
          writer.field("apiVersion", "v1")
          writer.key("groups")
          writer.array(of: groups) { writer, group in
            writer.object { writer in
              writer.field("name", group.name)
              writer.key("versions")
              writer.array(of: group.versions) { writer, version in
                writer.object { writer in
                  writer.field("groupVersion", "\(group.name)/\(version)")
                  writer.field("version", version)
                }
              }
              writer.key("preferredVersion")
              writer.object { writer in
                writer.field("groupVersion", "\(group.name)/\(group.versions[0])")
                writer.field("version", group.versions[0])
              }
            }
          }
        }
      }
    }
  }

  private static func list(group: String, version: String, _ state: State) -> LoopbackServer.Answer {
    if state.behaviour.stale.contains(group) { return status(503, "ServiceUnavailable", "service unavailable") }
    let mine = state.resources.filter { $0.group == group && $0.version == version }
    guard !mine.isEmpty else { return status(404, "NotFound", "the server could not find the requested resource") }
    return json { writer in
      writer.object { writer in
        writer.field("kind", "APIResourceList")
        writer.field("apiVersion", "v1")
        writer.field("groupVersion", group.isEmpty ? version : "\(group)/\(version)")
        writer.key("resources")
        writer.array(of: mine) { writer, resource in
          writer.object { writer in
            writer.field("name", resource.name)
            writer.field("singularName", resource.kind.lowercased())
            writer.field("namespaced", resource.namespaced)
            writer.field("kind", resource.kind)
            writer.field("verbs", ["get", "list", "watch"])
          }
        }
      }
    }
  }

  private static func status(
    _ code: Int, _ reason: String, _ message: String, headers: [(String, String)] = [], continueToken: String? = nil
  ) -> LoopbackServer.Answer {
    json(status: code, headers: headers) { writer in
      writer.object { writer in
        writer.field("kind", "Status")
        writer.field("apiVersion", "v1")
        writer.key("metadata")
        writer.object { if let continueToken { $0.field("continue", continueToken) } }
        writer.field("status", "Failure")
        writer.field("message", message)
        writer.field("reason", reason)
        writer.field("code", code)
      }
    }
  }

  private static func json(
    status: Int = 200, type: String = "application/json", headers: [(String, String)] = [],
    _ body: (inout JSONWriter) -> Void
  ) -> LoopbackServer.Answer {
    var writer = JSONWriter(pretty: false)
    body(&writer)
    return .full(status: status, headers: [("Content-Type", type)] + headers, body: writer.bytes)
  }
}
