import Bytes
import Findings
package import Kube

/// What is reachable from outside the cluster, and through what.
package struct Exposure: Sendable {
  /// By the names of workloads.
  package let entryPoints: [EntryPoint]
  /// Routes of kinds that are not read: what they open is not among the entry points.
  package let unread: [KubeObject]
  private let byWorkload: [Subject: [EntryPoint]]
  private let cluster: ReachCluster

  package init(_ snapshot: ClusterSnapshot, profile: ReachProfile) {
    self.init(ReachModel(snapshot, profile: profile))
  }

  package init(_ model: ReachModel) {
    let cluster = model.cluster
    var finder = Finder(model)
    finder.addServices()
    finder.addRoutes()
    finder.addHostPorts()
    struct Key: Hashable {
      let workload: Subject
      let via: EntryPoint.Via
      let ports: ConnectionSet
    }
    var seen = Set<Key>()
    let sorted = finder.entryPoints.filter {
      seen.insert(Key(workload: $0.workload, via: $0.via, ports: $0.ports)).inserted
    }.map { (name: $0.workload.workloadText, via: $0.via.text, entryPoint: $0) }
      .sorted { ($0.name, $0.via) < ($1.name, $1.via) }.map(\.entryPoint)
    entryPoints = sorted
    unread = RouteSources.unread(in: cluster.snapshot)
    byWorkload = Dictionary(grouping: sorted, by: \.workload)
    self.cluster = cluster
  }

  /// Those into what an object that makes pods makes.
  package func entryPoints(of object: KubeObject) -> [EntryPoint] {
    byWorkload[cluster.snapshot.workload(of: object)] ?? []
  }
}

extension Exposure {
  private struct Finder {
    private let model: ReachModel
    private let cluster: ReachCluster
    private(set) var entryPoints: [EntryPoint] = []
    /// What comes from outside, by class of pods and by whom the entry point lets in.
    private var fromOutside: [Outside: ReachModel.Bounds] = [:]
    private var fromPods: [PodClassID: [PodClassID: ReachModel.Bounds]] = [:]

    private struct Outside: Hashable {
      let podClass: PodClassID
      let reach: EntryPoint.Reach
    }

    init(_ model: ReachModel) {
      self.model = model
      cluster = model.cluster
    }

    // MARK: Ways in

    mutating func addServices() {
      for service in cluster.services.all {
        let object = service.object
        let kind: EntryPoint.Via.ServiceKind
        switch object.spec?["type"]?.string {
        case "LoadBalancer"?: kind = .loadBalancer
        case "NodePort"?: kind = .nodePort
        default:
          guard !(object.spec?["externalIPs"]?.elements ?? []).isEmpty else { continue }
          kind = .externalIPs
        }
        let via = EntryPoint.Via.service(kind, namespace: service.namespace, name: service.name)
        let outside = Self.outside(service, kind)
        let reach = Self.reach(service, kind)
        let missing: [MissingFact] =
          kind == .loadBalancer && LoadBalancer.asksGroups(object) ? [.cloudGroups] : []
        for endpoint in cluster.backends(of: service) {
          add(
            endpoint, via, cluster.services.ports(service, endpoint, nil), outside: outside, reach, missing: missing,
            object.location)
        }
        addUnseen(behind: service, via, outside: outside, reach, object.location)
      }
    }

    /// Ports at the balancer, at the nodes, or at the Service's own addresses.
    private static func outside(_ service: ServiceIndex.Service, _ kind: EntryPoint.Via.ServiceKind) -> [PolicyPort] {
      var result: [PolicyPort] = []
      for port in service.ports {
        guard let transport = ServiceIndex.transport(port) else { continue }
        func add(_ key: String) {
          guard let number = port[key]?.int.flatMap({ UInt16(exactly: $0) }), number > 0 else { return }
          result.append(PolicyPort(transport: transport, port: number))
        }
        if kind != .nodePort { add("port") }
        if kind != .externalIPs { add("nodePort") }
      }
      return result
    }

    private static func reach(_ service: ServiceIndex.Service, _ kind: EntryPoint.Via.ServiceKind) -> EntryPoint.Reach {
      guard kind == .loadBalancer else { return .anyone }
      let ranges = LoadBalancer.sourceRanges(service.object).compactMap { IPRange(cidr: $0) }
      if !ranges.isEmpty, !ranges.contains(where: { $0 == .allV4 || $0 == .allV6 }) { return .ranges(ranges) }
      return LoadBalancer.isInternal(service.object) ? .internalNetwork : .anyone
    }

