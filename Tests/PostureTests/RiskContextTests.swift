import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

/// The same gap weighs more where the outside reaches it or where much hangs on it, and the finding says so.
@Suite struct RiskContextTests {
  private static let workload = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: shop}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          serviceAccountName: web
          hostPID: true
          containers: [{name: c, image: "x:latest", ports: [{containerPort: 8080}]}]
    """
  private static let entryPoint = """

    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop}
    spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
    """
  private static let closed = """

    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: closed, namespace: shop}
    spec: {podSelector: {}, policyTypes: [Ingress]}
    """
  private static let rights = """

    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: reader}
    rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: reader}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
    subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
    """

  private static func finding(_ check: String, _ text: String) async throws -> Finding {
    let findings = await PostureScan().run(Fixtures.snapshot(text)).findings
    return try #require(findings.first { $0.check.rawValue == check }, "\(check)")
  }

  @Test func aWayOutWeighsMoreWhereTheOutsideReachesIn() async throws {
    let inside = try await Self.finding("pss-host-namespaces", Self.workload)
    #expect(inside.severity == .high && inside.why == nil)
    let outside = try await Self.finding("pss-host-namespaces", Self.workload + Self.entryPoint)
    #expect(outside.severity == .critical)
    #expect(outside.why?.contains("LoadBalancer Service shop/web") ?? false)
    #expect(outside.fingerprint == inside.fingerprint)
    // A door that a policy closes is none.
    let behind = try await Self.finding("pss-host-namespaces", Self.workload + Self.entryPoint + Self.closed)
    #expect(behind.severity == .high && behind.why == nil)
  }

  @Test func aWayFurtherWeighsMoreWhereTheAccountIsMighty() async throws {
    let plain = try await Self.finding("pss-run-as-non-root", Self.workload)
    #expect(plain.severity == .medium && plain.why == nil)
    let mighty = try await Self.finding("pss-run-as-non-root", Self.workload + Self.rights)
    #expect(mighty.severity == .high && mighty.why == "its account may read secrets everywhere")
  }

  @Test func aGrantWeighsMoreWhereItsHolderIsExposed() async throws {
    let inside = try await Self.finding("rbac-read-secrets", Self.workload + Self.rights)
    let outside = try await Self.finding("rbac-read-secrets", Self.workload + Self.rights + Self.entryPoint)
    #expect(inside.why == nil && outside.severity == Severity(rawValue: inside.severity.rawValue + 1))
    #expect(outside.why?.hasPrefix("held by shop/Deployment/web") ?? false)
  }

  @Test func anImageWeighsMoreWhereItHasTheNode() async throws {
    let image = try await Self.finding("unpinned-image", Self.workload)
    #expect(image.severity == .high && image.why?.contains("hostPID") ?? false)
  }

  /// Images that are missing, empty or nonsense are judged like any other.
  @Test(arguments: ["", "image: ''", "image: '@'", "image: '@sha256:0'", "image: '/'", "image: ':'", "image: 7"])
  func imagesThatAreNoneDoNoHarm(_ image: String) async {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: c\n      \(image)\n"
    let result = await PostureScan(trustedRegistries: ["registry.example.com"]).run(Fixtures.snapshot(pod))
    #expect(result.findings.contains { $0.check.rawValue == "pss-capabilities-restricted" })
  }
}
