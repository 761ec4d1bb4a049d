import Access
import Bytes
import Findings
import Kube
import Reach

/// Steps through networks: from outside to what is exposed, and from pod to pod, by classes of pods.
extension DepthGraph {
  /// What listens in the pods of a workload; nothing where the image is known to give in.
  func application(_ subject: Subject) -> [StandingControl] {
    let images = (workloadNumbers[subject] ?? []).flatMap { workloads[$0].containers }.filter { $0.role != .initial }
      .compactMap(\.image)
    if images.contains(where: { input.brokenImages[$0] != nil }) { return [] }
    return [StandingControl(.application, at: .object(subject))]
  }

  mutating func addNetwork(_ reach: LayeredReach) {
    let cluster = input.reach.cluster
    let doubt: Doubt? = input.reach.notSeen.isEmpty ? nil : .policies(input.reach.notSeen)
    let anonymous = DepthPosition.subject(.user("system:anonymous"))
    var classes = Set<PodClassID>()
    var own: [(subject: Subject, classes: [PodClassID])] = []
    for subject in workloadNumbers.keys.sorted() {
      let mine = Set((endpoints[subject] ?? []).map { cluster[$0].podClass }).sorted()
      guard !mine.isEmpty else { continue }
      own.append((subject, mine))
      classes.formUnion(mine)
    }
    let all = classes.sorted()
    let beyondMesh = own.flatMap { endpoints[$0.subject] ?? [] }.filter { id in
      [.udp, .sctp].contains { !cluster[id].declaredPorts.ports($0).isEmpty }
    }.map { cluster[$0].podClass }
    let guarded = GuardedIngress(all, reach, beyondMesh: Set(beyondMesh))
    let egress = reach.network.closed(all, .egress)
    for (subject, mine) in own {
      let pod = DepthPosition.pod(subject)
      let program = application(subject)
      for id in mine {
        let out = egress[id] == nil ? [] : [StandingControl(.egressPolicy, at: .object(subject))]
        add(pod, .transit(.sending(id.index)), .passes, out, .transit, doubt: nil)
        if egress[id] != nil { add(pod, .transit(.allowedOut(id.index)), .passes, [], .transit, doubt: doubt) }
        addAnonymous(from: pod, anonymous, out, isOpen: reach.network.reachesOutside(id, .egress))
        let byNetwork = guarded.network[id] == nil ? [] : [StandingControl(.ingressPolicy, at: .object(subject))]
        let byMesh = guarded.mesh[id] == nil ? [] : [StandingControl(.meshPolicy, at: .object(subject))]
        add(
          .transit(.arriving(id.index)), pod, .exploitsApplication, byNetwork + byMesh + program, .transit,
          doubt: byNetwork.isEmpty && byMesh.isEmpty ? doubt : nil)
        if byNetwork.isEmpty && byMesh.isEmpty { continue }
        add(.transit(.admitted(id.index)), pod, .exploitsApplication, program, .transit, doubt: doubt)
        if byNetwork.isEmpty || byMesh.isEmpty { continue }
        add(.transit(.admittedByNetwork(id.index)), pod, .exploitsApplication, byMesh + program, .transit, doubt: doubt)
        add(.transit(.admittedByMesh(id.index)), pod, .exploitsApplication, byNetwork + program, .transit, doubt: doubt)
      }
    }
    for id in all {
      add(.transit(.sending(id.index)), .transit(.podNetwork), .passes, [], .transit)
      add(.transit(.podNetwork), .transit(.arriving(id.index)), .passes, [], .transit)
    }
    add(.network, .transit(.podNetwork), .passes, [], .transit, doubt: .podRoutes)
    // Policies that let the same pods in share what they let in.
    var known: [[PodClassID]: Int] = [:]
    for row in guarded.rows {
      for way in row.ways where !way.sources.isEmpty {
        let number = known[way.sources] ?? known.count
        if known.updateValue(number, forKey: way.sources) == nil {
          for source in way.sources {
            add(.transit(.sending(source.index)), .transit(.allowedIn(row: number)), .passes, [], .transit)
          }
        }
        for member in row.members {
          add(.transit(.allowedIn(row: number)), .transit(way.admission(member.index)), .passes, [], .transit)
        }
      }
    }
    // Those that policies let out, and what lies behind. Numbers after those of the classes stand for what several share.
    var outlets: [[PodClassID]: Int] = [:]
    for (_, members) in GuardedIngress.rows(egress) {
      guard let first = members.first else { continue }
      let targets = all.filter { reach.network.admits(first, .egress, $0) }
      guard !targets.isEmpty else { continue }
      let shared = outlets[targets] ?? cluster.podClasses.count + outlets.count
      if outlets[targets] == nil {
        outlets[targets] = shared
        for target in targets {
          add(.transit(.allowedOut(shared)), .transit(.arriving(target.index)), .passes, [], .transit)
        }
      }
      for member in members {
        add(.transit(.allowedOut(member.index)), .transit(.allowedOut(shared)), .passes, [], .transit)
        for target in targets {
          guard let admission = guarded.admission(of: member, at: target, reach) else { continue }
          add(.transit(.allowedOut(member.index)), .transit(admission), .passes, [], .transit)
        }
      }
    }
  }

