/// All probes. A new one is a file in `Catalogue` and a line here.
package enum ProbeCatalogue {
  package static let all: [Probe] = [
    .kubeletPods, .kubeletCommands, .kubeletReadOnlyPort,
    .etcdKeys, .etcdVersion,
    .apiAnonymousRequests, .apiAnonymousNamespaces, .apiAnonymousSecrets, .apiInsecurePort,
    .kubernetesDashboard, .argoCD, .grafana, .prometheus,
    .amazonMetadata, .googleMetadata, .azureMetadata,
    .serviceCertificate, .serviceOldTLS, .servicePlainText, .serviceAuthentication, .serviceVersion,
    .accountRights,
  ]

  /// Those that ask a target something, in order.
  package static func probes(of target: ProbeTarget) -> [Probe] {
    all.filter { $0.kind == target.kind && !$0.requests(target).isEmpty }
  }

  /// A name that no object has: asking for it tells whether one may, and nothing else.
  static let nobody = "bartizan-probe"
}
