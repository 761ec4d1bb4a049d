package import Bytes
package import Findings

/// What a question's ends are called.
extension ReachModel {
  /// One end of a connection that is asked for.
  package enum End: Sendable, Hashable {
    case endpoint(EndpointID)
    /// A workload of whose pods policies tell some apart: one of each kind.
    case workload(Subject, [EndpointID])
    /// A Service, by its name or one of its addresses: whatever is behind it.
    case service(namespace: String, name: String)
    case address(IPAddress)
    /// Index into the cluster's names, and the name that it was found by.
    case name(Int, asked: String)
    /// A DNS name of which no policy speaks: any external address may be behind it.
    case unknownName(String)
  }

  /// What ends may be called, in tables for many questions.
  package struct EndNames: Sendable {
    private let model: ReachModel
    private var endpoints: [String: EndpointID] = [:]
    private var addresses: [IPAddress: End] = [:]
    /// By name of a workload one of each kind of its pods, where there are several kinds.
    private var workloads: [String: End] = [:]

    init(_ model: ReachModel) {
      self.model = model
      let cluster = model.cluster
      // Pods go before workloads, and both before Services; the first of equal names wins.
      for id in cluster.endpointIDs {
        let endpoint = cluster[id]
        for name in ["\(endpoint.namespace)/\(endpoint.name)", endpoint.pod.text] where endpoints[name] == nil {
          endpoints[name] = id
        }
        for address in endpoint.addresses where addresses[address] == nil { addresses[address] = .endpoint(id) }
      }
      var kinds: [Subject: [EndpointID]] = [:]
      var seen: [Subject: Set<PodClassID>] = [:]
      for id in cluster.endpointIDs where seen[cluster[id].workload, default: []].insert(cluster[id].podClass).inserted
      {
        kinds[cluster[id].workload, default: []].append(id)
      }
      for id in cluster.endpointIDs {
        let workload = cluster[id].workload
        for name in [workload.workloadText, "\(cluster[id].namespace)/\(workload.name)"] where endpoints[name] == nil {
          endpoints[name] = id
          if let several = kinds[workload], several.count > 1 { workloads[name] = .workload(workload, several) }
        }
      }
      for service in cluster.services.all {
        for address in service.addresses where addresses[address] == nil {
          addresses[address] = .service(namespace: service.namespace, name: service.name)
        }
      }
    }

    /// The endpoint called `ns/name` (a pod, or a workload without pods) or `ns/name[Kind]`; a Service called so or by the
    /// name that the cluster's DNS gives it; an address; a DNS name outside.
    ///
    /// - Parameter home: the namespace from which a name is asked for; nil where that is not known.
    /// - Returns: nil for what is none of these.
    package func end(_ text: String, home: String? = nil) -> End? {
      if let address = IPAddress(text) { return addresses[address] ?? .address(address) }
      if let workload = workloads[text] { return workload }
      if let id = endpoints[text] { return .endpoint(id) }
      let services = model.cluster.services
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 {
        let name = parts[1].hasSuffix("[Service]") ? String(parts[1].dropLast("[Service]".count)) : parts[1]
        if let found = services.find(parts[0], name) {
          return .service(namespace: found.namespace, name: found.name)
        }
        // A pod that a StatefulSet will have.
        let cluster = model.cluster
        return cluster.endpointIDs.first { cluster[$0].namespace == parts[0] && cluster[$0].isReplica(parts[1]) }
          .map(End.endpoint)
      }
      if let found = services.resolve(host: text, home: home) {
        if found.isOfPod, found.endpoints.count == 1 { return .endpoint(found.endpoints[0]) }
        return .service(namespace: found.service.namespace, name: found.service.name)
      }
      // Names of the cluster's own zone lead nowhere else.
      return ServiceIndex.isInside(text) ? nil : model.name(text)
    }

    /// Pods and workloads by all that they are called.
    package var endpointNames: [String: EndpointID] { endpoints }
  }

  package func endNames() -> EndNames { EndNames(self) }

  /// As `EndNames.end`, for a single question.
  package func end(_ text: String, home: String? = nil) -> End? { EndNames(self).end(text, home: home) }

  /// The namespace from which an end asks for names; nil for what is in none.
  package func home(of end: End) -> String? {
    switch end {
    case .endpoint(let id): cluster[id].namespace
    case .workload(let workload, _): workload.namespace
    case .service(let namespace, _): namespace
    case .address, .name, .unknownName: nil
    }
  }

  package func endpointNames() -> [String: EndpointID] { EndNames(self).endpointNames }

  /// A DNS name: one that policies name, one that a pattern of theirs covers, or any other.
  ///
  /// - Returns: nil for what cannot be one.
  package func name(_ text: String) -> End? {
    let wanted = DNSName.normalised(text)
    if let index = cluster.names.firstIndex(of: wanted) { return .name(index, asked: wanted) }
    if let index = cluster.names.firstIndex(where: { DNSName.covers($0, wanted) }) {
      return .name(index, asked: wanted)
    }
    let labels = wanted.split(separator: ".", omittingEmptySubsequences: false)
    let isName =
      labels.count > 1 && wanted.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 26 || $0 == 0x2D || $0 == 0x5F }
      } && labels.last?.contains { $0.isLetter } == true
    return isName ? .unknownName(wanted) : nil
  }
}
