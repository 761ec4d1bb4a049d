import Kube
import Reach
import TestKit
import Testing

/// Who has an identity in a mesh, and where plain text is let in.
@Suite struct MeshIdentityTests {
  private typealias C = SmallCluster

  private static let injected = "istio-injection: enabled"

  private static let cluster =
    C.namespace("m", injected) + C.namespace("plain") + C.pod("m", "in", spec: "serviceAccountName: in,")
    + C.pod("plain", "out", spec: "serviceAccountName: out,") + C.pod("m", "api")

  private static func authorization(_ action: String, _ rule: String) -> String {
    C.object("security.istio.io/v1", "AuthorizationPolicy", "m", "p", "spec: {action: \(action), rules: [\(rule)]}")
  }

  private static func source(_ field: String, _ value: String) -> String {
    "{from: [{source: {\(field): [\"\(value)\"]}}]}"
  }

  @Test(arguments: [
    // Action, what it asks of the source; what becomes of connections from a pod of the mesh and from one outside.
    ("ALLOW", source("principals", "cluster.local/ns/plain/sa/out"), "denied", "denied"),
    ("ALLOW", source("principals", "*"), "allowed", "denied"),
    ("ALLOW", source("namespaces", "plain"), "denied", "denied"),
    ("ALLOW", source("serviceAccounts", "plain/out"), "denied", "denied"),
    ("ALLOW", source("notNamespaces", "plain"), "allowed", "allowed"),
    ("ALLOW", source("trustDomains", "cluster.local"), "allowed", "denied"),
    ("ALLOW", "{when: [{key: source.namespace, values: [plain]}]}", "denied", "denied"),
    ("ALLOW", "{when: [{key: source.principal, notValues: [\"cluster.local/ns/plain/*\"]}]}", "allowed", "allowed"),
    ("DENY", source("notPrincipals", "cluster.local/ns/plain/sa/out"), "denied", "denied"),
    ("DENY", source("notNamespaces", "m"), "allowed", "denied"),
    ("DENY", source("principals", "*"), "denied", "allowed"),
    ("DENY", source("namespaces", "plain"), "allowed", "allowed"),
  ])
  func identities(_ action: String, _ rule: String, _ inside: String, _ outside: String) throws {
    let model = try C.model(Self.cluster + Self.authorization(action, rule))
    #expect(try C.verdict(model, "m/in", "m/api", 80) == inside)
    #expect(try C.verdict(model, "plain/out", "m/api", 80) == outside)
    // What is outside the cluster has none either.
    #expect(try C.verdict(model, "203.0.113.9", "m/api", 80) == outside)
  }

  @Test func whetherAPodHasAProxyMayBeUnknown() throws {
    let yaml = C.namespace("m", Self.injected) + C.pod("m", "api") + C.pod("elsewhere", "x")
    let model = try C.model(yaml + Self.authorization("ALLOW", Self.source("namespaces", "elsewhere")))
    #expect(try C.verdict(model, "elsewhere/x", "m/api", 80) == "unknown")
  }

  private static func authentication(_ name: String, _ namespace: String, _ spec: String) -> String {
    C.object("security.istio.io/v1", "PeerAuthentication", namespace, name, "spec: {\(spec)}")
  }

  private static let api = "selector: {matchLabels: {app: api}}"

