import Bytes
import Findings
package import Kube

/// Connections that manifests themselves speak of: addresses of Services in environment, arguments and ConfigMaps, hosts
/// outside in environment and arguments, what reads metrics, what Services, Ingresses, Gateways and host ports open to the outside, and what
/// the cluster itself needs.
package enum ManifestConnections {
  package static func find(_ snapshot: ClusterSnapshot) -> [WantedConnection] {
    let model = ReachModel(snapshot.without(PolicyDialects.kinds))
    let cluster = model.cluster
    let services = cluster.services
    var found: [WantedConnection] = []
    var seen = Set<WantedConnection>()
    var maps: [String: [String]] = [:]
    for map in snapshot.objects(.configMap) {
      maps["\(map.effectiveNamespace)/\(map.name)"] = (map.root["data"]?.entries ?? []).compactMap { $0.value.string }
    }
    func add(_ connection: WantedConnection) {
      if seen.insert(connection).inserted { found.append(connection) }
    }
    for workload in snapshot.workloads {
      let source = WantedConnection.End.workload(cluster.snapshot.workload(of: workload.object))
      func want(
        _ destination: WantedConnection.End, _ port: UInt16, _ transport: ConnectionSet.TransportProtocol = .tcp
      ) {
        add(WantedConnection(source: source, destination: destination, transport: transport, port: port))
      }
      let namespace = workload.object.effectiveNamespace
      for address in settings(of: workload).flatMap(ExternalAddress.find) {
        switch address.host {
        case .name(ExternalAddress.ownNode):
          want(.ownNode, address.port)
          for (listener, port) in listeners(onNodes: address.port, cluster) where .workload(listener) != source {
            want(.workload(listener), port)
          }
        case .name(let name):
          if services.resolve(host: name, home: namespace) != nil { continue }
          let labels = name.split(separator: ".")
          // `name` and `name.namespace` are inside, whether or not the input holds such a Service.
          let isInside = labels.count == 1 || labels.count == 2 && cluster.namespaces[String(labels[1])] != nil
          want(isInside ? .named(name) : .external(name), address.port)
        case .address(let own): want(.named(own.text), address.port)
        }
      }
      for address in texts(of: workload, maps).flatMap(ServiceAddress.find) {
        guard let target = services.resolve(host: address.host, home: namespace) else { continue }
        for (destination, transport, port) in destinations(target, address, namespace, cluster) {
          // What a workload calls itself by is no connection of its own, unless it means one of its pods.
          let isPeer = target.isOfPod || target.service.isHeadless && workload.object.kind == "StatefulSet"
          guard destination != source || isPeer else { continue }
          want(destination, port, transport)
        }
      }
    }
    for connection in MetricsReaders.connections(cluster) { add(connection) }
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

  /// What an address of a Service leads to: pods, addresses that EndpointSlices put there, or the name that it stands for.
  private static func destinations(
    _ target: ServiceIndex.Found, _ address: ServiceAddress, _ home: String, _ cluster: ReachCluster
  ) -> [(WantedConnection.End, ConnectionSet.TransportProtocol, UInt16)] {
    let services = cluster.services
    var target = target
    if let name = target.service.externalName {
      guard let inner = services.resolve(host: name, home: target.service.namespace), inner.service.externalName == nil
      else {
        let own = target.service.ports.compactMap { $0["port"]?.int.flatMap { UInt16(exactly: $0) } }
        let ports = (address.port ?? address.usualPort).map { [$0] } ?? own
        return ports.map { (.external(name), .tcp, $0) }
      }
      target = inner
    }
    let service = target.service
    var result: [(WantedConnection.End, ConnectionSet.TransportProtocol, UInt16)] = []
    var isListed = false
    for port in service.ports {
      if let wanted = address.port, port["port"]?.text != String(wanted) { continue }
      isListed = true
      for id in target.endpoints {
        let set = services.ports(id, behind: port)
        for transport in ConnectionSet.TransportProtocol.allCases {
          for interval in set.ports(transport) {
            result.append((.workload(cluster[id].workload), transport, interval.lowerBound))
          }
        }
      }
    }
    // The name of a headless Service leads to the pods themselves, on whichever port.
    if !isListed, service.isHeadless, let port = address.port {
      result += target.endpoints.map { (.workload(cluster[$0].workload), .tcp, port) }
    }
    guard !service.hasSelector else { return result }
    for backend in ServiceIndex.backends(of: service.name, in: service.namespace, cluster.snapshot) {
      for port in backend.ports {
        guard let number = port["port"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
          let transport = ServiceIndex.transport(port)
        else { continue }
        result.append((.named(backend.address.text), transport, number))
      }
    }
    return result
  }

  /// Workloads that listen on a port of their nodes, with the port of the pod.
  private static func listeners(onNodes wanted: UInt16, _ cluster: ReachCluster) -> [(Subject, UInt16)] {
    cluster.snapshot.workloads.flatMap { workload in
      workload.containers.flatMap { $0.node["ports"]?.elements ?? [] }.compactMap { port -> (Subject, UInt16)? in
        guard port["hostPort"]?.int == Int64(wanted),
          let own = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return (cluster.snapshot.workload(of: workload.object), own)
      }
    }
  }

  /// A value with the variables of its container in it, as the kubelet and shells put them there; a variable with the address
  /// of the pod's own node as `ExternalAddress.ownNode`.
  private static func expanded(_ text: String, _ variables: [String: String]) -> String {
    guard text.contains("$(") || text.contains("${") else { return text }
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "$") {
      result += rest[..<start]
      let open = rest.index(after: start)
      guard open < rest.endIndex, rest[open] == "(" || rest[open] == "{",
        let close = rest[open...].firstIndex(of: rest[open] == "(" ? ")" : "}"),
        let value = variables[String(rest[rest.index(after: open)..<close])]
      else {
        result += "$"
        rest = rest[open...]
        continue
      }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func variables(of container: Container) -> [String: String] {
    var result: [String: String] = [:]
    for item in container.node["env"]?.elements ?? [] {
      guard let name = item["name"]?.text else { continue }
      if let value = item["value"]?.text {
        result[name] = expanded(value, result)
      } else if ["status.hostIP", "status.hostIPs", "spec.nodeName"].contains(
        item[path: "valueFrom", "fieldRef", "fieldPath"]?.text)
      {
        result[name] = ExternalAddress.ownNode
      }
    }
    return result
  }

  /// What its containers are told themselves: files that they mount may speak of much that they never ask.
  private static func settings(of workload: Workload) -> [String] {
    workload.containers.flatMap { container in
      let variables = variables(of: container)
      return
        ((container.node["env"]?.elements ?? []).compactMap { $0["value"]?.text }
        + (container.node["args"]?.elements ?? []).compactMap(\.text)
        + (container.node["command"]?.elements ?? []).compactMap(\.text)).map { expanded($0, variables) }
    }
  }

  /// Everything that configures a workload: environment, arguments, and ConfigMaps that it reads or mounts.
  private static func texts(of workload: Workload, _ maps: [String: [String]]) -> [String] {
    let namespace = workload.object.effectiveNamespace
    var texts = settings(of: workload)
    for container in workload.containers {
      for item in container.node["env"]?.elements ?? [] {
        if let name = item[path: "valueFrom", "configMapKeyRef"]?["name"]?.string {
          texts += maps["\(namespace)/\(name)"] ?? []
        }
      }
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
