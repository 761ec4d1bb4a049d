import Bytes
import Findings
import Kube
import Reach
import TestKit
import Testing

/// Ways in: what of a Service, a route or a port narrows them, and what policies leave open.
@Suite struct ExposureTests {
  private typealias C = SmallCluster

  /// `WORKLOAD VIA PORTS OUTSIDE REACH VERDICT OBSTACLE`, a line each.
  private static func ways(_ yaml: String) throws -> [String] {
    Exposure(try C.model(yaml)).entryPoints.map { point in
      let outside = point.outside.map(\.text).joined(separator: " ")
      return [
        point.workload.name, point.via.text, point.ports.text, outside.isEmpty ? "-" : "at " + outside,
        point.reach.text ?? "anyone", point.verdict.rawValue, point.obstacle?.text ?? "",
      ].filter { !$0.isEmpty }.joined(separator: "; ")
    }
  }

  private static func policy(_ namespace: String, _ rule: String) -> String {
    C.object(
      "networking.k8s.io/v1", "NetworkPolicy", namespace, "p",
      "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [\(rule)]}")
  }

  // MARK: Services

  private static let web = C.namespace("edge") + C.pod("edge", "web", ports: "{name: s, containerPort: 8443}")

  private static func service(_ fields: String, _ annotations: String = "") -> String {
    """
    apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: edge, annotations: {\(annotations)}}
    spec: {selector: {app: web}, \(fields)}
    ---

    """
  }

  private static let port = "ports: [{port: 443, targetPort: s, nodePort: 30443}]"

  @Test(arguments: [
    ("type: LoadBalancer, \(port)", "", "at TCP 443 TCP 30443; anyone; allowed"),
    (
      "type: LoadBalancer, loadBalancerSourceRanges: [\"198.51.100.0/24\"], \(port)", "",
      "at TCP 443 TCP 30443; 198.51.100.0/24; allowed"
    ),
    (
      "type: LoadBalancer, loadBalancerSourceRanges: [\"198.51.100.0/24\", \"0.0.0.0/0\"], \(port)", "",
      "at TCP 443 TCP 30443; anyone; allowed"
    ),
    (
      "type: LoadBalancer, \(port)", "service.beta.kubernetes.io/load-balancer-source-ranges: '198.51.100.0/24'",
      "at TCP 443 TCP 30443; 198.51.100.0/24; allowed"
    ),
    (
      "type: LoadBalancer, \(port)", "networking.gke.io/load-balancer-type: Internal",
      "at TCP 443 TCP 30443; internal network; allowed"
    ),
    (
      "type: LoadBalancer, \(port)", "service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing",
      "at TCP 443 TCP 30443; anyone; allowed"
    ),
    (
      "type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb, \(port)", "",
      "at TCP 443 TCP 30443; internal network; allowed"
    ),
    ("type: NodePort, \(port)", "", "at TCP 30443; anyone; allowed"),
    ("externalIPs: [192.0.2.7], \(port)", "", "at TCP 443; anyone; allowed"),
  ])
  func services(_ fields: String, _ annotations: String, _ expected: String) throws {
    let ways = try Self.ways(Self.web + Self.service(fields, annotations))
    #expect(ways.count == 1)
    #expect(ways.first?.hasSuffix("; TCP 8443; " + expected) == true, "\(ways)")
  }

  /// A balancer that lets one range in is stopped by a policy that lets another in.
  @Test(arguments: [
    ("198.51.100.0/28", "allowed"), ("203.0.113.0/24", "denied"), ("0.0.0.0/0", "allowed"),
  ])
  func rangesMeetPolicies(_ block: String, _ expected: String) throws {
    let ways = try Self.ways(
      Self.web + Self.service("type: LoadBalancer, loadBalancerSourceRanges: [\"198.51.100.0/24\"], \(Self.port)")
        + Self.policy("edge", "{from: [{ipBlock: {cidr: \(block)}}]}"))
    #expect(ways.first?.hasSuffix("198.51.100.0/24; \(expected)") == true, "\(ways)")
  }

