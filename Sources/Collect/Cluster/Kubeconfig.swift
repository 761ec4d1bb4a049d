package import Bytes
package import Findings
import Transport

/// The merged view of kubeconfig files, by kubectl's rules: the first file wins for entries of the same name and for
/// the current context, and relative paths are relative to the file that contains them.
///
/// Source: kubernetes.io, "Organizing Cluster Access Using kubeconfig Files", section "Merging kubeconfig files".
package struct Kubeconfig: Sendable {
  private struct Entry {
    let body: DocumentNode
    let file: String
    var folder: String { FilePaths.folder(of: file) }
  }

  private var contexts: [String: Entry] = [:]
  private var clusters: [String: Entry] = [:]
  private var users: [String: Entry] = [:]
  /// Nil where no file names one.
  package private(set) var currentContext: String?
  /// In the order of the files.
  package private(set) var contextNames: [String] = []
  private let files: [String]

  /// - Parameters:
  ///   - file: named by the user, so it must exist. Nil: the files of `KUBECONFIG`, or `~/.kube/config`.
  ///   - environment: returns the value of a variable.
  package static func load(
    _ file: String?, environment: (String) -> String?
  ) throws(BartizanError) -> Kubeconfig {
    var paths: [String] = []
    if let file {
      paths = [file]
    } else if let list = environment("KUBECONFIG"), !list.isEmpty {
      // kubectl skips files of the list that do not exist.
      paths = list.split(separator: ":").map(String.init).filter(FilePaths.exists)
      guard !paths.isEmpty else { throw BartizanError(.input, "none of the files of KUBECONFIG exists: \(list)") }
    } else {
      let standard = (environment("HOME") ?? "") + "/.kube/config"
      guard FilePaths.exists(standard) else {
        throw BartizanError(
          .usage, "no kubeconfig: name one with --kubeconfig or KUBECONFIG, or put it at \(standard)")
      }
      paths = [standard]
    }
    var parsed: [(String, DocumentNode)] = []
    for path in paths {
      let bytes: [UInt8]
      do throws(BartizanError) {
        bytes = try FileReader.read(path)
      } catch {
        throw BartizanError(.input, "\(path): \(error.message)")
      }
      let stream = DocumentReader.read(bytes)
      if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
      guard let document = stream.documents.first else { continue }
      guard document.mapping != nil, document["kind"]?.string ?? "Config" == "Config" else {
        throw BartizanError(.input, "\(path): not a kubeconfig: its kind is not Config")
      }
      parsed.append((path, document))
    }
    return Kubeconfig(parsed)
  }

  package init(_ documents: [(file: String, document: DocumentNode)]) {
    files = documents.map(\.file)
    for (file, document) in documents {
      if currentContext == nil, let name = document["current-context"]?.text, !name.isEmpty { currentContext = name }
      for item in document["contexts"]?.elements ?? [] {
        guard let name = item["name"]?.text, contexts[name] == nil else { continue }
        contexts[name] = Entry(body: item["context"] ?? .null, file: file)
        contextNames.append(name)
      }
      for item in document["clusters"]?.elements ?? [] {
        guard let name = item["name"]?.text, clusters[name] == nil else { continue }
        clusters[name] = Entry(body: item["cluster"] ?? .null, file: file)
      }
      for item in document["users"]?.elements ?? [] {
        guard let name = item["name"]?.text, users[name] == nil else { continue }
        users[name] = Entry(body: item["user"] ?? .null, file: file)
      }
    }
  }

  /// The server and the credentials of a context.
  ///
  /// - Parameter name: nil for the current context.
  package func endpoint(_ name: String?) throws(BartizanError) -> ClusterEndpoint {
    guard let name = name ?? currentContext else {
      throw BartizanError(.usage, "\(fileList) names no current context; choose one with --context: \(known)")
    }
    guard let context = contexts[name] else {
      throw BartizanError(.usage, "there is no context \"\(name)\" in \(fileList); there are: \(known)")
    }
    guard let clusterName = context.body["cluster"]?.text, let cluster = clusters[clusterName] else {
      throw BartizanError(
        .input,
        "\(context.file): context \"\(name)\" names the cluster \"\(context.body["cluster"]?.text ?? "")\", which is not there"
      )
    }
    guard let server = cluster.body["server"]?.text, !server.isEmpty else {
      throw BartizanError(.input, "\(cluster.file): cluster \"\(clusterName)\" has no server")
    }
    var endpoint = ClusterEndpoint(name: name, server: server)
    endpoint.namespace = context.body["namespace"]?.text
    endpoint.certificateAuthority = try Self.data(cluster.body, "certificate-authority", cluster.file, clusterName)
    endpoint.skipsVerification = cluster.body["insecure-skip-tls-verify"]?.bool ?? false
    endpoint.serverName = cluster.body["tls-server-name"]?.text
    endpoint.proxy = cluster.body["proxy-url"]?.text
    guard let userName = context.body["user"]?.text, !userName.isEmpty else { return endpoint }
    guard let user = users[userName] else {
      throw BartizanError(
        .input, "\(context.file): context \"\(name)\" names the user \"\(userName)\", who is not there")
    }
    try Self.addCredentials(of: user, named: userName, to: &endpoint)
    return endpoint
  }

  private var fileList: String { files.joined(separator: ":") }
  private var known: String { contextNames.isEmpty ? "none" : contextNames.joined(separator: ", ") }

  private static func addCredentials(
    of user: Entry, named name: String, to endpoint: inout ClusterEndpoint
  ) throws(BartizanError) {
    let body = user.body
    let certificate = try data(body, "client-certificate", user.file, name)
    let key = try data(body, "client-key", user.file, name)
    switch (certificate, key) {
    case (.some(let certificate), .some(let key)):
      endpoint.clientCertificate = ClusterEndpoint.ClientCertificate(chain: certificate, key: key)
    case (.none, .none): break
    default:
      throw BartizanError(
        .input,
        "\(user.file): user \"\(name)\" has a client \(certificate == nil ? "key without certificate" : "certificate without key")"
      )
    }
    // kubectl prefers a token to a password, and uses a plugin only without either.
    if let token = body["token"]?.text, !token.isEmpty {
      endpoint.credential = .token(token)
    } else if let path = body["tokenFile"]?.text, !path.isEmpty {
      endpoint.credential = .tokenFile(FilePaths.absolute(path, from: user.folder))
    } else if let login = body["username"]?.text, !login.isEmpty {
      endpoint.credential = .basic(user: login, password: body["password"]?.text ?? "")
    } else if let exec = body["exec"] {
      endpoint.credential = .plugin(try ExecCredentialPlugin(exec, file: user.file, user: name))
    } else if let provider = body["auth-provider"] {
      let kind = provider["name"]?.text ?? ""
      let instead =
        switch kind {
        case "gcp": "the exec plugin gke-gcloud-auth-plugin (`gcloud container clusters get-credentials` writes it)"
        case "azure": "the exec plugin kubelogin (`kubelogin convert-kubeconfig` writes it)"
        case "oidc": "an exec plugin such as kubelogin (oidc-login)"
        default: "an exec plugin"
        }
      throw BartizanError(
        .input,
        "\(user.file): user \"\(name)\" signs in with the auth-provider \"\(kind)\", which Kubernetes took out of its clients; use \(instead)"
      )
    }
    endpoint.impersonation.user = body["as"]?.text
    endpoint.impersonation.uid = body["as-uid"]?.text
    endpoint.impersonation.groups = body["as-groups"]?.strings ?? []
    endpoint.impersonation.extra = (body["as-user-extra"]?.entries ?? []).map { ($0.key, $0.value.strings) }
  }

  /// The value of `KEY-data`, or the content of the file that `KEY` names.
  private static func data(
    _ body: DocumentNode, _ key: String, _ file: String, _ owner: String
  ) throws(BartizanError) -> [UInt8]? {
    if let text = body[key + "-data"]?.string, !text.isEmpty {
      guard let bytes = Base64.decode(text) else {
        throw BartizanError(.input, "\(file): \(key)-data of \"\(owner)\" is not base64")
      }
      return bytes
    }
    guard let path = body[key]?.text, !path.isEmpty else { return nil }
    let absolute = FilePaths.absolute(path, from: FilePaths.folder(of: file))
    do throws(BartizanError) {
      return try FileReader.read(absolute)
    } catch {
      throw BartizanError(.input, "\(file): \(key) of \"\(owner)\" is \(absolute): \(error.message)")
    }
  }
}
