import Bytes
package import Kube

/// Connections that manifests themselves speak of: addresses of Services in environment, arguments and ConfigMaps.
package enum ManifestConnections {
  package static func find(_ snapshot: ClusterSnapshot) -> [WantedConnection] {
    let cluster = ReachModel(snapshot).cluster
    let services = ServiceIndex(snapshot, cluster)
    var found: [WantedConnection] = []
    var seen = Set<WantedConnection>()
    for workload in snapshot.workloads {
      let namespace = workload.object.effectiveNamespace
      var texts: [String] = []
      for container in workload.containers {
        texts += (container.node["env"]?.elements ?? []).compactMap { $0["value"]?.text }
        texts += (container.node["args"]?.elements ?? []).compactMap(\.text)
        texts += (container.node["command"]?.elements ?? []).compactMap(\.text)
        for source in container.node["envFrom"]?.elements ?? [] {
          guard let name = source[path: "configMapRef", "name"]?.string else { continue }
          for map in snapshot.objects(.configMap) where map.name == name && map.effectiveNamespace == namespace {
            texts += (map.root["data"]?.entries ?? []).compactMap { $0.value.string }
          }
        }
      }
      for service in services.services {
        let name = service.object.name
        let home = service.object.effectiveNamespace
        for port in service.object.spec?["ports"]?.elements ?? [] {
          guard let number = port["port"]?.text,
            texts.contains(where: { mentions($0, name, home, namespace, number) })
          else { continue }
          for index in service.endpoints {
            let set = services.ports(service, index, port["port"])
            let endpoint = cluster.endpoints[index]
            for transport in PortSet.TransportProtocol.allCases {
              for interval in set.ports(transport) {
                let connection = WantedConnection(
                  source: "\(namespace)/\(workload.object.name)[\(workload.object.kind)]",
                  destination: endpoint.workloadText,
                  transport: transport, port: interval.lowerBound)
                if seen.insert(connection).inserted { found.append(connection) }
              }
            }
          }
        }
      }
    }
    return found
  }

  /// `name:port`, `name.ns:port`, `name.ns.svc…:port`; the short form only from the service's own namespace.
  private static func mentions(_ text: String, _ name: String, _ home: String, _ from: String, _ port: String) -> Bool {
    var rest = text[...]
    while let start = rest.firstRange(of: name) {
      let before = start.lowerBound > text.startIndex ? text[text.index(before: start.lowerBound)] : " "
      let host = text[start.lowerBound...].prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
      let after = text[host.endIndex...]
      rest = rest[start.upperBound...]
      guard !(before.isLetter || before.isNumber || before == "-" || before == "."), after.hasPrefix(":" + port) else {
        continue
      }
      let next = after.dropFirst(port.count + 1).first
      if let next, next.isNumber { continue }
      let labels = host.split(separator: ".")
      guard labels.first.map(String.init) == name else { continue }
      if labels.count == 1 ? home == from : labels[1] == home && (labels.count == 2 || labels[2] == "svc") {
        return true
      }
    }
    return false
  }
}
