import Findings
import Kube
import Reach
import TestKit
import Testing

/// What a network plugin acts by depends on its version and its settings.
@Suite struct EnforcementTests {
  private typealias C = SmallCluster

  private static let pods =
    C.namespace("kube-system") + C.namespace("a") + C.namespace("b") + C.pod("a", "x") + C.pod("b", "y")

  private static func agent(_ name: String, _ image: String, _ more: String = "") -> String {
    C.object(
      "apps/v1", "DaemonSet", "kube-system", name,
      "spec: {template: {metadata: {labels: {k8s-app: \(name)}}, spec: {hostNetwork: true, containers: [{name: agent, image: \"\(image)\"\(more)}]}}}"
    )
  }

  private static func configuration(_ name: String, _ data: String) -> String {
    C.object("v1", "ConfigMap", "kube-system", name, "data: {\(data)}")
  }

  private static func denial(_ kind: String) -> String {
    let tier = kind == "ClusterNetworkPolicy" ? "tier: Admin, " : ""
    let isBaseline = kind.hasPrefix("Baseline")
    return C.object(
      "policy.networking.k8s.io/v1alpha1", kind, nil, isBaseline ? "default" : "deny",
      "spec: {\(tier)\(isBaseline ? "" : "priority: 10, ")subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: b}}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: a}}}]}]}"
    )
  }

  private static let flag = configuration("cilium-config", "enable-k8s-cluster-network-policy: 'true'")

  @Test(arguments: [
    ("cilium", "quay.io/cilium/cilium:v1.20.1", flag, "ClusterNetworkPolicy", "denied"),
    (
      "cilium", "quay.io/cilium/cilium:v1.20.1", configuration("cilium-config", "x: y"), "ClusterNetworkPolicy",
      "allowed"
    ),
    ("cilium", "quay.io/cilium/cilium:v1.19.4", flag, "ClusterNetworkPolicy", "allowed"),
    ("cilium", "quay.io/cilium/cilium:v1.20.1", "", "ClusterNetworkPolicy", "unknown"),
    ("cilium", "quay.io/cilium/cilium:latest", flag, "ClusterNetworkPolicy", "unknown"),
    ("cilium", "quay.io/cilium/cilium@sha256:00", "", "ClusterNetworkPolicy", "unknown"),
    ("cilium", "quay.io/cilium/cilium:v1.19.4", "", "ClusterNetworkPolicy", "allowed"),
    ("cilium", "quay.io/cilium/cilium:v1.20.1", flag, "AdminNetworkPolicy", "allowed"),
    ("calico-node", "docker.io/calico/node:v3.31.2", "", "AdminNetworkPolicy", "denied"),
    ("calico-node", "docker.io/calico/node:v3.29.0", "", "BaselineAdminNetworkPolicy", "allowed"),
    ("calico-node", "docker.io/calico/node:v3.30.0", "", "BaselineAdminNetworkPolicy", "denied"),
    ("calico-node", "docker.io/calico/node:v3.32.0", "", "AdminNetworkPolicy", "allowed"),
    ("calico-node", "docker.io/calico/node:v3.32.0", "", "ClusterNetworkPolicy", "denied"),
    ("calico-node", "registry:5000/calico/node", "", "ClusterNetworkPolicy", "unknown"),
    (
      "antrea-agent", "antrea/antrea-agent-ubuntu:v2.1.0",
      configuration("antrea-config", "antrea-agent.conf: \"featureGates:\\n  AdminNetworkPolicy: true\\n\""),
      "AdminNetworkPolicy", "denied"
    ),
    (
      "antrea-agent", "antrea/antrea-agent-ubuntu:v2.1.0",
      configuration("antrea-config", "antrea-agent.conf: \"featureGates:\\n#  AdminNetworkPolicy: false\\n\""),
      "AdminNetworkPolicy", "allowed"
    ),
    ("ovnkube-node", "ovn:1", "", "AdminNetworkPolicy", "denied"),
    ("kube-router", "cloudnativelabs/kube-router:v2.5.0", "", "AdminNetworkPolicy", "allowed"),
  ])
  func administratorsPolicies(
    _ daemon: String, _ image: String, _ more: String, _ kind: String, _ expected: String
  ) throws {
    let model = try C.model(Self.pods + Self.agent(daemon, image) + more + Self.denial(kind))
    #expect(try C.verdict(model, "a/x", "b/y", 80) == expected)
    let codes = Set(model.remarks.map(\.code))
    #expect(codes.contains(.notEnforced) == (expected == "allowed"))
    #expect(codes.contains(.maybeEnforced) == (expected == "unknown"))
  }

  @Test(arguments: [
    (", args: [\"--enable-network-policy=true\"]", "denied"),
    (", args: [\"--enable-network-policy=false\"]", "allowed"),
    ("", "allowed"),
  ])
  func theAgentOfTheVPC(_ arguments: String, _ expected: String) throws {
    let closed = C.object("networking.k8s.io/v1", "NetworkPolicy", "b", "closed", "spec: {podSelector: {}}")
    let model = try C.model(Self.pods + Self.agent("aws-node", "amazon-k8s-cni:v1.19.0", arguments) + closed)
    #expect(try C.verdict(model, "a/x", "b/y", 80) == expected)
  }

  /// Whether a policy is enforced does not matter where another decides before it.
  @Test func whatIsDecidedBeforeIsCertain() throws {
    let tier = C.object("projectcalico.org/v3", "Tier", nil, "security", "spec: {order: 100}")
    let deny = C.object(
      "projectcalico.org/v3", "GlobalNetworkPolicy", nil, "security.block",
      "spec: {tier: security, selector: \"app == 'y'\", types: [Ingress], ingress: [{action: Deny}]}")
    let accept = Self.denial("ClusterNetworkPolicy").replacing("Deny", with: "Accept")
    #expect(
      try C.verdict(try C.model(Self.pods + tier + deny + accept, plugin: "calico"), "a/x", "b/y", 80) == "denied")
  }

  /// A table of all connections says of which policies it knows nothing.
  @Test func policiesOfKindsThatAreNotEvaluatedAreNotSeen() throws {
    let server = C.object("policy.linkerd.io/v1beta3", "Server", "b", "y", "spec: {port: 80}")
    #expect(try C.model(Self.pods).notSeenOfAll.isEmpty)
    #expect(try C.model(Self.pods + server).notSeenOfAll.map(\.kind) == [GroupKind("policy.linkerd.io", "Server")])
  }
}
