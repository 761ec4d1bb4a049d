package import Bytes
package import Findings

/// What stands at an end of a connection.
package enum ConnectionEnd: Sendable, Hashable {
  case workload(Subject)
  case pod(namespace: String, name: String)
  /// Addresses outside the cluster.
  case range(IPRange)
  /// A DNS name outside the cluster, or a pattern of them.
  case name(String)
  /// The controller of Ingresses and Gateways, where the input does not show it.
  case ingressController

  package var isExternal: Bool {
    switch self {
    case .range, .name: true
    case .workload, .pod, .ingressController: false
    }
  }

  /// Nil outside the cluster, and for interfaces of nodes.
  package var namespace: String? {
    switch self {
    case .workload(let workload): workload.namespace
    case .pod(let namespace, _): namespace
    case .range, .name, .ingressController: nil
    }
  }

  /// `ns/name[Kind]`, `ns/pod`, `ip:10.0.0.0-10.255.255.255`, `example.com`, `{ingress-controller}`.
  package var text: String {
    switch self {
    case .workload(let workload): workload.workloadText
    case .pod(let namespace, let name): "\(namespace)/\(name)"
    case .range(let range): range.text
    case .name(let name): name
    case .ingressController: "{ingress-controller}"
    }
  }
}