  /// What stands before a route and is not in the input may let in nobody, or everybody.
  @Test(arguments: [
    ("", "allowed"), ("name: own", "allowed"), ("name: office", "allowed"), ("name: gone", "unknown"),
    ("name: chain", "allowed"), ("name: broken", "unknown"), ("name: edge-office@kubernetescrd", "allowed"),
    ("name: limits@file", "unknown"), ("name: office, namespace: other", "unknown"),
  ])
  func middlewares(_ reference: String, _ verdict: String) throws {
    func middleware(_ name: String, _ spec: String) -> String {
      C.object("traefik.io/v1alpha1", "Middleware", "edge", name, "spec: {\(spec)}")
    }
    let yaml =
      Self.web + Self.service("ports: [{port: 443, targetPort: s}]")
      + middleware("own", "basicAuth: {secret: s}")
      + middleware("office", "ipAllowList: {sourceRange: [198.51.100.0/24]}")
      + middleware("chain", "chain: {middlewares: [{name: own}, {name: office}, {name: chain}]}")
      + middleware("broken", "chain: {middlewares: [{name: own}, {name: gone}]}")
      + C.object(
        "traefik.io/v1alpha1", "IngressRoute", "edge", "r",
        "spec: {routes: [{match: Host(`a.example`), kind: Rule, middlewares: [\(reference.isEmpty ? "" : "{\(reference)}")], services: [{name: web, port: 443}]}]}"
      )
    let point = try #require(Exposure(try C.model(yaml)).entryPoints.first)
    #expect(point.verdict.rawValue == verdict)
    #expect(point.missing.isEmpty == (verdict == "allowed"))
    let isNarrow = ["name: office", "name: chain", "name: edge-office@kubernetescrd"].contains(reference)
    #expect((point.reach.text ?? "anyone") == (isNarrow ? "198.51.100.0/24" : "anyone"))
    let ingress =
      Self.web + Self.service("ports: [{port: 443, targetPort: s}]")
      + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: edge, annotations: {traefik.ingress.kubernetes.io/router.middlewares: edge-gone@kubernetescrd}}\nspec: {defaultBackend: {service: {name: web, port: {number: 443}}}}\n---\n"
    #expect(Exposure(try C.model(ingress)).entryPoints.map(\.verdict) == [.unknown])
  }

  @Test(arguments: [
    ("service.beta.kubernetes.io/aws-load-balancer-security-groups: sg-1", "anyone", "unknown"),
    ("service.beta.kubernetes.io/azure-allowed-service-tags: AzureFrontDoor.Backend", "anyone", "unknown"),
    (
      "service.beta.kubernetes.io/azure-allowed-ip-ranges: '198.51.100.0/24,203.0.113.0/24'",
      "198.51.100.0/24, 203.0.113.0/24", "allowed"
    ),
  ])
  func groupsOfClouds(_ annotation: String, _ reach: String, _ verdict: String) throws {
    let yaml = Self.web + Self.service("type: LoadBalancer, " + Self.port, annotation)
    let point = try #require(Exposure(try C.model(yaml)).entryPoints.first)
    #expect(point.verdict.rawValue == verdict && (point.reach.text ?? "anyone") == reach)
  }

  @Test func aServiceWithoutAnOpenTypeIsNoWayIn() throws {
    #expect(try Self.ways(Self.web + Self.service(Self.port)) == [])
    #expect(
      try Self.ways(C.namespace("edge") + C.pod("edge", "web", ports: "{containerPort: 9, hostPort: 31009}")) == [
        "web; hostPort 31009; TCP 9; at TCP 31009; anyone; allowed"
      ])
  }

  // MARK: Ingresses

  private static let fe =
    C.namespace("front") + C.namespace("ingress-nginx") + C.pod("front", "fe", ports: "{containerPort: 8080}")
    + C.object("v1", "Service", "front", "fe", "spec: {selector: {app: fe}, ports: [{port: 80, targetPort: 8080}]}")

  private static func ingress(_ class: String) -> String {
    C.object(
      "networking.k8s.io/v1", "Ingress", "front", "fe",
      "spec: {ingressClassName: \(`class`), rules: [{host: fe.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: fe, port: {number: 80}}}}]}}]}"
    )
  }

  private static func controller(_ spec: String = "") -> String {
    C.pod(
      "ingress-nginx", "ctl", ports: "{containerPort: 80}", more: "app.kubernetes.io/name: ingress-nginx", spec: spec)
  }

  private static let fromController =
    "{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}"
  private static let fromNobody = "{from: [{podSelector: {matchLabels: {app: nobody}}}]}"

  @Test(arguments: [
    (controller(), fromController, "allowed"), (controller(), fromNobody, "denied"), (controller(), "{}", "allowed"),
    // A controller on its node's network is let in by no selector, and reaches the pods of its own node whatever they say.
    (controller("hostNetwork: true,"), fromController, "unknown"),
    (controller("hostNetwork: true, nodeName: one,"), fromController, "unknown"),
    (controller("hostNetwork: true,"), "{}", "allowed"),
    // One that the input does not hold may be anywhere but where the rule says nobody is.
    ("", fromController, "unknown"), ("", "{}", "allowed"), ("", "", "denied"),
  ])
  func ingresses(_ controller: String, _ rule: String, _ expected: String) throws {
    let ways = try Self.ways(Self.fe + controller + Self.ingress("nginx") + Self.policy("front", rule)).filter {
      $0.hasPrefix("fe;")
    }
    #expect(ways == ["fe; Ingress front/fe (fe.example); TCP 8080; -; anyone; \(expected)"])
  }

  /// Cilium's own controller is an identity without pods.
  @Test(arguments: [
    ("cilium", "ingress", "allowed"), ("cilium", "world", "denied"), ("cilium", "cluster", "allowed"),
    ("nginx", "ingress", "denied"),
  ])
  func theIdentityOfIngress(_ class: String, _ entity: String, _ expected: String) throws {
    let ways = try Self.ways(
      Self.fe + (`class` == "nginx" ? Self.controller() : "") + Self.ingress(`class`)
        + C.object(
          "cilium.io/v2", "CiliumNetworkPolicy", "front", "fe",
          "spec: {endpointSelector: {matchLabels: {app: fe}}, ingress: [{fromEntities: [\(entity)]}]}"))
    #expect(ways.filter { $0.hasPrefix("fe;") }.first?.hasSuffix(expected) == true, "\(ways)")
  }

  // MARK: Gateways

  private static let shop =
    ["web", "adm"].map { name in
      C.pod(name == "adm" ? "other" : "shop", name, ports: "{containerPort: 80}")
        + C.object(
          "v1", "Service", name == "adm" ? "other" : "shop", name,
          "spec: {selector: {app: \(name)}, ports: [{port: 80}]}")
    }.joined() + C.namespace("gw") + C.namespace("shop", "team: shop") + C.namespace("other")

  private static func gateway(_ listeners: String) -> String {
    C.object(
      "gateway.networking.k8s.io/v1", "Gateway", "gw", "edge", "spec: {gatewayClassName: x, listeners: [\(listeners)]}")
  }

  private static func route(
    _ namespace: String, _ backend: String, _ hosts: String = "", kind: String = "HTTPRoute", section: String = ""
  ) -> String {
    C.object(
      "gateway.networking.k8s.io/v1", kind, namespace, "r",
      "spec: {hostnames: [\(hosts)], parentRefs: [{name: edge, namespace: gw\(section)}], rules: [{backendRefs: [{\(backend), port: 80}]}]}"
    )
  }

  private static func grant(_ namespace: String, _ from: String, _ name: String = "") -> String {
    C.object(
      "gateway.networking.k8s.io/v1beta1", "ReferenceGrant", namespace, "g",
      "spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: \(from)}], to: [{group: '', kind: Service\(name)}]}"
    )
  }

  private static func listener(_ from: String, _ more: String = "") -> String {
    "{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {\(from)}}\(more)}"
  }

  @Test(arguments: [
    (listener("from: All"), route("shop", "name: web"), ""),
    // Same is what a listener takes that says nothing.
    ("{name: http, port: 80, protocol: HTTP}", route("shop", "name: web"), "does not take routes of its namespace"),
    (listener("from: Same"), route("shop", "name: web"), "does not take routes of its namespace"),
    (listener("from: None"), route("shop", "name: web"), "does not take routes of its namespace"),
    (listener("from: Selector, selector: {matchLabels: {team: shop}}"), route("shop", "name: web"), ""),
    (
      listener("from: Selector, selector: {matchLabels: {team: other}}"), route("shop", "name: web"),
      "does not take routes of its namespace"
    ),
    (
      listener("from: Same"), route("gw", "name: adm, namespace: other"),
      "no ReferenceGrant in namespace other allows it"
    ),
    (listener("from: Same"), route("gw", "name: adm, namespace: other") + grant("other", "gw"), ""),
    (listener("from: Same"), route("gw", "name: adm, namespace: other") + grant("other", "gw", ", name: adm"), ""),
    (
      listener("from: Same"), route("gw", "name: adm, namespace: other") + grant("other", "gw", ", name: web"),
      "no ReferenceGrant in namespace other allows it"
    ),
    (
      listener("from: Same"), route("gw", "name: adm, namespace: other") + grant("gw", "gw"),
      "no ReferenceGrant in namespace other allows it"
    ),
    (listener("from: All", ", hostname: \"*.example.com\""), route("shop", "name: web", "shop.example.com"), ""),
    (
      listener("from: All", ", hostname: \"*.example.com\""), route("shop", "name: web", "shop.example.org"),
      "serves its hosts"
    ),
    (listener("from: All"), route("shop", "name: web", section: ", sectionName: https"), "has no listener for it"),
    (listener("from: All"), route("shop", "name: web", kind: "TLSRoute"), "takes routes of this kind"),
    (listener("from: All"), route("shop", "name: web", section: ", port: 443"), "has no listener for it"),
  ])
  func gateways(_ listeners: String, _ route: String, _ obstacle: String) throws {
    let points = Exposure(try C.model(Self.shop + Self.gateway(listeners) + route)).entryPoints
    #expect(points.count == 1)
    #expect(points.first?.verdict == (obstacle.isEmpty ? .allowed : .denied))
    let text = points.first?.obstacle?.text ?? ""
    #expect(text.hasSuffix(obstacle) && text.isEmpty == obstacle.isEmpty, "\(text)")
  }

  @Test func routesOfOtherControllers() throws {
    let istio =
      C.object(
        "networking.istio.io/v1", "Gateway", "gw", "ig",
        "spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [vs.example]}]}"
      )
      + C.object(
        "networking.istio.io/v1", "VirtualService", "shop", "vs",
        "spec: {hosts: [vs.example], gateways: [gw/ig], http: [{route: [{destination: {host: web, port: {number: 80}}}]}]}"
      )
    #expect(
      try Self.ways(Self.shop + istio) == ["web; VirtualService shop/vs (vs.example); TCP 80; -; anyone; allowed"])
    // Inside the mesh alone it is no way in.
    #expect(try Self.ways(Self.shop + istio.replacing("gateways: [gw/ig]", with: "gateways: [mesh]")) == [])
    let traefik = C.object(
      "traefik.io/v1alpha1", "IngressRoute", "shop", "tail",
      "spec: {entryPoints: [web], routes: [{match: \"Host(`tail.example`)\", kind: Rule, services: [{name: web, port: 80}]}]}"
    )
    #expect(
      try Self.ways(Self.shop + traefik) == ["web; IngressRoute shop/tail (tail.example); TCP 80; -; anyone; allowed"])
    let contour = C.object(
      "projectcontour.io/v1", "HTTPProxy", "shop", "p",
      "spec: {virtualhost: {fqdn: c.example}, routes: [{services: [{name: web, port: 80}]}]}")
    #expect(try Self.ways(Self.shop + contour) == ["web; HTTPProxy shop/p (c.example); TCP 80; -; anyone; allowed"])
    let openshift = C.object(
      "route.openshift.io/v1", "Route", "shop", "r", "spec: {host: o.example, to: {kind: Service, name: web}}")
    #expect(try Self.ways(Self.shop + openshift) == ["web; Route shop/r (o.example); TCP 80; -; anyone; allowed"])
  }

  /// What is not read is named.
  @Test(arguments: [
    ("getambassador.io/v3alpha1", "Mapping"), ("configuration.konghq.com/v1", "TCPIngress"),
    ("apisix.apache.org/v2", "ApisixRoute"), ("k8s.nginx.org/v1", "VirtualServer"),
  ])
  func routesThatAreNotRead(_ version: String, _ kind: String) throws {
    let exposure = Exposure(try C.model(Self.shop + C.object(version, kind, "shop", "x", "spec: {service: web}")))
    #expect(exposure.unread.map(\.name) == ["x"])
    #expect(exposure.entryPoints.isEmpty)
  }
}
