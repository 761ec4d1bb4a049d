import Bytes
import Findings
import Kube

/// Finds what flow logs and people call a workload.
struct EndpointNames {
  enum End: Hashable {
    case workload(Subject)
    /// A CIDR block.
    case block(String)
    /// `*`: whatever there is.
    case anyone
    /// `*/*`: any pod.
    case cluster
    /// `ns/*`: any pod of a namespace.
    case namespace(String)
    /// A DNS name outside.
    case external(String)
    case apiServer
    case ownNode
    case unknown
  }

  let workloads: [Subject: [Endpoint]]
  private let exact: [String: Subject]
  private let byNamespace: [String: [(name: String, workload: Subject)]]
  private let addresses: [IPAddress: Subject]

  init(_ cluster: ReachCluster) {
    workloads = Dictionary(grouping: cluster.endpoints, by: \.workload)
    var exact: [String: Subject] = [:]
    var byNamespace: [String: [(name: String, workload: Subject)]] = [:]
    var addresses: [IPAddress: Subject] = [:]
    for endpoint in cluster.endpoints {
      let workload = endpoint.workload
      for name in [endpoint.name, workload.name] { exact["\(endpoint.namespace)/\(name)"] = workload }
      exact[workload.workloadText] = workload
      byNamespace[endpoint.namespace, default: []].append((workload.name, workload))
      for address in endpoint.addresses { addresses[address] = workload }
    }
    self.exact = exact
    self.byNamespace = byNamespace
    self.addresses = addresses
  }

  func resolve(_ end: WantedConnection.End) -> End {
    switch end {
    case .workload(let workload): workloads[workload] == nil ? .unknown : .workload(workload)
    case .named(let text): resolve(text)
    case .external(let name): .external(name)
    case .apiServer: .apiServer
    case .ownNode: .ownNode
    case .made(let object, _): .workload(object)
    case .scraper: .unknown
    }
  }

  private func resolve(_ text: String) -> End {
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
