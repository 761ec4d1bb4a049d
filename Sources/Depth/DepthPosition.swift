package import Access
package import Findings

/// Where an attacker may be: a node of the depth graph. Positions are classes: workloads stand for all of their pods, and a right
/// over a namespace for each of the things in it.
package enum DepthPosition: Sendable, Hashable {
  /// Outside the cluster and its networks.
  case internet
  /// A neighbour in the network of the nodes.
  case network
  /// Whoever decides what is published under an image reference.
  case image(String)
  /// The pods of a workload.
  case pod(Subject)
  /// One container of a pod that has several.
  case container(Subject, name: String)
  /// A node by its name.
  case node(String)
  /// A node that the input does not name: that of a pod whose place is not known.
  case nodeOfPod
  /// Any node at all.
  case anyNode
  /// What rights give: an identity, Secrets, cluster admin.
  case rights(EscalationGraph.Position)
  /// An account or role of a cloud.
  case cloudIdentity(provider: String, id: String)
  /// On the way between pods; no place to be.
  case transit(Transit)

  /// Bundles of connections that classes of pods share.
  package enum Transit: Sendable, Hashable {
    /// Anything that pods may send to whoever accepts it.
    case podNetwork
    /// What pods of a class send past their egress policies, by the number of the class.
    case sending(Int)
    /// What egress policies of a class let out.
    case allowedOut(Int)
    /// What policies on ingress let in, by the number of the set of classes that may send it.
    case allowedIn(row: Int)
    /// Has arrived at pods of a class, whose ingress policies have not been asked.
    case arriving(Int)
    /// Has passed the ingress policies of a class.
    case admitted(Int)
    /// Has passed those of the network's plugin, not those of the mesh.
    case admittedByNetwork(Int)
    /// The other way round.
    case admittedByMesh(Int)
    /// What the API server passes on to pods of a namespace, or of any for nil, for whoever may ask for it.
    case passedOn(namespace: String?)
    /// The same for the pods of one workload.
    case passedOnTo(Subject)
    /// The volumes in which pods of a namespace keep their data, or of any for nil, for whoever starts a pod beside them.
    case volumes(namespace: String?)
    /// Whoever does away with policies by the rights of a binding.
    case remover(binding: Int)
    /// On the way to pods of a namespace whose policies are gone: those of the network's plugin, of the mesh, or both.
    case unguarded(namespace: String, network: Bool, mesh: Bool)
  }

  package var isTransit: Bool { if case .transit = self { true } else { false } }

  static func subject(_ subject: AccessSubject) -> DepthPosition { .rights(.subject(subject)) }
  package static let clusterAdmin = DepthPosition.rights(.clusterAdmin)

  /// As the command line spells it, where it does.
  package var text: String {
    switch self {
    case .internet: "internet"
    case .network: "network"
    case .image(let reference): "image:\(reference)"
    case .pod(let subject): "pod:\(subject.namespace ?? "default")/\(subject.name)"
    case .container(let subject, let name): "container \(name) of pod:\(subject.namespace ?? "default")/\(subject.name)"
    case .node(let name): "node:\(name)"
    case .nodeOfPod: "the node of the pod"
    case .anyNode: "node"
    case .rights(.clusterAdmin): "cluster-admin"
    case .rights(.subject(.user(let name))): "subject:user:\(name)"
    case .rights(.subject(.group(let name))): "subject:group:\(name)"
    case .rights(.subject(.serviceAccount(let namespace, let name))): "subject:serviceaccount:\(namespace)/\(name)"
    case .rights(.secret(let namespace, let name)): "secret:\(namespace)/\(name)"
    case .rights(let position): position.text
    case .cloudIdentity(let provider, let id): "cloud:\(provider):\(id)"
    case .transit: "the network of pods"
    }
  }
}

/// What the command line and files of crown jewels call a position; what it stands for is up to the graph.
package enum DepthName: Sendable, Hashable {
  case internet, network, clusterAdmin
  case anyNode
  case node(String)
  case pod(namespace: String, name: String)
  case secret(namespace: String, name: String)
  case subject(AccessSubject)
  case image(String)
  case cloudIdentity(provider: String, id: String)

  /// Nil for what is spelt otherwise.
  package init?(_ text: String) {
    func rest(_ prefix: String) -> String? {
      text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count ? String(text.dropFirst(prefix.count)) : nil
    }
    func pair(_ text: String) -> (String, String)? {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
      return (String(parts[0]), String(parts[1]))
    }
    switch text {
    case "internet": self = .internet
    case "network": self = .network
    case "cluster-admin": self = .clusterAdmin
    case "node": self = .anyNode
    default:
      if let name = rest("node:") {
        self = .node(name)
      } else if let (namespace, name) = rest("pod:").flatMap(pair) {
        self = .pod(namespace: namespace, name: name)
      } else if let (namespace, name) = rest("secret:").flatMap(pair) {
        self = .secret(namespace: namespace, name: name)
      } else if let name = rest("subject:user:") {
        self = .subject(AccessSubject.account(ofUser: name) ?? .user(name))
      } else if let name = rest("subject:group:") {
        self = .subject(.group(name))
      } else if let (namespace, name) = rest("subject:serviceaccount:").flatMap(pair) {
        self = .subject(.serviceAccount(namespace: namespace, name: name))
      } else if let reference = rest("image:") {
        self = .image(reference)
      } else if let text = rest("cloud:") {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self = .cloudIdentity(provider: String(parts[0]), id: String(parts[1]))
      } else {
        return nil
      }
    }
  }

  /// How positions and targets may be spelt, for messages.
  package static let spellings =
    "internet, network, cluster-admin, node, node:NAME, pod:NAMESPACE/WORKLOAD, secret:NAMESPACE/NAME, subject:user:NAME, subject:group:NAME, subject:serviceaccount:NAMESPACE/NAME, image:REFERENCE or cloud:PROVIDER:ID"
}
