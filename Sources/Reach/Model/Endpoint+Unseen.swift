import Findings

/// What a cluster has and a folder of manifests mostly does not hold.
extension Endpoint {
  /// - Parameter endpoints: those that the input holds.
  static func unseen(beside endpoints: [Endpoint]) -> [Endpoint] {
    [.ingressController, .ciliumIngress] + (endpoints.contains(where: \.looksLikeDNS) ? [] : clusterDNS)
  }

  private init(_ role: Role, _ namespace: String, _ name: String, labels: [String: String] = [:]) {
    self.init(
      namespace: namespace, name: name, workload: Subject(kind: "Pod", namespace: namespace, name: name), isPod: true,
      role: role, labels: labels, serviceAccount: "default", hostNetwork: false, addresses: [],
      namedPorts: role == .unseenDNS
        ? [NamedPort(name: "dns", transport: .udp, port: 53), NamedPort(name: "dns-tcp", transport: .tcp, port: 53)]
        : [], location: Location(file: ""))
  }

  private static let ingressController = Endpoint(
    .unseenIngressController, "ingress-controller-ns", "ingress-controller")

  private static let ciliumIngress = Endpoint(.ciliumIngress, "", "reserved:ingress")

  /// As kubeadm, the clouds and OpenShift label them.
  private static let clusterDNS = [
    Endpoint(
      .unseenDNS, "kube-system", "coredns",
      labels: ["k8s-app": "kube-dns", "app.kubernetes.io/name": "coredns", "app": "coredns"]),
    Endpoint(
      .unseenDNS, "openshift-dns", "dns-default",
      labels: ["dns.operator.openshift.io/daemonset-dns": "default", "app.kubernetes.io/name": "dns-default"]),
  ]

  /// Whether the labels are those of pods that answer the cluster's DNS.
  var looksLikeDNS: Bool {
    if let value = labels["k8s-app"], ["kube-dns", "coredns", "node-local-dns"].contains(value) { return true }
    return labels["app.kubernetes.io/name"] == "coredns" || labels["dns.operator.openshift.io/daemonset-dns"] != nil
  }
}
