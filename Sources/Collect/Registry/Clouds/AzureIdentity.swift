import Bytes
import Findings
import Transport

extension CloudIdentity {
  /// Azure Container Registry: a token of Microsoft Entra ID for a refresh token of the registry.
  ///
  /// Source: Azure Container Registry documentation, "Authenticate with a container registry"; the registry's `oauth2/exchange`.
  static let azure = CloudIdentity(
    fits: { registry in
      [".azurecr.io", ".azurecr.cn", ".azurecr.us"].contains { registry.hasSuffix($0) }
    },
    login: { (registry, services) async throws(BartizanError) -> RegistryLogin? in
      guard let (token, tenant) = try await AzureCredentials.token(services) else { return nil }
      var fields = [("grant_type", "access_token"), ("service", registry), ("access_token", token)]
      if let tenant { fields.append(("tenant", tenant)) }
      let reply = try await services.send(
        "https://\(registry)/oauth2/exchange", method: .post,
        headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(FormText.encode(fields).utf8))
      guard reply.status == 200, let refresh = reply.document?["refresh_token"]?.string else {
        throw CloudService.refused("\(registry)/oauth2/exchange", reply)
      }
      return .identityToken(refresh)
    })
}

/// Source: Azure documentation, "Workload identity federation", "Managed identities: use a token", "Client credentials flow".
enum AzureCredentials {
  private static let resource = "https://management.azure.com/"

  static func token(_ services: CloudService) async throws(BartizanError) -> (token: String, tenant: String?)? {
    let tenant = services.environment("AZURE_TENANT_ID")
    if let tenant, let client = services.environment("AZURE_CLIENT_ID") {
      var fields = [("grant_type", "client_credentials"), ("client_id", client), ("scope", resource + ".default")]
      if let file = services.environment("AZURE_FEDERATED_TOKEN_FILE") {
        fields += [
          ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
          ("client_assertion", try services.file(file)),
        ]
        return (try await entra(services, tenant, fields), tenant)
      }
      if let secret = services.environment("AZURE_CLIENT_SECRET") {
        fields.append(("client_secret", secret))
        return (try await entra(services, tenant, fields), tenant)
      }
    }
    var query = [("api-version", "2018-02-01"), ("resource", resource)]
    if let client = services.environment("AZURE_CLIENT_ID") { query.append(("client_id", client)) }
    guard
      let reply = try? await services.send(
        "http://169.254.169.254/metadata/identity/oauth2/token?" + FormText.encode(query),
        headers: [("Metadata", "true")], timeout: .seconds(2), isAgent: true), reply.status == 200,
      let token = reply.document?["access_token"]?.string
    else { return nil }
    return (token, tenant)
  }

  private static func entra(
    _ services: CloudService, _ tenant: String, _ fields: [(String, String)]
  ) async throws(BartizanError) -> String {
    let authority = services.environment("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com/"
    guard authority.hasPrefix("https://") else {
      throw BartizanError(.input, "AZURE_AUTHORITY_HOST is not https; nothing was sent to it")
    }
    let base = authority.hasSuffix("/") ? authority : authority + "/"
    let reply = try await services.send(
      "\(base)\(PercentEncoding.encode(tenant))/oauth2/v2.0/token", method: .post,
      headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(FormText.encode(fields).utf8))
    guard reply.status == 200, let token = reply.document?["access_token"]?.string else {
      throw CloudService.refused("Microsoft Entra ID", reply)
    }
    return token
  }
}
