import Access
import Bytes
import Findings
import Kube
import PodSecurity

/// Steps by rights: those of the escalation graph, with the doors of admission in the way of pods.
extension AccessPart {
  private static let starts: Set<Technique> = [.startsPod, .startsWorkload, .changesWorkload]

  mutating func addAccess() {
    let snapshot = inventory.snapshot
    var doors = NamespaceDoors(snapshot, admission)
    for (index, step) in escalationSteps.enumerated() {
      switch step.means {
      // Pods, their tokens and their Secrets are places of this graph.
      case .token, .givenSecret, .escape: continue
      default: break
      }
      if step.technique == .readsTokensOfPods || step.technique == .startsEscapingPod { continue }
      let from = DepthPosition.rights(step.from)
      let doubt: DepthGraph.Doubt? = step.technique == .escapesFromSystemPod ? .systemPods : nil
      if case .subject(let subject) = step.to { addIdentity(subject) }
      add(from, .rights(step.to), step.technique, [], .escalation(index), doubt: doubt)
      guard Self.starts.contains(step.technique), case .accounts(let namespace) = step.to else { continue }
      add(from, .transit(.volumes(namespace: namespace)), .mountsData, [], .escalation(index))
      for door in doors.doors(namespace) {
        let at = door.namespace ?? namespace
        add(
          from, .rights(.node), .startsEscapingPod, door.controls,
          .guarded(index, namespace: at), doubt: door.doubt)
      }
    }
    for subject in inventory.allSubjects { addIdentity(subject) }
    addData()
    addUnknownRoles()
    addPassing()
    let anonymous = AccessSubject.user("system:anonymous")
    addIdentity(anonymous)
    add(.network, .subject(anonymous), .callsAPIServer, [], .proof(.inherent(.anonymousRequests)))
    add(
      .internet, .subject(anonymous), .callsAPIServer, [], .proof(.inherent(.anonymousRequests)),
      doubt: .apiServerAddress)
    add(.clusterAdmin, .rights(.pods(namespace: nil)), .runsCommandsAsAdmin, [], .proof(.inherent(.adminOwnsAll)))
    for secret in snapshot.objects(.secret) {
      addSecret(secret.effectiveNamespace, secret.name)
    }
    for (subject, id, provider) in CloudAnnotations.identities(snapshot) {
      add(
        .subject(subject), .cloudIdentity(provider: provider, id: id), .assumesCloudIdentity, [],
        .proof(.cloudIdentity(subject, id: id)))
    }
  }

  /// Claims of a namespace are there for all of its pods. One that a single pod may hold at a time is not.
  ///
  /// Source: kubernetes.io, "Persistent Volumes": access modes.
  private mutating func addData() {
    let single = Set(
      inventory.snapshot.objects(GroupKind("", "PersistentVolumeClaim")).filter {
        ($0.spec?["accessModes"]?.strings ?? []) == ["ReadWriteOncePod"]
      }.map { $0.effectiveNamespace + "/" + $0.name })
    var namespaces = Set<String>()
    for (index, workload) in workloads.all.enumerated() where !facts[index].dataReasons.isEmpty {
      let namespace = workload.object.effectiveNamespace
      let claims = workload.template.volumes.compactMap { $0[path: "persistentVolumeClaim", "claimName"]?.text }
      let own = (workload.object.spec?["volumeClaimTemplates"]?.elements ?? []).filter {
        ($0[path: "spec", "accessModes"]?.strings ?? []) != ["ReadWriteOncePod"]
      }
      guard !own.isEmpty || claims.contains(where: { !single.contains(namespace + "/" + $0) }) else { continue }
      let place = DepthPosition.transit(.volumes(namespace: namespace))
      if namespaces.insert(namespace).inserted {
        add(.transit(.volumes(namespace: nil)), place, .passes, [], .transit)
      }
      add(place, .pod(workloads.subjects[index]), .mountsData, [], .transit)
    }
  }

  /// A role that a binding names and the input does not hold may grant anything.
  private mutating func addUnknownRoles() {
    for index in inventory.bindings.indices {
      guard let reason = inventory.unknownGrant(binding: index) else { continue }
      let binding = inventory.bindings[index]
      let targets: [EscalationGraph.Position] =
        binding.namespace.map { [.accounts(namespace: $0), .secrets(namespace: $0), .pods(namespace: $0)] }
        ?? [.clusterAdmin]
      for subject in binding.subjects where subject != .group("system:masters") {
        addIdentity(subject)
        for target in targets {
          add(
            .subject(subject), .rights(target), .holdsUnknownRole, [], .proof(.unknownRole(binding: index)),
            doubt: .unknownRole(reason))
        }
      }
    }
  }

  /// Connections that are forwarded or proxied to pods: they come from the API server or the kubelet, whom network policies let
  /// through.
  private mutating func addPassing() {
    var passed: PassedByName?
    for index in inventory.bindings.indices {
      let set = profile.set(ofBinding: index)
      guard set.hasNamed(.portForward) else { continue }
      let binding = inventory.bindings[index]
      var places: [DepthPosition] = [.transit(.passedOn(namespace: binding.namespace))]
      if !set.has(.portForward) {
        let named = passed ?? PassedByName(inventory.snapshot, workloads)
        passed = named
        places = named.targets(NamedRights(inventory, [index]), namespace: binding.namespace).map {
          .transit(.passedOnTo($0))
        }
      }
      for subject in binding.subjects where subject != .group("system:masters") {
        addIdentity(subject)
        for place in places {
          add(.subject(subject), place, .passesThroughAPIServer, [], .granted(binding: index))
        }
      }
    }
  }

