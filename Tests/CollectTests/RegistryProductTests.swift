import Bytes
import FakeCluster
import Images
import TestKit
import Testing
import Transport

@testable import Collect

/// What products of registries tell somebody without a login beside the protocol.
@Suite struct RegistryProductTests {
  /// Answers of one product by path; everything else is not there, and the registry itself asks for a token.
  private static func listing(_ answers: [String: String], realm: String) async throws -> RegistryObservation {
    let image = try SampleImage(SampleImage.usual)
    let server = try await LoopbackServer(tls: nil) { request in
      func json(_ status: Int, _ text: String, _ more: [(String, String)] = []) -> LoopbackServer.Answer {
        .full(status: status, headers: [("Content-Type", "application/json")] + more, body: Array(text.utf8))
      }
      if let answer = answers[request.uri] { return json(200, answer) }
      if request.uri.hasPrefix(realm + "?") { return json(200, "{\"token\":\"anybody\"}") }
      guard request.uri.hasPrefix("/v2/") else { return json(404, "{}") }
      guard request.header("Authorization") == "Bearer anybody" else {
        let host = request.header("Host") ?? ""
        return json(401, "{}", [("WWW-Authenticate", "Bearer realm=\"http://\(host)\(realm)\",service=\"x\"")])
      }
      if request.uri.hasPrefix("/v2/_catalog") { return json(401, "{}") }
      if request.uri.contains("/tags/list") { return json(200, "{\"tags\":[\"1\"]}") }
      if request.uri.contains("/manifests/1") { return json(200, String(decoding: image.manifest, as: UTF8.self)) }
      return json(404, "{}")
    }
    var settings = RegistrySettings()
    settings.plainHTTP = true
    settings.retries.tries = 1
    let seen = try await RegistrySurvey("127.0.0.1:\(server.port)", settings).look()
    await server.close()
    return seen
  }

  @Test func harbor() async throws {
    let seen = try await Self.listing(
      [
        "/api/v2.0/systeminfo": #"{"auth_mode":"db_auth","self_registration":true,"harbor_version":"v2.11.0"}"#,
        "/api/v2.0/projects?public=true&page_size=100&page=1": #"[{"name":"library","metadata":{"public":"true"}}]"#,
        "/api/v2.0/projects/library/repositories?page_size=100&page=1":
          #"[{"name":"library/a/b"},{"name":"library/c"}]"#,
      ], realm: "/service/token")
    #expect(seen.product == "Harbor" && seen.letsAnybodySignUp == true && seen.answersAnybody)
    #expect(Set(seen.images.map(\.repository)) == ["library/a/b", "library/c"])
  }

  @Test func quayInPages() async throws {
    let seen = try await Self.listing(
      [
        "/api/v1/repository?public=true":
          #"{"repositories":[{"namespace":"team","name":"app","is_public":true}],"next_page":"g A"}"#,
        "/api/v1/repository?public=true&next_page=g%20A": #"{"repositories":[{"namespace":"team","name":"web"}]}"#,
      ], realm: "/v2/auth")
    #expect(seen.product == "Quay" && seen.answersAnybody && seen.letsAnybodySignUp == nil)
    #expect(Set(seen.images.map(\.repository)) == ["team/app", "team/web"])
  }

  /// The second page is not there: what was seen is a part.
  @Test func aCutListIsAPart() async throws {
    let seen = try await Self.listing(
      ["/api/v1/repository?public=true": #"{"repositories":[{"namespace":"team","name":"app"}],"next_page":"x"}"#],
      realm: "/v2/auth")
    #expect(seen.gaps.contains { $0.contains("all that its interface shows") })
  }

  @Test func gitLab() async throws {
    let projects = "/api/v4/projects?visibility=public&simple=true&order_by=id&per_page=100"
    let answers = [
      projects: #"[{"id":7,"path_with_namespace":"team/app"},{"id":8}]"#,
      "/api/v4/projects/7/registry/repositories?per_page=100": #"[{"id":1,"path":"team/app/web"}]"#,
    ]
    let seen = try await Self.listing(answers, realm: "/jwt/auth")
    #expect(seen.product == "GitLab" && seen.images.map(\.repository) == ["team/app/web"])
    // Where tokens come from elsewhere it is another product.
    #expect(try await Self.listing(answers, realm: "/token").product == nil)
  }

  @Test func nexus() async throws {
    let seen = try await Self.listing(
      [
        "/service/rest/v1/repositories": #"[{"name":"hosted","format":"docker"},{"name":"maven","format":"maven2"}]"#,
        "/service/rest/v1/components?repository=hosted":
          #"{"items":[{"name":"team/app","version":"1"},{"name":"team/app","version":"2"}],"continuationToken":null}"#,
      ], realm: "/v2/token")
    #expect(seen.product == "Nexus" && seen.images.map(\.repository) == ["team/app"])
  }
}
