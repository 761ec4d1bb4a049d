import Collect
import Crypto
import CryptoExtras
import FakeCluster
import Findings
import Foundation
import Images
import Synchronization
import TestKit
import Testing

/// Registries of clouds and the services that know their machines, as the vendors' documentation tells of them.
@Suite struct CloudIdentityTests {
  /// Made with botocore 1.43, `SigV4Auth`, for the same request at the same moment.
  @Test func requestsToAmazonAreSigned() throws {
    let headers = AmazonSignature.headers(
      host: "api.ecr.eu-central-1.amazonaws.com", service: "ecr", region: "eu-central-1",
      credentials: AmazonCredentials(
        key: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", session: "session/token=="),
      time: 1_795_802_709, body: Array("{}".utf8),
      others: [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"),
      ])
    let authorization = try #require(headers.first { $0.0 == "Authorization" }?.1)
    #expect(
      authorization
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261127/eu-central-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=59bab1c3d39e52314e85655a086532939718a0eee21df783010ee65fa01a7f7a"
    )
  }

  /// All services of one cloud on one loopback server, each below a path of its own, and its registry.
  private final class World: Sendable {
    let seen = Mutex<[String]>([])
    private let server = Mutex<LoopbackServer?>(nil)
    let base = Mutex("")

    func start(_ answer: @escaping @Sendable (LoopbackServer.Request) -> LoopbackServer.Answer?) async throws {
      let image = try SampleImage(SampleImage.usual)
      let own = try await LoopbackServer(tls: nil) { request in
        self.seen.withLock { $0.append("\(request.method) \(request.uri)") }
        if let special = answer(request) { return special }
        let last = request.uri.split(separator: "/").last.map(String.init) ?? ""
        if request.uri.contains("/manifests/") { return .full(status: 200, headers: [], body: image.manifest) }
        if let blob = image.blobs().first(where: { $0.digest == last }) {
          return .full(status: 200, headers: [], body: blob.bytes)
        }
        return .full(status: 404, headers: [], body: [])
      }
      base.withLock { $0 = "http://127.0.0.1:\(own.port)" }
      server.withLock { $0 = own }
    }

    func close() async { await server.withLock { $0 }?.close() }

    func pull(_ image: String, _ services: [String], _ environment: [String: String]) async throws -> [String] {
      var settings = RegistrySettings { environment[$0] }
      let base = base.withLock { $0 }
      for (index, host) in services.enumerated() { settings.serviceAddresses[host] = base + "/s\(index)" }
      var options = ImageSource.Options()
      options.registry = settings
      return try await ImageSource.read("docker://" + image, options).packages.map(\.name).sorted()
    }
  }

