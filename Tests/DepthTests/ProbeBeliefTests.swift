import Depth
import Findings
import TestKit
import Testing

/// What a probe found is held against what the graph believes, both ways.
@Suite struct ProbeBeliefTests {
  private static let cluster = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    status: {addresses: [{type: InternalIP, address: 10.0.0.5}]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: c, image: "r.example/web:1", ports: [{containerPort: 80}]}]}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {selector: {app: web}, ports: [{port: 80}]}
    ---
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: web, namespace: shop, annotations: {nginx.ingress.kubernetes.io/auth-type: basic}}
    spec: {rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: reader}
    rules: [{apiGroups: [""], resources: [namespaces], verbs: [list]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: anybody}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
    subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: "system:anonymous"}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: web, namespace: shop}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
    subjects: [{kind: ServiceAccount, name: web, namespace: shop}]

    """

  private static func believed(
    _ id: String, _ target: ProbeTarget, _ responses: [ProbeResponse], from: DepthPosition = .internet
  ) throws -> ProbeBelief? {
    let probe = try ProbeCatalogueTests.probe(id)
    let requests = probe.requests(target)
    try #require(requests.count == responses.count)
    let result = ProbeResult(probe, target, zip(requests, responses).map { .init($0, $1) })
    return DepthClusters.graph(Self.cluster).beliefs(about: [result], from: from).first
  }

  private static let shop = ProbeTarget(.service, text: "service:https://shop.example", host: "shop.example")
  private static let other = ProbeTarget(.service, text: "service:https://other.example", host: "other.example")
  private static let api = ProbeTarget(.apiServer, text: "api:https://10.0.0.1", host: "10.0.0.1")
  private static let rights = ProbeTarget(.rights, text: "rights")

  @Test func authenticationThatIsNotThereIsDisproved() throws {
    let belief = try #require(
      try Self.believed("service-authentication", Self.shop, [ProbeCatalogueTests.answer(200)]))
    #expect(belief.verdict == .disproved && belief.severity == .high)
    #expect(belief.text.contains("Ingress shop/web"))
    let asked = try Self.believed("service-authentication", Self.shop, [ProbeCatalogueTests.answer(401)])
    #expect(asked?.verdict == .confirmed && asked?.severity == nil)
  }

  @Test func anEntryPointIsComparedWithWhatAnswers() throws {
    #expect(try Self.believed("service-version", Self.shop, [ProbeCatalogueTests.answer(200)])?.verdict == .confirmed)
    #expect(
      try Self.believed("service-version", Self.shop, [.failed(.refused, "no")])?.verdict == .disproved)
    #expect(try Self.believed("service-version", Self.other, [ProbeCatalogueTests.answer(200)])?.verdict == .missed)
    // No answer in time tells nothing.
    #expect(try Self.believed("service-version", Self.shop, [.failed(.silent, "no")]) == nil)
  }

  @Test func rightsOfAnybodyAreCompared() throws {
    let list = #"{"kind":"NamespaceList"}"#
    func namespaces(_ response: ProbeResponse) throws -> ProbeBelief.Verdict? {
      try Self.believed("api-anonymous-namespaces", Self.api, [response])?.verdict
    }
    #expect(try namespaces(ProbeCatalogueTests.answer(200, list)) == .confirmed)
    let refusal = ProbeCatalogueTests.answer(403, ProbeCatalogueTests.refusal("system:anonymous"))
    #expect(try namespaces(refusal) == .disproved)
    // What stands before the API server says nothing of its grants.
    #expect(try namespaces(ProbeCatalogueTests.answer(403, "<html>")) == nil)
    #expect(try namespaces(.failed(.silent, "no")) == nil)
    let secret = #"{"kind":"Status","details":{"kind":"secrets"}}"#
    let found = try Self.believed("api-anonymous-secrets", Self.api, [ProbeCatalogueTests.answer(404, secret)])
    #expect(found?.verdict == .missed && found?.severity == .critical)
    #expect(
      try Self.believed("api-anonymous-requests", Self.api, [ProbeCatalogueTests.answer(401)])?.verdict == .disproved)
    #expect(
      try Self.believed("api-anonymous-requests", Self.api, [refusal])?.verdict == .confirmed)
  }

  /// The graph has no steps by kubelets and etcd: an open one is what it does not know, and says which node.
  @Test func aDoorThatTheGraphLacksIsToldWithItsNode() throws {
    let kubelet = ProbeTarget(.kubelet, text: "kubelet:10.0.0.5", host: "10.0.0.5")
    let belief = try #require(
      try Self.believed(
        "kubelet-commands", kubelet, [ProbeCatalogueTests.answer(404, "pod does not exist")], from: .network))
    #expect(belief.verdict == .missed && belief.severity == .critical)
    #expect(belief.text.contains("node:n1"))
    #expect(try Self.believed("kubelet-commands", kubelet, [ProbeCatalogueTests.answer(401)], from: .network) == nil)
  }

  private static func reviews(
    _ rules: String, incomplete: Bool = false, user: String = "system:serviceaccount:shop:web"
  )
    -> [ProbeResponse]
  {
    [
      ProbeCatalogueTests.answer(201, #"{"status":{"userInfo":{"username":"\#(user)"}}}"#),
      ProbeCatalogueTests.answer(
        201, #"{"spec":{"namespace":"shop"},"status":{"incomplete":\#(incomplete),"resourceRules":\#(rules)}}"#),
    ]
  }

  @Test func rightsOfAnAccountAreComparedBothWays() throws {
    let more = try #require(
      try Self.believed(
        "account-rights", Self.rights,
        Self.reviews(#"[{"verbs":["get","list"],"apiGroups":[""],"resources":["secrets"]}]"#)))
    #expect(more.verdict == .missed)
    #expect(more.text.contains("secrets"))
    #expect(more.severity.map { $0 >= .medium } == true)
    let fewer = try #require(try Self.believed("account-rights", Self.rights, Self.reviews("[]")))
    #expect(fewer.verdict == .disproved)
    // A server that does not know all rights has not said that there are no others.
    #expect(
      try Self.believed("account-rights", Self.rights, Self.reviews("[]", incomplete: true))?.verdict == .confirmed)
  }
}
