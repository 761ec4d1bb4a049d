import Collect
import FakeCluster
import Findings
import Images
import Posture
import Synchronization
import TestKit
import Testing
import Transport

/// What clouds tell of their repositories, from servers that answer as the vendors' documentation says.
@Suite struct RegistryAdministrationTests {
  private static func json(_ text: String, status: Int = 200) -> LoopbackServer.Answer {
    .full(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
  }

  private static func look(
    _ registry: String, _ repositories: [String], _ services: [String], _ environment: [String: String],
    _ answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer?
  ) async throws -> RegistryObservation {
    let server = try await LoopbackServer(tls: nil) { request in
      answer(request) ?? .full(status: 401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")], body: [])
    }
    var settings = RegistrySettings { environment[$0] }
    settings.retries.tries = 1
    for (index, host) in services.enumerated() {
      settings.serviceAddresses[host] = "http://127.0.0.1:\(server.port)/s\(index)"
    }
    let seen = try await RegistrySurvey(registry, settings, repositories: repositories).look()
    await server.close()
    return seen
  }

  private static func told(_ seen: RegistryObservation) -> Set<String> {
    Set(
      RegistryReview.judge(seen, today: "2026-11-27").map { "\($0.check.rawValue) \($0.evidence.first?.path ?? "")" }
        .filter { $0.contains("team/") })
  }

  /// Source: Amazon ECR API reference, `DescribeRepositories`, `GetRepositoryPolicy`, `GetLifecyclePolicy`, with the errors that
  /// they list.
  @Test func amazon() async throws {
    let registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    let policies = [
      "team/open":
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage"]}]}"#,
      "team/written":
        #"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["ecr:PutImage","ecr:InitiateLayerUpload"]}]}"#,
      "team/bounded":
        #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}}"#,
    ]
    let seen = try await Self.look(
      registry, [], [registry, "api.ecr.eu-central-1.amazonaws.com"],
      ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"]
    ) { request in
      guard request.uri.hasPrefix("/s1"), request.header("Authorization")?.contains("/ecr/aws4_request") == true else {
        return nil
      }
      let body = String(decoding: request.body, as: UTF8.self)
      switch request.header("x-amz-target")?.split(separator: ".").last {
      case "DescribeRepositories" where body.contains("nextToken"):
        return Self.json(
          #"{"repositories":[{"repositoryName":"team/bounded","imageTagMutability":"IMMUTABLE","imageScanningConfiguration":{"scanOnPush":true}}]}"#
        )
      case "DescribeRepositories":
        return Self.json(
          #"{"nextToken":"more","repositories":[{"repositoryName":"team/open","imageTagMutability":"MUTABLE","imageScanningConfiguration":{"scanOnPush":false}},{"repositoryName":"team/written","imageTagMutability":"IMMUTABLE"}]}"#
        )
      case "GetLifecyclePolicy":
        return body.contains("bounded")
          ? Self.json(#"{"lifecyclePolicyText":"{}"}"#)
          : Self.json(#"{"__type":"com.amazonaws.ecr#LifecyclePolicyNotFoundException","message":"none"}"#, status: 400)
      case "GetRepositoryPolicy":
        guard let policy = policies.first(where: { body.contains($0.key) })?.value else { return nil }
        return Self.json(#"{"policyText":"\#(policy.replacing("\"", with: "\\\""))"}"#)
      default: return nil
      }
    }
    #expect(
      Self.told(seen) == [
        "registry-open-policy \(registry)/team/open", "registry-movable-tags \(registry)/team/open",
        "registry-kept-forever \(registry)/team/open", "registry-no-scan \(registry)/team/open",
        "registry-open-for-writing \(registry)/team/written", "registry-kept-forever \(registry)/team/written",
      ])
  }

  /// Source: Artifact Registry REST reference, `projects.locations.repositories.get` and `getIamPolicy`; Compute Engine, "VM metadata".
  @Test func google() async throws {
    let registry = "europe-west1-docker.pkg.dev"
    let seen = try await Self.look(
      registry, ["team/open/app", "team/open/other", "team/closed"],
      [registry, "artifactregistry.googleapis.com", "metadata.google.internal"], [:]
    ) { request in
      if request.uri.hasPrefix("/s2"), request.header("Metadata-Flavor") == "Google" {
        return Self.json(#"{"access_token":"own","expires_in":300,"token_type":"Bearer"}"#)
      }
      guard request.uri.hasPrefix("/s1"), request.header("Authorization") == "Bearer own" else { return nil }
      switch request.uri.dropFirst(3) {
      case "/v1/projects/team/locations/europe-west1/repositories/open":
        return Self.json(
          #"{"name":"x","format":"DOCKER","vulnerabilityScanningConfig":{"enablementState":"SCANNING_DISABLED"}}"#)
      case "/v1/projects/team/locations/europe-west1/repositories/open:getIamPolicy":
        return Self.json(
          #"{"bindings":[{"role":"roles/artifactregistry.reader","members":["allUsers"]},{"role":"roles/artifactregistry.writer","members":["user:a@example.org"]}]}"#
        )
      case "/v1/projects/team/locations/europe-west1/repositories/closed":
        return Self.json(
          #"{"dockerConfig":{"immutableTags":true},"cleanupPolicies":{"old":{"action":"DELETE"}},"vulnerabilityScanningConfig":{"enablementState":"SCANNING_ACTIVE"}}"#
        )
      case "/v1/projects/team/locations/europe-west1/repositories/closed:getIamPolicy": return Self.json("{}")
      default: return nil
      }
    }
    #expect(
      Self.told(seen) == [
        "registry-open-policy \(registry)/team/open", "registry-movable-tags \(registry)/team/open",
        "registry-kept-forever \(registry)/team/open", "registry-no-scan \(registry)/team/open",
      ])
    #expect(seen.repositories.map(\.name) == ["team/open", "team/closed"])
  }

  /// Source: Docker Hub API reference, "Get repository": what is private does not exist for anybody.
  @Test func dockerHub() async throws {
    let seen = try await Self.look(
      "docker.io", ["team/public", "team/private"], ["registry-1.docker.io", "hub.docker.com"], [:]
    ) { request in
      switch request.uri {
      case "/s1/v2/repositories/team/public/": Self.json(#"{"name":"public","is_private":false}"#)
      case "/s1/v2/repositories/team/private/": Self.json(#"{"message":"object not found"}"#, status: 404)
      default: nil
      }
    }
    #expect(Self.told(seen) == ["registry-public-repository docker.io/team/public"])
  }

  /// Nobody who may ask is no clean answer.
  @Test(arguments: [403, 500])
  func whatIsRefusedIsSaid(_ status: Int) async throws {
    let registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    let seen = try await Self.look(
      registry, [], [registry, "api.ecr.eu-central-1.amazonaws.com"],
      ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"]
    ) { request in
      request.uri.hasPrefix("/s1")
        ? Self.json(#"{"__type":"AccessDeniedException","message":"not allowed"}"#, status: status) : nil
    }
    #expect(seen.repositories.isEmpty)
    #expect(seen.gaps.contains { $0.contains("cloud's own settings") && $0.contains("not allowed") }, "\(seen.gaps)")
  }

  @Test func certificatesThatEndSoonAreTold() {
    for (end, told) in [("2026-12-20", true), ("2026-11-01", true), ("2027-03-01", false)] {
      var seen = RegistryObservation(registry: "r")
      seen.certificateEnds = end
      #expect(
        RegistryReview.judge(seen, today: "2026-11-27").contains { $0.check.rawValue == "registry-certificate-ends" }
          == told)
    }
    var seen = RegistryObservation(registry: "r")
    seen.certificateEnds = "2027-01-05"
    #expect(RegistryReview.judge(seen, today: "2026-12-27").count == 1)
  }
}
