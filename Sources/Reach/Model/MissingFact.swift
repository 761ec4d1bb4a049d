/// Something that the input would have to tell for an answer to be certain.
package enum MissingFact: Sendable, Hashable {
  /// Of a DNS name; nil where it may be any of several.
  case addressesBehind(name: String?)
  /// Of the node that a pod on its node's network runs on.
  case nodeAddress
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
  /// What a dialect of its own kind lacks, in words that follow "the input lacks:".
  case other(String)

  package var text: String {
    switch self {
    case .addressesBehind(let name): "the addresses behind \(name ?? "the name")"
    case .nodeAddress: "the address of the node that the pod runs on"
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
    case .other(let text): text
    }
  }
}