    mutating func addRoutes() {
      for route in RouteSources.routes(cluster.snapshot, cluster.services) {
        guard let named = cluster.services.find(route.namespace, route.service) else {
          // Operators make Services that no manifest holds.
          let service = Subject(kind: "Service", namespace: route.namespace, name: route.service)
          addUnseen(service, route.via, outside: [], route.reach, obstacle: route.obstacle, route.location)
          continue
        }
        // A name that stands for another Service of the cluster leads on to that.
        let inner = named.externalName.flatMap { cluster.services.find(host: $0, home: named.namespace) }
        let service = inner ?? named
        for endpoint in cluster.backends(of: service) {
          let ports = cluster.services.ports(service, endpoint, route.port)
          if let sources = cluster.pods(of: route.source) {
            add(
              endpoint, route.via, ports, outside: [], route.reach, bounds(endpoint, ports, from: sources),
              obstacle: route.obstacle, missing: route.missing, route.location)
          } else {
            add(
              endpoint, route.via, ports, outside: [], route.reach, obstacle: route.obstacle, missing: route.missing,
              route.location)
          }
        }
        addUnseen(behind: service, route.via, outside: [], route.reach, obstacle: route.obstacle, route.location)
      }
    }

    /// A Service behind which the input holds nothing, though it does not seem to be the whole of a cluster.
    private mutating func addUnseen(
      behind service: ServiceIndex.Service, _ via: EntryPoint.Via, outside: [PolicyPort], _ reach: EntryPoint.Reach,
      obstacle: EntryPoint.Obstacle? = nil, _ location: Location
    ) {
      guard service.endpoints.isEmpty, service.externalName == nil,
        ServiceIndex.addresses(of: service.name, in: service.namespace, cluster.snapshot).isEmpty
      else { return }
      addUnseen(service.subject, via, outside: outside, reach, obstacle: obstacle, location)
    }

    private mutating func addUnseen(
      _ service: Subject, _ via: EntryPoint.Via, outside: [PolicyPort], _ reach: EntryPoint.Reach,
      obstacle: EntryPoint.Obstacle?, _ location: Location
    ) {
      guard !cluster.isWhole else { return }
      entryPoints.append(
        EntryPoint(
          workload: service, via: via, ports: .none, outside: outside, reach: reach,
          verdict: obstacle == nil ? .unknown : .denied, open: false, obstacle: obstacle,
          missing: obstacle == nil
            ? [.init(rule: nil, facts: [.backends(service: service.workloadText)])] : [],
          location: location, isOfInput: false))
    }

    mutating func addHostPorts() {
      for endpoint in cluster.endpoints where endpoint.hostNetwork {
        entryPoints.append(
          EntryPoint(
            workload: endpoint.workload, via: .hostNetwork, ports: .all, outside: [], reach: .anyone,
            verdict: .allowed, open: true, obstacle: nil, missing: [], location: endpoint.location))
      }
      let byWorkload = Dictionary(grouping: cluster.endpointIDs) { cluster[$0].workload }
      for workload in cluster.snapshot.workloads where !workload.template.hostNetwork {
        for container in workload.containers {
          for port in container.node["ports"]?.elements ?? [] {
            guard let host = port["hostPort"]?.int.flatMap({ UInt16(exactly: $0) }), host > 0,
              let number = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
              let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP"),
              let endpoint = byWorkload[cluster.snapshot.workload(of: workload.object)]?.first
            else { continue }
            add(
              endpoint, .hostPort(host), ConnectionSet(transport, number...number),
              outside: [PolicyPort(transport: transport, port: host)], .anyone, workload.object.location(of: port))
          }
        }
      }
    }

    // MARK: What policies leave open

    private mutating func add(
      _ endpoint: EndpointID, _ via: EntryPoint.Via, _ ports: ConnectionSet, outside: [PolicyPort],
      _ reach: EntryPoint.Reach, obstacle: EntryPoint.Obstacle? = nil, missing: [MissingFact] = [],
      _ location: Location
    ) {
      add(
        endpoint, via, ports, outside: outside, reach, bounds(endpoint, ports, from: reach), obstacle: obstacle,
        missing: missing, location)
    }

    private mutating func add(
      _ endpoint: EndpointID, _ via: EntryPoint.Via, _ ports: ConnectionSet, outside: [PolicyPort],
      _ reach: EntryPoint.Reach, _ found: ReachModel.Bounds, obstacle: EntryPoint.Obstacle?, missing: [MissingFact],
      _ location: Location
    ) {
      var bounds = found
      if !missing.isEmpty {
        // Something may stand before it that lets nobody in.
        bounds.certain = .none
        bounds.missing.append(.init(rule: nil, facts: missing))
      }
      let open = obstacle == nil && bounds.written.hasPorts
      let isUnknown = obstacle == nil && bounds.possible.hasPorts && !bounds.certain.hasPorts
      let shown = bounds.written.hasPorts ? bounds.written : bounds.possible.hasPorts ? bounds.possible : ports
      entryPoints.append(
        EntryPoint(
          workload: cluster[endpoint].workload, via: via, ports: obstacle == nil ? shown : ports, outside: outside,
          reach: reach, verdict: isUnknown ? .unknown : open ? .allowed : .denied, open: open, obstacle: obstacle,
          missing: isUnknown ? bounds.missing : [], location: location))
    }

