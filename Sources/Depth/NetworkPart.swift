import Access
import Bytes
import Findings
package import Kube
package import Reach

/// What of a graph the network makes: from outside to what is exposed, and from pod to pod, by classes of pods.
package struct NetworkPart: Sendable {
  package let reach: ReachModel
  let exposure: Exposure
  /// By workload: endpoints of its pods.
  let endpoints: [Subject: [EndpointID]]
  /// By workload: what policies do for each class of its pods.
  private(set) var guards: [Subject: [Guards]] = [:]
  private(set) var betweenPods = StepTable()
  private(set) var fromOutside = StepTable()
  private let workloads: WorkloadNames
  /// Images whose application protects nothing.
  private let broken: Set<String>
  /// By class of pods: who refuses what comes from outside.
  private let refusals: [PodClassID: Refusal]

  /// What policies do for a class of pods.
  struct Guards: Sendable, Hashable, Comparable {
    /// Of the class.
    let number: Int
    let byNetwork: Bool
    let byMesh: Bool
    /// Whether policies on egress close it to some pods.
    let isClosedOut: Bool

    /// Whether policies keep some pods out.
    var isGuarded: Bool { byNetwork || byMesh }

    static func < (a: Guards, b: Guards) -> Bool { a.number < b.number }
  }

  /// Which of those who enforce policies let nothing in from outside.
  private struct Refusal {
    let isByNetwork: Bool
    let isByMesh: Bool
  }

  /// - Parameter brokenImages: those whose application protects nothing.
  package init(_ reach: ReachModel, _ workloads: WorkloadNames, brokenImages: Set<String>) {
    self.reach = reach
    self.workloads = workloads
    broken = brokenImages
    exposure = Exposure(reach)
    var endpoints: [Subject: [EndpointID]] = [:]
    for id in reach.cluster.endpointIDs { endpoints[reach.cluster[id].workload, default: []].append(id) }
    self.endpoints = endpoints
    let layers = LayeredReach(reach)
    var refusals: [PodClassID: Refusal] = [:]
    for id in reach.cluster.podClassIDs {
      let isByNetwork = !layers.network.reachesOutside(id, .ingress)
      let isByMesh = layers.mesh.map { !$0.reachesOutside(id, .ingress) } ?? false
      if isByNetwork || isByMesh { refusals[id] = Refusal(isByNetwork: isByNetwork, isByMesh: isByMesh) }
    }
    self.refusals = refusals
    addNetwork(layers)
    addEntryPoints()
  }

  /// The part of a cluster that differs from another one in what leads into it alone.
  private init(_ reach: ReachModel, like other: NetworkPart) {
    self.reach = reach
    workloads = other.workloads
    broken = other.broken
    exposure = Exposure(reach)
    endpoints = other.endpoints
    betweenPods = other.betweenPods
    guards = other.guards
    refusals = other.refusals
    addEntryPoints()
  }

  /// The part of a cluster in which some objects are others, with what still holds of that of the cluster before.
  ///
  /// - Parameters:
  ///   - kept: what `DepthGraph.kept(of:in:changed:)` found.
  ///   - model: of the changed cluster; only asked for where it is needed.
  package static func changed(
    _ old: NetworkPart, to snapshot: ClusterSnapshot, keeping kept: DepthGraph.Kept, _ model: () -> ReachModel
  ) -> NetworkPart {
    switch kept {
    case .allBut(.access): return old
    case .allBut(.entryPoints):
      if let reach = old.reach.replacingEntryPoints(with: snapshot) { return NetworkPart(reach, like: old) }
    default: break
    }
    let workloads = if case .allBut = kept { old.workloads } else { WorkloadNames(snapshot) }
    return NetworkPart(model(), workloads, brokenImages: old.broken)
  }

  /// What listens in the pods of a workload; nothing where the image is known to give in.
  func application(_ subject: Subject) -> [StandingControl] {
    if !broken.isEmpty {
      let containers = (workloads.numbers[subject] ?? []).flatMap { workloads.all[$0].containers }
      let images = containers.filter { $0.role != .initial }.compactMap(\.image)
      if images.contains(where: broken.contains) { return [] }
    }
    return [StandingControl(.application, at: .object(subject))]
  }

  private mutating func addNetwork(_ layers: LayeredReach) {
    let cluster = reach.cluster
    let doubt: DepthGraph.Doubt? = reach.notSeen.isEmpty ? nil : .policies(reach.notSeen)
    let anonymous = DepthPosition.subject(.user("system:anonymous"))
    var classes = Set<PodClassID>()
    var own: [(subject: Subject, classes: [PodClassID])] = []
    for subject in workloads.numbers.keys.sorted() {
      let mine = Set((endpoints[subject] ?? []).map { cluster[$0].podClass }).sorted()
      guard !mine.isEmpty else { continue }
      own.append((subject, mine))
      classes.formUnion(mine)
    }
    let all = classes.sorted()
    let beyondMesh = own.flatMap { endpoints[$0.subject] ?? [] }.filter { id in
      [.udp, .sctp].contains { !cluster[id].declaredPorts.ports($0).isEmpty }
    }.map { cluster[$0].podClass }
    let guarded = GuardedIngress(all, layers, beyondMesh: Set(beyondMesh))
    betweenPods.reserve(places: all.count * 4 + own.count, edges: all.count * 8)
    let egress = layers.network.closed(all, .egress)
    for (subject, mine) in own {
      let pod = DepthPosition.pod(subject)
      let program = application(subject)
      for id in mine {
        let out = egress[id] == nil ? [] : [StandingControl(.egressPolicy, at: .object(subject))]
        betweenPods.add(pod, .transit(.sending(id.index)), .passes, out, .transit, doubt: nil)
        if egress[id] != nil {
          betweenPods.add(pod, .transit(.allowedOut(id.index)), .passes, [], .transit, doubt: doubt)
        }
        addAnonymous(from: pod, anonymous, out, isOpen: layers.network.reachesOutside(id, .egress))
        let byNetwork = guarded.network[id] == nil ? [] : [StandingControl(.ingressPolicy, at: .object(subject))]
        let byMesh = guarded.mesh[id] == nil ? [] : [StandingControl(.meshPolicy, at: .object(subject))]
        guards[subject, default: []].append(
          Guards(
            number: id.index, byNetwork: !byNetwork.isEmpty, byMesh: !byMesh.isEmpty, isClosedOut: egress[id] != nil))
        betweenPods.add(
          .transit(.arriving(id.index)), pod, .exploitsApplication, byNetwork + byMesh + program, .transit,
          doubt: byNetwork.isEmpty && byMesh.isEmpty ? doubt : nil)
        if byNetwork.isEmpty && byMesh.isEmpty { continue }
        betweenPods.add(.transit(.admitted(id.index)), pod, .exploitsApplication, program, .transit, doubt: doubt)
        if byNetwork.isEmpty || byMesh.isEmpty { continue }
        betweenPods.add(
          .transit(.admittedByNetwork(id.index)), pod, .exploitsApplication, byMesh + program, .transit, doubt: doubt)
        betweenPods.add(
          .transit(.admittedByMesh(id.index)), pod, .exploitsApplication, byNetwork + program, .transit, doubt: doubt)
      }
    }
    // What the API server passes on comes past the policies.
    var passedOn = Set<String>()
    for (subject, _) in own {
      let namespace = subject.namespace ?? "default"
      let place = DepthPosition.transit(.passedOn(namespace: namespace))
      if passedOn.insert(namespace).inserted {
        betweenPods.add(.transit(.passedOn(namespace: nil)), place, .passes, [], .transit)
      }
      let single = DepthPosition.transit(.passedOnTo(subject))
      betweenPods.add(place, single, .passes, [], .transit)
      betweenPods.add(single, .pod(subject), .exploitsApplication, application(subject), .transit)
    }
    for id in all {
      betweenPods.add(.transit(.sending(id.index)), .transit(.podNetwork), .passes, [], .transit)
      betweenPods.add(.transit(.podNetwork), .transit(.arriving(id.index)), .passes, [], .transit)
    }
    betweenPods.add(.network, .transit(.podNetwork), .passes, [], .transit, doubt: .podRoutes)
    // Policies that let the same pods in share what they let in.
    var known: [[PodClassID]: Int] = [:]
    for row in guarded.rows {
      for way in row.ways where !way.sources.isEmpty {
        let number = known[way.sources] ?? known.count
        if known.updateValue(number, forKey: way.sources) == nil {
          for source in way.sources {
            betweenPods.add(.transit(.sending(source.index)), .transit(.allowedIn(row: number)), .passes, [], .transit)
          }
        }
        for member in row.members {
          betweenPods.add(
            .transit(.allowedIn(row: number)), .transit(way.admission(member.index)), .passes, [], .transit)
        }
      }
    }
    // Those that policies let out, and what lies behind. Numbers after those of the classes stand for what several share.
    var outlets: [[PodClassID]: Int] = [:]
    for (_, members) in GuardedIngress.rows(egress) {
      guard let first = members.first else { continue }
      let targets = layers.network.admitted(by: first, .egress, among: all)
      guard !targets.isEmpty else { continue }
      let shared = outlets[targets] ?? cluster.podClasses.count + outlets.count
      if outlets[targets] == nil {
        outlets[targets] = shared
        for target in targets {
          betweenPods.add(.transit(.allowedOut(shared)), .transit(.arriving(target.index)), .passes, [], .transit)
        }
      }
      for member in members {
        betweenPods.add(.transit(.allowedOut(member.index)), .transit(.allowedOut(shared)), .passes, [], .transit)
        for target in targets {
          guard let admission = guarded.admission(of: member, at: target, layers) else { continue }
          betweenPods.add(.transit(.allowedOut(member.index)), .transit(admission), .passes, [], .transit)
        }
      }
    }
  }

  /// Every pod that reaches the API server may call it without credentials.
  private mutating func addAnonymous(
    from pod: DepthPosition, _ anonymous: DepthPosition, _ out: [StandingControl], isOpen: Bool
  ) {
    let proof = DepthGraph.Evidence.proof(.inherent(.anonymousRequests))
    if out.isEmpty, isOpen {
      betweenPods.add(pod, anonymous, .callsAPIServer, [], proof)
      return
    }
    betweenPods.add(pod, anonymous, .callsAPIServer, out, proof)
    if isOpen { betweenPods.add(pod, anonymous, .callsAPIServer, [], proof, doubt: .apiServerEgress) }
  }

  private mutating func addEntryPoints() {
    let authenticated = IngressAuthentication(reach.cluster.snapshot)
    for (index, entry) in exposure.entryPoints.enumerated() where entry.obstacle == nil {
      guard workloads.numbers[entry.workload] != nil else { continue }
      let pod = DepthPosition.pod(entry.workload)
      var controls = application(entry.workload)
      if entry.verdict == .denied { controls += refusing(entry.workload) }
      var doubt: DepthGraph.Doubt? = entry.verdict == .unknown ? .entryPoint : nil
      switch entry.via {
      case .service(.loadBalancer, let namespace, let name):
        if case .ranges = entry.reach {
          // Its ports at the nodes let in whoever reaches them, whatever the balancer says.
          if opensNodePorts(namespace, name) {
            let proof = DepthGraph.Evidence.proof(.entryPoint(index))
            fromOutside.add(.internet, pod, .exploitsExposedApplication, controls, proof, doubt: doubt ?? .nodeAddress)
            fromOutside.add(.network, pod, .exploitsExposedApplication, controls, proof, doubt: doubt)
          }
          controls.append(
            StandingControl(
              .sourceRanges, at: .object(Subject(kind: "Service", namespace: namespace, name: name))))
        }
      case .route(let object, let namespace, _):
        let demand = authenticated.demand(by: object, namespace: namespace)
        if demand == .unknown {
          // Whether its controller knows the annotation, nothing tells.
          fromOutside.add(
            entry.reach == .internalNetwork ? .network : .internet, pod, .exploitsExposedApplication, controls,
            .proof(.entryPoint(index)), doubt: doubt ?? .ingressController)
        }
        if demand != .no {
          controls.append(
            StandingControl(
              .ingressAuthentication,
              at: .object(Subject(group: object.group, kind: object.kind, namespace: namespace, name: object.name))))
        }
      case .service, .hostPort, .hostNetwork: doubt = doubt ?? .nodeAddress
      }
      let technique = Technique.exploitsExposedApplication
      if entry.reach != .internalNetwork {
        fromOutside.add(.internet, pod, technique, controls, .proof(.entryPoint(index)), doubt: doubt)
      }
      fromOutside.add(
        .network, pod, technique, controls, .proof(.entryPoint(index)),
        doubt: entry.verdict == .unknown ? .entryPoint : nil)
    }
  }

  /// Whether a load balancer's Service has ports at the nodes, as it has unless it says otherwise.
  private func opensNodePorts(_ namespace: String, _ name: String) -> Bool {
    let services = reach.cluster.snapshot.objects(.service).filter {
      $0.name == name && $0.effectiveNamespace == namespace
    }
    return services.contains { service in
      service.spec?["allocateNodePorts"]?.bool != false
        || (service.spec?["ports"]?.elements ?? []).contains { ($0["nodePort"]?.int ?? 0) > 0 }
    }
  }

  /// Who refuses what comes from outside to a workload that policies close.
  private func refusing(_ workload: Subject) -> [StandingControl] {
    let classes = (endpoints[workload] ?? []).map { reach.cluster[$0].podClass }
    let network = StandingControl(.ingressPolicy, at: .object(workload))
    guard !classes.isEmpty, classes.allSatisfy({ refusals[$0]?.isByMesh ?? false }) else { return [network] }
    let mesh = StandingControl(.meshPolicy, at: .object(workload))
    return classes.allSatisfy({ refusals[$0]?.isByNetwork ?? false }) ? [network, mesh] : [mesh]
  }
}

