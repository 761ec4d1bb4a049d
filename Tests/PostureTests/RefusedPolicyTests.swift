import Findings
import Kube
import Posture
import TestKit
import Testing

/// A policy of any dialect that somebody refuses protects nothing.
@Suite struct RefusedPolicyTests {
  private static let pod =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a, labels: {app: x}}\nspec: {containers: [{name: c, image: \"r.example/x:1\"}]}\n---\n"

  @Test(arguments: [
    ("projectcalico.org/v3", "NetworkPolicy", "{selector: app == \"x\" && has(tier}", true),
    ("projectcalico.org/v3", "NetworkPolicy", "{selector: app == \"x\", ingress: [{action: Deny}]}", false),
    ("cilium.io/v2", "CiliumNetworkPolicy", "{endpointSelector: {}, egress: [{toEntities: [all-but-typo]}]}", true),
    (
      "cilium.io/v2", "CiliumNetworkPolicy",
      "{endpointSelector: {}, egress: [{toEndpoints: [{}], toCIDR: [10.0.0.0/8]}]}", true
    ),
    ("cilium.io/v2", "CiliumNetworkPolicy", "{endpointSelector: {}, egress: [{toEntities: [all]}]}", false),
    (
      "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy",
      "{priority: 2000, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}", true
    ),
    (
      "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy",
      "{priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{domainNames: [evil.example]}]}]}", true
    ),
    (
      "security.istio.io/v1", "PeerAuthentication",
      "{mtls: {mode: STRICT}, portLevelMtls: {\"80\": {mode: PERMISSIVE}}}", true
    ),
    ("security.istio.io/v1", "PeerAuthentication", "{mtls: {mode: STRICT}}", false),
  ])
  func isAFinding(_ version: String, _ kind: String, _ spec: String, _ isRefused: Bool) async throws {
    let check = try #require(CheckCatalogue.check("refused-network-policy"))
    let policy = "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: p, namespace: a}\nspec: \(spec)\n"
    let result = await PostureScan(checks: [check]).run(Fixtures.snapshot(Self.pod + policy))
    #expect(result.findings.count == (isRefused ? 1 : 0))
  }
}
