import Bytes
import Collect
import FakeCluster
import Findings
import TestKit
import Testing

@Suite struct KubeconfigTests {
  private static func config(_ text: String, _ more: String...) -> Kubeconfig {
    Kubeconfig(([text] + more).enumerated().map { ("/home/\($0)/config", YAMLReader.readStream($1).documents[0]) })
  }

  private static let base = """
    current-context: a
    contexts:
    - {name: a, context: {cluster: c, user: u, namespace: n}}
    clusters:
    - {name: c, cluster: {server: "https://one:6443"}}
    users:
    - {name: u, user: {token: t}}
    """

  @Test func theFirstFileWins() throws {
    let merged = Self.config(
      Self.base,
      """
      current-context: b
      contexts:
      - {name: a, context: {cluster: other, user: other}}
      - {name: b, context: {cluster: c, user: u2}}
      clusters:
      - {name: c, cluster: {server: "https://two"}}
      users:
      - {name: u2, user: {username: bob, password: p}}
      """)
    #expect(merged.contextNames == ["a", "b"] && merged.currentContext == "a")
    let current = try merged.endpoint(nil)
    #expect(current.server == "https://one:6443" && current.namespace == "n")
    guard case .token("t") = current.credential else {
      Issue.record("no token")
      return
    }
    let second = try merged.endpoint("b")
    #expect(second.server == "https://one:6443")
    guard case .basic(user: "bob", password: "p") = second.credential else {
      Issue.record("no password")
      return
    }
  }

  /// The user of the context, and what is said of it.
  @Test(
    arguments: [
      ("{auth-provider: {name: gcp}}", "gke-gcloud-auth-plugin"),
      ("{auth-provider: {name: azure}}", "kubelogin"),
      ("{client-certificate-data: '***'}", "is not base64"),
      ("{client-certificate-data: eA==}", "certificate without key"),
      ("{client-key-data: eA==}", "key without certificate"),
      ("{client-certificate: nowhere.pem, client-key-data: eA==}", "/home/0/nowhere.pem: No such file"),
      ("{exec: {command: x}}", "exec plugin of apiVersion \"\""),
      ("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "without a command"),
      (
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}",
        "must ask a person"
      ),
    ])
  func badUsersAreExplained(_ user: String, _ says: String) {
    let text = Self.base.replacing("{token: t}", with: user)
    do {
      _ = try Self.config(text).endpoint(nil)
      Issue.record("no error")
    } catch {
      #expect(error.message.contains(says) && !error.message.contains("\n"), "\(error.message)")
    }
  }

  @Test(
    arguments: [
      ("x", "there is no context \"x\" in /home/0/config; there are: a"),
      ("a", "names the cluster \"c\", which is not there"),
    ])
  func badContextsAreExplained(_ name: String, _ says: String) {
    let text = Self.base.replacing("name: c,", with: "name: d,")
    #expect { try Self.config(text).endpoint(name) } throws: { "\($0)".contains(says) }
  }

  @Test func theListOfFilesMayHaveHoles() throws {
    let folder = try TemporaryFolder()
    try folder.write("one", Self.base)
    let list = "\(folder.path)/none:\(folder.path)/one"
    #expect(try Kubeconfig.load(nil, environment: { $0 == "KUBECONFIG" ? list : nil }).currentContext == "a")
    #expect(throws: BartizanError.self) { try Kubeconfig.load(folder.path + "/none", environment: { _ in nil }) }
    try folder.write("bad", "a: [")
    #expect { try Kubeconfig.load(folder.path + "/bad", environment: { _ in nil }) } throws: {
      "\($0)".contains("bad:2:")
    }
  }

  // MARK: Plugins

  private static func plugin(_ body: String, folder: TemporaryFolder) throws -> ClusterEndpoint {
    try folder.write("plugin.sh", "#!/bin/sh\n" + body)
    let text = Self.base.replacing(
      "{token: t}",
      with:
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/sh, args: [\(folder.path)/plugin.sh], env: [{name: FLAVOUR, value: plum}], provideClusterInfo: true}}"
    )
    return try config(text).endpoint(nil)
  }

  private static func answer(_ body: String) async throws -> Result<ExecCredentialPlugin.Answer, BartizanError> {
    let folder = try TemporaryFolder()
    let endpoint = try plugin(body, folder: folder)
    guard case .plugin(let plugin) = endpoint.credential else { throw BartizanError(.input, "no plugin") }
    do throws(BartizanError) {
      return .success(try await plugin.ask(endpoint, timeout: .seconds(body.hasPrefix("sleep") ? 2 : 60)))
    } catch {
      return .failure(error)
    }
  }

  @Test func aPluginIsAskedAndTold() async throws {
    let answer = try await Self.answer(
      """
      case "$KUBERNETES_EXEC_INFO" in *'"server":"https://one:6443"'*) ;; *) exit 9;; esac
      echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$FLAVOUR'"}}'
      """)
    #expect(try answer.get().token == "plum")
  }

  @Test(
    arguments: [
      ("sleep 60", "did not end within 2 seconds"),
      ("sleep 60 & wait", "did not end within 2 seconds"),
      ("echo hello", "did not print an ExecCredential"),
      ("echo 'sign in first' >&2; exit 4", "ended with 4: sign in first"),
      (
        #"echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"x"}}'"#,
        "answered in client.authentication.k8s.io/v1beta1"
      ),
      (
        #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'"#,
        "neither a token nor a client certificate"
      ),
      ("head -c 3000000 /dev/zero", "printed more than"),
    ])
  func badPluginsAreSaid(_ body: String, _ says: String) async throws {
    guard case .failure(let error) = try await Self.answer(body) else {
      Issue.record("no error")
      return
    }
    #expect(error.message.contains(says) && !error.message.contains("\n"), "\(error.message)")
  }

  @Test func aMissingPluginShowsItsHint() async throws {
    let text = Self.base.replacing(
      "{token: t}",
      with:
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: \"get it at example\"}}"
    )
    let endpoint = try Self.config(text).endpoint(nil)
    guard case .plugin(let plugin) = endpoint.credential else {
      Issue.record("no plugin")
      return
    }
    await #expect { try await plugin.ask(endpoint) } throws: {
      "\($0)".contains("not installed, or not in PATH; get it at example")
    }
  }
}
