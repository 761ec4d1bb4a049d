import Kube
import Reach
import TestKit
import Testing

/// What is not understood of policies is unknown: kinds that nobody has, versions, and fields.
@Suite struct StrayPolicyTests {
  private typealias C = SmallCluster

  private static let cluster =
    C.namespace("a") + C.namespace("b") + C.pod("a", "x") + C.pod("a", "y") + C.pod("b", "z")

  @Test(
    arguments: [
      // A kind, its namespace; what becomes of connections within the namespace and elsewhere.
      ("networking.k8s.io/v1", "NetworkPolcy", "a", "unknown", "allowed"),
      ("networking.k8s.io/v1", "Networkpolicy", "a", "unknown", "allowed"),
      ("networking.k8s.io/v1", "NetworkPolicies", "a", "unknown", "allowed"),
      ("networking/v1", "NetworkPolicy", "a", "unknown", "allowed"),
      ("networking.k8s.io/v2", "NetworkPolicy", "a", "unknown", "allowed"),
      ("networking.k8s.io/V1", "NetworkPolicy", "a", "unknown", "allowed"),
      ("networking.k8s.io/v1beta1", "NetworkPolicy", "a", "unknown", "allowed"),
      ("cilium.io/v2", "CiliumNetworkpolicy", "a", "unknown", "allowed"),
      ("security.istio.io/v1", "AuthorizationPolicies", "a", "unknown", "allowed"),
      ("projectcalico.org/v3", "GlobalNetworkpolicy", nil, "unknown", "unknown"),
      ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicies", nil, "unknown", "unknown"),
      ("networking.gke.io/v1alpha1", "FQDNNetworkPolicy", "a", "allowed", "allowed"),
      ("crd.nsx.vmware.com/v1alpha1", "SecurityPolicy", "a", "unknown", "allowed"),
      ("access.smi-spec.io/v1alpha3", "TrafficTarget", "a", "unknown", "allowed"),
      ("firewalls.example/v1", "TenantFirewall", "a", "unknown", "allowed"),
      // Their neighbours are no policies.
      ("projectcalico.org/v3", "StagedNetworkPolicy", "a", "allowed", "allowed"),
      ("wgpolicyk8s.io/v1alpha2", "PolicyReport", "a", "allowed", "allowed"),
      ("networking.k8s.io/v1", "Ingress", "a", "allowed", "allowed"),
      ("networking.istio.io/v1", "ServiceEntry", "a", "allowed", "allowed"),
      ("gateway.envoyproxy.io/v1alpha1", "SecurityPolicy", "a", "allowed", "allowed"),
    ] as [(String, String, String?, String, String)])
  func kinds(_ version: String, _ kind: String, _ namespace: String?, _ own: String, _ other: String) throws {
    let spec = "spec: {podSelector: {}, policyTypes: [Ingress]}"
    let model = try C.model(Self.cluster + C.object(version, kind, namespace, "p", spec))
    #expect(try C.verdict(model, "a/x", "a/y", 80) == own)
    #expect(try C.verdict(model, "a/x", "b/z", 80) == (own == "unknown" && kind != "TrafficTarget" ? "unknown" : other))
    // Of all that may be restricted it is told that it was not seen.
    #expect(model.notSeenOfAll.isEmpty == (own == "allowed" && kind != "FQDNNetworkPolicy"))
    #expect(PolicyLint(model).remarks.contains { $0.code == .notEvaluated } == !model.notSeenOfAll.isEmpty)
  }

  @Test func aFileOfOneKindGovernsNobodyElse() throws {
    let model = try C.model(
      Self.cluster + C.object("networking.k8s.io/v1", "NetworkPolcy", "a", "p", "spec: {podSelector: {}}"))
    #expect(try C.verdict(model, "b/z", "203.0.113.9", 80) == "allowed")
    #expect(model.governedNamespaces.isEmpty)
    #expect(model.perhapsGovernedNamespaces == ["a"])
  }

