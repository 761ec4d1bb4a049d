import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// Where implementations differ, each says what its documentation says.
@Suite struct ReachProfileTests {
  private static let pods = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a, namespace: n, labels: {app: a}}
    spec: {nodeName: one, containers: [{name: c, ports: [{name: web, containerPort: 80}]}]}
    status: {podIP: 10.0.0.1}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: b, namespace: n, labels: {app: b}}
    spec: {nodeName: one, containers: [{name: c}]}
    status: {podIP: 10.0.0.2}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: agent, namespace: n, labels: {app: agent}}
    spec: {nodeName: one, hostNetwork: true, containers: [{name: c}]}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: far, namespace: n, labels: {app: agent}}
    spec: {nodeName: two, hostNetwork: true, containers: [{name: c}]}
    ---

    """

  private static func policy(_ rule: String) -> String {
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: n}\nspec:\n  podSelector: {matchLabels: {app: a}}\n  policyTypes: [Ingress]\n  ingress: [\(rule)]\n---\n"
  }

  @Test(arguments: [
    // Weave Net drops a policy with a named port, which leaves its pods open, and takes a range for its first port.
    ("spec", "{ports: [{port: web}]}", "n/b", 81, "denied"), ("weave", "{ports: [{port: web}]}", "n/b", 81, "allowed"),
    ("spec", "{ports: [{port: 80, endPort: 90}]}", "n/b", 85, "allowed"),
    ("weave", "{ports: [{port: 80, endPort: 90}]}", "n/b", 85, "denied"),
    ("weave", "{ports: [{port: 80, endPort: 90}]}", "n/b", 80, "allowed"),
    // Blocks hold pods for Calico and Weave Net, and not for Cilium.
    ("calico", "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "n/b", 80, "allowed"),
    ("weave", "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "n/b", 80, "allowed"),
    ("cilium", "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "n/b", 80, "denied"),
    ("spec", "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}", "n/b", 80, "denied"),
    // A node reaches its own pods; whether a block holds another node cannot be told without its address.
    ("spec", "", "n/agent", 80, "allowed"), ("spec", "", "n/far", 80, "denied"),
    ("spec", "{from: [{ipBlock: {cidr: 192.168.0.0/16}}]}", "n/far", 80, "unknown"),
    ("np-guard", "", "n/agent", 80, "denied"),
  ])
  func switches(_ profile: String, _ rule: String, _ source: String, _ port: Int, _ expected: String) throws {
    let profile = try #require(ReachProfile.all.first { $0.name == profile })
    let model = ReachModel(Fixtures.snapshot(Self.pods + Self.policy(rule)), profile: profile)
    let answer = model.answer(
      try #require(model.end(source)), try #require(model.end("n/a")), .tcp, UInt16(port))
    #expect(answer.verdict.rawValue == expected, "\(answer.reason) \(answer.missing)")
    #expect((answer.verdict == .unknown) == !answer.missing.isEmpty)
  }

  @Test(arguments: [
    ("calico-node", "cilium.io/v2", "CiliumNetworkPolicy", "endpointSelector: {}", true),
    ("cilium", "cilium.io/v2", "CiliumNetworkPolicy", "endpointSelector: {}", false),
    ("kube-flannel-ds", "networking.k8s.io/v1", "NetworkPolicy", "podSelector: {}", true),
    ("weave-net", "projectcalico.org/v3", "NetworkPolicy", "selector: all()", true),
    ("something-else", "cilium.io/v2", "CiliumNetworkPolicy", "endpointSelector: {}", false),
  ])
  func whoEnforcesWhat(_ daemon: String, _ version: String, _ kind: String, _ spec: String, _ isIdle: Bool) throws {
    let yaml =
      Self.pods
      + "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: \(daemon), namespace: kube-system}\nspec: {template: {metadata: {labels: {x: y}}, spec: {hostNetwork: true, containers: [{name: c}]}}}\n---\napiVersion: \(version)\nkind: \(kind)\nmetadata: {name: p, namespace: n}\nspec: {\(spec), ingress: []}\n"
    let snapshot = Fixtures.snapshot(yaml)
    let model = ReachModel(snapshot, profile: .fitting(snapshot))
    #expect(model.remarks.contains { $0.code == .notEnforced } == isIdle)
    let remarks = PolicyLint(model).remarks.filter { $0.code == .notEnforced }
    #expect(remarks.map { $0.object?.name } == (isIdle ? ["p"] : []))
  }

  @Test func namesAddressesAndAuthorisersMayBeUnknown() throws {
    let yaml =
      Self.pods + """
        apiVersion: cilium.io/v2
        kind: CiliumNetworkPolicy
        metadata: {name: c, namespace: n}
        spec:
          endpointSelector: {matchLabels: {app: b}}
          egress:
          - toFQDNs: [{matchPattern: "*.example.com"}]
            toPorts: [{ports: [{port: "443", protocol: TCP}]}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: i, namespace: n}
        spec: {action: CUSTOM, provider: {name: oauth}, selector: {matchLabels: {app: a}}, rules: [{}]}
        """
    let model = ReachModel(Fixtures.snapshot(yaml))
    func verdict(_ source: String, _ destination: String, _ port: UInt16) throws -> ReachModel.Verdict {
      model.answer(try #require(model.end(source)), try #require(model.end(destination)), .tcp, port).verdict
    }
    #expect(try verdict("n/b", "www.example.com", 443) == .allowed)
    #expect(try verdict("n/b", "www.example.com", 80) == .denied)
    // Its address may be one that a name of the pattern resolved to.
    #expect(try verdict("n/b", "example.org", 443) == .unknown)
    #expect(try verdict("n/b", "198.51.100.7", 443) == .unknown)
    #expect(try verdict("n/b", "198.51.100.7", 80) == .denied)
    #expect(try verdict("n/far", "n/a", 80) == .unknown)
    #expect(model.end("not a name") == nil)
    #expect(model.end("n/nothing") == nil)
  }
}
