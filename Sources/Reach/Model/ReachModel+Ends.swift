package import Bytes
import Findings

/// What a question's ends are called.
extension ReachModel {
  /// One end of a connection that is asked for.
  package enum End: Sendable, Hashable {
    case endpoint(EndpointID)
    case address(IPAddress)
    /// Index into the cluster's names.
    case name(Int)
    /// A DNS name of which no policy speaks: any external address may be behind it.
    case unknownName(String)
  }

  /// The endpoint called `ns/name` (a pod, or a workload without pods), `ns/name[Kind]`, an address, or a DNS name.
  ///
  /// - Returns: nil for what is none of these.
  package func end(_ text: String) -> End? {
    if let address = IPAddress(text) {
      // An address of a pod means the pod.
      if let id = cluster.endpointIDs.first(where: { cluster[$0].addresses.contains(address) }) { return .endpoint(id) }
      return .address(address)
    }
    if let id = endpointNames()[text] { return .endpoint(id) }
    return name(text)
  }

  /// A DNS name: one that policies name, one that a pattern of theirs covers, or any other.
  ///
  /// - Returns: nil for what cannot be one.
  package func name(_ text: String) -> End? {
    let wanted = DNSName.normalised(text)
    if let index = cluster.names.firstIndex(of: wanted) { return .name(index) }
    if let index = cluster.names.firstIndex(where: { DNSName.covers($0, wanted) }) { return .name(index) }
    let labels = wanted.split(separator: ".", omittingEmptySubsequences: false)
    let isName =
      labels.count > 1 && wanted.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
      } && labels.last?.contains { $0.isLetter } == true
    return isName ? .unknownName(wanted) : nil
  }

  /// What endpoints may be called, for many questions: pods go before workloads, and the first of equal names wins.
  package func endpointNames() -> [String: EndpointID] {
    var table: [String: EndpointID] = [:]
    for id in cluster.endpointIDs {
      let endpoint = cluster[id]
      for name in ["\(endpoint.namespace)/\(endpoint.name)", endpoint.pod.text] where table[name] == nil {
        table[name] = id
      }
    }
    for id in cluster.endpointIDs {
      let endpoint = cluster[id]
      for name in [endpoint.workload.workloadText, "\(endpoint.namespace)/\(endpoint.workload.name)"]
      where table[name] == nil {
        table[name] = id
      }
    }
    return table
  }
}
