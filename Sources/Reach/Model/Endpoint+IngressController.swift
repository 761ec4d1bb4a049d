import Findings

extension Endpoint {
  /// The well-known controller of Ingresses, Gateways or Routes that gives its pods such labels; nil for other pods.
  var ingressController: IngressController? {
    if labels["ingresscontroller.operator.openshift.io/deployment-ingresscontroller"] != nil { return .openShift }
    let component = labels["app.kubernetes.io/component"]
    for key in ["app.kubernetes.io/name", "app", "k8s-app", "name", "istio"] {
      guard let value = labels[key], let found = IngressController.byLabel[value] else { continue }
      // The admission webhooks of a controller bear its name as well.
      if let component, component.contains("webhook") || component == "default-backend" { continue }
      return found
    }
    return labels[IstioMesh.gatewayLabel] != nil ? .gateway : nil
  }
}

/// Programs that bring traffic from outside to Services, as Ingresses and Gateways ask them to.
enum IngressController: Sendable, Hashable {
  case nginx
  case traefik
  case haProxy
  case envoy
  case kong
  case istio
  case ambassador
  case apisix
  case openShift
  /// Made for a Gateway.
  case gateway
  /// Cilium's own proxy, which is no pod.
  case cilium
  /// A load balancer outside the cluster, which connects to the pods itself.
  case cloud

  /// By the values of the labels that their manifests give pods.
  static let byLabel: [String: IngressController] = [
    "ingress-nginx": .nginx, "nginx-ingress": .nginx, "traefik": .traefik, "haproxy-ingress": .haProxy,
    "kubernetes-ingress": .haProxy, "contour": .envoy, "envoy": .envoy, "kong": .kong,
    "istio-ingressgateway": .istio, "ingressgateway": .istio, "ambassador": .ambassador,
    "emissary-ingress": .ambassador, "apisix": .apisix, "router": .openShift,
  ]

  /// By the `controller` of an IngressClass, the `controllerName` of a GatewayClass, or the usual name of a class.
  ///
  /// - Returns: nil for one that is not known.
  static func named(_ name: String) -> IngressController? {
    let known: [(part: String, controller: IngressController)] = [
      ("cilium", .cilium), ("nginx", .nginx), ("traefik", .traefik), ("haproxy", .haProxy), ("contour", .envoy),
      ("envoy", .envoy), ("kong", .kong), ("istio", .istio), ("ambassador", .ambassador),
      ("getambassador", .ambassador),
      ("apisix", .apisix), ("openshift", .openShift), ("alb", .cloud), ("ingress.k8s.aws", .cloud), ("gce", .cloud),
      ("networking.gke.io", .cloud), ("gke-", .cloud), ("azure", .cloud), ("application-gateway", .cloud),
    ]
    let lower = name.lowercased()
    return known.first { lower.contains($0.part) }?.controller
  }
}
