import Findings

extension Endpoint {
  /// A controller of Ingresses and Gateways that the input does not show: a pod of a namespace that no manifest names.
  static let ingressController = Endpoint(
    namespace: "ingress-controller-ns", name: "ingress-controller",
    workload: Subject(kind: "Pod", namespace: "ingress-controller-ns", name: "ingress-controller"), isPod: true,
    labels: [:], serviceAccount: "default", hostNetwork: false, addresses: [], namedPorts: [],
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
      || labels[IstioMesh.gatewayLabel] != nil
  }
}

extension ReachCluster {
  /// Pods from which ingress traffic comes: the controllers that the input shows, or one that it does not.
  var ingressControllers: [PodClassID] {
    let known = Set(endpoints.filter(\.looksLikeIngressController).map(\.podClass))
    return known.isEmpty ? [unseenIngressController].compactMap { $0 } : known.sorted()
  }

  /// The one that the input does not show; see `Endpoint.ingressController`.
  var unseenIngressController: PodClassID? { extras.first?.podClass }
}
