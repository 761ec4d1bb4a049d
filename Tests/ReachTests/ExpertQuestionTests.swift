import Findings
import Kube
import Reach
import TestKit
import Testing

/// Questions that experts asked of peer tools, and got wrong answers: one small input for each kind.
@Suite struct ExpertQuestionTests {
  private typealias C = SmallCluster

  private static func cilium(_ name: String, _ spec: String) -> String {
    C.object("cilium.io/v2", "CiliumNetworkPolicy", "s", name, "spec: {\(spec)}")
  }

  /// Groups of blocks are chosen by their labels.
  @Test(arguments: [("203.0.113.4", "denied"), ("198.51.100.4", "allowed"), ("198.51.100.9", "denied")])
  func groupsOfBlocksByLabel(_ address: String, _ expected: String) throws {
    func group(_ name: String, _ block: String) -> String {
      "apiVersion: cilium.io/v2\nkind: CiliumCIDRGroup\nmetadata: {name: \(name), labels: {zone: \(name)}}\nspec: {externalCIDRs: [\"\(block)\"]}\n---\n"
    }
    let yaml =
      C.namespace("s") + C.pod("s", "a") + group("trusted", "198.51.100.0/24") + group("partner", "203.0.113.0/24")
      + Self.cilium(
        "by-label",
        "endpointSelector: {matchLabels: {app: a}}, egress: [{toCIDRSet: [{cidrGroupSelector: {matchLabels: {zone: trusted}}, except: [\"198.51.100.9/32\"]}]}]"
      )
    #expect(try C.verdict(try C.model(yaml), "s/a", address, 443) == expected)
  }

  /// A rule may ask for the name in the greeting of TLS.
  @Test(arguments: [("api.vendor.example", "allowed"), ("sts.vendor.example", "denied")])
  func namesOfServers(_ name: String, _ expected: String) throws {
    let yaml =
      C.namespace("s") + C.pod("s", "a")
      + Self.cilium(
        "sni",
        "endpointSelector: {matchLabels: {app: a}}, egress: [{toFQDNs: [{matchName: api.vendor.example}, {matchName: sts.vendor.example}], toPorts: [{ports: [{port: \"443\", protocol: TCP}], serverNames: [api.vendor.example]}]}]"
      )
    let model = try C.model(yaml)
    var request = ConnectionRequest()
    request.serverName = name
    #expect(try C.verdict(model, "s/a", name, 443, request) == expected)
    // Who is asked by name is asked for that name.
    #expect(try C.verdict(model, "s/a", name, 443) == expected)
  }

  /// The commonest mistakes: a field that is not one, and the port of the Service in place of the pod's.
  @Test func mistakesWithPolicies() throws {
    func policy(_ namespace: String, _ spec: String) -> String {
      C.object("networking.k8s.io/v1", "NetworkPolicy", namespace, "p", "spec: {\(spec)}")
    }
    let typo = try C.model(
      C.namespace("k") + C.pod("k", "a")
        + policy("k", "podSelector: {}, policyTypes: [Ingress], ingress: [{form: [{podSelector: {}}]}]"))
    let remark = try #require(PolicyLint(typo).remarks.first { $0.code == .unknownField })
    #expect(remark.detail.contains("did you mean from?"))
    let port = try C.model(
      C.namespace("fe") + C.namespace("be") + C.pod("fe", "web")
        + C.pod("be", "api", ports: "{name: http, containerPort: 8080}")
        + C.object("v1", "Service", "be", "api", "spec: {selector: {app: api}, ports: [{port: 80, targetPort: http}]}")
        + policy(
          "fe",
          "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: be}}}], ports: [{port: 80}]}]"
        ))
    #expect(PolicyLint(port).remarks.contains { $0.code == .servicePort })
  }

  /// Policies of any dialect that is evaluated govern a namespace, and one that selects nothing does not.
  @Test(arguments: [
    ("cilium.io/v2", "CiliumClusterwideNetworkPolicy", "endpointSelector: {}, ingress: [{}]", true),
    ("projectcalico.org/v3", "GlobalNetworkPolicy", "selector: all(), types: [Ingress]", true),
    (
      "policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy",
      "subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]", true
    ),
    ("networking.k8s.io/v1", "NetworkPolicy", "podSelector: {matchLabels: {app: nobody}}", false),
  ])
  func whoGoverns(_ version: String, _ kind: String, _ spec: String, _ governs: Bool) throws {
    let isOfNamespace = kind == "NetworkPolicy"
    let name = kind == "BaselineAdminNetworkPolicy" ? "default" : "p"
    let model = try C.model(
      C.namespace("w") + C.pod("w", "a") + C.object(version, kind, isOfNamespace ? "w" : nil, name, "spec: {\(spec)}"))
    #expect(model.governedNamespaces == (governs ? ["w"] : []))
  }

  /// Policies that a controller makes are in no manifest.
  @Test(arguments: [("NetworkPolicy", "unknown"), ("ResourceQuota", "allowed")])
  func whatAControllerMakes(_ kind: String, _ expected: String) throws {
    let yaml =
      C.namespace("a") + C.pod("a", "x") + C.pod("a", "y")
      + C.object(
        "kyverno.io/v1", "ClusterPolicy", nil, "add",
        "spec: {rules: [{name: d, match: {any: [{resources: {kinds: [Namespace]}}]}, generate: {apiVersion: v1, kind: \(kind), name: d, namespace: x, data: {spec: {podSelector: {}}}}}]}"
      )
    #expect(try C.verdict(try C.model(yaml), "a/x", "a/y", 80) == expected)
  }

  /// What is open to the cluster says nothing of those whom a rule shuts out, and selectors are compared by what they mean.
  @Test func whatIsOpenToThoseToCome() throws {
    let job = C.namespace("lab") + C.pod("lab", "job")
    let admin = C.object(
      "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", nil, "p",
      "spec: {priority: 5, subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: lab}}}, egress: [{name: no, action: Deny, to: [{namespaces: {matchLabels: {zone: vault}}}], ports: [{portNumber: {protocol: TCP, port: 8200}}]}, {name: rest, action: Allow, to: [{namespaces: {}}]}]}"
    )
    func rows(_ yaml: String, _ direction: TrafficDirection) throws -> [String] {
      let snapshot = Fixtures.snapshot(yaml)
      return PotentialExposure(snapshot, profile: .fitting(snapshot)).rows.filter { $0.direction == direction }.map {
        "\($0.peer.text): \($0.ports.text)"
      }
    }
    #expect(
      try rows(job + admin, .egress) == [
        "entire cluster: all", "any pod in namespaces with zone=vault: TCP 1-8199,8201-65535; UDP; SCTP",
      ])
    func twice(_ expressions: String) -> String {
      "{namespaceSelector: {matchExpressions: [\(expressions)]}}"
    }
    let a = "{key: e, operator: In, values: [a, b]}"
    let b = "{key: t, operator: Exists}"
    let policy = C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "lab", "p",
      "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [\(twice(a + ", " + b)), \(twice(b + ", " + a))], ports: [{port: 80}]}]}"
    )
    #expect(try rows(job + policy, .ingress).count == 1)
  }
}
