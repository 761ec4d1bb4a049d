import Bytes
import Depth
import Findings
import TestKit
import Testing

/// Each probe asks for nothing that changes, runs or reveals, and judges by what was answered alone.
@Suite struct ProbeCatalogueTests {
  static let targets = [
    ProbeTarget(.kubelet, text: "kubelet:h", host: "h"), ProbeTarget(.etcd, text: "etcd:h", host: "h"),
    ProbeTarget(.apiServer, text: "api:https://h", host: "h"),
    ProbeTarget(.apiServer, text: "api:http://h:1", isSecure: false, host: "h", port: 1),
    ProbeTarget(.dashboard, text: "dashboard:https://h/x", host: "h", path: "/x"),
    ProbeTarget(.metadata, text: "metadata", isSecure: false, host: ProbeTarget.metadataHost),
    ProbeTarget(.service, text: "service:https://h", host: "h"),
    ProbeTarget(.service, text: "service:http://h", isSecure: false, host: "h"), ProbeTarget(.rights, text: "rights"),
  ]

  static func probe(_ id: String) throws -> Probe { try #require(ProbeCatalogue.all.first { $0.id == id }) }

  static func answer(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> ProbeResponse {
    .answer(ProbeAnswer(status: status, headers: headers, body: Array(body.utf8)))
  }

  /// As an API server writes it.
  static func refusal(_ user: String) -> String {
    #"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,"message":"nodes is forbidden: User \"\#(user)\" cannot list resource \"nodes\""}"#
  }

  static func mayWrite(_ resource: String, in namespace: String) -> String {
    """
    {"spec":{"namespace":"\(namespace)"},"status":{"incomplete":false,"resourceRules":[
      {"verbs":["get","create","update","patch"],"apiGroups":[""],"resources":["\(resource)"]}]}}
    """
  }

  @Test func theListHoldsEveryFile() throws {
    #expect(Set(ProbeCatalogue.all.map(\.id)).count == ProbeCatalogue.all.count)
    let folder = FileReaderForTests.repository + "/Sources/Depth/Probes/Catalogue"
    let files = SourceFiles.all(folder, suffix: ".swift").map { $0.split(separator: "/").last.map(String.init) ?? "" }
    #expect(files.count == ProbeCatalogue.all.count)
    for probe in ProbeCatalogue.all {
      let name = probe.id.filter { $0 != "-" } + ".swift"
      #expect(files.contains { $0.lowercased() == name }, "no file for \(probe.id)")
    }
  }

  @Test func everyKindOfTargetIsProbed() {
    for target in Self.targets { #expect(!ProbeCatalogue.probes(of: target).isEmpty, "\(target.text)") }
    #expect(Set(Self.targets.map(\.kind)) == Set(ProbeTarget.Kind.allCases))
  }

  /// What is sent besides GET stands here: a request that is not in this list has to be argued for.
  @Test func requestsAreHarmless() {
    let allowed: Set<String> = [
      "/v3/kv/range", "/latest/api/token", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
    ]
    for target in Self.targets {
      for request in ProbeCatalogue.probes(of: target).flatMap({ $0.requests(target) }) {
        #expect(request.host == target.host, "\(request.text) goes to another host")
        if request.method != .get { #expect(allowed.contains(request.path), "\(request.text)") }
        #expect(request.manner != .identity || target.kind == .rights)
        let secrets = ["authorization", "cookie", "x-aws-ec2-metadata-token"]
        #expect(!request.headers.contains { secrets.contains($0.name.lowercased()) }, "\(request.text)")
        // No names of real objects: nothing that is there is asked to do anything.
        if request.path.contains("/exec/") { #expect(request.path.hasPrefix("/exec/bartizan-probe/bartizan-probe/")) }
        if request.path.contains("/secrets/") {
          #expect(request.path.hasSuffix("/bartizan-probe/secrets/bartizan-probe"))
        }
      }
    }
    #expect(ProbeCatalogue.probes(of: Self.targets[0]).allSatisfy { $0.requests(Self.targets[0]).count <= 2 })
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let probe: String
    let responses: [ProbeResponse]
    let outcome: String
    let severity: Severity?
    var testDescription: String { "\(probe) \(outcome)" }

    init(_ probe: String, _ responses: ProbeResponse..., is outcome: String, _ severity: Severity? = nil) {
      self.probe = probe
      self.responses = responses
      self.outcome = outcome
      self.severity = severity
    }
  }

  private static let refused = ProbeResponse.failed(.refused, "no")
  private static let silent = ProbeResponse.failed(.silent, "no answer in time")

  static let cases: [Case] = [
    Case("kubelet-pods", answer(200, #"{"kind":"PodList","items":[]}"#), is: "open", .high),
    Case("kubelet-pods", answer(401), is: "closed"), Case("kubelet-pods", answer(403), is: "closed"),
    Case("kubelet-pods", refused, is: "absent"), Case("kubelet-pods", silent, is: "unanswered"),
    Case("kubelet-pods", answer(200, "<html>"), is: "notApplicable"),
    Case("kubelet-pods", answer(503), is: "unanswered"), Case("kubelet-pods", answer(429), is: "unanswered"),
    Case("kubelet-pods", .failed(.certificateWanted, "x"), is: "closed"),
    Case("kubelet-pods", .failed(.brokeOff, "x"), is: "unanswered"), Case("kubelet-pods", .notSent, is: "unanswered"),
    Case("kubelet-commands", answer(404, "pod does not exist"), is: "open", .critical),
    Case("kubelet-commands", answer(404, "404 page not found"), is: "notApplicable"),
    Case("kubelet-commands", answer(401, "Unauthorized"), is: "closed"),
    Case("kubelet-commands", answer(405, "Debug endpoints are disabled."), is: "closed"),
    Case("kubelet-read-only-port", answer(200, #"{"kind":"PodList","apiVersion":"v1"}"#), is: "open", .high),
    Case("kubelet-read-only-port", .failed(.otherProtocol, "x"), is: "notApplicable"),
    Case(
      "etcd-keys", .failed(.otherProtocol, "x"),
      answer(200, #"{"header":{"cluster_id":"1"},"count":"42"}"#), is: "open", .critical),
    Case("etcd-keys", .failed(.certificateWanted, "x"), .failed(.brokeOff, "x"), is: "closed"),
    Case(
      "etcd-keys", answer(400, #"{"code":3,"error":"etcdserver: user name is empty"}"#), .failed(.brokeOff, "x"),
      is: "closed"),
    // etcd without a gateway, whose own protocol may be open.
    Case("etcd-keys", answer(404, "404 page not found"), .failed(.brokeOff, "x"), is: "unanswered"),
    Case("etcd-keys", silent, silent, is: "unanswered"), Case("etcd-keys", refused, refused, is: "absent"),
    Case("etcd-version", answer(200, #"{"etcdserver":"3.5.9"}"#), .failed(.brokeOff, "x"), is: "open", .low),
    Case("api-anonymous-requests", answer(200, #"{"gitVersion":"v1.36.2"}"#), is: "open", .low),
    Case("api-anonymous-requests", answer(403, refusal("system:anonymous")), is: "open", .info),
    // A gateway in front of it.
    Case("api-anonymous-requests", answer(403, "<html>"), is: "closed"),
    Case("api-anonymous-requests", answer(403, #"{"kind":"Status","apiVersion":"v1","code":500}"#), is: "closed"),
    Case("api-anonymous-requests", answer(401), is: "closed"),
    Case("api-anonymous-requests", answer(200, "<html>"), is: "notApplicable"),
    Case("api-anonymous-namespaces", answer(200, #"{"kind":"NamespaceList"}"#), is: "open", .high),
    Case("api-anonymous-namespaces", answer(403), is: "closed"),
    Case("api-anonymous-namespaces", answer(200, #"{"kind":"PlayList"}"#), is: "notApplicable"),
    Case(
      "api-anonymous-secrets", answer(404, #"{"kind":"Status","details":{"kind":"secrets"}}"#), is: "open", .critical),
    Case("api-anonymous-secrets", answer(404, "not found"), is: "notApplicable"),
    Case("api-anonymous-secrets", answer(403), is: "closed"),
    Case("api-insecure-port", refused, answer(200, #"{"kind":"NodeList"}"#), is: "open", .critical),
    Case("api-insecure-port", refused, refused, is: "absent"),
    // kubectl proxy of somebody who may not list nodes.
    Case("api-insecure-port", refused, answer(403, refusal("kim")), is: "open", .high),
    Case("api-insecure-port", answer(403, refusal("system:anonymous")), refused, is: "closed"),
    Case("api-insecure-port", answer(403, "no"), refused, is: "closed"),
    Case("api-insecure-port", silent, refused, is: "unanswered"),
    Case(
      "kubernetes-dashboard", answer(200, #"{"listMeta":{},"namespaces":[{"objectMeta":{"name":"a"}}]}"#), is: "open",
      .critical),
    Case("kubernetes-dashboard", answer(200, #"{"listMeta":{},"namespaces":[],"errors":[{}]}"#), is: "open", .medium),
    Case("argo-cd", answer(200, #"{"metadata":{"resourceVersion":"7"},"items":null}"#), is: "open", .high),
    Case("argo-cd", answer(200, #"{"metadata":{"page":1},"data":[]}"#), is: "notApplicable"),
    Case("argo-cd", answer(404), is: "notApplicable"), Case("grafana", answer(401), is: "closed"),
    Case("grafana", answer(200, #"{"id":1,"name":"Main Org.","address":{"city":""}}"#), is: "open", .medium),
    Case("grafana", answer(200, #"{"id":1,"name":"somebody"}"#), is: "notApplicable"),
    Case("prometheus", answer(200, #"{"status":"success","data":{"version":"3.1.0"}}"#), is: "open", .medium),
    Case("amazon-metadata", answer(200, "node-role"), .notSent, is: "open", .high),
    Case("amazon-metadata", answer(401), answer(200), is: "open", .medium),
    Case("amazon-metadata", answer(200, "It works\nand more"), answer(404), is: "notApplicable"),
    Case("amazon-metadata", answer(401), silent, is: "closed"),
    Case("amazon-metadata", answer(200, "<!DOCTYPE html>"), answer(404), is: "notApplicable"),
    Case("google-metadata", answer(200, "a@b", ["metadata-flavor": "Google"]), is: "open", .high),
    Case("google-metadata", answer(200, "a@b"), is: "notApplicable"),
    // GKE's own server answers for the pod, not for its node.
    Case(
      "google-metadata", answer(200, "a@b", ["metadata-flavor": "Google", "server": "GKE Metadata Server"]),
      is: "closed"),
    Case("google-metadata", answer(200, "p.svc.id.goog", ["metadata-flavor": "Google"]), is: "closed"),
    Case("azure-metadata", answer(200, #"{"tenantId":"t"}"#), is: "open", .high),
    Case("azure-metadata", answer(400, #"{"error":"invalid_request"}"#), is: "closed"),
    Case("service-certificate", answer(200), is: "closed"),
    Case("service-certificate", .failed(.certificateExpired, "x"), is: "open", .medium),
    Case("service-certificate", .failed(.certificateWrongName, "x"), is: "open", .medium),
    Case("service-certificate", silent, is: "unanswered"),
    Case("service-old-tls", answer(200), is: "open", .medium),
    Case("service-old-tls", .failed(.tlsRefused, "x"), is: "closed"),
    Case("service-old-tls", .failed(.brokeOff, "x"), is: "unanswered"),
    Case("service-plain-text", answer(308, "", ["location": "https://h/"]), is: "closed"),
    Case("service-plain-text", answer(301, "", ["location": "http://h/x"]), is: "open", .medium),
    Case("service-plain-text", answer(200), is: "open", .medium), Case("service-plain-text", refused, is: "absent"),
    Case("service-authentication", answer(200), is: "open", .low),
    // It says nothing of whom the other address lets in.
    Case("service-authentication", answer(302, "", ["location": "/ui/"]), is: "unanswered"),
    Case("service-authentication", answer(308, "", ["location": "https://h/"]), is: "unanswered"),
    Case("service-authentication", answer(401), is: "closed"),
    Case("service-authentication", answer(404), is: "notApplicable"),
    Case("service-authentication", answer(500), is: "unanswered"),
    Case("service-version", answer(401, "", ["server": "nginx/1.18.0"]), is: "open", .low),
    Case("service-version", answer(200, "", ["server": "nginx"]), is: "closed"),
    Case(
      "account-rights", answer(201, #"{"status":{"userInfo":{"username":"system:serviceaccount:a:b"}}}"#),
      answer(
        201,
        #"{"spec":{"namespace":"a"},"status":{"incomplete":false,"resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}],"nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}]}}"#
      ), is: "open", .high),
    Case(
      "account-rights", answer(201),
      answer(
        201,
        #"{"status":{"incomplete":false,"resourceRules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}}"#),
      is: "closed"),
    Case(
      "account-rights", answer(201), answer(201, #"{"status":{"incomplete":true,"resourceRules":[]}}"#),
      is: "unanswered"),
    Case("account-rights", answer(404), answer(404), is: "unanswered"),
    // A right that is grave in kube-system is an everyday one elsewhere.
    Case("account-rights", answer(201), answer(201, mayWrite("configmaps", in: "shop")), is: "closed"),
    Case("account-rights", answer(201), answer(201, mayWrite("configmaps", in: "kube-system")), is: "open", .critical),
    // What stands beside namespaces is among the rights of each.
    Case("account-rights", answer(201), answer(201, mayWrite("nodes/proxy", in: "shop")), is: "open", .critical),
  ]

  @Test(arguments: cases) func anAnswerIsJudgedByItsValues(_ item: Case) throws {
    let outcome = try Self.probe(item.probe).judge(item.responses)
    #expect(outcome.name == item.outcome, "\(outcome)")
    if let severity = item.severity { #expect(outcome.severity == severity, "\(outcome)") }
  }

  @Test func everyProbeIsJudgedBothWays() {
    for probe in ProbeCatalogue.all {
      let own = Set(Self.cases.filter { $0.probe == probe.id }.map(\.outcome))
      #expect(own.contains("open"), "\(probe.id)")
    }
  }
}
