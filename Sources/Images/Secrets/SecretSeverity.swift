package import Findings

/// How bad it is that somebody reads a credential of a kind: by what it opens where nothing else is known of it.
package enum SecretSeverity {
  /// - Parameter rule: the id of a built-in kind.
  package static func of(_ rule: String) -> Severity {
    if critical.contains(rule) { return .critical }
    return medium.contains(rule) ? .medium : .high
  }

  /// What opens an account of a cloud, a cluster, or a store of other credentials.
  private static let critical: Set<String> = [
    "alibaba-access-key", "aws-access-key", "aws-secret-key", "azure-client-secret", "azure-storage-key",
    "kubeconfig-key", "onepassword-secret-key", "onepassword-token", "openshift-token", "private-key", "putty-key",
    "vault-token",
    "yandex-key",
  ]

  /// What only its name or its place tells, and addresses that messages are sent to.
  private static let medium: Set<String> = [
    "command-password", "discord-webhook", "http-password", "named-credential", "slack-webhook", "teams-webhook",
  ]
}
