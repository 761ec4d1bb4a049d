package import Access
package import PodSecurity
package import Reach

/// What a step rests on: a question to the engine in question, with the answer that makes the step possible. Asked again, it gives
/// the same answer as long as the cluster is the same.
package enum StepProof: Sendable {
  /// The API server allows each of these requests.
  case accessReviews([AccessRequest])
  /// Whoever is bound to the role may do each of these.
  case roleAllows(kind: String, name: String, namespace: String?, [AccessRequest])
  /// Policies let the connection pass, or do not: then they are among the controls.
  case connection(from: EndpointID, to: EndpointID, ConnectionSet.TransportProtocol, port: UInt16, isAllowed: Bool)
  /// The entry point leads to the workload; its number among those of the exposure.
  case entryPoint(Int)
  /// The pods of the workload allow the escape.
  case escape(workload: Int, id: String)
  /// The pods allow no escape, and these are the controls in the way.
  case confinement(workload: Int)
  /// The pods carry a token of the account.
  case token(workload: Int)
  /// The pods are given the Secret.
  case givenSecret(workload: Int, name: String)
  /// The Secret holds a token of the account.
  case tokenSecret(namespace: String, name: String)
  /// A container of the workload runs the image.
  case image(workload: Int, reference: String)
  /// The containers of the pod share their processes.
  case sharedProcesses(workload: Int)
  /// The pods are in the network of their node.
  case nodeNetwork(workload: Int)
  /// A pod of the workload is on the node.
  case placement(workload: Int, node: String)
  /// The node has the label of the control plane.
  case controlPlane(node: String)
  /// The pods have files of their node among which such keys lie.
  case keysOfNode(workload: Int, HostPathMount.Keys)
  /// The binding names a role that the input does not hold.
  case unknownRole(binding: Int)
  /// The account is annotated with the cloud identity.
  case cloudIdentity(AccessSubject, id: String)
  /// The identity's requests carry the group.
  case group(AccessSubject, String)
  /// The one is among the others, by their names.
  case member
  /// Holds in every cluster.
  case inherent(Inherent)

  /// What needs no object to be true.
  package enum Inherent: Sendable, Hashable {
    case mastersBypass
    case anonymousRequests
    case nodeOwnsPods
    case nodeOwnsKubelet
    case controlPlaneOwnsKeys
    case adminOwnsAll
    case controlPlaneAccounts
    /// What the input does not hold runs in every cluster.
    case systemPods
    /// An object of the cluster, such as a controller that acts on orders, says so; it is named with the step.
    case controller
    case otherNode
    case routedPods
    case nodeOwnsNetwork

    package var text: String {
      switch self {
      case .mastersBypass: "the API server does not ask RBAC about members of system:masters"
      case .anonymousRequests:
        "the API server answers requests without credentials as system:anonymous unless told otherwise"
      case .nodeOwnsPods: "root on a node enters the pods that run on it"
      case .nodeOwnsKubelet: "root on a node has the credentials of its kubelet"
      case .controlPlaneOwnsKeys: "root on a node of the control plane has the keys of the cluster"
      case .adminOwnsAll: "cluster admin may do everything"
      case .controlPlaneAccounts: "controllers of the control plane run as accounts of kube-system"
      case .systemPods: "system pods of every node, such as kube-proxy, own it"
      case .controller: "the controller does with its own rights what its objects say"
      case .nodeOwnsNetwork: "root on a node is in the network of the nodes"
      case .routedPods: "the nodes' network may route to addresses of pods"
      case .otherNode: "who may choose the node of a pod may choose any"
      }
    }
  }
}