    /// From addresses outside that the entry point lets in.
    private mutating func bounds(_ endpoint: EndpointID, _ ports: ConnectionSet, from reach: EntryPoint.Reach)
      -> ReachModel.Bounds
    {
      let key = Outside(podClass: cluster[endpoint].podClass, reach: reach)
      if fromOutside[key] == nil {
        var bounds = ReachModel.Bounds.none
        for (index, range) in cluster.ranges.enumerated() {
          if case .ranges(let wanted) = reach, !wanted.contains(where: { $0.overlaps(range) }) { continue }
          bounds.formUnion(model.bounds(PeerID(key.podClass), .ingress, cluster.peer(ofRange: index)))
        }
        fromOutside[key] = bounds
      }
      return (fromOutside[key] ?? .none).intersection(ports)
    }

    /// From pods of a controller.
    private mutating func bounds(_ endpoint: EndpointID, _ ports: ConnectionSet, from sources: [PodClassID])
      -> ReachModel.Bounds
    {
      let target = cluster[endpoint]
      var all = ReachModel.Bounds.none
      for source in sources {
        if fromPods[target.podClass]?[source] == nil {
          var bounds = model.bounds(PeerID(target.podClass), .ingress, PeerID(source))
          // What the input does not hold may be let out by policies that it does not hold either.
          if !cluster[source].endpoints.isEmpty {
            bounds = bounds.intersection(model.bounds(PeerID(source), .egress, PeerID(target.podClass)))
          }
          fromPods[target.podClass, default: [:]][source] = bounds
        }
        var bounds = fromPods[target.podClass]?[source] ?? .none
        // A pod on its node's network reaches those of its own node, whatever their policies say.
        if cluster[source].hostNetwork, !target.hostNetwork, !model.profile.hostNetworkPodsAreSelected {
          if let node = cluster[source].node, let own = target.node {
            if node == own { bounds = .all }
          } else {
            bounds.possible = .all
            bounds.missing.append(.init(rule: nil, facts: [.nodesOfBothPods]))
          }
        }
        all.formUnion(bounds)
      }
      return all.intersection(ports)
    }
  }
}

extension ReachCluster {
  /// The pods that bring the traffic of routes; nil where what is outside does so itself.
  func pods(of source: Route.Source) -> [PodClassID]? {
    let unseen = [self.unseen(.unseenIngressController)].compactMap { $0 }
    switch source {
    case .pods(let selector):
      let found = Set(endpoints.filter { selector.matches($0.labels) }.map(\.podClass))
      return found.isEmpty ? unseen : found.sorted()
    case .controller(.cloud?): return nil
    case .controller(.cilium?): return [self.unseen(.ciliumIngress)].compactMap { $0 }
    case .controller(let wanted):
      let known = endpoints.filter { $0.ingressController != nil }
      let own = known.filter { wanted == nil || $0.ingressController == wanted }
      let found = Set((own.isEmpty ? known : own).map(\.podClass))
      return found.isEmpty ? unseen : found.sorted()
    }
  }
}

extension Exposure {
  /// Kinds of routes that were met and are not read.
  package var notRead: [NotSeen] {
    Dictionary(grouping: unread, by: \.groupKind).sorted { $0.key < $1.key }.map { kind, objects in
      let names = Phrase.list(objects.prefix(3).map { "\($0.subject.text), \($0.location.text)" })
      let others = objects.count > 3 ? " and \(objects.count - 3) more" : ""
      return NotSeen(
        kind, reason: "routes of this kind are not read; what they expose is not listed: \(names)\(others)")
    }
  }
}

extension ReachCluster {
  /// The pods behind a Service: those that its selector matches, or those whose addresses somebody put behind one without a selector.
  fileprivate func backends(of service: ServiceIndex.Service) -> [EndpointID] {
    guard !service.hasSelector else { return service.endpoints }
    let addresses = Set(ServiceIndex.addresses(of: service.name, in: service.namespace, snapshot))
    guard !addresses.isEmpty else { return service.endpoints }
    return endpointIDs.filter { !addresses.isDisjoint(with: self[$0].addresses) }
  }
}
