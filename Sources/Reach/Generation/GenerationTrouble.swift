package import Findings

/// What generated policies do otherwise than they were asked to, or stop without anybody having asked.
package enum GenerationTrouble: Sendable, Hashable {
  /// An end of a connection that is nothing in the input.
  case unknownEnd(String)
  /// Its pods have no labels, so that no policy can select them.
  case unlabelled(Subject)
  /// It has no labels of its own.
  case sharedLabels(Subject)
  /// A DNS name that the dialect cannot name.
  case unnamedHost(source: String, host: String, port: UInt16)
  /// It asks the API server, and where that listens is not in the input.
  case unknownAPIServer(Subject)
  /// It asks its own node, whose address the dialect cannot name.
  case unnamedNode(source: String, port: UInt16)
  /// Somebody is meant to read its metrics, and is not in the input.
  case unseenScraper(String, port: UInt16)
  /// Services whose pods the input does not hold, in namespaces that are closed.
  case unseenBackends([Subject])
  /// Workloads of which no connection is known, so that they are closed altogether.
  case silent([Subject])

  /// In one line.
  package var text: String {
    switch self {
    case .unknownEnd(let end): "\"\(end)\" is not a pod, workload or address in the input"
    case .unlabelled(let workload):
      "\(workload.workloadText): its pods have no labels, so no policy can select them; add labels and generate again"
    case .sharedLabels(let workload):
      "\(workload.workloadText): no labels of its own; its policies also apply to the pods that share its labels"
    case .unnamedHost(let source, let host, let port):
      "\(source): \(host) is a DNS name, which this dialect cannot name; port \(port) is open to all addresses: narrow it to blocks, or use --dialect cilium"
    case .unknownAPIServer(let workload):
      "\(workload.workloadText): its service account has permissions, so it needs the API server, whose addresses the input lacks (EndpointSlice default/kubernetes); ports 443 and 6443 are open to all addresses"
    case .unnamedNode(let source, let port):
      "\(source): asks its own node, which this dialect cannot name; port \(port) is open to all addresses: narrow it to the nodes' blocks, or use --dialect cilium"
    case .unseenScraper(let workload, let port):
      "\(workload): its metrics on port \(port) are meant to be read, and whoever reads them is not in the input: it is kept out"
    case .unseenBackends(let services):
      "the input lacks the pods behind \(Self.list(services.map(\.workloadText))): what they need is not known, and they are closed with their namespaces"
    case .silent(let workloads):
      "no connection is known of \(Self.list(workloads.map(\.workloadText))): everything but DNS is closed to them; observe them first (--flows), or leave their namespaces out"
    }
  }

  private static func list(_ names: [String]) -> String {
    let most = 12
    let more = names.count > most ? " and \(names.count - most) more" : ""
    return names.prefix(most).joined(separator: ", ") + more
  }
}
