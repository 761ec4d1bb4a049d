import Bytes
import Kube

/// Finds what flow logs and people call a workload.
struct EndpointNames {
  enum End: Hashable {
    /// `ns/name[Kind]`.
    case workload(String)
    /// A CIDR block.
    case block(String)
    /// `*`: whatever there is.
    case anyone
    /// `*/*`: any pod.
    case cluster
    /// `ns/*`: any pod of a namespace.
    case namespace(String)
    case unknown
  }

  let workloads: [String: [ReachCluster.Endpoint]]
  private let exact: [String: String]
  private let byNamespace: [String: [(name: String, workload: String)]]
  private let addresses: [IPAddress: String]

  init(_ cluster: ReachCluster) {
    workloads = Dictionary(grouping: cluster.endpoints, by: \.workloadText)
    var exact: [String: String] = [:]
    var byNamespace: [String: [(name: String, workload: String)]] = [:]
    var addresses: [IPAddress: String] = [:]
    for endpoint in cluster.endpoints {
      for name in [endpoint.name, endpoint.ownerName] { exact["\(endpoint.namespace)/\(name)"] = endpoint.workloadText }
      exact[endpoint.workloadText] = endpoint.workloadText
      byNamespace[endpoint.namespace, default: []].append((endpoint.ownerName, endpoint.workloadText))
      for address in endpoint.addresses { addresses[address] = endpoint.workloadText }
    }
    self.exact = exact
    self.byNamespace = byNamespace
    self.addresses = addresses
  }

  func resolve(_ text: String) -> End {
    if let name = exact[text] { return .workload(name) }
    if text == "*" { return .anyone }
    if text == "*/*" { return .cluster }
    if text.hasSuffix("/*"), !text.dropLast(2).contains("/"), !text.dropLast(2).contains("*") {
      return .namespace(String(text.dropLast(2)))
    }
    if let range = IPRange(cidr: text) {
      if let address = IPAddress(text), let name = addresses[address] { return .workload(name) }
      return .block(text.contains("/") ? text : text + (range.isV6 ? "/128" : "/32"))
    }
    // `web-7d9f8c-x2x4` and `web-7d9f8c-*` are pods of the longest workload name that they begin with.
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2 else { return .unknown }
    let best = (byNamespace[String(parts[0])] ?? []).filter { parts[1].hasPrefix($0.name + "-") }
      .max { $0.name.count < $1.name.count }
    return best.map { .workload($0.workload) } ?? .unknown
  }
}
