import Findings
import Kube
import Reach
import TestKit
import Testing

/// Policies of Istio hold where a proxy acts by them, and mean what that proxy sees.
@Suite struct MeshPolicyTests {
  private typealias C = SmallCluster

  private static func policy(_ namespace: String, _ name: String, _ spec: String) -> String {
    C.object("security.istio.io/v1", "AuthorizationPolicy", namespace, name, "spec: {\(spec)}")
  }

  // MARK: Where a proxy is

  private static let injected = "istio-injection: enabled"

  @Test(arguments: [
    // The namespace of the destination, the labels and annotations of the pod, fields of its spec, its status; and what
    // becomes of a policy that allows nothing.
    (injected, "", "", "", "", "denied"),
    ("", "", "", "", "", "allowed"),
    ("istio.io/rev: canary", "", "", "", "", "denied"),
    ("istio-injection: disabled", "sidecar.istio.io/inject: 'true'", "", "", "", "allowed"),
    (injected, "sidecar.istio.io/inject: 'false'", "", "", "", "allowed"),
    (injected, "", "sidecar.istio.io/inject: 'false'", "", "", "allowed"),
    ("", "sidecar.istio.io/inject: 'true'", "", "", "", "denied"),
    ("", "istio.io/rev: canary", "", "", "", "denied"),
    (injected, "", "", "hostNetwork: true,", "", "allowed"),
    // A pod that was made before its namespace was labelled has none, and one that has it keeps it.
    (injected, "", "", "nodeName: one,", "", "allowed"),
    ("", "", "", "nodeName: one, initContainers: [{name: istio-proxy, restartPolicy: Always}],", "", "denied"),
    ("istio.io/dataplane-mode: ambient", "", "", "", "", "denied"),
    ("istio.io/dataplane-mode: ambient", "istio.io/dataplane-mode: none", "", "", "", "allowed"),
    ("", "", "ambient.istio.io/redirection: enabled", "nodeName: one,", "", "denied"),
    (injected, "", "traffic.sidecar.istio.io/excludeInboundPorts: '80,81'", "", "", "allowed"),
    (injected, "", "traffic.sidecar.istio.io/includeInboundPorts: '8080'", "", "", "allowed"),
  ])
  func proxies(
    _ labels: String, _ more: String, _ annotations: String, _ spec: String, _ status: String, _ expected: String
  ) throws {
    let yaml =
      C.namespace("meshed", Self.injected) + C.namespace("other", labels) + C.pod("meshed", "web")
      + C.pod("other", "api", more: more, annotations: annotations, spec: spec, status: status)
      + Self.policy("other", "nothing", "")
    let model = try C.model(yaml)
    // A pod on its node's network is reached by the node's pods whatever the policies.
    #expect(try C.verdict(model, "meshed/web", "other/api", 80) == expected)
    let isIdle = PolicyLint(model).remarks.contains { $0.code == .noProxy }
    // Ports that bypass a proxy leave it the others; a pod on its node's network is meant by no policy.
    #expect(isIdle == (expected == "allowed" && !annotations.contains("Ports") && !spec.contains("hostNetwork")))
  }

  @Test func whereNothingShowsInjectionNothingIsCertain() throws {
    let yaml = C.namespace("a") + C.pod("a", "x") + C.pod("a", "y") + Self.policy("a", "nothing", "")
    #expect(try C.verdict(try C.model(yaml), "a/x", "a/y", 80) == "unknown")
    // A namespace that the input does not hold may be labelled.
    let beside = C.namespace("m", Self.injected) + C.pod("b", "x") + C.pod("b", "y") + Self.policy("b", "nothing", "")
    #expect(try C.verdict(try C.model(beside), "b/x", "b/y", 80) == "unknown")
  }