  private static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  private static func json(_ text: String) -> LoopbackServer.Answer {
    .full(status: 200, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
  }

  private static func challenge(_ text: String) -> LoopbackServer.Answer {
    .full(status: 401, headers: [("WWW-Authenticate", text)], body: [])
  }

  private static func form(_ request: LoopbackServer.Request) -> [String: String] {
    var components = URLComponents()
    components.percentEncodedQuery = String(decoding: request.body, as: UTF8.self)
    return Dictionary(
      (components.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  /// Source: Amazon ECR API reference, `GetAuthorizationToken`; STS API reference, `AssumeRoleWithWebIdentity`; EKS user guide,
  /// "EKS Pod Identity"; EC2 user guide, "IMDSv2".
  @Test(arguments: ["environment", "web identity", "pod identity", "machine"])
  func amazon(_ way: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("token", "cluster.token\n")
    let world = World()
    let token = Data("AWS:twelve-hours".utf8).base64EncodedString()
    let triple = "{\"AccessKeyId\":\"ASIA\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"}"
    try await world.start { request in
      let path = request.uri
      if path.hasPrefix("/s1") {
        guard request.header("x-amz-target") == "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
          request.header("Authorization")?.contains("/eu-central-1/ecr/aws4_request") == true,
          way == "environment" || request.header("x-amz-security-token") == "t"
        else { return .full(status: 400, headers: [], body: []) }
        return Self.json("{\"authorizationData\":[{\"authorizationToken\":\"\(token)\",\"proxyEndpoint\":\"x\"}]}")
      }
      if path.hasPrefix("/s2") {
        guard Self.form(request)["WebIdentityToken"] == "cluster.token", request.header("Authorization") == nil else {
          return .full(status: 403, headers: [], body: [])
        }
        return .full(
          status: 200, headers: [("Content-Type", "text/xml")],
          body: Array(
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
              .utf8))
      }
      if path.hasPrefix("/s3") {
        return request.header("Authorization") == "cluster.token"
          ? Self.json(triple) : .full(status: 401, headers: [], body: [])
      }
      if path == "/s4/latest/api/token" {
        return request.method == "PUT"
          ? .full(status: 200, headers: [], body: Array("session".utf8)) : .full(status: 405, headers: [], body: [])
      }
      if path.hasPrefix("/s4") {
        guard request.header("X-aws-ec2-metadata-token") == "session" else {
          return .full(status: 401, headers: [], body: [])
        }
        return path.hasSuffix("security-credentials/")
          ? .full(status: 200, headers: [], body: Array("node-role".utf8)) : Self.json(triple)
      }
      return request.header("Authorization") == Self.basic("AWS", "twelve-hours")
        ? nil : Self.challenge("Basic realm=\"https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/\"")
    }
    let environment: [String: String] =
      switch way {
      case "environment": ["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"]
      case "web identity":
        ["AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"]
      case "pod identity":
        [
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": folder.path + "/token",
        ]
      default: [:]
      }
    let registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    let names = try await world.pull(
      registry + "/team/app:1",
      [
        registry, "api.ecr.eu-central-1.amazonaws.com", "sts.eu-central-1.amazonaws.com", "169.254.170.23",
        "169.254.169.254",
      ], environment)
    #expect(names == ["bash", "left-pad"])
    await world.close()
  }

  /// Source: Artifact Registry, "Configure authentication"; Google Identity, "OAuth 2.0 for Server to Server Applications";
  /// "Workload Identity Federation"; Compute Engine, "VM metadata".
  @Test(arguments: ["service account", "federated", "machine"])
  func google(_ way: String) async throws {
    let folder = try TemporaryFolder()
    let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let world = World()
    try await world.start { request in
      if request.uri.hasPrefix("/s1") {
        let parts = (Self.form(request)["assertion"] ?? "").split(separator: ".").map(String.init)
        guard parts.count == 3, let signature = Self.fromURL(parts[2]),
          key.publicKey.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature),
            for: SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8)),
            padding: .insecurePKCS1v1_5)
        else { return .full(status: 401, headers: [], body: []) }
        return Self.json("{\"access_token\":\"ya29\",\"expires_in\":3599}")
      }
      if request.uri.hasPrefix("/s2") {
        let form = Self.form(request)
        return form["subject_token"] == "cluster.token" && form["audience"] == "//iam/pool"
          ? Self.json("{\"access_token\":\"federated\"}") : .full(status: 400, headers: [], body: [])
      }
      if request.uri.hasPrefix("/s3") {
        return request.header("Authorization") == "Bearer federated"
          ? Self.json("{\"accessToken\":\"ya29\"}") : .full(status: 401, headers: [], body: [])
      }
      if request.uri.hasPrefix("/s4") {
        return request.header("Metadata-Flavor") == "Google"
          ? Self.json("{\"access_token\":\"ya29\"}") : .full(status: 403, headers: [], body: [])
      }
      if request.uri.hasPrefix("/s0/v2/token") {
        return request.header("Authorization") == Self.basic("oauth2accesstoken", "ya29")
          ? Self.json("{\"token\":\"pull\",\"expires_in\":3600}") : .full(status: 401, headers: [], body: [])
      }
      return request.header("Authorization") == "Bearer pull"
        ? nil
        : Self.challenge(
          "Bearer realm=\"https://europe-docker.pkg.dev/v2/token\",service=\"europe-docker.pkg.dev\",scope=\"repository:p/r/app:pull\""
        )
    }
    try folder.write("token", "cluster.token")
    let pem = key.pemRepresentation.replacingOccurrences(of: "\n", with: "\\n")
    try folder.write(
      "service.json",
      "{\"type\":\"service_account\",\"client_email\":\"a@b\",\"private_key_id\":\"1\",\"private_key\":\"\(pem)\",\"token_uri\":\"https://oauth2.googleapis.com/token\"}"
    )
    try folder.write(
      "federated.json",
      "{\"type\":\"external_account\",\"audience\":\"//iam/pool\",\"token_url\":\"https://sts.googleapis.com/v1/token\",\"credential_source\":{\"file\":\"\(folder.path)/token\"},\"service_account_impersonation_url\":\"https://iamcredentials.googleapis.com/v1/x:generateAccessToken\"}"
    )
    let file = ["service account": "service.json", "federated": "federated.json"][way]
    let names = try await world.pull(
      "europe-docker.pkg.dev/p/r/app:1",
      [
        "europe-docker.pkg.dev", "oauth2.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com",
        "metadata.google.internal",
      ], file.map { ["GOOGLE_APPLICATION_CREDENTIALS": folder.path + "/" + $0] } ?? [:])
    #expect(names == ["bash", "left-pad"])
    // A file that names another's service gets nothing.
    try folder.write(
      "evil.json",
      "{\"type\":\"service_account\",\"client_email\":\"a@b\",\"private_key\":\"\(pem)\",\"token_uri\":\"https://attacker.example/token\"}"
    )
    await #expect {
      try await world.pull(
        "europe-docker.pkg.dev/p/r/app:1", ["europe-docker.pkg.dev"],
        ["GOOGLE_APPLICATION_CREDENTIALS": folder.path + "/evil.json"])
    } throws: { "\($0)".contains("no service of Google") }
    await world.close()
  }

  private static func fromURL(_ text: String) -> Data? {
    var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    while text.count % 4 != 0 { text += "=" }
    return Data(base64Encoded: text)
  }

  /// Source: Azure Container Registry, "Authentication"; Microsoft identity platform, "Client credentials flow" with a federated
  /// credential; managed identities, "How to use a token".
  @Test(arguments: ["workload identity", "secret", "machine"])
  func azure(_ way: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("token", "cluster.token")
    let world = World()
    try await world.start { request in
      let form = Self.form(request)
      if request.uri.hasPrefix("/s1/tenant-1/oauth2/v2.0/token") {
        let isRight = way == "secret" ? form["client_secret"] == "hidden" : form["client_assertion"] == "cluster.token"
        return isRight ? Self.json("{\"access_token\":\"entra\"}") : .full(status: 401, headers: [], body: [])
      }
      if request.uri.hasPrefix("/s2/metadata/identity") {
        return request.header("Metadata") == "true"
          ? Self.json("{\"access_token\":\"entra\"}") : .full(status: 400, headers: [], body: [])
      }
      if request.uri == "/s0/oauth2/exchange" {
        return form["access_token"] == "entra" && form["service"] == "team.azurecr.io"
          ? Self.json("{\"refresh_token\":\"refresh\"}") : .full(status: 401, headers: [], body: [])
      }
      if request.uri == "/s0/oauth2/token" {
        return form["refresh_token"] == "refresh" && form["grant_type"] == "refresh_token"
          ? Self.json("{\"access_token\":\"pull\"}") : .full(status: 401, headers: [], body: [])
      }
      return request.header("Authorization") == "Bearer pull"
        ? nil : Self.challenge("Bearer realm=\"https://team.azurecr.io/oauth2/token\",service=\"team.azurecr.io\"")
    }
    let environment: [String: String] =
      switch way {
      case "workload identity":
        [
          "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client",
          "AZURE_FEDERATED_TOKEN_FILE": folder.path + "/token",
        ]
      case "secret": ["AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "client", "AZURE_CLIENT_SECRET": "hidden"]
      default: [:]
      }
    let names = try await world.pull(
      "team.azurecr.io/app:1", ["team.azurecr.io", "login.microsoftonline.com", "169.254.169.254"], environment)
    #expect(names == ["bash", "left-pad"])
    await world.close()
  }

  /// Source: GitHub, "Working with the Container registry"; Docker Hub, "Pull usage and limits" and the token specification.
  @Test(arguments: ["GitHub", "Docker Hub"])
  func gitHubAndDocker(_ which: String) async throws {
    let world = World()
    let isHub = which == "Docker Hub"
    try await world.start { request in
      if request.uri.contains("/token") {
        // Docker Hub gives anybody a token, GitHub whoever shows one of its own.
        let isRight = isHub || request.header("Authorization") == Self.basic("octocat", "ghs_1")
        return isRight ? Self.json("{\"token\":\"pull\"}") : .full(status: 401, headers: [], body: [])
      }
      if request.header("Authorization") == "Bearer pull" { return nil }
      return Self.challenge(
        isHub
          ? "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/app:pull\""
          : "Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:team/app:pull\"")
    }
    let names =
      isHub
      ? try await world.pull("app:1", ["registry-1.docker.io", "auth.docker.io"], [:])
      : try await world.pull("ghcr.io/team/app:1", ["ghcr.io"], ["GITHUB_TOKEN": "ghs_1", "GITHUB_ACTOR": "octocat"])
    #expect(names == ["bash", "left-pad"])
    await world.close()
  }
}
