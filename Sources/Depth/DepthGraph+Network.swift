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

  mutating func addNetwork(_ reach: PodClassReach) {
    let cluster = input.reach.cluster
    let doubt: Doubt? = input.reach.notSeen.isEmpty ? nil : .policies(input.reach.notSeen)
    var classes = Set<PodClassID>()
    var own: [(subject: Subject, classes: [PodClassID])] = []
    for subject in workloadNumbers.keys.sorted() {
      let mine = Set((endpoints[subject] ?? []).map { cluster[$0].podClass }).sorted()
      guard !mine.isEmpty else { continue }
      own.append((subject, mine))
      classes.formUnion(mine)
    }
    let all = classes.sorted()
    let ingress = isolation(all, .ingress, reach)
    let egress = isolation(all, .egress, reach)
    for (subject, mine) in own {
      let pod = DepthPosition.pod(subject)
      let program = application(subject)
      for id in mine {
        let out = egress[id] == nil ? [] : [StandingControl(.egressPolicy, at: .object(subject))]
        let into = ingress[id] == nil ? [] : [StandingControl(.ingressPolicy, at: .object(subject))]
        add(pod, .transit(.sending(id.index)), .passes, out, .transit, doubt: nil)
        if egress[id] != nil { add(pod, .transit(.allowedOut(id.index)), .passes, [], .transit, doubt: doubt) }
        add(
          .transit(.arriving(id.index)), pod, .exploitsApplication, into + program, .transit,
          doubt: into.isEmpty ? doubt : nil)
        if ingress[id] != nil {
          add(.transit(.admitted(id.index)), pod, .exploitsApplication, program, .transit, doubt: doubt)
        }
      }
    }
    for id in all {
      add(.transit(.sending(id.index)), .transit(.podNetwork), .passes, [], .transit)
      add(.transit(.podNetwork), .transit(.arriving(id.index)), .passes, [], .transit)
    }
    add(.network, .transit(.podNetwork), .passes, [], .transit, doubt: .podRoutes)
    // Rows of ingress that let the same pods in share what they let in.
    var known: [[PodClassID]: Int] = [:]
    for (row, members) in rows(ingress) {
      guard let first = members.first else { continue }
      let sources = all.filter { reach.admits(first, .ingress, $0) }
      guard !sources.isEmpty else { continue }
      let shared = known[sources] ?? row
      if known[sources] == nil {
        known[sources] = row
        for source in sources {
          add(.transit(.sending(source.index)), .transit(.allowedIn(row: row)), .passes, [], .transit)
        }
      }
      for member in members {
        add(.transit(.allowedIn(row: shared)), .transit(.admitted(member.index)), .passes, [], .transit)
      }
    }
    // Those that policies let out, and what lies behind. Numbers after those of the classes stand for what several share.
    var outlets: [[PodClassID]: Int] = [:]
    for (_, members) in rows(egress) {
      guard let first = members.first else { continue }
      let targets = all.filter { reach.admits(first, .egress, $0) }
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
        for target in targets where ingress[target] != nil && reach.admits(target, .ingress, member) {
          guard reach.connections(member, target).hasPorts else { continue }
          add(.transit(.allowedOut(member.index)), .transit(.admitted(target.index)), .passes, [], .transit)
        }
      }
    }
  }

  /// The number of the row of each class that is not open.
  private func isolation(
    _ classes: [PodClassID], _ direction: TrafficDirection, _ reach: PodClassReach
  ) -> [PodClassID: Int] {
    var open: [Int: Bool] = [:]
    var found: [PodClassID: Int] = [:]
    for id in classes {
      let row = reach.row(id, direction)
      let isOpen: Bool
      if let known = open[row] {
        isOpen = known
      } else {
        isOpen = classes.allSatisfy { reach.admits(id, direction, $0) }
        open[row] = isOpen
      }
      if !isOpen { found[id] = row }
    }
    return found
  }

  private func rows(_ isolated: [PodClassID: Int]) -> [(row: Int, members: [PodClassID])] {
    Dictionary(grouping: isolated.keys, by: { isolated[$0] ?? 0 }).map { ($0.key, $0.value.sorted()) }
      .sorted { $0.row < $1.row }
  }

  mutating func addEntryPoints() {
    let authenticated = IngressAuthentication(input.inventory.snapshot)
    for (index, entry) in exposure.entryPoints.enumerated() where entry.obstacle == nil {
      guard workloadNumbers[entry.workload] != nil else { continue }
      let pod = DepthPosition.pod(entry.workload)
      var controls = application(entry.workload)
      if entry.verdict == .denied { controls.append(StandingControl(.ingressPolicy, at: .object(entry.workload))) }
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
