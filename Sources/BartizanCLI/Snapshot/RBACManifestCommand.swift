import ArgumentParser
import Posture

struct RBACManifestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rbac-manifest", abstract: "Print the permissions that reading a live cluster needs, as manifests.",
    discussion: """
      EXAMPLES
        bartizan rbac-manifest | kubectl apply -f -
        bartizan rbac-manifest --without-secrets --namespace security

      Bartizan only lists. It drops the values of secrets at once, but permission to list secrets is permission to read them:
      --without-secrets leaves it out, and the checks that need it are reported as not evaluated.
      """)

  @Option(name: .shortAndLong, help: "Namespace of the service account.") var namespace =
    "bartizan"
  @Flag(help: "Without the permission to list secrets.") var withoutSecrets = false

  func validate() throws { try Input.validate(namespaces: [namespace], of: "--namespace") }

  func run() throws { StandardOutput.write(ReaderManifest.text(namespace: namespace, withSecrets: !withoutSecrets)) }
}