  /// Every pod that reaches the API server may call it without credentials.
  private mutating func addAnonymous(
    from pod: DepthPosition, _ anonymous: DepthPosition, _ out: [StandingControl], isOpen: Bool
  ) {
    let proof = Evidence.proof(.inherent(.anonymousRequests))
    if out.isEmpty, isOpen {
      add(pod, anonymous, .callsAPIServer, [], proof)
      return
    }
    add(pod, anonymous, .callsAPIServer, out, proof)
    if isOpen { add(pod, anonymous, .callsAPIServer, [], proof, doubt: .apiServerEgress) }
  }

  mutating func addEntryPoints(_ reach: LayeredReach) {
    let authenticated = IngressAuthentication(input.inventory.snapshot)
    for (index, entry) in exposure.entryPoints.enumerated() where entry.obstacle == nil {
      guard workloadNumbers[entry.workload] != nil else { continue }
      let pod = DepthPosition.pod(entry.workload)
      var controls = application(entry.workload)
      if entry.verdict == .denied { controls += refusing(entry.workload, reach) }
      var doubt: Doubt? = entry.verdict == .unknown ? .entryPoint : nil
      switch entry.via {
      case .service(.loadBalancer, let namespace, let name):
        if case .ranges = entry.reach {
          controls.append(
            StandingControl(
              .sourceRanges, at: .object(Subject(kind: "Service", namespace: namespace, name: name))))
        }
      case .route(let object, let namespace, _):
        if authenticated.isDemanded(by: object, namespace: namespace) {
          controls.append(
            StandingControl(
              .ingressAuthentication,
              at: .object(Subject(group: object.group, kind: object.kind, namespace: namespace, name: object.name))))
        }
      case .service, .hostPort, .hostNetwork: doubt = doubt ?? .nodeAddress
      }
      let technique = Technique.exploitsExposedApplication
      if entry.reach != .internalNetwork {
        add(.internet, pod, technique, controls, .proof(.entryPoint(index)), doubt: doubt)
      }
      add(
        .network, pod, technique, controls, .proof(.entryPoint(index)),
        doubt: entry.verdict == .unknown ? .entryPoint : nil)
    }
  }
}

extension DepthGraph {
  /// Who refuses what comes from outside to a workload that policies close.
  private func refusing(_ workload: Subject, _ reach: LayeredReach) -> [StandingControl] {
    let classes = (endpoints[workload] ?? []).map { input.reach.cluster[$0].podClass }
    func refuses(_ layer: PodClassReach) -> Bool { classes.allSatisfy { !layer.reachesOutside($0, .ingress) } }
    let network = StandingControl(.ingressPolicy, at: .object(workload))
    let mesh = StandingControl(.meshPolicy, at: .object(workload))
    guard let other = reach.mesh, refuses(other) else { return [network] }
    return refuses(reach.network) ? [network, mesh] : [mesh]
  }
}

/// Ingresses whose controller asks for credentials before it passes a request on.
///
/// Sources: the annotations of ingress-nginx ("External authentication", "Basic authentication", "Client certificate
/// authentication") and of HAProxy's controller. They mean nothing to other controllers.
struct IngressAuthentication {
  private static let keys = [
    "nginx.ingress.kubernetes.io/auth-url", "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-tls-secret", "haproxy.org/auth-type",
  ]
  private let demanded: Set<String>

  init(_ snapshot: ClusterSnapshot) {
    var demanded = Set<String>()
    for ingress in snapshot.objects(GroupKind("networking.k8s.io", "Ingress")) {
      let annotations = ingress.annotations
      let isOff = annotations["nginx.ingress.kubernetes.io/auth-tls-verify-client"] == "off"
      let found = Self.keys.contains { key in
        annotations[key].map { !$0.isEmpty } ?? false && !(isOff && key.hasSuffix("auth-tls-secret"))
      }
      if found { demanded.insert(ingress.effectiveNamespace + "/" + ingress.name) }
    }
    self.demanded = demanded
  }

  func isDemanded(by object: Subject, namespace: String) -> Bool {
    object.kind == "Ingress" && demanded.contains(namespace + "/" + object.name)
  }
}
