import Bytes
import Reach
import TestKit
import Testing

/// A Service, its address and its names as the destination of a question.
@Suite struct ServiceEndsTests {
  private typealias C = SmallCluster

  private static func egress(_ rest: String) -> String {
    C.object(
      "networking.k8s.io/v1", "NetworkPolicy", "fe", "out",
      "spec: {podSelector: {}, policyTypes: [Egress], egress: [\(rest)]}")
  }

  private static let base =
    C.namespace("fe") + C.namespace("be") + C.pod("fe", "web")
    + C.pod("be", "api", ports: "{name: http, containerPort: 8080}")
    + C.object(
      "v1", "Service", "be", "api",
      "spec: {clusterIP: 10.96.5.5, selector: {app: api}, ports: [{name: web, port: 80, targetPort: http}]}")
    + C.object(
      "v1", "Service", "be", "headless",
      "spec: {clusterIP: None, selector: {app: api}, ports: [{port: 80, targetPort: http}]}")
    + C.object(
      "v1", "Service", "be", "empty", "spec: {clusterIP: 10.96.5.6, selector: {app: gone}, ports: [{port: 80}]}")
    + C.object("v1", "Service", "be", "alias", "spec: {type: ExternalName, externalName: pay.example.com}")
    + C.object("v1", "Service", "be", "inner", "spec: {type: ExternalName, externalName: api.be.svc.cluster.local}")
    + C.object("v1", "Service", "be", "loop", "spec: {type: ExternalName, externalName: loop.be.svc.cluster.local}")

  private static let toPods =
    "{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: be}}}], ports: [{port: 8080}]}"

  @Test(arguments: [
    // The port of the Service is what is asked for, the one of the pod what policies judge.
    ("10.96.5.5", 80, toPods, "allowed"), ("be/api[Service]", 80, toPods, "allowed"),
    ("api.be.svc.cluster.local", 80, toPods, "allowed"), ("api.be.svc", 80, toPods, "allowed"),
    ("API.be.svc.cluster.local.", 80, toPods, "allowed"),
    ("10.96.5.5", 80, toPods.replacing("8080", with: "80"), "denied"),
    // A pod goes by its name before a Service that shares it.
    ("be/api", 8080, toPods, "allowed"), ("be/api[Service]", 8080, toPods, "denied"), ("10.96.5.5", 81, "{}", "denied"),
    // Its name leads to the pods themselves.
    ("headless.be.svc", 8080, toPods, "allowed"), ("headless.be.svc", 80, toPods, "denied"),
    ("be/empty", 80, "{}", "unknown"), ("be/inner", 80, toPods, "allowed"), ("be/alias", 443, toPods, "denied"),
    ("be/alias", 443, "{}", "allowed"), ("be/loop", 80, "{}", "unknown"),
  ])
  func services(_ destination: String, _ port: UInt16, _ rule: String, _ expected: String) throws {
    let model = try C.model(Self.base + Self.egress(rule))
    #expect(try C.verdict(model, "fe/web", destination, port) == expected)
  }

  @Test(arguments: ["10.96.9.9", "api.elsewhere.svc.cluster.local", "be/nothing", "nothing.be.svc"])
  func whatIsNoServiceOfTheInput(_ text: String) throws {
    let model = try C.model(Self.base + Self.egress(Self.toPods))
    let end = model.end(text)
    // An address may be anybody's; a name of the cluster is nobody's but a Service's.
    #expect((end == nil) == (text.first?.isLetter == true))
  }

  /// Whether a block is judged before or after the rewriting is not defined where the backend is no pod.
  @Test(arguments: [
    ("192.168.10.5/32", "6443", "unknown"), ("10.96.0.1/32", "443", "unknown"), ("10.1.0.0/16", "443", "denied"),
    ("0.0.0.0/0", "6443", "unknown"), ("0.0.0.0/0", "443, endPort: 7000", "allowed"),
  ])
  func theAPIServer(_ block: String, _ port: String, _ expected: String) throws {
    let model = try C.model(
      C.namespace("fe") + C.namespace("default") + C.pod("fe", "ctl")
        + C.object(
          "v1", "Service", "default", "kubernetes",
          "spec: {clusterIP: 10.96.0.1, ports: [{name: https, port: 443, targetPort: 6443}]}")
          + """
          apiVersion: discovery.k8s.io/v1
          kind: EndpointSlice
          metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
          addressType: IPv4
          ports: [{name: https, port: 6443}]
          endpoints: [{addresses: [192.168.10.5]}]
          ---

          """ + Self.egress("{to: [{ipBlock: {cidr: \(block)}}], ports: [{port: \(port)}]}"))
    for name in ["10.96.0.1", "default/kubernetes", "kubernetes.default.svc"] {
      #expect(try C.verdict(model, "fe/ctl", name, 443) == expected, "\(name)")
    }
  }

  /// Two backends of which policies let one answer.
  @Test func backendsThatDiffer() throws {
    let model = try C.model(
      C.namespace("fe") + C.namespace("be") + C.pod("fe", "web") + C.pod("be", "a", more: "tier: one")
        + C.pod("be", "b", more: "tier: one")
        + C.object("v1", "Service", "be", "both", "spec: {selector: {tier: one}, ports: [{port: 80}]}")
        + C.object(
          "networking.k8s.io/v1", "NetworkPolicy", "be", "closed", "spec: {podSelector: {matchLabels: {app: b}}}"))
    #expect(try C.verdict(model, "fe/web", "be/both", 80) == "unknown")
    #expect(try C.verdict(model, "fe/web", "be/a", 80) == "allowed")
    #expect(try C.verdict(model, "fe/web", "be/b", 80) == "denied")
  }
}
