import Bytes
package import Findings
package import Kube

/// What is reachable from outside the cluster, and through what.
package struct Exposure: Sendable {
  package struct EntryPoint: Sendable {
    package let workload: String
    /// `LoadBalancer Service shop/web`, `Ingress shop/web (shop.example.com)`, `hostPort 9100`, …
    package let through: String
    package let ports: ConnectionSet
    /// Whether traffic comes by the pods of a controller (Ingress, Route, Gateway) and not from outside itself.
    package var isRouted = false
    /// False when network policies stop what the door would let in.
    package let open: Bool
    package let location: Location
  }

  package let entryPoints: [EntryPoint]

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    self.init(ReachModel(snapshot, profile: profile))
  }

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    var entryPoints: [EntryPoint] = []
    var ignored: [ReachModel.Remark] = []
    func external(_ unit: Int) -> ConnectionSet {
      var set = ConnectionSet.none
      for position in cluster.ranges.indices {
        set = set.union(model.ports(unit, .ingress, cluster.units.count + position, &ignored))
      }
      return set
    }
    func add(_ index: Int, _ through: String, _ ports: ConnectionSet, from: [Int]?, _ location: Location) {
      let endpoint = cluster.endpoints[index]
      let inside =
        from.map { units in
          units.reduce(ConnectionSet.none) { $0.union(model.ports(endpoint.unit, .ingress, $1, &ignored)) }
        } ?? external(endpoint.unit)
      let left = ports.intersection(inside)
      entryPoints.append(
        EntryPoint(
          workload: endpoint.workloadText, through: through, ports: left.hasPorts ? left : ports,
          isRouted: from != nil, open: left.hasPorts, location: location))
    }
    let snapshot = cluster.snapshot
    let controllers = cluster.ingressControllerUnits
    let services = ServiceIndex(snapshot, cluster)
    for service in services.services {
      let type = service.object.spec?["type"]?.string ?? "ClusterIP"
      let external = !(service.object.spec?["externalIPs"]?.elements ?? []).isEmpty
      guard type == "LoadBalancer" || type == "NodePort" || external else { continue }
      let word = type == "ClusterIP" ? "externalIPs of Service" : "\(type) Service"
      for index in service.endpoints {
        add(
          index, "\(word) \(service.object.effectiveNamespace)/\(service.object.name)",
          services.ports(service, index, nil), from: nil, service.object.location)
      }
    }
    for route in services.routes(snapshot) {
      guard let service = services.find(route.namespace, route.service) else { continue }
      for index in service.endpoints {
        add(index, route.text, services.ports(service, index, route.port), from: controllers, route.location)
      }
    }
    for (index, endpoint) in cluster.endpoints.enumerated() where endpoint.hostNetwork {
      entryPoints.append(
        EntryPoint(
          workload: cluster.endpoints[index].workloadText, through: "the node's network", ports: .all, open: true,
          location: endpoint.location))
    }
    let byName = Dictionary(
      cluster.endpoints.indices.map { ("\(cluster.endpoints[$0].namespace)/\(cluster.endpoints[$0].ownerName)", $0) },
      uniquingKeysWith: { first, _ in first })
    for workload in snapshot.workloads where !workload.template.hostNetwork {
      for container in workload.containers {
        for port in container.node["ports"]?.elements ?? [] {
          guard let host = port["hostPort"]?.int.flatMap({ UInt16(exactly: $0) }), host > 0,
            let number = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
            let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
          else { continue }
          let name = "\(workload.object.effectiveNamespace)/\(workload.object.name)"
          guard let index = byName[name] else { continue }
          add(
            index, "hostPort \(host)", ConnectionSet(transport, number...number), from: nil,
            workload.object.location(of: port))
        }
      }
    }
    var seen = Set<String>()
    self.entryPoints = entryPoints.filter { seen.insert("\($0.workload)|\($0.through)|\($0.ports.text)").inserted }
      .sorted { ($0.workload, $0.through) < ($1.workload, $1.through) }
  }
}
