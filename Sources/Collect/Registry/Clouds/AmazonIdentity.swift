import Bytes
import Crypto
import Findings
import Transport

extension CloudIdentity {
  /// Amazon ECR: a password of twelve hours for the user `AWS`.
  ///
  /// Source: Amazon ECR API reference, `GetAuthorizationToken`; Amazon ECR user guide, "Private registry authentication".
  static let amazon = CloudIdentity(
    fits: { AmazonRegistry($0) != nil },
    login: { (registry, services) async throws(BartizanError) -> RegistryLogin? in
      guard let place = AmazonRegistry(registry),
        let credentials = try await AmazonCredentials.find(services, region: place.region)
      else { return nil }
      return try await AmazonRegistry.password(
        services, credentials, host: place.api, service: "ecr", region: place.region,
        target: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
    })

  /// Amazon's public gallery, which anybody may pull from; with an identity its limits are higher.
  ///
  /// Source: Amazon ECR Public API reference, `GetAuthorizationToken`.
  static let amazonPublic = CloudIdentity(
    fits: { $0 == "public.ecr.aws" },
    login: { (_, services) async throws(BartizanError) -> RegistryLogin? in
      // Machines are not asked for their identity here: without one the gallery gives a token, too.
      guard let credentials = AmazonCredentials.environment(services) else { return nil }
      return try await AmazonRegistry.password(
        services, credentials, host: "api.ecr-public.us-east-1.amazonaws.com", service: "ecr-public",
        region: "us-east-1", target: "SpencerFrontendService.GetAuthorizationToken")
    })
}

/// `ACCOUNT.dkr.ecr.REGION.amazonaws.com`, also in China and with FIPS.
struct AmazonRegistry {
  let region: String
  let api: String

  init?(_ registry: String) {
    let parts = registry.split(separator: ".").map(String.init)
    guard parts.count >= 6, parts[0].count == 12, parts[0].allSatisfy(\.isNumber), parts[1] == "dkr",
      parts[2] == "ecr" || parts[2] == "ecr-fips",
      ["amazonaws.com", "amazonaws.com.cn"].contains(parts.dropFirst(4).joined(separator: "."))
    else { return nil }
    region = parts[3]
    api = (parts[2] == "ecr" ? "api.ecr." : "ecr-fips.") + parts.dropFirst(3).joined(separator: ".")
  }

  static func password(
    _ services: CloudService, _ credentials: AmazonCredentials, host: String, service: String, region: String,
    target: String
  ) async throws(BartizanError) -> RegistryLogin {
    let body = Array("{}".utf8)
    let headers = AmazonSignature.headers(
      host: host, service: service, region: region, credentials: credentials, time: UnixTime.now, body: body,
      others: [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)])
    let reply = try await services.send("https://\(host)/", method: .post, headers: headers, body: body)
    guard reply.status == 200 else { throw CloudService.refused("Amazon ECR", reply) }
    // The private service answers with a list, the public one with one.
    let data = reply.document?["authorizationData"]
    let token = (data?.elements.first ?? data)?["authorizationToken"]?.string ?? ""
    guard let plain = Base64.decode(token), let colon = plain.firstIndex(of: UInt8(ascii: ":")) else {
      throw BartizanError(.remote, "Amazon ECR answers without a token")
    }
    return .basic(
      user: String(decoding: plain[..<colon], as: UTF8.self),
      password: String(decoding: plain[(colon + 1)...], as: UTF8.self))
  }
}

