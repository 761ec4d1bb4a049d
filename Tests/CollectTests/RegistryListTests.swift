import Bytes
import Collect
import FakeCluster
import Findings
import Images
import Testing
import Transport

/// What a registry lists is a list of names, in pages, or nothing is known of it.
@Suite struct RegistryListTests {
  private static let manifest = #"{"schemaVersion":2,"config":{}}"#
  private static let signature = #"{"manifests":[{"artifactType":"application/vnd.dev.cosign.artifact.sig.v1+json"}]}"#

  /// Answers by what the path ends with; a header `Link` where the answer names a next page.
  private static func look(
    _ answers: [(suffix: String, body: String, next: String?)], type: String = "application/json",
    repositories: [String] = []
  ) async throws -> RegistryObservation {
    let server = try await LoopbackServer(tls: nil) { request in
      guard let answer = answers.first(where: { request.uri.hasSuffix($0.suffix) }) else {
        return request.uri == "/v2/"
          ? .full(status: 200, headers: [("Content-Type", type)], body: Array("{}".utf8))
          : .full(status: 404, headers: [], body: [])
      }
      var headers = [("Content-Type", type)]
      if let next = answer.next { headers.append(("Link", "<\(next)>; rel=\"next\"")) }
      return .full(status: 200, headers: headers, body: Array(answer.body.utf8))
    }
    var settings = RegistrySettings()
    settings.plainHTTP = true
    settings.retries.tries = 1
    do {
      let seen = try await RegistrySurvey("127.0.0.1:\(server.port)", settings, repositories: repositories).look()
      await server.close()
      return seen
    } catch {
      await server.close()
      throw error
    }
  }

  @Test(arguments: ["{}", "[]", "5", "no JSON", #"{"repositories":"a"}"#])
  func whatIsNoListIsUnknown(_ body: String) async throws {
    let seen = try await Self.look([("/_catalog?n=1", body, nil), ("/_catalog?n=100", body, nil)])
    #expect(!seen.listsForAnybody && seen.gaps.count == 2, "\(seen.gaps)")
    let tags = try await Self.look(
      [("/tags/list?n=100", body.replacing("repositories", with: "tags"), nil)], repositories: ["a/b"])
    #expect(tags.images.isEmpty && tags.gaps.contains { $0.hasPrefix("the tags of a/b") }, "\(tags.gaps)")
  }

  @Test func nothingIsAList() async throws {
    let seen = try await Self.look([
      ("/_catalog?n=1", #"{"repositories":null}"#, nil), ("/_catalog?n=100", #"{"repositories":null}"#, nil),
    ])
    #expect(seen.listsForAnybody && seen.gaps.isEmpty, "\(seen.gaps)")
  }

  /// Names that are none are counted, and neither asked for nor shown.
  @Test func namesThatAreNoneAreCounted() async throws {
    let long = String(repeating: "x", count: 100_000)
    let seen = try await Self.look([
      (
        "/_catalog?n=100",
        #"{"repositories":["a/b","../../etc","\u001b[31m","A/B","a//b","a?b=c",5,null,"\#(long)"]}"#, nil
      ),
      ("/a/b/tags/list?n=100", #"{"tags":["v1","../x","\u202ex","-x","\#(long)"]}"#, nil),
      ("/a/b/manifests/v1", Self.manifest, nil),
    ])
    #expect(seen.images.map(\.reference) == ["a/b:v1"])
    #expect(seen.gaps.contains("8 repositories with names that are none"), "\(seen.gaps)")
    #expect(seen.gaps.contains("4 tags of a/b with names that are none"))
    #expect(seen.gaps.allSatisfy { $0.utf8.count < 300 })
  }

  /// Source: OCI distribution specification 1.1, "Listing Referrers": they come in pages as well.
  @Test(
    "registry/08-review-first-200-tags: signatures may stand on a later page",
    arguments: ["second page", "another host", "broken page", "without end", "no list"])
  func signaturesMayStandOnALaterPage(_ way: String) async throws {
    let digest = Digest.sha256(Array(Self.manifest.utf8)).text
    let path = "/v2/a/b/referrers/\(digest)"
    let next = way == "another host" ? "http://localhost:1\(path)?page=2" : "\(path)?page=2"
    var answers: [(suffix: String, body: String, next: String?)] = [
      ("/tags/list?n=100", #"{"tags":["v1"]}"#, nil), ("/manifests/v1", Self.manifest, nil),
      (path, way == "no list" ? "{}" : #"{"manifests":[]}"#, way == "no list" ? nil : next),
    ]
    switch way {
    case "second page": answers.append(("?page=2", Self.signature, nil))
    case "broken page": answers.append(("?page=2", "no JSON", nil))
    case "without end":
      for page in 2...20 { answers.append(("?page=\(page)", #"{"manifests":[]}"#, "\(path)?page=\(page + 1)")) }
    default: break
    }
    let seen = try await Self.look(answers, repositories: ["a/b"])
    #expect(seen.images.map(\.isSigned) == [way == "second page" ? true : nil])
    #expect(seen.gaps.contains { $0.hasPrefix("whether there is a signature") } == (way != "second page"))
  }

  /// A server that has a page for every address is no registry that anybody may pull from.
  @Test func aPageForPeopleIsNoRegistry() async throws {
    await #expect(throws: BartizanError.self) {
      try await Self.look([("/", "<html>hello</html>", nil)], type: "text/html; charset=utf-8")
    }
  }
}
