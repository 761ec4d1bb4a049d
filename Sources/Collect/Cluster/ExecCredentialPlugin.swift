import Bytes
package import Findings
import Transport

/// A program that answers with credentials, as kubeconfigs of cloud clusters name one.
///
/// Source: kubernetes.io, "client-go credential plugins"; client.authentication.k8s.io/v1.
package struct ExecCredentialPlugin: Sendable {
  package struct Answer: Sendable {
    package let token: String?
    package let certificate: ClusterEndpoint.ClientCertificate?
  }

  private let command: String
  private let arguments: [String]
  private let variables: [(String, String)]
  private let apiVersion: String
  private let hint: String?
  private let providesClusterInfo: Bool
  private let owner: String

  /// How long a plugin may take: it may have to ask a cloud.
  package static let usualTimeout = Duration.seconds(60)

  init(_ exec: DocumentNode, file: String, user: String) throws(BartizanError) {
    owner = "\(file): user \"\(user)\""
    guard let command = exec["command"]?.text, !command.isEmpty else {
      throw BartizanError(.input, "\(owner) has an exec plugin without a command")
    }
    // A command with a slash belongs to the folder of its file, as for kubectl.
    self.command = command.contains("/") ? FilePaths.absolute(command, from: FilePaths.folder(of: file)) : command
    arguments = (exec["args"]?.elements ?? []).compactMap(\.text)
    variables = (exec["env"]?.elements ?? []).compactMap { item in
      item["name"]?.text.map { ($0, item["value"]?.text ?? "") }
    }
    apiVersion = exec["apiVersion"]?.text ?? ""
    hint = exec["installHint"]?.text
    providesClusterInfo = exec["provideClusterInfo"]?.bool ?? false
    let known = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
    guard known.contains(apiVersion) else {
      throw BartizanError(
        .input,
        "\(owner) has an exec plugin of apiVersion \"\(apiVersion)\"; \(known.joined(separator: " and ")) are spoken")
    }
    if exec["interactiveMode"]?.text == "Always" {
      throw BartizanError(
        .input, "\(owner) has an exec plugin that must ask a person; sign in with it first, or use a token")
    }
  }

  /// - Throws: one line when the plugin is missing, hangs, fails, or answers something else.
  package func ask(_ endpoint: ClusterEndpoint, timeout: Duration = usualTimeout) async throws(BartizanError) -> Answer
  {
    var variables = variables
    variables.append(("KUBERNETES_EXEC_INFO", request(endpoint)))
    let output: ProgramRun.Output
    do throws(ProgramRun.Failure) {
      output = try await ProgramRun.run(
        command, arguments, adding: variables, timeout: timeout, outputLimit: 1 << 20)
    } catch {
      let help = error.isMissing ? hint.map { "; " + Self.firstLine($0) } ?? "" : ""
      throw BartizanError(.remote, "\(owner): the exec plugin \(command) \(error.message)\(help)")
    }
    guard output.status == 0 else {
      let said = Self.firstLine(output.standardError)
      throw BartizanError(
        .remote,
        "\(owner): the exec plugin \(command) ended with \(output.status)\(said.isEmpty ? "" : ": " + said)")
    }
    guard let answer = try? JSONReader.read(output.standardOutput), answer["kind"]?.string == "ExecCredential",
      let status = answer["status"]
    else {
      throw BartizanError(.remote, "\(owner): the exec plugin \(command) did not print an ExecCredential")
    }
    guard answer["apiVersion"]?.string == apiVersion else {
      throw BartizanError(
        .remote,
        "\(owner): the exec plugin \(command) answered in \(answer["apiVersion"]?.string ?? "no apiVersion"), not \(apiVersion)"
      )
    }
    let token = status["token"]?.string
    var certificate: ClusterEndpoint.ClientCertificate?
    if let chain = status["clientCertificateData"]?.string, let key = status["clientKeyData"]?.string {
      certificate = ClusterEndpoint.ClientCertificate(chain: Array(chain.utf8), key: Array(key.utf8))
    }
    guard token != nil || certificate != nil else {
      throw BartizanError(
        .remote, "\(owner): the exec plugin \(command) printed neither a token nor a client certificate")
    }
    return Answer(token: token, certificate: certificate)
  }

  private func request(_ endpoint: ClusterEndpoint) -> String {
    var writer = JSONWriter(pretty: false)
    writer.object { writer in
      writer.field("apiVersion", apiVersion)
      writer.field("kind", "ExecCredential")
      writer.key("spec")
      writer.object { writer in
        writer.field("interactive", false)
        if providesClusterInfo {
          writer.key("cluster")
          writer.object { writer in
            writer.field("server", endpoint.server)
            if let name = endpoint.serverName { writer.field("tls-server-name", name) }
            if endpoint.skipsVerification { writer.field("insecure-skip-tls-verify", true) }
            if let authority = endpoint.certificateAuthority {
              writer.field("certificate-authority-data", Base64.encode(authority))
            }
            if let proxy = endpoint.proxy { writer.field("proxy-url", proxy) }
          }
        }
      }
    }
    return writer.text
  }

  private static func firstLine(_ text: String) -> String {
    String((text.split(whereSeparator: \.isNewline).first ?? "").prefix(200))
  }
}