  @Test(
    arguments: [
      ("networking.k8s.io/v1", "NetworkPolicy", "{podSelector: {}, ingress: [{form: [{podSelector: {}}]}]}", nil),
      ("networking.k8s.io/v1", "NetworkPolicy", "{podSelector: {}, policyTypes: [Ingress], ingres: [{}]}", nil),
      (
        "projectcalico.org/v3", "NetworkPolicy",
        "{types: [Ingress], ingress: [{action: Allow, source: {selecter: x}}]}", "calico"
      ),
      (
        "projectcalico.org/v3", "NetworkPolicy", "{selecter: app == 'z', types: [Ingress], ingress: [{action: Deny}]}",
        "calico"
      ),
      (
        "projectcalico.org/v3", "NetworkPolicy", "{ingress: [{action: Allow, destination: {domains: [x.example]}}]}",
        "calico"
      ),
      ("security.istio.io/v1", "AuthorizationPolicy", "{rules: [{from: [{source: {principal: [\"*\"]}}]}]}", nil),
      ("security.istio.io/v1", "AuthorizationPolicy", "{rules: [{to: [{operation: {method: [GET]}}]}]}", nil),
      ("security.istio.io/v1", "AuthorizationPolicy", "{selectors: {matchLabels: {app: z}}}", nil),
      (
        "cilium.io/v2", "CiliumNetworkPolicy", "{endpointSelector: {}, ingres: [], ingress: [{fromEntities: [host]}]}",
        "cilium"
      ),
      (
        "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy",
        "{priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, form: [], from: [{namespaces: {}}]}]}",
        "ovn-kubernetes"
      ),
    ] as [(String, String, String, String?)])
  func fields(_ version: String, _ kind: String, _ spec: String, _ plugin: String?) throws {
    let yaml =
      C.namespace("m", "istio-injection: enabled") + C.pod("m", "x") + C.pod("m", "y")
      + C.object(version, kind, kind.hasPrefix("Admin") ? nil : "m", "p", "spec: \(spec)")
    let model = try C.model(yaml, plugin: plugin)
    #expect(try C.verdict(model, "m/x", "m/y", 80) == "unknown")
    #expect(model.remarks.contains { $0.code == .unknownField })
  }

