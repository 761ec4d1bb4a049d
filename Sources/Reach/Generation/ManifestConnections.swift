import Bytes
import Findings
package import Kube

/// Connections that manifests themselves speak of: addresses of Services in environment, arguments and ConfigMaps, and
/// what Services, Ingresses, Gateways and host ports open to the outside.
package enum ManifestConnections {
  package static func find(_ snapshot: ClusterSnapshot) -> [WantedConnection] {
    let model = ReachModel(snapshot.without(PolicyDialects.kinds))
    let cluster = model.cluster
    let services = ServiceIndex(snapshot, cluster)
    var found: [WantedConnection] = []
    var seen = Set<WantedConnection>()
    let byName = Dictionary(grouping: services.services) { $0.object.name }
    var maps: [String: [String]] = [:]
    for map in snapshot.objects(.configMap) {
      maps["\(map.effectiveNamespace)/\(map.name)"] = (map.root["data"]?.entries ?? []).compactMap { $0.value.string }
    }
    for workload in snapshot.workloads {
      let namespace = workload.object.effectiveNamespace
      for address in texts(of: workload, maps).flatMap(ServiceAddress.find) {
        for service in byName[address.name] ?? [] {
          let home = service.object.effectiveNamespace
          guard address.namespace.map({ $0 == home }) ?? (home == namespace) else { continue }
          for port in service.object.spec?["ports"]?.elements ?? [] {
            if let wanted = address.port, port["port"]?.text != String(wanted) { continue }
            for id in service.endpoints {
              let set = services.ports(service, id, port["port"])
              let source = cluster.workload(of: workload.object)
              let destination = cluster[id].workload
              // What a workload calls itself by is no connection of its own.
              guard destination != source else { continue }
              for transport in ConnectionSet.TransportProtocol.allCases {
                for interval in set.ports(transport) {
                  let connection = WantedConnection(
                    source: .workload(source), destination: .workload(destination), transport: transport,
                    port: interval.lowerBound)
                  if seen.insert(connection).inserted { found.append(connection) }
                }
              }
            }
          }
        }
      }
    }
    let controllers = Set(cluster.endpoints.filter(\.looksLikeIngressController).map(\.workload)).sorted()
    for entryPoint in Exposure(model).entryPoints where entryPoint.ports != .all {
      let destination = WantedConnection.End.workload(entryPoint.workload)
      let sources: [WantedConnection.End] =
        entryPoint.isRouted ? (controllers.isEmpty ? [.anyPod] : controllers.map { .workload($0) }) : [.anyone]
      for transport in ConnectionSet.TransportProtocol.allCases {
        for interval in entryPoint.ports.ports(transport) {
          for source in sources where source != destination {
            let connection = WantedConnection(
              source: source, destination: destination, transport: transport, port: interval.lowerBound)
            if seen.insert(connection).inserted { found.append(connection) }
          }
        }
      }
    }
    return found
  }

  /// Everything that configures a workload: environment, arguments, and ConfigMaps that it reads or mounts.
  private static func texts(of workload: Workload, _ maps: [String: [String]]) -> [String] {
    let namespace = workload.object.effectiveNamespace
    var texts: [String] = []
    for container in workload.containers {
      for item in container.node["env"]?.elements ?? [] {
        if let value = item["value"]?.text { texts.append(value) }
        if let name = item[path: "valueFrom", "configMapKeyRef"]?["name"]?.string {
          texts += maps["\(namespace)/\(name)"] ?? []
        }
      }
      texts += (container.node["args"]?.elements ?? []).compactMap(\.text)
      texts += (container.node["command"]?.elements ?? []).compactMap(\.text)
      for source in container.node["envFrom"]?.elements ?? [] {
        if let name = source[path: "configMapRef", "name"]?.string { texts += maps["\(namespace)/\(name)"] ?? [] }
      }
    }
    for volume in workload.template.spec["volumes"]?.elements ?? [] {
      if let name = volume[path: "configMap", "name"]?.string { texts += maps["\(namespace)/\(name)"] ?? [] }
    }
    return texts
  }
}
