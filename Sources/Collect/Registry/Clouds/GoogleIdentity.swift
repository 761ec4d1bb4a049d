import Bytes
import Crypto
import CryptoExtras
import Findings
import Transport

extension CloudIdentity {
  /// Google's Artifact Registry and Container Registry: an access token for the user `oauth2accesstoken`.
  ///
  /// Source: Artifact Registry documentation, "Configure authentication to Artifact Registry for Docker".
  static let google = CloudIdentity(
    fits: { registry in
      registry == "gcr.io" || registry.hasSuffix(".gcr.io") || registry.hasSuffix("-docker.pkg.dev")
        || registry == "docker.pkg.dev"
    },
    login: { (_, services) async throws(BartizanError) -> RegistryLogin? in
      guard let token = try await GoogleCredentials.token(services) else { return nil }
      return .basic(user: "oauth2accesstoken", password: token)
    })
}

/// Source: Google Cloud documentation, "How Application Default Credentials works".
enum GoogleCredentials {
  private static let scope = "https://www.googleapis.com/auth/cloud-platform"

  static func token(_ services: CloudService) async throws(BartizanError) -> String? {
    let usual = services.environment("HOME").map { $0 + "/.config/gcloud/application_default_credentials.json" }
    let named = services.environment("GOOGLE_APPLICATION_CREDENTIALS")
    if let path = named ?? usual.flatMap({ FilePaths.exists($0) ? $0 : nil }) {
      let document: DocumentNode
      do {
        document = try JSONReader.read(try FileReader.read(path))
      } catch {
        throw BartizanError(.input, "\(path): \((error as? BartizanError)?.message ?? "no JSON")")
      }
      switch document["type"]?.string {
      case "service_account": return try await serviceAccount(document, path, services)
      case "authorized_user": return try await user(document, services)
      case "external_account": return try await federated(document, path, services)
      default: throw BartizanError(.input, "\(path): credentials of a kind that is not known here")
      }
    }
    return try await machine(services)
  }

  /// A key of a service account, shown by a signed statement.
  ///
  /// Source: Google Identity, "Using OAuth 2.0 for Server to Server Applications"; RFC 7523.
  private static func serviceAccount(
    _ document: DocumentNode, _ path: String, _ services: CloudService
  ) async throws(BartizanError) -> String {
    guard let email = document["client_email"]?.string, let pem = document["private_key"]?.string else {
      throw BartizanError(.input, "\(path): no client_email and private_key in it")
    }
    let audience = document["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
    let now = UnixTime.now
    var header = JSONWriter(pretty: false)
    header.object { writer in
      writer.field("alg", "RS256")
      writer.field("typ", "JWT")
      writer.field("kid", document["private_key_id"]?.string)
    }
    var claims = JSONWriter(pretty: false)
    claims.object { writer in
      writer.field("iss", email)
      writer.field("scope", scope)
      writer.field("aud", audience)
      writer.field("iat", now)
      writer.field("exp", now + 3600)
    }
    let statement = "\(Base64.encodeForURL(header.bytes)).\(Base64.encodeForURL(claims.bytes))"
    let signature: [UInt8]
    do {
      let key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
      signature = Array(
        try key.signature(for: SHA256.hash(data: Array(statement.utf8)), padding: .insecurePKCS1v1_5).rawRepresentation)
    } catch {
      throw BartizanError(.input, "\(path): its private_key is no RSA key as PEM")
    }
    return try await exchange(
      audience,
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", "\(statement).\(Base64.encodeForURL(signature))"),
      ], "Google's token service", services)
  }

  private static func user(_ document: DocumentNode, _ services: CloudService) async throws(BartizanError) -> String {
    try await exchange(
      "https://oauth2.googleapis.com/token",
      [
        ("grant_type", "refresh_token"), ("refresh_token", document["refresh_token"]?.string ?? ""),
        ("client_id", document["client_id"]?.string ?? ""), ("client_secret", document["client_secret"]?.string ?? ""),
      ], "Google's token service", services)
  }

  /// Workload identity federation: a token of another issuer for one of Google, and that for a service account's.
  ///
  /// Source: Google Cloud documentation, "Workload Identity Federation"; RFC 8693.
  private static func federated(
    _ document: DocumentNode, _ path: String, _ services: CloudService
  ) async throws(BartizanError) -> String {
    guard let file = document[path: "credential_source", "file"]?.string else {
      throw BartizanError(.input, "\(path): only tokens in files are read as the source of a federated identity")
    }
    var subject = try services.file(file)
    if let field = document[path: "credential_source", "format", "subject_token_field_name"]?.string,
      let text = (try? JSONReader.read(Array(subject.utf8)))?[field]?.string
    {
      subject = text
    }
    let token = try await exchange(
      document["token_url"]?.string ?? "https://sts.googleapis.com/v1/token",
      [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("audience", document["audience"]?.string ?? ""), ("scope", scope),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"), ("subject_token", subject),
        ("subject_token_type", document["subject_token_type"]?.string ?? "urn:ietf:params:oauth:token-type:jwt"),
      ], "Google's token exchange", services)
    guard let url = document["service_account_impersonation_url"]?.string else { return token }
    guard url.hasPrefix("https://iamcredentials.googleapis.com/") else {
      throw BartizanError(.input, "\(path): service_account_impersonation_url is not one of Google's")
    }
    let reply = try await services.send(
      url, method: .post,
      headers: [("Authorization", "Bearer " + token), ("Content-Type", "application/json")],
      body: Array("{\"scope\":[\"\(scope)\"]}".utf8))
    guard reply.status == 200, let found = reply.document?["accessToken"]?.string else {
      throw CloudService.refused("Google's IAM credentials service", reply)
    }
    return found
  }

  private static func exchange(
    _ url: String, _ fields: [(String, String)], _ name: String, _ services: CloudService
  ) async throws(BartizanError) -> String {
    // The file that names the service may come from elsewhere; a secret goes to Google alone.
    let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    guard url.hasPrefix("https://"), host == "googleapis.com" || host.hasSuffix(".googleapis.com") else {
      throw BartizanError(.input, "\(host) is no service of Google; nothing was sent to it")
    }
    let reply = try await services.send(
      url, method: .post, headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: Array(FormText.encode(fields).utf8))
    guard reply.status == 200, let token = reply.document?["access_token"]?.string else {
      throw CloudService.refused(name, reply)
    }
    return token
  }

  /// Source: Compute Engine documentation, "About VM metadata"; GKE has the same for workloads.
  private static func machine(_ services: CloudService) async throws(BartizanError) -> String? {
    let host = services.environment("GCE_METADATA_HOST") ?? "metadata.google.internal"
    guard
      let reply = try? await services.send(
        "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token",
        headers: [("Metadata-Flavor", "Google")], timeout: .seconds(2), isAgent: true), reply.status == 200
    else { return nil }
    return reply.document?["access_token"]?.string
  }
}
