import Findings
import Kube
import Reach
import TestKit
import Testing

/// Calico's defaults, scopes and tiers, as its code has them.
@Suite struct CalicoSemanticsTests {
  private typealias C = SmallCluster

  private static func policy(_ namespace: String?, _ name: String, _ spec: String) -> String {
    C.object(
      "projectcalico.org/v3", namespace == nil ? "GlobalNetworkPolicy" : "NetworkPolicy", namespace, name,
      "spec: {\(spec)}")
  }

  // MARK: Hosts

  private static func felix(_ name: String, _ spec: String) -> String {
    C.object("projectcalico.org/v3", "FelixConfiguration", nil, name, "spec: {\(spec)}")
  }

  @Test(arguments: [
    // The configuration; what becomes of ports 22, 6443 and 80 of a host whose policy denies everything, and of the host's way
    // out to 22 and to 6443.
    ("", "allowed allowed denied", "denied allowed"),
    (felix("default", "failsafeInboundHostPorts: []"), "denied denied denied", "denied allowed"),
    (
      felix("default", "failsafeInboundHostPorts: [{protocol: tcp, port: 80}], failsafeOutboundHostPorts: []"),
      "denied denied allowed", "denied denied"
    ),
    (
      felix("default", "failsafeInboundHostPorts: [{protocol: TCP, port: 22, net: 192.0.2.0/24}]"),
      "denied denied denied", "denied allowed"
    ),
    (
      felix("default", "failsafeInboundHostPorts: [{protocol: tcp, port: 22, net: 203.0.113.0/24}]"),
      "allowed denied denied", "denied allowed"
    ),
    // That of the node goes before the one of all.
    (
      felix("default", "failsafeInboundHostPorts: []")
        + felix("node.one", "failsafeInboundHostPorts: [{protocol: tcp, port: 80}]"),
      "denied denied allowed", "denied allowed"
    ),
    (felix("node.two", "failsafeInboundHostPorts: []"), "allowed allowed denied", "denied allowed"),
    (felix("default", "logSeverityScreen: Info"), "allowed allowed denied", "denied allowed"),
  ])
  func failsafePorts(_ configuration: String, _ inbound: String, _ outbound: String) throws {
    let yaml =
      C.namespace("h") + C.pod("h", "n", spec: "hostNetwork: true, nodeName: one,") + configuration
      + "apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: e, labels: {role: node}}\nspec: {node: one, interfaceName: '*'}\n---\n"
      + Self.policy(nil, "p", "selector: role == 'node', order: 1, types: [Ingress, Egress], doNotTrack: false")
    let model = try C.model(yaml, plugin: "calico")
    #expect(
      try [22, 6443, 80].map { try C.verdict(model, "203.0.113.9", "h/n", $0) }.joined(separator: " ") == inbound)
    #expect(try [22, 6443].map { try C.verdict(model, "h/n", "203.0.113.9", $0) }.joined(separator: " ") == outbound)
    #expect(model.governedNamespaces.contains("h"))
  }

  @Test func portsThatAreOpenInAnyCaseProtectNothing() throws {
    let yaml =
      C.namespace("h") + C.pod("h", "n", spec: "hostNetwork: true, nodeName: one,")
      + "apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: e}\nspec: {node: one, interfaceName: '*', profiles: [projectcalico-default-allow]}\n---\n"
    let model = try C.model(yaml, plugin: "calico")
    #expect(!model.governedNamespaces.contains("h"))
    #expect(try C.verdict(model, "203.0.113.9", "h/n", 80) == "allowed")
  }

  // MARK: Policies

  @Test(arguments: [
    // Lists of rules, and whether the policy isolates for ingress and egress.
    ("egress: []", true, false), ("ingress: [], egress: []", true, false), ("", true, false),
    ("egress: [{action: Allow, protocol: UDP}]", false, true),
    ("ingress: [{action: Allow, protocol: UDP}], egress: []", true, false),
    ("ingress: [{action: Allow, protocol: UDP}], egress: [{action: Allow, protocol: UDP}]", true, true),
    ("ingress: [], egress: [{action: Allow, protocol: UDP}]", false, true),
    ("types: [Egress], ingress: [{action: Allow, protocol: UDP}]", false, true),
  ])
  func typesOfPolicies(_ rules: String, _ ingress: Bool, _ egress: Bool) throws {
    let yaml =
      C.namespace("n") + C.pod("n", "a") + C.pod("n", "b")
      + Self.policy("n", "p", "selector: app == 'a'\(rules.isEmpty ? "" : ", " + rules)")
    let model = try C.model(yaml, plugin: "calico")
    #expect(try C.verdict(model, "n/b", "n/a", 80) == (ingress ? "denied" : "allowed"))
    #expect(try C.verdict(model, "n/a", "n/b", 80) == (egress ? "denied" : "allowed"))
  }

  @Test(arguments: [
    // A peer of a policy in namespace t: whether it is the pod t/c, the pod u/b, and the two sets of addresses.
    ("namespaceSelector: \"global() || team == 'y'\", selector: \"kind == 'office'\"", false, false, true, false),
    ("namespaceSelector: \"all() && !global()\"", true, true, false, true),
    ("namespaceSelector: \"!all()\"", false, false, true, false),
    ("namespaceSelector: \"global()\"", false, false, true, false),
    // What has no namespace lacks the labels of any.
    ("namespaceSelector: \"team != 'x'\"", false, true, true, false),
    ("namespaceSelector: \"!has(team)\"", false, true, true, false),
    ("namespaceSelector: \"has(team)\"", true, false, false, true),
    ("selector: \"all()\"", true, false, false, true), ("selector: \"has(kind)\"", false, false, false, true),
    // Whichever selector is there, the policy means its own namespace.
    ("notSelector: \"app == 'c'\"", false, false, false, true),
    ("notSelector: \"has(kind)\"", true, false, false, false),
    ("notSelector: \"app == 'none'\"", true, false, false, true),
    ("serviceAccounts: {names: [default]}", true, false, false, false),
    ("serviceAccounts: {}", true, true, true, true), ("ports: [80]", true, true, true, true),
  ])
  func scopes(_ peer: String, _ own: Bool, _ other: Bool, _ global: Bool, _ local: Bool) throws {
    let yaml =
      C.namespace("t", "team: x") + C.namespace("u") + C.pod("t", "a") + C.pod("t", "c") + C.pod("u", "b")
      + C.object(
        "projectcalico.org/v3", "GlobalNetworkSet", nil, "offices",
        "spec: {nets: [\"198.51.100.0/24\"]}"
      ).replacing("{name: offices}", with: "{name: offices, labels: {kind: office}}")
      + C.object("projectcalico.org/v3", "NetworkSet", "t", "local", "spec: {nets: [\"203.0.113.0/24\"]}")
      .replacing("{name: local,", with: "{name: local, labels: {kind: shop},")
      + Self.policy(
        "t", "out",
        "selector: app == 'a', types: [Egress], egress: [{action: Allow, protocol: TCP, destination: {\(peer)}}]")
    let model = try C.model(yaml, plugin: "calico")
    for (end, expected) in [
      ("t/c", own), ("u/b", other), ("198.51.100.7", global), ("203.0.113.7", local),
    ] {
      #expect(try C.verdict(model, "t/a", end, 80) == (expected ? "allowed" : "denied"), "\(end)")
    }
  }

  @Test(arguments: [
    // Order of a tier that denies, and whether its word comes before that of the admin tier and the baseline's.
    ("100", "Admin", "denied"), ("5000", "Admin", "allowed"), ("5000", "Baseline", "denied"),
    ("20000000", "Baseline", "allowed"), ("null", "Baseline", "allowed"),
  ])
  func tiersAmongTheAdministrators(_ order: String, _ tier: String, _ expected: String) throws {
    let yaml =
      C.namespace("a") + C.namespace("b") + C.pod("a", "x") + C.pod("b", "y")
      + C.object("projectcalico.org/v3", "Tier", nil, "security", "spec: {order: \(order)}")
      + Self.policy(
        nil, "security.block",
        "tier: security, order: 1, selector: \"app == 'y'\", types: [Ingress], ingress: [{action: Deny, source: {namespaceSelector: \"projectcalico.org/name == 'a'\"}}, {action: Pass}]"
      )
      + C.object(
        "policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", nil, "accept",
        "spec: {tier: \(tier), priority: 10, subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: b}}}, ingress: [{action: Accept, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: a}}}]}]}"
      )
    #expect(try C.verdict(try C.model(yaml), "a/x", "b/y", 80) == expected)
  }
}