/// Ingresses whose controller asks for credentials before it passes a request on.
///
/// Sources: the annotations of ingress-nginx ("External authentication", "Basic authentication", "Client certificate
/// authentication") and of HAProxy's controller. They mean nothing to other controllers.
struct IngressAuthentication {
  enum Demand {
    case no
    /// An annotation demands it, and whose controller it is is not known.
    case unknown
    case yes
  }

  /// What a controller makes of annotations.
  private enum Controller: CaseIterable {
    case ingressNginx
    case haproxy

    var keys: [String] {
      switch self {
      case .ingressNginx:
        ["auth-url", "auth-type", "auth-tls-secret"].map { "nginx.ingress.kubernetes.io/" + $0 }
      case .haproxy: ["haproxy.org/auth-type"]
      }
    }

    /// In the `controller` of an IngressClass.
    var id: String {
      switch self {
      case .ingressNginx: "k8s.io/ingress-nginx"
      case .haproxy: "haproxy.org/ingress-controller"
      }
    }

    /// In names of classes that are not in the input.
    var word: String {
      switch self {
      case .ingressNginx: "nginx"
      case .haproxy: "haproxy"
      }
    }
  }

  private var demands: [String: Demand] = [:]

  init(_ snapshot: ClusterSnapshot) {
    let classes = snapshot.objects(GroupKind("networking.k8s.io", "IngressClass"))
    let usual = classes.filter { $0.annotations["ingressclass.kubernetes.io/is-default-class"] == "true" }
    for ingress in snapshot.objects(GroupKind("networking.k8s.io", "Ingress")) {
      let annotations = ingress.annotations
      let isOff = annotations["nginx.ingress.kubernetes.io/auth-tls-verify-client"] == "off"
      let asked = Controller.allCases.filter { controller in
        controller.keys.contains { key in
          annotations[key].map { !$0.isEmpty } ?? false && !(isOff && key.hasSuffix("auth-tls-secret"))
        }
      }
      guard !asked.isEmpty else { continue }
      let name = ingress.spec?["ingressClassName"]?.string ?? annotations["kubernetes.io/ingress.class"]
      let demand: Demand
      if let own = name.map({ name in classes.filter { $0.name == name } }) ?? (usual.isEmpty ? nil : usual),
        !own.isEmpty
      {
        let ids = own.compactMap { $0.spec?["controller"]?.string }
        demand = asked.contains { ids.contains($0.id) } ? .yes : .no
      } else if let name {
        let isOther = Controller.allCases.contains { !asked.contains($0) && name.contains($0.word) }
        demand =
          asked.contains { name.contains($0.word) } ? .yes : isOther || Self.others.contains(name) ? .no : .unknown
      } else {
        demand = .unknown
      }
      demands[ingress.effectiveNamespace + "/" + ingress.name] = demand
    }
  }

  /// Names by which other controllers have their class called.
  private static let others: Set<String> = [
    "traefik", "kong", "contour", "istio", "cilium", "alb", "gce", "gce-internal", "azure-application-gateway",
    "openshift-default", "apisix", "ambassador", "tailscale",
  ]

  func demand(by object: Subject, namespace: String) -> Demand {
    object.kind == "Ingress" ? demands[namespace + "/" + object.name] ?? .no : .no
  }

  func isDemanded(by object: Subject, namespace: String) -> Bool { demand(by: object, namespace: namespace) == .yes }
}