  /// A place for an identity, with the groups by whose rights it acts.
  mutating func addIdentity(_ subject: AccessSubject) {
    let position = DepthPosition.subject(subject)
    guard identities.insert(subject).inserted else { return }
    _ = place(position)
    // Subjects of the inventory have the steps from the escalation graph.
    for group in knownMembers.contains(subject) ? [] : inventory.actingGroups(of: subject) {
      add(position, .subject(group), .isMember, [], .proof(.group(subject, group.name)))
    }
    if case .serviceAccount(let namespace, _) = subject {
      add(.rights(.accounts(namespace: namespace)), position, .isMember, [], .member)
      add(.rights(.accounts(namespace: nil)), .rights(.accounts(namespace: namespace)), .isMember, [], .member)
    }
  }

  mutating func addSecret(_ namespace: String, _ name: String) {
    let position = DepthPosition.rights(.secret(namespace: namespace, name: name))
    guard secrets.insert(position).inserted else { return }
    add(.rights(.secrets(namespace: namespace)), position, .areMembers, [], .member)
    if secretNamespaces.insert(namespace).inserted {
      add(.rights(.secrets(namespace: nil)), .rights(.secrets(namespace: namespace)), .areMembers, [], .member)
    }
  }
}

/// Annotations by which accounts are given identities of clouds. Sources: AWS "IAM roles for service accounts", Google "Workload
/// Identity Federation for GKE", Azure "Workload ID".
enum CloudAnnotations {
  static let providers = [
    ("eks.amazonaws.com/role-arn", "aws"), ("iam.gke.io/gcp-service-account", "gcp"),
    ("azure.workload.identity/client-id", "azure"),
  ]

  /// Accounts with what they stand for in a cloud.
  static func identities(_ snapshot: ClusterSnapshot) -> [(account: AccessSubject, id: String, provider: String)] {
    snapshot.objects(.serviceAccount).flatMap { account in
      providers.compactMap { key, provider in
        guard let id = account.annotations[key], !id.isEmpty else { return nil }
        return (.serviceAccount(namespace: account.effectiveNamespace, name: account.name), id, provider)
      }
    }
  }

  /// Whether the cloud gives pods of the account a token of its own, with or without that of the API server: by a webhook that mounts
  /// it, or by a server for metadata.
  static func isGiven(_ provider: String, to template: PodTemplate) -> Bool {
    provider != "azure" || template.labels["azure.workload.identity/use"] == "true"
  }
}

/// What stands in the way of a pod that would take over its node, by namespace.
struct NamespaceDoors {
  struct Door {
    /// Nil: the one that was asked for.
    let namespace: String?
    let controls: [StandingControl]
    let doubt: DepthGraph.Doubt?
  }

  private let snapshot: ClusterSnapshot
  private let admission: (any AdmissionVerdicts)?
  private let labels: [String: [String: String]]
  private var known: [String: [Door]] = [:]
  private var anywhere: [Door]?

  init(_ snapshot: ClusterSnapshot, _ admission: (any AdmissionVerdicts)?) {
    self.snapshot = snapshot
    self.admission = admission
    labels = Dictionary(
      snapshot.objects(.namespace).map { ($0.name, $0.labels) }, uniquingKeysWith: { first, _ in first })
  }

  /// What stands in the way of the pod that is let in most easily, of those that take over their node by one thing alone.
  private func verdict(_ namespace: String) -> AdmissionVerdict {
    guard let admission else { return .admitted }
    var best: AdmissionVerdict?
    for pod in EscapePod.objects(inNamespace: namespace) {
      let verdict = admission.verdict(on: pod, inNamespace: namespace)
      switch (verdict, best) {
      case (.admitted, _): return .admitted
      case (.unknown, .refused?), (_, nil): best = verdict
      case (.refused(let fewer), .refused(let more)?) where fewer.count < more.count: best = verdict
      default: break
      }
    }
    return best ?? .admitted
  }

  /// Several where it is not certain what stands in the way.
  mutating func doors(_ namespace: String?) -> [Door] {
    guard let namespace else {
      if let anywhere { return anywhere }
      // Of all namespaces, those where least stands in the way.
      let all = snapshot.namespaces.isEmpty ? ["default"] : snapshot.namespaces
      var found: [[StandingControl]: Door] = [:]
      for name in all {
        for door in doors(name) where found[door.controls].map({ $0.doubt != nil && door.doubt == nil }) ?? true {
          found[door.controls] = Door(namespace: name, controls: door.controls, doubt: door.doubt)
        }
      }
      if let open = found[[]], open.doubt == nil { found = [[]: open] }
      let doors = found.values.sorted { ($0.namespace ?? "") < ($1.namespace ?? "") }
      anywhere = doors
      return doors
    }
    if let doors = known[namespace] { return doors }
    var controls: [StandingControl] = []
    var doors: [Door] = []
    var doubt: DepthGraph.Doubt?
    if EscapePod.isRefused(inNamespaceWith: labels[namespace] ?? [:], serverMinor: snapshot.serverMinor) {
      controls.append(StandingControl(.podSecurity, at: .namespace(namespace)))
    } else if labels[namespace] == nil, let blind = snapshot.notSeen([.namespace]).first {
      doubt = .namespaceLabels(blind)
    }
    switch verdict(namespace) {
    case .admitted: break
    case .refused(let refusing): controls += refusing
    case .unknown(let reason):
      doors.append(Door(namespace: namespace, controls: controls, doubt: .admission(reason)))
      controls.append(StandingControl(.admissionPolicy, at: .apiServer))
    }
    if doubt != nil {
      doors.append(Door(namespace: namespace, controls: controls, doubt: doubt))
      controls.append(StandingControl(.podSecurity, at: .namespace(namespace)))
    }
    doors.append(Door(namespace: namespace, controls: controls, doubt: nil))
    known[namespace] = doors
    return doors
  }
}