  @Test func mutualTLSKeepsThoseWithoutProxyOut() throws {
    let yaml =
      C.namespace("m", Self.injected) + C.namespace("plain") + C.pod("m", "a") + C.pod("m", "b")
      + C.pod("m", "c", annotations: "sidecar.istio.io/inject: 'false'") + C.pod("plain", "d")
      + C.object("security.istio.io/v1", "PeerAuthentication", "m", "strict", "spec: {mtls: {mode: STRICT}}")
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "m/b", "m/a", 80) == "allowed")
    #expect(try C.verdict(model, "m/c", "m/a", 80) == "denied")
    #expect(try C.verdict(model, "plain/d", "m/a", 80) == "denied")
    #expect(try C.verdict(model, "m/a", "m/c", 80) == "allowed")
  }

  // MARK: What it sees

  private static func service(_ port: String) -> String {
    C.object("v1", "Service", "m", "db", "spec: {selector: {app: db}, ports: [{\(port)}]}")
  }

  @Test(arguments: [
    // The port of the Service, action and operation; then what GET gets, and a connection of which nothing is said.
    ("name: tcp-pg, port: 5432", "DENY", "methods: [POST]", "denied", "denied"),
    ("appProtocol: tcp, port: 5432", "ALLOW", "methods: [GET]", "denied", "denied"),
    ("name: http-x, appProtocol: tcp, port: 5432", "ALLOW", "methods: [GET]", "denied", "denied"),
    ("name: http, port: 5432", "ALLOW", "methods: [GET]", "allowed", "allowed if GET"),
    ("name: web, port: 5432", "ALLOW", "methods: [GET]", "allowed", "allowed if GET"),
    ("name: https, port: 5432", "DENY", "methods: [POST]", "denied", "denied"),
    // A database's port is taken for TCP by its number.
    ("name: db, port: 3306, targetPort: 5432", "ALLOW", "methods: [GET]", "denied", "denied"),
    ("name: tcp-pg, port: 5432", "DENY", "methods: [POST], ports: ['9187']", "allowed", "allowed"),
    ("name: tcp-pg, port: 5432", "ALLOW", "ports: ['5432']", "allowed", "allowed"),
  ])
  func portsThatSpeakNoHTTP(
    _ port: String, _ action: String, _ operation: String, _ get: String, _ plain: String
  ) throws {
    let yaml =
      C.namespace("m", Self.injected) + C.pod("m", "db", ports: "{containerPort: 5432}") + C.pod("m", "web")
      + Self.service(port)
      + Self.policy(
        "m", "p", "selector: {matchLabels: {app: db}}, action: \(action), rules: [{to: [{operation: {\(operation)}}]}]")
    let model = try C.model(yaml)
    var request = ConnectionRequest()
    request.method = "GET"
    #expect(try C.verdict(model, "m/web", "m/db", 5432, request) == get)
    #expect(try C.verdict(model, "m/web", "m/db", 5432) == plain)
  }

  @Test(arguments: [
    // What is left of a rule for a proxy that sees no HTTP.
    ("DENY", "from: [{source: {notRequestPrincipals: ['*']}}]", "allowed"),
    ("DENY", "from: [{source: {notRequestPrincipals: ['*'], namespaces: [m]}}]", "denied"),
    ("DENY", "to: [{operation: {methods: [POST], ports: ['80']}}]", "denied"),
    ("DENY", "to: [{operation: {methods: [POST]}}, {operation: {ports: ['81']}}]", "allowed"),
    ("DENY", "from: [{source: {namespaces: [m]}}], when: [{key: 'request.headers[x]', values: [y]}]", "allowed"),
    ("DENY", "from: [{source: {namespaces: [m]}}], when: [{key: source.namespace, values: [m]}]", "denied"),
    ("ALLOW", "to: [{operation: {methods: [GET]}}]", "denied"),
    ("ALLOW", "from: [{source: {namespaces: [m]}}], to: [{operation: {paths: [/]}}]", "denied"),
    ("ALLOW", "from: [{source: {namespaces: [m]}}]", "allowed"),
    ("CUSTOM", "to: [{operation: {ports: ['80']}}]", "allowed"),
  ])
  func ambient(_ action: String, _ rule: String, _ expected: String) throws {
    let yaml =
      C.namespace("m", "istio.io/dataplane-mode: ambient") + C.pod("m", "api") + C.pod("m", "web")
      + Self.policy(
        "m", "p", "selector: {matchLabels: {app: api}}, action: \(action), provider: {name: x}, rules: [{\(rule)}]")
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "m/web", "m/api", 80) == expected)
    let asksForHTTP = ["equest", "methods", "paths"].contains { rule.contains($0) }
    #expect(PolicyLint(model).remarks.contains { $0.code == .unseenAttributes } == asksForHTTP)
  }

  @Test func waypointsSeeHTTP() throws {
    let base =
      C.namespace("m", "istio.io/dataplane-mode: ambient, istio.io/use-waypoint: wp") + C.pod("m", "api")
      + C.pod("m", "web")
      + C.object("v1", "Service", "m", "api", "spec: {selector: {app: api}, ports: [{name: http, port: 80}]}")
    let atWaypoint = Self.policy(
      "m", "p", "targetRefs: [{kind: Service, group: '', name: api}], rules: [{to: [{operation: {methods: [GET]}}]}]")
    var request = ConnectionRequest()
    request.method = "GET"
    let model = try C.model(base + atWaypoint)
    #expect(try C.verdict(model, "m/web", "m/api", 80, request) == "allowed")
    // Who asks for the pod itself does not go through it.
    request.method = "POST"
    #expect(try C.verdict(model, "m/web", "m/api", 80, request) == "unknown")
    let without = base.replacing("use-waypoint: wp", with: "use-waypoint: none")
    #expect(try C.verdict(try C.model(without + atWaypoint), "m/web", "m/api", 80, request) == "allowed")
    // Behind a waypoint the node's proxy may see the waypoint's identity.
    let byClient = Self.policy(
      "m", "p",
      "selector: {matchLabels: {app: api}}, rules: [{from: [{source: {principals: ['cluster.local/ns/x/sa/y']}}]}]")
    #expect(try C.verdict(try C.model(base + byClient), "m/web", "m/api", 80) == "unknown")
  }

  /// Which traffic a waypoint takes is a label of its Gateway.
  @Test(arguments: [
    // The label, who names the waypoint, and what becomes of a POST where it lets GET pass.
    ("service", "service", "unknown"), ("", "service", "unknown"), ("all", "service", "unknown"),
    ("none", "service", "allowed"), ("workload", "service", "allowed"), ("workload", "pod", "unknown"),
    ("service", "pod", "allowed"), ("all", "pod", "unknown"), ("none", "namespace", "allowed"),
    ("workload", "namespace", "unknown"), ("service", "namespace", "unknown"),
  ])
  func whatWaypointsTake(_ label: String, _ by: String, _ expected: String) throws {
    let use = "istio.io/use-waypoint: wp"
    func gateway(_ label: String) -> String {
      "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: wp, namespace: m, labels: {\(label.isEmpty ? "" : "istio.io/waypoint-for: " + label)}}\nspec: {gatewayClassName: istio-waypoint}\n---\n"
    }
    let yaml =
      C.namespace("m", "istio.io/dataplane-mode: ambient" + (by == "namespace" ? ", " + use : ""))
      + C.pod("m", "api", more: by == "pod" ? use : "") + C.pod("m", "web")
      + "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: m, labels: {\(by == "service" ? use : "")}}\nspec: {selector: {app: api}, ports: [{name: http, port: 80}]}\n---\n"
      + gateway(label)
      + Self.policy(
        "m", "p",
        "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: wp}], rules: [{to: [{operation: {methods: [GET]}}]}]"
      )
    var request = ConnectionRequest()
    request.method = "POST"
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "m/web", "m/api", 80, request) == expected)
    #expect(PolicyLint(model).remarks.contains { $0.code == .noProxy } == (label == "none"))
  }

  @Test(arguments: [
    ("/api/{*}/x", "/api/v1/x", true), ("/api/{*}/x", "/api/v1/v2/x", false), ("/api/{*}", "/api/v1/x", false),
    ("/api/{*}", "/api/", false), ("/api/{**}", "/api/v1/x", true), ("/api/{**}/end", "/api/v1/x/end", true),
    ("/{*}/{**}", "/a/b/c", true), ("/a/{*}.json", "/a/b.json", false), ("/api/*", "/api/v1/x", true),
  ])
  func templatesOfPaths(_ template: String, _ path: String, _ matches: Bool) throws {
    let yaml = C.namespace("m", Self.injected) + C.pod("m", "api") + C.pod("m", "web")
    func rule(_ action: String) -> String {
      yaml
        + Self.policy(
          "m", "p",
          "selector: {matchLabels: {app: api}}, action: \(action), rules: [{to: [{operation: {paths: ['\(template)']}}]}]"
        )
    }
    var request = ConnectionRequest()
    request.method = "GET"
    request.path = path
    #expect(
      try C.verdict(try C.model(rule("ALLOW")), "m/web", "m/api", 80, request) == (matches ? "allowed" : "denied"))
    #expect(try C.verdict(try C.model(rule("DENY")), "m/web", "m/api", 80, request) == (matches ? "denied" : "allowed"))
  }

  /// What an external authorizer says is nowhere in the input.
  @Test(arguments: [
    ("", "/", "unknown"), ("to: [{operation: {paths: [/admin*]}}]", "/", "allowed"),
    ("to: [{operation: {paths: [/admin*]}}]", "/admin/x", "unknown"),
    ("from: [{source: {namespaces: [elsewhere]}}]", "/", "allowed"),
    ("to: [{operation: {ports: ['81']}}]", "/", "allowed"), ("to: [{operation: {ports: ['80']}}]", "/", "unknown"),
  ])
  func externalAuthorizers(_ rule: String, _ path: String, _ expected: String) throws {
    let yaml =
      C.namespace("m", Self.injected) + C.pod("m", "api") + C.pod("m", "web")
      + Self.policy(
        "m", "p", "selector: {matchLabels: {app: api}}, action: CUSTOM, provider: {name: x}, rules: [{\(rule)}]")
    var request = ConnectionRequest()
    request.method = "GET"
    request.path = path
    let model = try C.model(yaml)
    #expect(try C.verdict(model, "m/web", "m/api", 80, request) == expected)
    // A denial goes on beside it, whatever the authorizer says.
    let denied = try C.model(yaml + Self.policy("m", "q", "action: DENY, rules: [{}]"))
    #expect(try C.verdict(denied, "m/web", "m/api", 80, request) == "denied")
  }

  // MARK: Short forms

  @Test(arguments: [
    ("ALLOW", "serviceAccounts: [web]", "allowed", "denied"), ("DENY", "serviceAccounts: [bad]", "allowed", "denied"),
    ("ALLOW", "serviceAccounts: [shop/web]", "allowed", "denied"),
    ("ALLOW", "notServiceAccounts: [bad]", "allowed", "denied"),
    // There are no wildcards among them.
    ("ALLOW", "serviceAccounts: ['*']", "denied", "denied"),
    ("ALLOW", "serviceAccounts: [other/web]", "denied", "denied"),
  ])
  func accounts(_ action: String, _ source: String, _ web: String, _ bad: String) throws {
    let yaml =
      C.namespace("shop", Self.injected) + C.pod("shop", "web", spec: "serviceAccountName: web,")
      + C.pod("shop", "bad", spec: "serviceAccountName: bad,") + C.pod("shop", "api")
    for rule in [
      "from: [{source: {\(source)}}]",
      "when: [{key: source.serviceAccount, \(source.hasPrefix("not") ? "notValues" : "values"): [\(source.drop { $0 != "[" }.dropFirst().dropLast())]}]",
    ] {
      let model = try C.model(
        yaml + Self.policy("shop", "p", "selector: {matchLabels: {app: api}}, action: \(action), rules: [{\(rule)}]"))
      #expect(try C.verdict(model, "shop/web", "shop/api", 80) == web)
      #expect(try C.verdict(model, "shop/bad", "shop/api", 80) == bad)
    }
  }
}
