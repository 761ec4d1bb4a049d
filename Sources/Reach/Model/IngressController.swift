import Findings

extension ReachCluster.Endpoint {
  /// A controller of Ingresses and Gateways that the input does not show: a pod of a namespace that no manifest names.
  static let ingressController = ReachCluster.Endpoint(
    namespace: "ingress-controller-ns", name: "ingress-controller", ownerKind: nil, ownerName: "ingress-controller",
    isPod: true, labels: [:], serviceAccount: "default", hostNetwork: false, addresses: [], namedPorts: [],
    location: Location(file: ""))

  /// Whether the labels are those that a well-known controller of Ingresses, Gateways or Routes gives its pods.
  var looksLikeIngressController: Bool {
    let names = [
      "ingress-nginx", "nginx-ingress", "traefik", "haproxy-ingress", "kubernetes-ingress", "contour", "envoy", "kong",
      "istio-ingressgateway", "ingressgateway", "ambassador", "emissary-ingress", "apisix", "router",
    ]
    let component = labels["app.kubernetes.io/component"]
    for key in ["app.kubernetes.io/name", "app", "k8s-app", "name", "istio"] {
      guard let value = labels[key], names.contains(value) else { continue }
      // The admission webhooks of a controller bear its name as well.
      if let component, component.contains("webhook") || component == "default-backend" { continue }
      return true
    }
    return labels["ingresscontroller.operator.openshift.io/deployment-ingresscontroller"] != nil
      || labels["gateway.networking.k8s.io/gateway-name"] != nil
  }
}

extension ReachCluster {
  /// Units from which ingress traffic comes: those of the controllers that the input shows, or one that it does not.
  var ingressControllerUnits: [Int] {
    let known = Set(endpoints.filter(\.looksLikeIngressController).map(\.unit))
    return known.isEmpty ? extras.first.map { [$0.unit] } ?? [] : known.sorted()
  }

  /// What such a controller is called among the ends of connections.
  package static let ingressControllerName = "{ingress-controller}"
}
