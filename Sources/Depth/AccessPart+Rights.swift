import Access
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
      for door in doors.doors(namespace) {
        let at = door.namespace ?? namespace
        add(
          from, .rights(.node), .startsEscapingPod, door.controls,
          .guarded(index, namespace: at), doubt: door.doubt)
      }
    }
    for subject in inventory.allSubjects { addIdentity(subject) }
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
    for account in snapshot.objects(.serviceAccount) {
      let subject = AccessSubject.serviceAccount(namespace: account.effectiveNamespace, name: account.name)
      for (key, provider) in CloudAnnotations.providers {
        guard let id = account.annotations[key], !id.isEmpty else { continue }
        add(
          .subject(subject), .cloudIdentity(provider: provider, id: id), .assumesCloudIdentity, [],
          .proof(.cloudIdentity(subject, id: id)))
      }
    }
  }

  /// Connections that are forwarded or proxied to pods: they come from the API server or the kubelet, whom network policies let
  /// through. Rights that are restricted to names are left out.
  private mutating func addPassing() {
    for index in inventory.bindings.indices where profile.set(ofBinding: index).has(.portForward) {
      let binding = inventory.bindings[index]
      for subject in binding.subjects where subject != .group("system:masters") {
        addIdentity(subject)
        add(
          .subject(subject), .transit(.passedOn(namespace: binding.namespace)), .passesThroughAPIServer, [],
          .granted(binding: index))
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
    let verdict = EscapePod.object(inNamespace: namespace).flatMap {
      admission?.verdict(on: $0, inNamespace: namespace)
    }
    switch verdict ?? .admitted {
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
