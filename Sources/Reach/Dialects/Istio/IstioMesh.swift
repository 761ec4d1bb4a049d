import Bytes
import Kube

/// The policies of Istio: AuthorizationPolicy, PeerAuthentication and Sidecar, and what they share.
enum IstioMesh: PolicyDialect {
  static let authorization = GroupKind("security.istio.io", "AuthorizationPolicy")
  static let peerAuthentication = GroupKind("security.istio.io", "PeerAuthentication")
  static let sidecar = GroupKind("networking.istio.io", "Sidecar")
  static let serviceEntry = GroupKind("networking.istio.io", "ServiceEntry")
  static let policyKinds = [authorization, peerAuthentication, sidecar]
  static let destinationRule = GroupKind("networking.istio.io", "DestinationRule")
  static let otherKinds = [serviceEntry, destinationRule]

  static let vocabulary = PolicyVocabulary([
    "matchLabels": .labels,
    "workloadSelector": .init(hasFieldsWithin: true) { node, relevance in
      relevance.labelKeys.formUnion((node["labels"]?.entries ?? []).map(\.key))
      relevance.services = true
    },
    "targetRefs": gateways, "targetRef": gateways, "principals": .accounts, "notPrincipals": .accounts,
    "serviceAccounts": .accounts, "notServiceAccounts": .accounts, "values": .blocks, "notValues": .blocks,
    "ipBlocks": .blocks, "notIpBlocks": .blocks, "remoteIpBlocks": .blocks, "notRemoteIpBlocks": .blocks,
    "key": .init { node, relevance in
      if node.string?.hasPrefix("source.") == true { relevance.accounts = true }
      if node.string?.hasPrefix("request.") == true { relevance.services = true }
    },
    // What HTTP carries is seen where a port speaks it, which Services say.
    "methods": .services, "notMethods": .services, "paths": .services, "notPaths": .services, "hosts": .services,
    "notHosts": .services, "requestPrincipals": .services, "notRequestPrincipals": .services,
  ])

  private static let gateways = PolicyVocabulary.Field { _, relevance in
    relevance.labelKeys.insert(gatewayLabel)
    relevance.services = true
  }

  /// Which Gateway a pod was made for.
  static let gatewayLabel = "gateway.networking.k8s.io/gateway-name"

  static func isPresent(in snapshot: ClusterSnapshot) -> Bool {
    kinds.contains { !snapshot.objects($0).isEmpty } || IstioMeshSettings(snapshot).registryOnly != nil
  }

  static func gather(_ snapshot: ClusterSnapshot, _ profile: ReachProfile, into relevance: inout Relevance) {
    relevance.addresses = true
    relevance.mesh = true
    // Labels of Services say which waypoint is in front of their pods.
    if snapshot.objects(.service).contains(where: { $0.labels["istio.io/use-waypoint"] != nil }) {
      relevance.services = true
    }
    // So do hosts of rules for the traffic to them.
    if !snapshot.objects(sidecar).isEmpty || !snapshot.objects(destinationRule).isEmpty { relevance.services = true }
    for object in snapshot.objects(serviceEntry) {
      relevance.names.formUnion((object.spec?["hosts"]?.strings ?? []).map(DNSName.normalised))
    }
  }

  /// Its proxies act by them, whatever the network plugin.
  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement { .enforced }

  /// The proxies see TCP only.
  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let settings = IstioMeshSettings(compiler.cluster.snapshot)
    guard
      settings.registryOnly != nil
        || policyKinds.contains(where: { !compiler.cluster.snapshot.objects($0).isEmpty })
    else { return [] }
    let proxies = IstioProxies(compiler)
    let rules = IstioDestinationRules(proxies, compiler)
    return [
      IstioPeerAuthentication.stage(proxies, rules, &compiler),
      IstioAuthorizationPolicy.stage(proxies, rules, &compiler),
      IstioSidecar.stage(proxies, &compiler),
    ]
  }

  /// Stages of the mesh, in their order.
  enum Place {
    static let peerAuthentication = PolicyProgram.Place(layer: .mesh, order: 1, name: "Istio peer authentication")
    static let authorization = PolicyProgram.Place(layer: .mesh, order: 2, name: "Istio authorization")
    static let sidecars = PolicyProgram.Place(layer: .mesh, order: 3, name: "Istio sidecars")
  }

  /// Pods that a policy of the mesh is for: those of its namespace, or of all in the root namespace, with the labels.
  static func subjects(
    _ object: KubeObject, labels: DocumentNode?, _ settings: IstioMeshSettings, _ compiler: inout PolicyCompiler
  ) -> PeerSet? {
    var result: PeerSet
    if let labels, !labels.entries.isEmpty {
      let selector = LabelSelector(equalTo: labels.stringMap)
      result = compiler.pods(selector)
    } else {
      result = compiler.selectable
    }
    if object.effectiveNamespace != settings.rootNamespace {
      result.formIntersection(compiler.namespace(object.effectiveNamespace))
    }
    return result
  }
}
