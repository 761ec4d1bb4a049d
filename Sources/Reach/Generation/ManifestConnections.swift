import Bytes
import Findings
package import Kube

/// Connections that manifests themselves speak of: addresses of Services in environment, arguments and ConfigMaps, hosts
/// outside in environment and arguments, what Services, Ingresses, Gateways and host ports open to the outside, and what
/// the cluster itself needs.
package enum ManifestConnections {
  package static func find(_ snapshot: ClusterSnapshot) -> [WantedConnection] {
    let model = ReachModel(snapshot.without(PolicyDialects.kinds))
    let cluster = model.cluster
    let services = cluster.services
    var found: [WantedConnection] = []
    var seen = Set<WantedConnection>()
    let byName = Dictionary(grouping: services.all.filter(\.hasSelector)) { $0.name }
    var maps: [String: [String]] = [:]
    for map in snapshot.objects(.configMap) {
      maps["\(map.effectiveNamespace)/\(map.name)"] = (map.root["data"]?.entries ?? []).compactMap { $0.value.string }
    }
    func add(_ connection: WantedConnection) {
      if seen.insert(connection).inserted { found.append(connection) }
    }
    for workload in snapshot.workloads {
      for address in settings(of: workload).flatMap(ExternalAddress.find) {
        let destination: WantedConnection.End
        switch address.host {
        case .name(let name):
          // `name.namespace` is inside, whether or not there is such a Service.
          let labels = name.split(separator: ".")
          if labels.count == 2, cluster.namespaces[String(labels[1])] != nil || services.find(host: name) != nil {
            continue
          }
          destination = .external(name)
        case .address(let address): destination = .named(address.text)
        }
        add(
          WantedConnection(
            source: .workload(cluster.snapshot.workload(of: workload.object)), destination: destination,
            transport: .tcp,
            port: address.port))
      }
      let namespace = workload.object.effectiveNamespace
      for address in texts(of: workload, maps).flatMap(ServiceAddress.find) {
        for service in byName[address.name] ?? [] {
          let home = service.object.effectiveNamespace
          guard address.namespace.map({ $0 == home }) ?? (home == namespace) else { continue }
          for port in service.object.spec?["ports"]?.elements ?? [] {
            if let wanted = address.port, port["port"]?.text != String(wanted) { continue }
            for id in service.endpoints {
              let set = services.ports(service, id, port["port"])
              let source = cluster.snapshot.workload(of: workload.object)
              let destination = cluster[id].workload
              // What a workload calls itself by is no connection of its own.
              guard destination != source else { continue }
              for transport in ConnectionSet.TransportProtocol.allCases {
                for interval in set.ports(transport) {
                  add(
                    WantedConnection(
                      source: .workload(source), destination: .workload(destination), transport: transport,
                      port: interval.lowerBound))
                }
              }
            }
          }
        }
      }
    }
    let controllers = Set(cluster.endpoints.filter { $0.ingressController != nil }.map(\.workload)).sorted()
    for entryPoint in Exposure(model).entryPoints
    where entryPoint.via != .hostNetwork && entryPoint.obstacle == nil && entryPoint.isOfInput {
      let destination = WantedConnection.End.workload(entryPoint.workload)
      let sources: [WantedConnection.End] =
        entryPoint.isRouted ? (controllers.isEmpty ? [.anyPod] : controllers.map { .workload($0) }) : [.anyone]
      for transport in ConnectionSet.TransportProtocol.allCases {
        for interval in entryPoint.ports.ports(transport) {
          for source in sources where source != destination {
            add(
              WantedConnection(
                source: source, destination: destination, transport: transport, port: interval.lowerBound))
          }
        }
      }
    }
    for connection in ClusterNeeds.find(cluster) { add(connection) }
    return found
  }

  /// What its containers are told themselves: files that they mount may speak of much that they never ask.
  private static func settings(of workload: Workload) -> [String] {
    workload.containers.flatMap { container in
      (container.node["env"]?.elements ?? []).compactMap { $0["value"]?.text }
        + (container.node["args"]?.elements ?? []).compactMap(\.text)
        + (container.node["command"]?.elements ?? []).compactMap(\.text)
    }
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
