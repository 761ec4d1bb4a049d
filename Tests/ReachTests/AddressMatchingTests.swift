import Kube
import Reach
import TestKit
import Testing

/// Blocks of addresses and pods of which the input shows no address, as templates of pods have none.
@Suite struct AddressMatchingTests {
  private typealias C = SmallCluster

  private static let host = "hostNetwork: true,"

  private static func cluster(_ status: String) -> String {
    C.namespace("a") + C.namespace("b") + C.pod("a", "x") + C.pod("b", "y", status: status)
  }

  private static func admin(_ action: String, _ blocks: String) -> String {
    C.object(
      "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", nil, "p",
      "spec: {priority: 1, subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: a}}}, egress: [{action: \(action), to: [{networks: [\(blocks)]}]}]}"
    )
  }

  private static func calico(_ rules: String) -> String {
    C.object(
      "projectcalico.org/v3", "GlobalNetworkPolicy", nil, "p",
      "spec: {selector: \"projectcalico.org/namespace == 'a'\", types: [Egress], egress: [\(rules)]}")
  }

  private static let at = "podIP: 10.244.1.12"

  @Test(arguments: [
    // A policy, the plugin, the status of the pod that is asked, and what becomes of the connection.
    (admin("Deny", "\"0.0.0.0/0\""), "ovn-kubernetes", "", "denied"),
    (admin("Deny", "\"0.0.0.0/0\""), "ovn-kubernetes", at, "denied"),
    (admin("Deny", "\"10.244.0.0/16\""), "ovn-kubernetes", "", "unknown"),
    (admin("Deny", "\"10.244.0.0/16\""), "ovn-kubernetes", at, "denied"),
    (admin("Deny", "\"10.9.0.0/16\""), "ovn-kubernetes", at, "allowed"),
    // All addresses of a family that the cluster does not show.
    (admin("Deny", "\"::/0\""), "ovn-kubernetes", "", "unknown"),
    (admin("Deny", "\"::/0\""), "ovn-kubernetes", at, "allowed"),
    (calico("{action: Deny, destination: {nets: [0.0.0.0/0]}}, {action: Allow}"), "calico", "", "denied"),
    (calico("{action: Deny, destination: {nets: [10.0.0.0/8]}}, {action: Allow}"), "calico", "", "unknown"),
    (calico("{action: Allow, destination: {notNets: [10.0.0.0/8]}}"), "calico", "", "unknown"),
    (calico("{action: Allow, destination: {notNets: [10.0.0.0/8]}}"), "calico", at, "denied"),
    (calico("{action: Allow, destination: {notNets: [0.0.0.0/0]}}"), "calico", "", "denied"),
    // Addresses that nothing has.
    (calico("{action: Deny, destination: {nets: [203.0.113.0/24]}}, {action: Allow}"), "calico", "", "allowed"),
    // What else a rule asks for decides, where it does.
    (calico("{action: Allow, destination: {nets: [10.0.0.0/8], selector: app == 'z'}}"), "calico", "", "denied"),
    (
      calico("{action: Deny, destination: {nets: [10.0.0.0/8], notSelector: app == 'y'}}, {action: Allow}"), "calico",
      "", "allowed"
    ),
  ])
  func blocks(_ policy: String, _ plugin: String, _ status: String, _ expected: String) throws {
    #expect(try C.verdict(try C.model(Self.cluster(status) + policy, plugin: plugin), "a/x", "b/y", 80) == expected)
  }

  private static func ipBlock(_ block: String) -> String {
    C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "a", "p",
      "spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: \(block)}}]}]}")
  }

  @Test(arguments: [
    ("calico", "0.0.0.0/0", "", "", "allowed"), ("calico", "10.0.0.0/8", "", "", "unknown"),
    ("cilium", "0.0.0.0/0", "", "", "denied"), ("cilium", "10.0.0.0/8", "", "", "denied"),
    // A pod on its node's network is in whatever holds all addresses, and maybe in any other.
    ("calico", "0.0.0.0/0", host, "", "allowed"), ("calico", "192.168.0.0/16", host, "", "unknown"),
    ("calico", "192.168.0.0/16", host, "podIP: 192.168.1.4", "allowed"),
    ("ovn-kubernetes", "192.168.0.0/16", host, "podIP: 192.168.1.4", "allowed"),
  ])
  func networkPolicies(_ plugin: String, _ block: String, _ spec: String, _ status: String, _ expected: String) throws {
    let yaml =
      C.namespace("a") + C.namespace("b") + C.pod("a", "x") + C.pod("b", "y", spec: spec, status: status)
      + Self.ipBlock(block)
    #expect(try C.verdict(try C.model(yaml, plugin: plugin), "a/x", "b/y", 80) == expected)
  }

  /// Whatever filters by addresses takes pods for what they are at; where it is not known who filters, that is not known.
  @Test(arguments: [
    ("antrea", "0.0.0.0/0", "", "allowed"), ("kube-router", "10.0.0.0/8", at, "allowed"),
    ("kindnet", "10.9.0.0/16", at, "denied"), ("", "0.0.0.0/0", "", "unknown"), ("", "10.0.0.0/8", "", "unknown"),
    ("", "10.0.0.0/8", at, "unknown"), ("", "10.9.0.0/16", at, "denied"), ("", "198.51.100.0/24", "", "denied"),
  ])
  func whoFilters(_ plugin: String, _ block: String, _ status: String, _ expected: String) throws {
    let yaml = Self.cluster(status) + Self.ipBlock(block)
    let model = try C.model(yaml, plugin: plugin.isEmpty ? nil : plugin)
    #expect(try C.verdict(model, "a/x", "b/y", 80) == expected)
    // What another policy lets through is certain.
    let open = C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "a", "q",
      "spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}")
    #expect(
      try C.verdict(try C.model(yaml + open, plugin: plugin.isEmpty ? nil : plugin), "a/x", "b/y", 80) == "allowed")
  }

  /// What is asked of a pod is its own address, and not that of a node.
  @Test func onlyWhatMattersIsMissing() throws {
    let model = try C.model(
      Self.cluster("") + C.pod("b", "h", spec: Self.host)
        + Self.calico("{action: Deny, destination: {nets: [10.0.0.0/8]}}, {action: Allow}"), plugin: "calico")
    let answer = model.answer(try #require(model.end("a/x")), try #require(model.end("b/y")), .tcp, 80)
    #expect(answer.missing.flatMap(\.facts) == [.podAddress])
  }
}
