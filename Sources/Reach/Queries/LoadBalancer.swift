import Bytes
package import Kube

/// What a Service of type LoadBalancer asks its cloud for.
package enum LoadBalancer {
  /// Whether the balancer gets no public address.
  ///
  /// Source: the annotations of the clouds' controllers.
  package static func isInternal(_ service: KubeObject) -> Bool {
    if let known = scheme(service.annotations) { return known }
    // What the AWS Load Balancer Controller makes is internal unless it is told otherwise.
    let type = service.annotations["service.beta.kubernetes.io/aws-load-balancer-type"]
    return type == "external" || type == "nlb-ip"
      || service.spec?["loadBalancerClass"]?.text == "service.k8s.aws/nlb"
  }

  /// The same by annotations alone.
  static func isInternal(_ annotations: [String: String]) -> Bool { scheme(annotations) ?? false }

  /// Nil where no annotation says it.
  private static func scheme(_ annotations: [String: String]) -> Bool? {
    let flags = [
      "service.beta.kubernetes.io/azure-load-balancer-internal",
      "service.beta.kubernetes.io/oci-load-balancer-internal",
      "service.beta.kubernetes.io/openstack-internal-load-balancer",
      "service.beta.kubernetes.io/aws-load-balancer-internal",
    ]
    if flags.contains(where: { annotations[$0].map { $0.lowercased() != "false" } ?? false }) { return true }
    let words = [
      ("networking.gke.io/load-balancer-type", "internal"), ("cloud.google.com/load-balancer-type", "internal"),
      ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"),
      ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"),
      ("yandex.cloud/load-balancer-type", "internal"),
    ]
    if words.contains(where: { annotations[$0]?.lowercased() == $1 }) { return true }
    if annotations["service.kubernetes.io/qcloud-loadbalancer-internal-subnetid"] != nil { return true }
    if let scheme = annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] {
      return scheme != "internet-facing"
    }
    return nil
  }

  /// Whether groups of the cloud, which no manifest holds, say whom the balancer lets in.
  ///
  /// Source: the annotations of the AWS Load Balancer Controller and of the cloud provider of Azure.
  static func asksGroups(_ service: KubeObject) -> Bool {
    let keys = [
      "service.beta.kubernetes.io/aws-load-balancer-security-groups",
      "service.beta.kubernetes.io/azure-allowed-service-tags",
    ]
    return keys.contains { service.annotations[$0] != nil }
  }

  /// Whom the balancer lets in; empty for anybody.
  package static func sourceRanges(_ service: KubeObject) -> [String] {
    let listed = service.spec?["loadBalancerSourceRanges"]?.strings ?? []
    if !listed.isEmpty { return listed }
    let keys = [
      "service.beta.kubernetes.io/load-balancer-source-ranges",
      "service.beta.kubernetes.io/azure-allowed-ip-ranges",
    ]
    return (keys.lazy.compactMap { service.annotations[$0] }.first ?? "").split(separator: ",")
      .map { String($0.filter { $0 != " " }) }
  }
}