  /// A field that is strange in one rule leaves the others what they are.
  @Test func oneRuleIsDoubted() throws {
    let yaml =
      Self.cluster
      + C.object(
        "networking.k8s.io/v1", "NetworkPolicy", "a", "p",
        "spec: {podSelector: {matchLabels: {app: y}}, ingress: [{ports: [{port: 80}]}, {form: [], ports: [{port: 81}]}]}"
      )
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "a/x", "a/y", 80) == "allowed")
    #expect(try C.verdict(model, "a/x", "a/y", 81) == "unknown")
    #expect(try C.verdict(model, "a/x", "a/y", 82) == "denied")
  }

  // MARK: What plugins refuse, and hosts

  @Test(arguments: [
    "{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}", "{fromEntities: [world], fromCIDRSet: [{cidr: 10.0.0.0/8}]}",
    "{icmps: [{fields: [{type: 8}]}], toPorts: [{ports: [{port: \"80\"}]}]}", "{fromEntities: [wrold]}",
  ])
  func whatCiliumRefusesProtectsNothing(_ rule: String) throws {
    // The agent takes all of a policy or nothing.
    let policy = C.object(
      "cilium.io/v2", "CiliumNetworkPolicy", "a", "p",
      "specs: [{endpointSelector: {}, ingress: [{}]}, {endpointSelector: {matchLabels: {app: y}}, ingress: [\(rule)]}]")
    let model = try C.model(Self.cluster + policy, plugin: "cilium")
    #expect(try C.verdict(model, "a/x", "a/y", 80) == "allowed")
    #expect(model.remarks.contains { $0.code == .refused })
  }

  private static let onHost = C.namespace("h") + C.pod("h", "n", spec: "hostNetwork: true,")

  @Test(arguments: [
    ("{}", "denied"), ("{matchLabels: {role: x}}", "unknown"),
  ])
  func hostPoliciesAreForPodsOnTheirNode(_ selector: String, _ expected: String) throws {
    let yaml =
      Self.onHost
      + C.object(
        "cilium.io/v2", "CiliumClusterwideNetworkPolicy", nil, "p",
        "spec: {nodeSelector: \(selector), ingress: [{fromEntities: [cluster]}]}")
    let model = try C.model(yaml, plugin: "cilium")
    #expect(try C.verdict(model, "203.0.113.9", "h/n", 80) == expected)
    #expect(!PolicyLint(model).remarks.contains { $0.code == .selectsNothing || $0.code == .noDefaultDeny })
  }

  @Test(arguments: [
    ("node: one, interfaceName: \"*\"", "nodeName: one,", "denied"),
    ("node: one, interfaceName: \"*\"", "nodeName: two,", "allowed"),
    ("node: one, interfaceName: \"*\"", "", "unknown"),
    ("node: one, interfaceName: eth0", "nodeName: one,", "unknown"),
  ])
  func hostEndpointsAreForPodsOnTheirNode(_ host: String, _ spec: String, _ expected: String) throws {
    let yaml =
      C.namespace("h") + C.pod("h", "n", spec: "hostNetwork: true, " + spec)
      + "apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: e, labels: {role: node}}\nspec: {\(host)}\n---\n"
      + C.object(
        "projectcalico.org/v3", "GlobalNetworkPolicy", nil, "p",
        "spec: {selector: role == 'node', types: [Ingress], ingress: [{action: Allow, source: {nets: [10.0.0.0/8]}}]}")
    let model = try C.model(yaml, plugin: "calico")
    #expect(try C.verdict(model, "203.0.113.9", "h/n", 80) == expected)
  }

  @Test(arguments: [
    ("projectcalico.org/name == 'pay'", "denied", "allowed"), ("projectcalico.org/name != 'pay'", "allowed", "denied"),
    ("has(projectcalico.org/name)", "denied", "denied"),
  ])
  func everyAccountHasItsNameAsLabel(_ selector: String, _ own: String, _ other: String) throws {
    let yaml =
      C.namespace("a") + C.pod("a", "x") + C.pod("a", "pay", spec: "serviceAccountName: pay,") + C.pod("a", "z")
      + C.object(
        "projectcalico.org/v3", "GlobalNetworkPolicy", nil, "p",
        "spec: {serviceAccountSelector: \"\(selector)\", types: [Ingress], ingress: [{action: Deny}]}")
    let model = try C.model(yaml, plugin: "calico")
    #expect(try C.verdict(model, "a/x", "a/pay", 80) == own)
    #expect(try C.verdict(model, "a/x", "a/z", 80) == other)
  }

  /// The API server's Service is in every cluster and in no manifest.
  @Test func theServiceOfTheAPIServerIsNotNothing() throws {
    let yaml =
      Self.cluster
      + C.object(
        "projectcalico.org/v3", "NetworkPolicy", "a", "p",
        "spec: {selector: all(), types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {services: {name: kubernetes, namespace: default}}}]}"
      )
    let model = try C.model(yaml, plugin: "calico")
    #expect(!PolicyLint(model).remarks.contains { $0.code == .peerMatchesNothing })
    #expect(try C.verdict(model, "a/x", "10.96.0.1", 443) == "unknown")
    #expect(try C.verdict(model, "a/x", "b/z", 443) == "denied")
  }

  /// Pods of an operator are in its own resource.
  @Test(arguments: [("postgresql.cnpg.io/v1", "Cluster", false), ("v1", "ConfigMap", true)])
  func whatAnOperatorMakesIsSelected(_ version: String, _ kind: String, _ isTold: Bool) throws {
    let yaml =
      Self.cluster + C.object(version, kind, "a", "db", "")
      + C.object(
        "networking.k8s.io/v1", "NetworkPolicy", "a", "p",
        "spec: {podSelector: {matchLabels: {cnpg.io/cluster: db}}, policyTypes: [Ingress]}")
    #expect(PolicyLint(try C.model(yaml)).remarks.contains { $0.code == .selectsNothing } == isTold)
  }
}
