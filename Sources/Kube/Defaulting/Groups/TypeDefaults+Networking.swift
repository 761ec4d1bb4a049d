import Bytes

/// Source: `pkg/apis/{networking,discovery}/v1/defaults.go` of Kubernetes 1.36.
extension TypeDefaults {
  static let networking: [String: TypeDefaults] = [
    "networking/v1.NetworkPolicyPort": TypeDefaults([("protocol", "TCP")]),
    "networking/v1.NetworkPolicySpec": TypeDefaults(begin: { fields in
      guard fields.isEmpty("policyTypes") else { return }
      fields["policyTypes"] = fields.isEmpty("egress") ? ["Ingress"] : ["Ingress", "Egress"]
    }),
    "networking/v1.IngressClassParametersReference": TypeDefaults([("scope", "Cluster")]),
    "discovery/v1.EndpointPort": TypeDefaults([("name", ""), ("protocol", "TCP")]),
  ]
}
