package import Access
import Bytes
package import Findings
import Kube
package import PodSecurity

/// Steps by which one identity becomes another, up to the cluster itself.
///
/// Namespaces stand for all accounts in them, so that the graph grows with subjects and grants, not with their product.
package struct EscalationGraph: Sendable {
  package enum Position: Sendable, Hashable {
    case subject(AccessSubject)
    /// Any service account of the namespace; of all namespaces for nil.
    case accounts(namespace: String?)
    /// The accounts of pods that run in the namespace; in all of them for nil.
    case pods(namespace: String?)
    case users
    case node
    /// Credentials that lie on a node, without the node itself.
    case nodeCredentials
    case clusterAdmin
    /// All secrets of the namespace; of the cluster for nil.
    case secrets(namespace: String?)

    package var text: String {
      switch self {
      case .subject(let subject): subject.text
      case .accounts(let namespace): namespace.map { "any service account of \($0)" } ?? "any service account"
      case .pods(let namespace): namespace.map { "a pod of \($0)" } ?? "any pod"
      case .users: "any user"
      case .node: "a node"
      case .nodeCredentials: "the credentials on a node"
      case .clusterAdmin: "cluster admin"
      case .secrets(let namespace): namespace.map { "the secrets of \($0)" } ?? "all secrets"
      }
    }
  }

  package struct Step: Sendable {
    package let from: Position
    package let to: Position
    package let technique: Technique
    package let means: Means

    /// The binding that allows it; nil where no right is needed.
    package var binding: Int? { if case .right(let binding) = means { binding } else { nil } }

    /// What is done, in a few words.
    package var text: String {
      switch means {
      case .token(let workload): "uses the token of \(workload.kind) \(workload.name)"
      case .givenSecret(let name, let workload): "reads \(name), which \(workload.kind) \(workload.name) is given"
      case .tokenSecret(let name): "uses the token in Secret \(name)"
      case .escape(let escape, let workload):
        escape.escape.gain == .node
          ? "escapes from \(workload.kind) \(workload.name): \(escape.text)"
          : "reads them from \(workload.kind) \(workload.name): \(escape.text)"
      case .nature, .right: technique.phrase
      }
    }
  }

  /// What makes a step possible.
  package enum Means: Sendable {
    /// The way of things: no right, no object.
    case nature
    /// A right, by the binding that brings it; nil where none does by itself.
    case right(binding: Int?)
    /// The token that the pods of a workload carry.
    case token(of: Subject)
    /// A Secret that the pods of a workload are given.
    case givenSecret(name: String, to: Subject)
    /// A Secret that holds a token.
    case tokenSecret(name: String)
    /// A way from the pods of a workload to their node.
    case escape(NodeEscape.Match, from: Subject)
  }

  package let inventory: AccessInventory
  private var edges: [Step] = []
  private var incoming: [Position: [Int]] = [:]

  /// - Parameter namespaces: namespaces that matter although the snapshot does not know them.
  package init(_ profile: AccessProfile, namespaces extra: Set<String> = []) {
    inventory = profile.inventory
    let snapshot = inventory.snapshot
    let open = OpenNamespaces(snapshot)
    let namespaces = Set(snapshot.namespaces).union(inventory.namespacedBindings.keys).union(["kube-system"]).union(
      extra
    ).sorted()
    for subject in inventory.allSubjects where subject != .group("system:masters") {
      addGrants(subject, profile, open)
    }
    add(.subject(.group("system:masters")), .clusterAdmin, .isSuperuser)
    for namespace in namespaces {
      add(.accounts(namespace: nil), .accounts(namespace: namespace), .isMember)
      add(.pods(namespace: nil), .pods(namespace: namespace), .isMember)
      add(.secrets(namespace: nil), .secrets(namespace: namespace), .areMembers)
    }
    var accounts = inventory.serviceAccounts
    for subject in inventory.allSubjects { if case .serviceAccount = subject { accounts.insert(subject) } }
    for case .serviceAccount(let namespace, let name) in accounts.sorted() {
      add(
        .accounts(namespace: namespace), .subject(.serviceAccount(namespace: namespace, name: name)), .isMember)
    }
    for case .user(let name) in inventory.allSubjects { add(.users, .subject(.user(name)), .isMember) }
    addPods(snapshot)
    // Controllers of the control plane act through accounts of kube-system, one of which manages all roles.
    add(.accounts(namespace: "kube-system"), .clusterAdmin, .actsAsControlPlane)
    add(.node, .pods(namespace: nil), .readsTokensOfPods)
    add(.nodeCredentials, .pods(namespace: nil), .usesTokensOfPods)
    add(.clusterAdmin, .secrets(namespace: nil), .readsSecrets)
    add(.clusterAdmin, .node, .startsPrivilegedPod)
    add(.clusterAdmin, .accounts(namespace: nil), .issuesAnyToken)
    addTokenSecrets(snapshot)
    for (index, edge) in edges.enumerated() { incoming[edge.to, default: []].append(index) }
  }

  private mutating func add(
    _ from: Position, _ to: Position, _ technique: Technique, _ means: Means = .nature
  ) {
    edges.append(Step(from: from, to: to, technique: technique, means: means))
  }

  private mutating func addGrants(_ subject: AccessSubject, _ profile: AccessProfile, _ open: OpenNamespaces) {
    let identity = subject.identity
    let cluster = profile.clusterWide(identity)
    addSteps(subject, cluster, namespace: nil, profile, open)
    guard !cluster.has(.everything) else { return }
    for namespace in inventory.namespaces(of: identity) {
      var set = profile.within(namespace, identity)
      set.formUnion(cluster)
      addSteps(subject, set, namespace: namespace, profile, open)
    }
  }

  private mutating func addSteps(
    _ subject: AccessSubject, _ set: CapabilitySet, namespace: String?, _ profile: AccessProfile, _ open: OpenNamespaces
  ) {
    let from = Position.subject(subject)
    let identity = subject.identity
    func binding(_ capability: AccessCapability) -> Int? {
      inventory.bindings(for: identity, namespace: namespace ?? "").first { index in
        inventory.bindings[index].role.map { profile.roles[$0].has(capability) || profile.roles[$0].has(.everything) }
          ?? false
      }
    }
    func step(_ to: Position, _ technique: Technique, _ capabilities: AccessCapability...) {
      guard set.hasAll(capabilities), let last = capabilities.last else { return }
      add(from, to, technique, .right(binding: binding(last)))
    }
    if namespace == nil {
      if set.has(.everything) {
        add(from, .clusterAdmin, .mayDoEverything, .right(binding: binding(.everything)))
        return
      }
      step(.clusterAdmin, .impersonatesMasters, .impersonateUsers, .impersonateGroups)
      step(.users, .impersonates, .impersonateUsers)
      step(.clusterAdmin, .widensOwnRole, .escalateClusterRoles, .writeClusterRoles)
      step(.clusterAdmin, .bindsClusterAdmin, .bindClusterRoles, .writeClusterRoleBindings)
      step(
        .clusterAdmin, .hasCertificateSigned, .createSigningRequests,
        .approveSigningRequests,
        .approveSigners)
      step(.clusterAdmin, .mutatesByAdmission, .mutatingAdmission)
      step(.clusterAdmin, .interceptsByAPIService, .apiServices)
      step(.secrets(namespace: nil), .isSentByAdmission, .validatingAdmission)
      step(.pods(namespace: nil), .runsThroughKubelet, .proxyNodes)
      step(.node, .mountsNodeByVolume, .persistentVolumes, .createPods)
    }
    step(.accounts(namespace: namespace), .impersonates, .impersonateAccounts)
    step(.accounts(namespace: namespace), .issuesTokens, .createTokens)
    step(.accounts(namespace: namespace), .startsPod, .createPods)
    step(.accounts(namespace: namespace), .startsWorkload, .writeWorkloads)
    step(.accounts(namespace: namespace), .mintsTokenBySecret, .createSecrets, .readSecrets)
    step(.secrets(namespace: namespace), .readsSecrets, .readSecrets)
    step(.secrets(namespace: namespace), .mountsSecrets, .createPods)
    step(.pods(namespace: namespace), .runsCommands, .execPods)
    step(.pods(namespace: namespace), .addsContainer, .ephemeralContainers)
    step(.pods(namespace: namespace), .changesImage, .patchPods)
    if let namespace {
      step(
        .accounts(namespace: namespace), .widensRoleOfNamespace, .escalateRoles, .writeRoles)
      step(.accounts(namespace: namespace), .bindsAdminOfNamespace, .bindRoles, .writeRoleBindings)
      step(.secrets(namespace: namespace), .bindsAdminOfNamespace, .bindRoles, .writeRoleBindings)
      if namespace == "kube-system" {
        step(.clusterAdmin, .changesControlPlane, .writeConfigMaps)
      }
    }
    let startsPods: AccessCapability? =
      set.has(.createPods) ? .createPods : set.has(.writeWorkloads) ? .writeWorkloads : nil
    if let startsPods {
      if open.admitsEscape(namespace) {
        add(from, .node, .startsEscapingPod, .right(binding: binding(startsPods)))
      } else if set.has(.patchNamespaces) {
        add(from, .node, .relabelsNamespace, .right(binding: binding(.patchNamespaces)))
      }
    }
  }

  /// Pods run as accounts, and some of them own their node already.
  private mutating func addPods(_ snapshot: ClusterSnapshot) {
    var seen = Set<AccessSubject>()
    struct Owned: Hashable {
      let namespace: String
      let gain: NodeEscape.Gain
    }
    var owned = Set<Owned>()
    var readers = Set<String>()
    for workload in snapshot.workloads {
      let namespace = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      if workload.template.spec["automountServiceAccountToken"]?.bool != false, seen.insert(account).inserted {
        add(
          .pods(namespace: namespace), .subject(account), .usesToken, .token(of: workload.subject))
      }
      if let secret = workload.template.secretNames.first, readers.insert(namespace).inserted {
        add(
          .pods(namespace: namespace), .secrets(namespace: namespace),
          .isGivenSecret, .givenSecret(name: secret, to: workload.subject))
      }
      for escape in NodeEscapes.open(to: workload.template)
      where owned.insert(Owned(namespace: namespace, gain: escape.escape.gain)).inserted {
        let means = Means.escape(escape, from: workload.subject)
        switch escape.escape.gain {
        case .node: add(.pods(namespace: namespace), .node, .escapes, means)
        case .credentials: add(.pods(namespace: namespace), .nodeCredentials, .readsNodeCredentials, means)
        }
      }
    }
  }

  private mutating func addTokenSecrets(_ snapshot: ClusterSnapshot) {
    for secret in snapshot.objects(.secret) where secret.root["type"]?.string == "kubernetes.io/service-account-token" {
      guard let name = secret.annotations["kubernetes.io/service-account.name"] else { continue }
      let account = AccessSubject.serviceAccount(namespace: secret.effectiveNamespace, name: name)
      add(
        .secrets(namespace: secret.effectiveNamespace), .subject(account), .usesTokenSecret,
        .tokenSecret(name: secret.name))
    }
  }

  /// Shortest ways from every subject to a goal.
  package struct Paths: Sendable {
    fileprivate let next: [Position: Int]
    fileprivate let distances: [Position: Int]
    fileprivate let goal: Position
  }

  package func paths(to goal: Position) -> Paths {
    var next: [Position: Int] = [:]
    var distances: [Position: Int] = [goal: 0]
    var open = [goal]
    var position = 0
    while position < open.count {
      let node = open[position]
      position += 1
      for index in incoming[node] ?? [] where distances[edges[index].from] == nil {
        let from = edges[index].from
        distances[from] = (distances[node] ?? 0) + 1
        next[from] = index
        open.append(from)
      }
    }
    return Paths(next: next, distances: distances, goal: goal)
  }

  /// The steps of a subject to the goal; nil when there is no way.
  package func steps(from subject: AccessSubject, _ paths: Paths) -> [Step]? {
    // An identity acts with the rights of its groups, too.
    let starts = ([subject] + subject.identity.subjects).map { Position.subject($0) }
    guard
      let start = starts.filter({ paths.distances[$0] != nil }).min(by: {
        paths.distances[$0] ?? 0 < paths.distances[$1] ?? 0
      })
    else { return nil }
    var steps: [Step] = []
    var node = start
    while node != paths.goal, let index = paths.next[node] {
      steps.append(edges[index])
      node = edges[index].to
    }
    return steps
  }

  /// Subjects with a way to the goal and its length, shortest first. Steps that merely name a member do not count.
  package func reaching(_ paths: Paths) -> [(subject: AccessSubject, steps: [Step])] {
    inventory.allSubjects.compactMap { subject in
      steps(from: subject, paths).map { (subject: subject, steps: $0) }
    }.filter { !$0.steps.isEmpty }.sorted {
      (Self.length($0.steps), $0.subject) < (Self.length($1.steps), $1.subject)
    }
  }

  package static func length(_ steps: [Step]) -> Int {
    max(1, steps.count { !$0.technique.isMembership })
  }
}

/// Which namespaces admit a pod that owns its node.
private struct OpenNamespaces {
  private let guarded: Set<String>
  private let anyOpen: Bool

  init(_ snapshot: ClusterSnapshot) {
    let key = "pod-security.kubernetes.io/enforce"
    let declared = snapshot.objects(.namespace)
    guarded = Set(
      declared.filter { ["baseline", "restricted"].contains($0.labels[key] ?? "") }.map(\.name))
    let guarded = guarded
    anyOpen =
      snapshot.namespaces.isEmpty || declared.isEmpty || snapshot.namespaces.contains { !guarded.contains($0) }
  }

  func admitsEscape(_ namespace: String?) -> Bool { namespace.map { !guarded.contains($0) } ?? anyOpen }
}
