import Admission
import Bytes
import Console
import FakeCluster
import Kube
import Operations
import Server
import Synchronization
import TestKit
import Testing
import Transport

/// A webhook on the loopback address, with its files in a folder of its own.
struct AdmissionFixture {
  static let policies = """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: no-latest}
    spec:
      matchConstraints:
        resourceRules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}
      validations:
      - {expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))", message: no version}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: no-latest}
    spec: {policyName: no-latest, validationActions: [Deny]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: owner}
    spec:
      failurePolicy: Ignore
      matchConstraints:
        resourceRules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
      validations:
      - {expression: "'owner' in object.metadata.?labels.orValue({})", message: no owner}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: owner}
    spec: {policyName: owner, validationActions: [Warn, Audit]}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicy
    metadata: {name: team}
    spec:
      reinvocationPolicy: Never
      matchConstraints:
        resourceRules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
      mutations:
      - patchType: ApplyConfiguration
        applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'team': 'shop'}}}"}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: MutatingAdmissionPolicyBinding
    metadata: {name: team}
    spec: {policyName: team}

    """

  let folder: TemporaryFolder
  let server: AdmissionServer
  let metrics = Metrics()
  let said: Lines
  private let trust: HTTPSettings
  let token: String

  final class Lines: Sendable {
    let all = Mutex<[String]>([])
    /// Three weeks ago, so that what is made later holds today.
    let time = Mutex(UnixTime.now - 21 * 86_400)
  }

  /// - Parameters:
  ///   - configuration: YAML below `admission:`; nil for one profile, of the policies above.
  ///   - access: whether everybody may ask.
  init(
    _ configuration: String? = nil, policies: String = AdmissionFixture.policies, isAnonymous: Bool = false,
    _ change: (inout AdmissionServer.Settings) -> Void = { _ in }
  ) async throws {
    folder = try TemporaryFolder()
    try folder.write("policies.yaml", policies)
    let lines = Lines()
    said = lines
    var tokens = TokenList()
    token = tokens.make(.admission, name: "test", created: "")
    var settings = AdmissionServer.Settings(
      address: ListenAddress(host: "127.0.0.1", port: 0),
      configuration: try Self.configuration(configuration, [folder.path + "/policies.yaml"]),
      certificate: .own(folder: folder.path + "/authority", names: ["localhost", "127.0.0.1"]))
    settings.access.tokens = tokens
    // Whatever else this machine does meanwhile.
    settings.longest = .seconds(3_600)
    settings.limits.head = .seconds(600)
    settings.limits.body = .seconds(600)
    settings.limits.answer = .seconds(600)
    if isAnonymous { settings.access.anonymous = 1_000_000 }
    change(&settings)
    let surroundings = Surroundings(
      metrics: metrics, tell: { line in lines.all.withLock { $0.append(line) } },
      now: { Timestamp(seconds: Int64(lines.time.withLock { $0 })) ?? Timestamp(nanoseconds: 0) })
    server = try await AdmissionServer.start(try await AdmissionServer.prepare(settings, surroundings))
    var trust = HTTPSettings()
    trust.trust = .only(try FileReader.read(folder.path + "/authority/ca.crt"))
    trust.timeouts.connect = .seconds(600)
    trust.timeouts.idle = .seconds(600)
    trust.timeouts.answer = .seconds(600)
    trust.timeouts.body = .seconds(600)
    self.trust = trust
  }

  static func configuration(_ admission: String?, _ policies: [String]) throws -> ServeConfiguration {
    guard let admission else { return ServeConfiguration(profiles: [.init(name: "default", policies: policies)]) }
    let text = "apiVersion: bartizan.dev/v1\nkind: ServeConfiguration\nadmission:\n" + admission
    return try ServeConfiguration(Array(text.utf8), file: "serve.yaml", policies: policies)
  }

  func close() async { await server.stop() }

  struct Answer {
    let status: Int
    let bytes: [UInt8]
    let type: String

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var response: DocumentNode { (try? JSONReader.read(bytes))?["response"] ?? .null }
    var isAllowed: Bool? { response["allowed"]?.bool }
    var message: String { response[path: "status", "message"]?.string ?? "" }
    var warnings: [String] { response["warnings"]?.strings ?? [] }
    var annotations: [String: String] { response["auditAnnotations"]?.stringMap ?? [:] }
  }

  func post(
    _ body: [UInt8], to path: String = "/admit/default", type: String = "application/json", token: String? = nil,
    method: HTTPRequest.Method = .post, accept: String? = nil
  ) async throws -> Answer {
    let url = try #require(HTTPURL("https://127.0.0.1:\(server.address.port)\(path)"))
    var request = HTTPRequest(url, method)
    if method == .post { request.body = body }
    request.headers = [("Content-Type", type)]
    if let accept { request.headers.append(("Accept", accept)) }
    let token = token ?? self.token
    if !token.isEmpty { request.authorization = "Bearer \(token)" }
    let client = HTTPClient(trust)
    let answer: Result<Answer, ConnectionError>
    do throws(ConnectionError) {
      let response = try await client.send(request)
      let bytes = try await response.collect(atMost: 16 << 20)
      answer = .success(
        Answer(status: response.status, bytes: bytes, type: response.header("Content-Type") ?? ""))
    } catch {
      answer = .failure(error)
    }
    await client.close()
    return try answer.get()
  }

  func get(_ path: String, token: String = "", accept: String? = nil) async throws -> Answer {
    try await post([], to: path, token: token, method: .get, accept: accept)
  }

  /// A review of a new pod.
  static func review(
    image: String = "nginx:latest", namespace: String = "shop", labels: String = "{}", dryRun: Bool = false,
    apiVersion: String = "admission.k8s.io/v1", user: String = "kim", uid: String = "u1", padding: Int = 0
  ) -> [UInt8] {
    Array(
      """
      {"apiVersion":"\(apiVersion)","kind":"AdmissionReview","request":{"uid":"\(uid)",
      "kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},
      "name":"web","namespace":"\(namespace)","operation":"CREATE","dryRun":\(dryRun),
      "userInfo":{"username":"\(user)","groups":["system:authenticated"]},"object":{"apiVersion":"v1","kind":"Pod",
      "metadata":{"name":"web","namespace":"\(namespace)","labels":\(labels),
      "annotations":{"a":"\(String(repeating: "x", count: padding))"}},
      "spec":{"containers":[{"name":"c","image":"\(image)"}]}},"oldObject":null}}
      """.utf8)
  }
}