  @Test(arguments: [
    // The mesh's mode, the namespace's, the workload's policy; ports 80 and 8080 from outside the mesh.
    ("", "STRICT", "\(api), portLevelMtls: {\"8080\": {mode: DISABLE}}", "denied", "allowed"),
    ("STRICT", "", "\(api), mtls: {mode: UNSET}, portLevelMtls: {\"8080\": {mode: PERMISSIVE}}", "denied", "allowed"),
    ("STRICT", "", "\(api), portLevelMtls: {\"8080\": {mode: UNSET}}", "denied", "denied"),
    ("STRICT", "PERMISSIVE", "\(api), portLevelMtls: {\"8080\": {mode: STRICT}}", "allowed", "denied"),
    ("STRICT", "UNSET", "", "denied", "denied"),
    ("", "", "\(api), portLevelMtls: {\"8080\": {mode: STRICT}}", "allowed", "denied"),
    ("STRICT", "", "\(api), mtls: {mode: PERMISSIVE}", "allowed", "allowed"),
    // No labels select nothing in particular: it is the namespace's.
    ("STRICT", "", "selector: {}, mtls: {mode: DISABLE}", "allowed", "allowed"),
  ])
  func modesAreInherited(_ mesh: String, _ namespace: String, _ own: String, _ plain: String, _ port: String) throws {
    var yaml = Self.cluster
    if !mesh.isEmpty { yaml += Self.authentication("default", "istio-system", "mtls: {mode: \(mesh)}") }
    if !namespace.isEmpty { yaml += Self.authentication("default", "m", "mtls: {mode: \(namespace)}") }
    if !own.isEmpty { yaml += Self.authentication("own", "m", own) }
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "plain/out", "m/api", 80) == plain)
    #expect(try C.verdict(model, "plain/out", "m/api", 8080) == port)
    #expect(try C.verdict(model, "m/in", "m/api", 8080) == "allowed")
  }

  @Test func portsNeedASelector() throws {
    let model = try C.model(
      Self.cluster
        + Self.authentication("default", "m", "mtls: {mode: STRICT}, portLevelMtls: {\"8080\": {mode: PERMISSIVE}}"))
    #expect(model.remarks.contains { $0.code == .refused })
    #expect(try C.verdict(model, "plain/out", "m/api", 80) == "allowed")
  }

  // MARK: The configuration of the mesh

  private static func configuration(_ namespace: String, _ text: String) -> String {
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: \(namespace)}\ndata:\n  mesh: |\n    \(text)\n---\n"
  }

  @Test(arguments: [
    // The configuration, a principal, and what becomes of the client that it is meant to be.
    ("", "cluster.local/ns/m/sa/in", "allowed"), ("", "td.example/ns/m/sa/in", "unknown"),
    ("", "td.example/ns/elsewhere/sa/in", "denied"), ("", "*/sa/in", "allowed"),
    ("", "spiffe://cluster.local/ns/m/sa/in", "denied"),
    (configuration("istio-system", "trustDomain: td.example"), "td.example/ns/m/sa/in", "allowed"),
    (configuration("istio-system", "trustDomain: td.example"), "cluster.local/ns/m/sa/in", "allowed"),
    (configuration("istio-system", "trustDomain: td.example"), "old.example/ns/m/sa/in", "denied"),
    (
      configuration("istio-system", "trustDomainAliases: [old.example]"), "old.example/ns/m/sa/in", "allowed"
    ),
  ])
  func trustDomains(_ configuration: String, _ principal: String, _ expected: String) throws {
    let yaml = Self.cluster + configuration + Self.authorization("ALLOW", Self.source("principals", principal))
    #expect(try C.verdict(try C.model(yaml), "m/in", "m/api", 80) == expected)
  }

  @Test(arguments: [
    ("", "istio-system", "denied"), ("", "mesh", "allowed"),
    (configuration("istio-system", "rootNamespace: mesh"), "mesh", "denied"),
    (configuration("istio-system", "rootNamespace: mesh"), "istio-system", "allowed"),
    (configuration("mesh", "enableTracing: true"), "mesh", "denied"),
  ])
  func theRootNamespace(_ configuration: String, _ namespace: String, _ expected: String) throws {
    let nothing = C.object("security.istio.io/v1", "AuthorizationPolicy", namespace, "p", "spec: {}")
    #expect(try C.verdict(try C.model(Self.cluster + configuration + nothing), "m/in", "m/api", 80) == expected)
  }

  /// A policy that is only tried, or has no action that is one, decides nothing.
  @Test func policiesThatAreOnlyTried() throws {
    let deny = Self.authorization("DENY", Self.source("namespaces", "m"))
    #expect(try C.verdict(try C.model(Self.cluster + deny), "m/in", "m/api", 80) == "denied")
    let tried = deny.replacing("namespace: m}", with: "namespace: m, annotations: {istio.io/dry-run: 'true'}}")
    #expect(tried != deny)
    #expect(try C.verdict(try C.model(Self.cluster + tried), "m/in", "m/api", 80) == "allowed")
    let wrong = try C.model(Self.cluster + deny.replacing("DENY", with: "BLOCK"))
    #expect(try C.verdict(wrong, "m/in", "m/api", 80) == "allowed")
    #expect(wrong.remarks.contains { $0.code == .refused })
  }

  @Test func proxiesThatKnowTheMeshOnly() throws {
    let closed = Self.configuration("istio-system", "outboundTrafficPolicy: {mode: REGISTRY_ONLY}")
    let service = C.object("v1", "Service", "m", "api", "spec: {selector: {app: api}, ports: [{name: a, port: 80}]}")
    let entry = C.object(
      "networking.istio.io/v1", "ServiceEntry", "m", "e",
      "spec: {hosts: [pay.example.com], location: MESH_EXTERNAL, ports: [{number: 443, name: tls, protocol: TLS}]}")
    let model = try C.model(Self.cluster + closed + service + entry)
    #expect(try C.verdict(model, "m/in", "m/api", 80) == "allowed")
    #expect(try C.verdict(model, "m/in", "203.0.113.9", 443) == "denied")
    #expect(try C.verdict(model, "plain/out", "203.0.113.9", 443) == "allowed")
    #expect(try C.verdict(model, "m/in", "pay.example.com", 443) == "allowed")
  }

  // MARK: Rules for the traffic to a host

  private static func destination(_ namespace: String, _ name: String, _ spec: String) -> String {
    C.object("networking.istio.io/v1", "DestinationRule", namespace, name, "spec: {\(spec)}")
  }

  private static let disable = "trafficPolicy: {tls: {mode: DISABLE}}"
  private static let mutual = "trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}"
  private static let host = "host: api.m.svc.cluster.local"

  @Test(arguments: [
    // The rules, and what becomes of a client with a proxy at ports 80 and 8080 of a server that requires mutual TLS.
    (destination("c", "d", "\(host), \(disable)"), "denied", "denied"),
    (destination("m", "d", "host: api, \(disable)"), "denied", "denied"),
    (destination("istio-system", "d", "host: '*.local', \(disable)"), "denied", "denied"),
    (destination("c", "d", "\(host), trafficPolicy: {tls: {mode: SIMPLE}}"), "denied", "denied"),
    (destination("c", "d", "\(host), \(mutual)"), "allowed", "allowed"),
    // A short name means the rule's own namespace; a rule of a third namespace is not looked at.
    (destination("c", "d", "host: api, \(disable)"), "allowed", "allowed"),
    (destination("third", "d", "\(host), \(disable)"), "allowed", "allowed"),
    (destination("m", "d", "host: api, exportTo: ['.'], \(disable)"), "allowed", "allowed"),
    // The client's own rule goes before the server's.
    (
      destination("m", "d", "host: api, \(disable)") + destination("c", "own", "\(host), \(mutual)"), "allowed",
      "allowed"
    ),
    (
      destination(
        "c", "d",
        "\(host), trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]}"
      ), "allowed", "denied"
    ),
    (
      destination(
        "c", "d", "\(host), trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]}"),
      "denied", "allowed"
    ),
    (destination("c", "d", "\(host), workloadSelector: {matchLabels: {app: other}}, \(disable)"), "allowed", "allowed"),
  ])
  func clientsThatSpeakPlainText(_ rules: String, _ first: String, _ second: String) throws {
    let service = C.object(
      "v1", "Service", "m", "api", "spec: {selector: {app: api}, ports: [{name: a, port: 80}, {name: b, port: 8080}]}")
    let yaml =
      Self.cluster + C.namespace("c", Self.injected) + C.pod("c", "web") + C.namespace("third", Self.injected) + service
      + rules + Self.authentication("default", "m", "mtls: {mode: STRICT}")
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "c/web", "m/api", 80) == first)
    #expect(try C.verdict(model, "c/web", "m/api", 8080) == second)
    // Where plain text is taken, it is.
    let open = try C.model(yaml.replacing("STRICT", with: "PERMISSIVE"))
    #expect(try C.verdict(open, "c/web", "m/api", 80) == "allowed")
  }

  @Test func anIdentityThatIsNotShownMatchesNoRule() throws {
    let service = C.object("v1", "Service", "m", "api", "spec: {selector: {app: api}, ports: [{name: a, port: 80}]}")
    let yaml =
      Self.cluster + C.namespace("c", Self.injected) + C.pod("c", "web") + C.pod("c", "other") + service
      + Self.authorization("ALLOW", Self.source("namespaces", "c"))
    #expect(try C.verdict(try C.model(yaml), "c/web", "m/api", 80) == "allowed")
    let rule = Self.destination("c", "d", "\(Self.host), \(Self.disable)")
    #expect(try C.verdict(try C.model(yaml + rule), "c/web", "m/api", 80) == "unknown")
    // Another Service of the same pods, which the rule says nothing of.
    let second = C.object("v1", "Service", "m", "same", "spec: {selector: {app: api}, ports: [{name: a, port: 80}]}")
    let strict = Self.authentication("default", "m", "mtls: {mode: STRICT}")
    #expect(
      try C.verdict(
        try C.model(
          Self.cluster + C.namespace("c", Self.injected) + C.pod("c", "web") + service + second + rule + strict),
        "c/web", "m/api", 80) == "unknown")
  }

  // MARK: Ambient

  private static func ambient(_ ports: String, _ labels: String = "istio.io/dataplane-mode: ambient") -> String {
    C.namespace("a", "istio.io/dataplane-mode: ambient") + C.namespace("b", labels) + C.namespace("plain")
      + C.pod("a", "x") + C.pod("b", "y") + C.pod("plain", "z")
      + C.object(
        "networking.k8s.io/v1", "NetworkPolicy", "b", "p",
        "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [\(ports)]}]}")
  }

  @Test(arguments: [
    ("{port: 8080}", "denied", "allowed", true), ("{port: 8080}, {port: 15008}", "allowed", "allowed", false),
    ("{port: 15008}", "allowed", "denied", false),
  ])
  func theTunnelIsWhatTheNetworkSees(_ ports: String, _ inside: String, _ outside: String, _ isTold: Bool) throws {
    let model = try C.model(Self.ambient(ports))
    #expect(try C.verdict(model, "a/x", "b/y", 8080) == inside)
    #expect(try C.verdict(model, "plain/z", "b/y", 8080) == outside)
    #expect(PolicyLint(model).remarks.contains { $0.code == .shutTunnel } == isTold)
    // The list of all connections, and the quick question, say the same.
    let connections = Connectivity(model, granularity: .pods).connections
    let found = connections.first { $0.source.text == "a/x" && $0.destination.text == "b/y" }
    #expect((found?.ports.contains(.tcp, 8080) ?? false) == (inside == "allowed"))
    if case .endpoint(let a)? = model.end("a/x"), case .endpoint(let b)? = model.end("b/y") {
      #expect(model.isAllowed(a, b, .tcp, 8080) == (inside == "allowed"))
    }
  }

  @Test func aPodOutsideTheMeshHasNoTunnel() throws {
    let model = try C.model(Self.ambient("{port: 8080}", "istio.io/dataplane-mode: none"))
    #expect(try C.verdict(model, "a/x", "b/y", 8080) == "allowed")
  }
}
