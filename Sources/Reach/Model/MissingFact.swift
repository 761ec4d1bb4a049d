package import Kube

/// Something that the input would have to tell for an answer to be certain.
package enum MissingFact: Sendable, Hashable {
  /// Of a DNS name; nil where it may be any of several.
  case addressesBehind(name: String?)
  /// Of the node that a pod on its node's network runs on.
  case nodeAddress
  /// Of a pod, where a rule names a block of addresses.
  case podAddress
  /// Whether one of the names, which a rule allows, leads to the address.
  case resolution(names: [String])
  case nodes
  /// The Node objects, whose addresses an external one may be.
  case nodeAddresses
  /// The labels of the ServiceAccount that a pod runs as.
  case serviceAccountLabels
  /// Where the API server listens: EndpointSlice `default/kubernetes`.
  case apiServerAddresses
  case apiServerNodes
  /// Groups of a cloud provider, such as security groups.
  case cloudGroups
  /// What an authoriser outside the cluster would say.
  case externalAuthoriser(name: String)
  /// A pod on its node's network reaches the pods of its own node.
  case nodesOfBothPods
  /// What the plugin does with ICMP where a NetworkPolicy isolates.
  case pluginOnICMP
  /// Whether a pod has a proxy of the mesh, which would act by the policies of Istio.
  case meshProxy
  /// Whether a client shows the identity of the mesh, where a DestinationRule makes it speak something else.
  case clientIdentity
  /// What the identities of the mesh begin with.
  case trustDomain
  /// Whether traffic to a pod comes by way of a waypoint, and with its identity.
  case waypoint(name: String)
  /// Which version of a network plugin runs, or how it is configured, where that decides on whether it acts by a policy.
  case enforcement(plugin: String, setting: String)
  /// Whether blocks are judged by a Service's address or by that of what is behind it.
  case addressTranslation(service: String)
  /// Whether blocks of a NetworkPolicy match the addresses of pods, which the API leaves to the plugin.
  case blocksOfPods
  /// What a Service leads to.
  case backends(service: String)
  /// Which of several pods behind a Service answers.
  case chosenBackend(service: String)
  /// By which of several Services a client asks for the pods behind them.
  case chosenService(names: [String])
  /// An object that others refer to by name.
  case object(kind: String, name: String)
  /// Namespaces of which the input holds none.
  case namespaces(selector: String)
  /// What passes over a network beside the cluster's own, on which the policies do not hold.
  case secondaryNetwork(name: String)
  /// Which network the pods of a namespace are on: user-defined ones are apart from each other.
  case primaryNetwork(namespaces: [String])
  /// Objects that the source did not hand out.
  case unseen(NotSeen)
  /// What a dialect of its own kind lacks, in words that follow "the input lacks:".
  case other(String)

  package var text: String {
    switch self {
    case .addressesBehind(let name): "the addresses behind \(name ?? "the name")"
    case .nodeAddress: "the address of the node that the pod runs on"
    case .podAddress: "the address of the pod"
    case .resolution(let names): "whether \(names.joined(separator: ", ")) resolves to the address"
    case .nodes: "the Node objects"
    case .nodeAddresses: "the Node objects: the address may belong to one of them"
    case .serviceAccountLabels: "the labels of the pod's ServiceAccount"
    case .apiServerAddresses: "the addresses of the API server (EndpointSlice default/kubernetes)"
    case .apiServerNodes: "the nodes of the API server"
    case .cloudGroups: "the addresses of the cloud provider's groups"
    case .externalAuthoriser(let name): "the decision of the external authorizer \(name)"
    case .nodesOfBothPods: "the nodes of both pods: a pod on the host network can always reach the pods of its own node"
    case .pluginOnICMP:
      "whether the network plugin drops ICMP of isolated pods, which the API leaves open"
    case .meshProxy: "whether the pod has an Istio proxy: nothing shows where Istio injects one"
    case .trustDomain: "the trust domain of the mesh (ConfigMap istio-system/istio)"
    case .clientIdentity: "whether the client shows its identity: a DestinationRule switches mutual TLS off for it"
    case .waypoint(let name): "whether the traffic goes through the waypoint \(name), and arrives with its identity"
    case .enforcement(let plugin, let setting): "whether \(plugin) enforces it, which depends on \(setting)"
    case .addressTranslation(let service):
      "whether the network plugin applies ipBlock to the address of \(service) or to that of its endpoints"
    case .blocksOfPods: "whether the network plugin applies ipBlock to the addresses of pods: Cilium does not (--cni)"
    case .backends(let service): "the pods behind \(service)"
    case .chosenBackend(let service): "which of the pods behind \(service) answers"
    case .chosenService(let names): "by which of the Services \(names.joined(separator: ", ")) the client asks"
    case .object(let kind, let name): "\(kind) \(name), which it refers to"
    case .namespaces(let selector): "the namespaces with \(selector)"
    case .secondaryNetwork(let name):
      "what passes over the network \(name), to which both pods are attached and where these policies do not hold"
    case .primaryNetwork(let namespaces):
      "whether the user-defined networks of \(namespaces.joined(separator: " and ")) are connected"
    case .unseen(let item): "\(item.kind.kind) objects that were not seen (\(item.reason))"
    case .other(let text): text
    }
  }
}