package struct AmazonCredentials: Sendable {
  let key: String
  let secret: String
  let session: String?

  package init(key: String, secret: String, session: String?) {
    self.key = key
    self.secret = secret
    self.session = session
  }

  /// Where they are looked for, in order: the environment, the web identity of a service account, the agent of EKS Pod Identity
  /// or ECS, the machine's metadata (IMDSv2).
  ///
  /// Source: AWS SDKs and tools reference guide, "Standardized credential providers".
  static func find(_ services: CloudService, region: String) async throws(BartizanError) -> AmazonCredentials? {
    if let found = environment(services) { return found }
    if let found = try await webIdentity(services, region: region) { return found }
    if let found = try await container(services) { return found }
    return try await machine(services)
  }

  static func environment(_ services: CloudService) -> AmazonCredentials? {
    guard let key = services.environment("AWS_ACCESS_KEY_ID"),
      let secret = services.environment("AWS_SECRET_ACCESS_KEY")
    else { return nil }
    return AmazonCredentials(key: key, secret: secret, session: services.environment("AWS_SESSION_TOKEN"))
  }

  /// Source: AWS STS API reference, `AssumeRoleWithWebIdentity`, which is not signed.
  private static func webIdentity(
    _ services: CloudService, region: String
  ) async throws(BartizanError) -> AmazonCredentials? {
    guard let file = services.environment("AWS_WEB_IDENTITY_TOKEN_FILE"),
      let role = services.environment("AWS_ROLE_ARN")
    else { return nil }
    let token = try services.file(file)
    let query = FormText.encode([
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", services.environment("AWS_ROLE_SESSION_NAME") ?? "bartizan"), ("WebIdentityToken", token),
    ])
    let suffix = region.hasPrefix("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com"
    let reply = try await services.send(
      "https://sts.\(region)\(suffix)/", method: .post,
      headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
      body: Array(query.utf8))
    guard reply.status == 200 else { throw CloudService.refused("Amazon STS", reply) }
    // XML unless JSON was asked for and is spoken.
    if let found = reply.document?[
      path: "AssumeRoleWithWebIdentityResponse", "AssumeRoleWithWebIdentityResult", "Credentials"],
      let key = found["AccessKeyId"]?.string, let secret = found["SecretAccessKey"]?.string
    {
      return AmazonCredentials(key: key, secret: secret, session: found["SessionToken"]?.string)
    }
    let text = reply.text
    func element(_ name: String) -> String? {
      guard let open = text.firstRange(of: "<\(name)>"),
        let close = text[open.upperBound...].firstRange(of: "</\(name)>")
      else { return nil }
      return String(text[open.upperBound..<close.lowerBound])
    }
    guard let key = element("AccessKeyId"), let secret = element("SecretAccessKey") else {
      throw BartizanError(.remote, "Amazon STS answers without credentials")
    }
    return AmazonCredentials(key: key, secret: secret, session: element("SessionToken"))
  }

  /// Source: AWS SDKs and tools reference guide, "Container credential provider".
  private static func container(_ services: CloudService) async throws(BartizanError) -> AmazonCredentials? {
    let url: String
    if let relative = services.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), relative.hasPrefix("/") {
      url = "http://169.254.170.2" + relative
    } else if let full = services.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      guard
        full.hasPrefix("https://")
          || inwardAgents.contains(where: { full.hasPrefix("http://\($0)/") || full.hasPrefix("http://\($0):") })
      else {
        throw BartizanError(.input, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an agent of this machine")
      }
      url = full
    } else {
      return nil
    }
    var headers: [(String, String)] = []
    if let file = services.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      headers.append(("Authorization", try services.file(file)))
    } else if let token = services.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      headers.append(("Authorization", token))
    }
    let reply = try await services.send(url, headers: headers, timeout: .seconds(5), isAgent: true)
    guard reply.status == 200, let found = parsed(reply.document) else {
      throw CloudService.refused("the agent for container credentials", reply)
    }
    return found
  }

  /// Loopback, and the addresses of the agents of ECS and EKS.
  private static let inwardAgents = [
    "127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
  ]

  private static func parsed(_ document: DocumentNode?) -> AmazonCredentials? {
    guard let key = document?["AccessKeyId"]?.string, let secret = document?["SecretAccessKey"]?.string else {
      return nil
    }
    return AmazonCredentials(key: key, secret: secret, session: document?["Token"]?.string)
  }

  /// Source: Amazon EC2 user guide, "Use the Instance Metadata Service", version 2.
  private static func machine(_ services: CloudService) async throws(BartizanError) -> AmazonCredentials? {
    guard services.environment("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
    let base = "http://169.254.169.254"
    guard
      let session = try? await services.send(
        base + "/latest/api/token", method: .put, headers: [("X-aws-ec2-metadata-token-ttl-seconds", "60")],
        timeout: .seconds(2),
        isAgent: true),
      session.status == 200
    else { return nil }
    let headers = [("X-aws-ec2-metadata-token", session.text)]
    let folder = base + "/latest/meta-data/iam/security-credentials/"
    guard let roles = try? await services.send(folder, headers: headers, timeout: .seconds(2), isAgent: true),
      roles.status == 200,
      let role = roles.text.split(whereSeparator: \.isNewline).first
    else { return nil }
    let reply = try await services.send(
      folder + PercentEncoding.encode(String(role)), headers: headers, timeout: .seconds(5), isAgent: true)
    guard reply.status == 200, let found = parsed(reply.document) else {
      throw CloudService.refused("the machine's metadata", reply)
    }
    return found
  }
}

/// Signs requests to services of Amazon.
///
/// Source: AWS general reference, "Signature Version 4 signing process".
package enum AmazonSignature {
  /// The headers to send, with `Authorization`.
  ///
  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - others: names in lower case.
  package static func headers(
    host: String, service: String, region: String, credentials: AmazonCredentials, time: Int, body: [UInt8],
    method: String = "POST", others: [(String, String)]
  ) -> [(String, String)] {
    let moment = stamp(time)
    let day = String(moment.prefix(8))
    var headers = others + [("host", host), ("x-amz-date", moment)]
    if let session = credentials.session { headers.append(("x-amz-security-token", session)) }
    headers.sort { $0.0 < $1.0 }
    let names = headers.map(\.0).joined(separator: ";")
    let lines = headers.map { "\($0.0):\($0.1)\n" }.joined()
    let request = "\(method)\n/\n\n\(lines)\n\(names)\n\(Hex.text(SHA256.hash(data: body)))"
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text = "AWS4-HMAC-SHA256\n\(moment)\n\(scope)\n\(Hex.text(SHA256.hash(data: Array(request.utf8))))"
    var key = SymmetricKey(data: Array("AWS4\(credentials.secret)".utf8))
    for part in [day, region, service, "aws4_request"] {
      key = SymmetricKey(data: Array(HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)))
    }
    let signature = Hex.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    return headers.filter { $0.0 != "host" } + [
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.key)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
      )
    ]
  }

  /// `20150830T123600Z`
  static func stamp(_ time: Int) -> String {
    let text = Timestamp(seconds: Int64(time))?.text ?? ""
    return text.filter { $0 != "-" && $0 != ":" }
  }
}
