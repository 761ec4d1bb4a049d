import Bytes
package import Findings
package import Kube

/// What is reachable from outside the cluster, and through what.
package struct Exposure: Sendable {
  /// A way from outside the cluster to a workload.
  package struct EntryPoint: Sendable {
    package let workload: Subject
    /// `LoadBalancer Service shop/web`, `Ingress shop/web (shop.example.com)`, `hostPort 9100`, …
    package let through: String
    package let ports: ConnectionSet
    /// Whether traffic comes by the pods of a controller (Ingress, Route, Gateway) and not from outside itself.
    package var isRouted = false
    /// False when network policies stop what the entry point would let in.
    package let open: Bool
    package let location: Location
  }

  /// By the names of workloads.
  package let entryPoints: [EntryPoint]
  private let byWorkload: [Subject: [EntryPoint]]
  private let cluster: ReachCluster

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    self.init(ReachModel(snapshot, profile: profile))
  }

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    var entryPoints: [EntryPoint] = []
    func external(_ podClass: PodClassID) -> ConnectionSet {
      cluster.ranges.indices.reduce(ConnectionSet.none) {
        $0.union(model.ports(PeerID(podClass), .ingress, cluster.peer(ofRange: $1)))
      }
    }
    func add(_ id: EndpointID, _ through: String, _ ports: ConnectionSet, from: [PodClassID]?, _ location: Location) {
      let endpoint = cluster[id]
      let inside =
        from.map { sources in
          sources.reduce(ConnectionSet.none) {
            $0.union(model.ports(PeerID(endpoint.podClass), .ingress, PeerID($1)))
          }
        } ?? external(endpoint.podClass)
      let left = ports.intersection(inside)
      entryPoints.append(
        EntryPoint(
          workload: endpoint.workload, through: through, ports: left.hasPorts ? left : ports,
          isRouted: from != nil, open: left.hasPorts, location: location))
    }
    let snapshot = cluster.snapshot
    let controllers = cluster.ingressControllers
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
    for endpoint in cluster.endpoints where endpoint.hostNetwork {
      entryPoints.append(
        EntryPoint(
          workload: endpoint.workload, through: "host network", ports: .all, open: true,
          location: endpoint.location))
    }
    let byWorkload = Dictionary(grouping: cluster.endpointIDs) { cluster[$0].workload }
    for workload in snapshot.workloads where !workload.template.hostNetwork {
      for container in workload.containers {
        for port in container.node["ports"]?.elements ?? [] {
          guard let host = port["hostPort"]?.int.flatMap({ UInt16(exactly: $0) }), host > 0,
            let number = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
            let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
          else { continue }
          guard let index = byWorkload[cluster.workload(of: workload.object)]?.first else { continue }
          add(
            index, "hostPort \(host)", ConnectionSet(transport, number...number), from: nil,
            workload.object.location(of: port))
        }
      }
    }
    struct Key: Hashable {
      let workload: Subject
      let through: String
      let ports: ConnectionSet
    }
    var seen = Set<Key>()
    let sorted = entryPoints.filter {
      seen.insert(Key(workload: $0.workload, through: $0.through, ports: $0.ports)).inserted
    }.map { (name: $0.workload.workloadText, entryPoint: $0) }
      .sorted { ($0.name, $0.entryPoint.through) < ($1.name, $1.entryPoint.through) }.map(\.entryPoint)
    self.entryPoints = sorted
    self.byWorkload = Dictionary(grouping: sorted, by: \.workload)
    self.cluster = cluster
  }

  /// Those into what an object that makes pods makes.
  package func entryPoints(of object: KubeObject) -> [EntryPoint] {
    byWorkload[cluster.workload(of: object)] ?? []
  }
}
