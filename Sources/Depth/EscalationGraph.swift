package import Access
import Bytes
package import Findings
import Kube
package import PodSecurity

/// Steps by which one identity can become another, up to cluster admin.
///
/// A namespace stands for all accounts in it, so that the graph grows with subjects plus grants, not with their
/// product.
package struct EscalationGraph: Sendable {
  /// A node of the graph: an identity, or something whose possession gives one.
  package enum Position: Sendable, Hashable {
    case subject(AccessSubject)
    /// Any service account of the namespace; of all namespaces if nil.
    case accounts(namespace: String?)
    /// The accounts of pods that run in the namespace; in all namespaces if nil.
    case pods(namespace: String?)
    case users
    case node
    /// Credentials stored on a node, without control of the node itself.
    case nodeCredentials
    case clusterAdmin
    /// All secrets of the namespace; of the cluster if nil.
    case secrets(namespace: String?)
    /// One Secret.
    case secret(namespace: String, name: String)
    /// One pod, or any pod of the workload of that name.
    case pod(namespace: String, name: String)
    /// Whoever is bound to a role: everywhere for a nil namespace, and in any single one of them for `*`.
    case role(kind: String, name: String, namespace: String?)
    /// Somebody who is taken for another one, for the requests that may be made so.
    case delegate(of: AccessSubject, Delegation, as: AccessSubject)

    /// Stands for a single namespace of one's choice.
    static let anyNamespace = "*"

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
      case .secret(let namespace, let name): "Secret \(namespace)/\(name)"
      case .pod(let namespace, let name): "Pod \(namespace)/\(name)"
      case .role(let kind, let name, let namespace):
        "the rights of \(kind) \(name)"
          + (namespace.map { $0 == Self.anyNamespace ? " in any namespace" : " in \($0)" } ?? "")
      case .delegate(let subject, _, let other): "\(other.text), within what \(subject.text) may do as them"
      }
    }
  }

  /// An edge of the graph: whoever is at `from` can get to `to`.
  package struct Step: Sendable {
    package let from: Position
    package let to: Position
    package let technique: Technique
    package let means: Means

    /// The binding that allows it; nil where no right is needed, or no single binding brings it.
    package var binding: Int? {
      switch means {
      case .right(let binding): binding
      case .rightOn(_, let binding): binding
      default: nil
      }
    }

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
      case .rightOn(let object, _): "\(technique.phrase) (\(object))"
      case .nature, .right: technique.phrase
      }
    }
  }

  /// What makes a step possible.
  package enum Means: Sendable {
    /// Holds in every cluster, without a right or an object.
    case nature
    /// A right, by the binding that brings it; nil where no single binding does.
    case right(binding: Int?)
    /// A right to one object, which is named.
    case rightOn(object: String, binding: Int)
    /// The token that the pods of a workload carry.
    case token(of: Subject)
    /// A Secret that the pods of a workload are given.
    case givenSecret(name: String, to: Subject)
    /// A Secret that holds a token.
    case tokenSecret(name: String)
    /// An escape from the pods of a workload to their node.
    case escape(NodeEscape.Match, from: Subject)
  }

  package private(set) var inventory: AccessInventory
  private var edges: [Step] = []
  private var incoming: [Position: [Int]] = [:]
  /// Of the edges, those that stand for what a subject holds and is a member of.
  private var own: [AccessSubject: Range<Int>] = [:]
  /// By index of an edge, whether it is gone; empty when none is.
  private var gone: [Bool] = []
  private let open: OpenNamespaces
  /// Roles with rules that are restricted to names.
  private let rolesWithNames: [Bool]
  /// Roles that speak of constrained impersonation.
  private let delegatingRoles: [Bool]
  let namespaces: [String]
  let secretsByName: [String: [KubeObject]]
  let accountsByName: [String: [AccessSubject]]
  /// By the place of an order in `ConfusedDeputies.orders`: the accounts whose rights it lends.
  let deputies: [[AccessSubject]]
  /// Groups that a token in a Secret of kube-system puts its bearer into.
  let bootstrappers: [AccessSubject]
  /// Orders whose controller acts as an account of the object's namespace.
  let lockedOrders: Set<Int>
  /// What is applied with whose rights, by where it is fetched from.
  let sources: [ConfusedDeputies.Source: [AccessSubject]]
  /// Namespaces of the objects of a name that have pods made of them.
  let workloadPlaces: [NamedResource: [String]]
  /// Namespaces of workloads by their names.
  let podOwners: [String: [String]]
  /// Volumes on nodes that whoever starts a pod can have.
  let volumesOfNode: OpenVolumes

  struct NamedResource: Hashable {
    let group: String
    let resource: String
    let name: String
  }

  var roles = Set<Position>()
  var pods = Set<Position>()

  /// - Parameters:
  ///   - extra: namespaces that matter although the snapshot does not know them.
  ///   - starts: pods from which a way is asked for.
  ///   - escapes: of each workload, where they are known.
  package init(
    _ profile: AccessProfile, namespaces extra: Set<String> = [], pods starts: [Position] = [],
    escapes: [[NodeEscape.Match]]? = nil
  ) {
    inventory = profile.inventory
    let inventory = profile.inventory
    let snapshot = inventory.snapshot
    open = OpenNamespaces(snapshot)
    rolesWithNames = inventory.roles.map { $0.rules.contains { !$0.resourceNames.isEmpty } }
    delegatingRoles = inventory.roles.map(Self.delegates)
    namespaces = Set(snapshot.namespaces).union(inventory.namespacedBindings.keys).union(["kube-system"]).union(
      extra
    ).sorted()
    secretsByName = Dictionary(grouping: snapshot.objects(.secret), by: \.name)
    var accounts = inventory.serviceAccounts
    for subject in inventory.allSubjects { if case .serviceAccount = subject { accounts.insert(subject) } }
    let sorted = accounts.sorted()
    // A right by name that holds everywhere is one to the accounts of the control plane, too.
    let standing = inventory.builtInBindings.keys.filter { if case .serviceAccount = $0 { true } else { false } }
    accountsByName = Dictionary(grouping: accounts.union(standing).sorted()) { subject in
      if case .serviceAccount(_, let name) = subject { name } else { "" }
    }
    bootstrappers = inventory.allSubjects.filter { subject in
      if case .group(let name) = subject { name.hasPrefix("system:bootstrappers") } else { false }
    }
    var locked = Set<Int>()
    let deputies = ConfusedDeputies.orders.enumerated().map { index, order -> [AccessSubject] in
      guard case .controller(let names) = order.lends else { return [] }
      return sorted.filter { account in
        guard case .serviceAccount(_, let name) = account, ConfusedDeputies.isNamed(name, names) else { return false }
        guard let argument = order.lockedBy, ConfusedDeputies.isLocked(account, by: argument, snapshot) else {
          return true
        }
        locked.insert(index)
        return false
      }
    }
    self.deputies = deputies
    lockedOrders = locked
    sources = ConfusedDeputies.sources(snapshot, deputies).mapValues { $0.sorted() }
    workloadPlaces = Self.places(ofPodMakers: snapshot)
    volumesOfNode = OpenVolumes(snapshot)
    podOwners = Dictionary(grouping: snapshot.workloads, by: \.object.name).mapValues {
      Set($0.map(\.object.effectiveNamespace)).sorted()
    }
    for subject in inventory.allSubjects where subject != .group("system:masters") {
      addOwn(subject, profile)
    }
    for (subject, bindings) in inventory.builtInBindings.sorted(by: { $0.key < $1.key })
    where subject != .group("system:masters") {
      for binding in bindings {
        addSteps(
          .subject(subject), profile.set(ofBinding: binding), known: [],
          namespace: inventory.bindings[binding].namespace, open
        ) { _ in binding }
      }
    }
    add(.subject(.group("system:masters")), .clusterAdmin, .isSuperuser)
    for namespace in namespaces {
      add(.accounts(namespace: nil), .accounts(namespace: namespace), .isMember)
      add(.pods(namespace: nil), .pods(namespace: namespace), .isMember)
      add(.secrets(namespace: nil), .secrets(namespace: namespace), .areMembers)
    }
    for case .serviceAccount(let namespace, let name) in sorted {
      add(
        .accounts(namespace: namespace), .subject(.serviceAccount(namespace: namespace, name: name)), .isMember)
    }
    for case .user(let name) in Set(inventory.allSubjects).union(inventory.builtInBindings.keys).sorted() {
      add(.users, .subject(.user(name)), .isMember)
    }
    pods.formUnion(starts)
    addPods(snapshot, escapes)
    // Controllers of the control plane run as accounts of kube-system, one of which manages all roles.
    add(.accounts(namespace: "kube-system"), .clusterAdmin, .actsAsControlPlane)
    if !inventory.hasAllRoles, !snapshot.workloads.contains(where: { $0.object.effectiveNamespace == "kube-system" }) {
      add(.pods(namespace: "kube-system"), .node, .escapesFromSystemPod)
    }
    add(.node, .pods(namespace: nil), .readsTokensOfPods)
    add(.clusterAdmin, .secrets(namespace: nil), .readsSecrets)
    add(.clusterAdmin, .node, .startsPrivilegedPod)
    add(.clusterAdmin, .accounts(namespace: nil), .issuesAnyToken)
    addTokenSecrets(snapshot)
    for (index, edge) in edges.enumerated() { incoming[edge.to, default: []].append(index) }
  }

  /// The graph without one binding of the snapshot: what its holders can do is found anew, and all else stays as it is.
  ///
  /// - Parameter profile: the one that this graph was made from.
  package func without(binding index: Int, _ profile: AccessProfile) -> EscalationGraph {
    var holders = Set<AccessSubject>()
    var groups = Set<String>()
    for subject in inventory.bindings[index].subjects {
      holders.insert(subject)
      if case .group(let name) = subject { groups.insert(name) }
    }
    // What a member holds may make a way only together with what the group holds.
    for subject in groups.isEmpty ? [] : inventory.allSubjects where !inventory.bindings(of: subject).isEmpty {
      if inventory.identity(of: subject).groups.contains(where: groups.contains) { holders.insert(subject) }
    }
    let profile = profile.without(binding: index)
    var other = self
    other.inventory = profile.inventory
    other.gone = gone.isEmpty ? Array(repeating: false, count: edges.count) : gone
    for subject in holders.sorted() where subject != .group("system:masters") {
      // The edges of a role that was met on the way are not the subject's.
      for edge in own[subject] ?? 0..<0 where edges[edge].from == .subject(subject) { other.gone[edge] = true }
      other.addOwn(subject, profile)
    }
    for (index, edge) in other.edges.enumerated().dropFirst(edges.count) {
      other.incoming[edge.to, default: []].append(index)
      other.gone.append(false)
    }
    return other
  }

  private mutating func addOwn(_ subject: AccessSubject, _ profile: AccessProfile) {
    let start = edges.count
    addGrants(subject, profile, open)
    addMemberships(of: subject)
    own[subject] = start..<edges.count
  }

  /// Every step, in the order in which it was found.
  package var steps: [Step] { gone.isEmpty ? edges : edges.indices.filter { !gone[$0] }.map { edges[$0] } }

  mutating func add(
    _ from: Position, _ to: Position, _ technique: Technique, _ means: Means = .nature
  ) {
    edges.append(Step(from: from, to: to, technique: technique, means: means))
  }

  // MARK: Grants

  /// An identity acts with the rights of its groups, too.
  private mutating func addMemberships(of subject: AccessSubject) {
    for group in inventory.actingGroups(of: subject) { add(.subject(subject), .subject(group), .isMember) }
    // Who impersonates the group without such a name is no kubelet.
    if case .user = subject, inventory.identity(of: subject).isNode {
      add(.subject(subject), .nodeCredentials, .isMember)
    }
  }

  /// Steps by what a subject holds itself, alone or together with its groups; what its groups can do alone starts at them.
  private mutating func addGrants(_ subject: AccessSubject, _ profile: AccessProfile, _ open: OpenNamespaces) {
    let own = inventory.bindings(of: subject)
    guard !own.isEmpty else { return }
    let from = Position.subject(subject)
    let inherited = profile.inheritance(of: subject)
    let identity = inventory.identity(of: subject)
    var mine = CapabilitySet()
    var local: [String: CapabilitySet] = [:]
    var named = Set<String>()
    var isDelegate = false
    for index in own {
      let binding = inventory.bindings[index]
      let set = profile.set(ofBinding: index)
      if let namespace = binding.namespace {
        local[namespace, default: CapabilitySet()].formUnion(set)
      } else {
        mine.formUnion(set)
      }
      if let role = binding.role, rolesWithNames[role] || set.hasNamed(.operators) {
        named.insert(binding.namespace ?? "")
      }
      if let role = binding.role, delegatingRoles[role] { isDelegate = true }
    }
    var cluster = mine
    cluster.formUnion(inherited.cluster)
    let inventory = inventory
    func finder(_ namespace: String?) -> (AccessCapability) -> Int? {
      let bindings = inventory.bindings(for: identity, namespace: namespace ?? "")
      return { capability in
        bindings.first { index in
          let set = profile.set(ofBinding: index)
          return set.has(capability) || set.has(.everything)
        }
      }
    }
    if !mine.isEmpty {
      addSteps(from, cluster, known: [inherited.cluster], namespace: nil, open, finder(nil))
      if named.contains("") { addNamed(from, identity, namespace: nil, profile, open) }
    }
    guard !cluster.has(.everything) else { return }
    if isDelegate {
      for namespace in [nil] + Set(own.compactMap { inventory.bindings[$0].namespace }).sorted() {
        addDelegations(from, subject, identity, namespace: namespace, profile, open)
      }
    }
    for (namespace, set) in local.sorted(by: { $0.key < $1.key }) {
      var theirs = profile.within(namespace, inherited.identity)
      theirs.formUnion(inherited.cluster)
      var all = set
      all.formUnion(theirs)
      all.formUnion(cluster)
      addSteps(from, all, known: [theirs, cluster], namespace: namespace, open, finder(namespace))
      if named.contains(namespace) || named.contains("") {
        addNamed(from, identity, namespace: namespace, profile, open)
      }
    }
    guard !mine.isEmpty else { return }
    for (set, places) in inherited.local.sorted(by: { $0.value[0] < $1.value[0] }) {
      var theirs = set
      theirs.formUnion(inherited.cluster)
      var all = theirs
      all.formUnion(cluster)
      guard all != theirs, all != cluster, Self.completes(all, theirs, cluster) else { continue }
      for namespace in places where local[namespace] == nil {
        addSteps(from, all, known: [theirs, cluster], namespace: namespace, open, finder(namespace))
      }
    }
  }

  /// Capabilities that make a way only together.
  private static let combinations: [[AccessCapability]] = [
    [.createSecrets, .readSecrets], [.createSecrets, .patchSecrets], [.escalateRoles, .writeRoles],
    [.bindRoles, .writeRoleBindings], [.createPods, .patchNamespaces], [.writeWorkloads, .patchNamespaces],
    [.persistentVolumes, .createPods], [.persistentVolumes, .writeWorkloads],
  ]

  private static func completes(_ all: CapabilitySet, _ a: CapabilitySet, _ b: CapabilitySet) -> Bool {
    combinations.contains { all.hasAll($0) && !a.hasAll($0) && !b.hasAll($0) }
  }

  /// - Parameters:
  ///   - known: sets whose steps are in the graph already, from here or from where this position leads without a deed.
  ///   - isLocal: whether the rights hold in single namespaces, whichever they are.
  ///   - binding: the binding that brings a capability.
  mutating func addSteps(
    _ from: Position, _ set: CapabilitySet, known: [CapabilitySet], namespace: String?, _ open: OpenNamespaces,
    isLocal: Bool = false, _ binding: (AccessCapability) -> Int?
  ) {
    func isNew(_ capabilities: [AccessCapability]) -> Bool {
      set.hasAll(capabilities) && !known.contains { $0.hasAll(capabilities) }
    }
    func step(_ to: Position, _ technique: Technique, _ capabilities: AccessCapability...) {
      guard let last = capabilities.last, isNew(capabilities) else { return }
      add(from, to, technique, .right(binding: binding(last)))
    }
    if namespace == nil, !isLocal {
      if set.has(.everything) {
        step(.clusterAdmin, .mayDoEverything, .everything)
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
      // The controller manager approves the first certificate of a node by itself.
      step(.nodeCredentials, .hasNodeCertificateSigned, .createSigningRequests, .nodeClientCertificates)
      step(.clusterAdmin, .mutatesByAdmission, .mutatingAdmission)
      step(.clusterAdmin, .interceptsByAPIService, .apiServices)
      step(.secrets(namespace: nil), .isSentByAdmission, .validatingAdmission)
      step(.pods(namespace: nil), .runsThroughKubelet, .proxyNodes)
      if inventory.snapshot.objects(.configMap).contains(where: GroupMemberships.isAWSAuth) {
        step(.clusterAdmin, .mapsItselfToMasters, .writeConfigMaps)
      }
    }
    if namespace == nil || namespace == "kube-system" {
      for group in bootstrappers { step(.subject(group), .makesBootstrapToken, .createSecrets) }
    }
    step(.accounts(namespace: namespace), .impersonates, .impersonateAccounts)
    step(.accounts(namespace: namespace), .issuesTokens, .createTokens)
    step(.accounts(namespace: namespace), .startsPod, .createPods)
    step(.accounts(namespace: namespace), .startsWorkload, .writeWorkloads)
    step(.accounts(namespace: namespace), .mintsTokenBySecret, .createSecrets, .readSecrets)
    step(.accounts(namespace: namespace), .mintsTokenByApply, .createSecrets, .patchSecrets)
    step(.secrets(namespace: namespace), .readsSecrets, .readSecrets)
    step(.secrets(namespace: namespace), .readsSecretsByPatch, .patchSecrets)
    step(.secrets(namespace: namespace), .mountsSecrets, .createPods)
    step(.secrets(namespace: namespace), .mountsSecrets, .writeWorkloads)
    // Pod Security does not look through a claim, and a pod brings claims of its own (`ephemeral`, `volumeClaimTemplates`).
    for starts in [AccessCapability.createPods, .writeWorkloads] {
      step(.node, .mountsNodeByVolume, .persistentVolumes, starts)
      if volumesOfNode.isOpen(in: namespace) { step(.node, .mountsVolumeOfNode, starts) }
    }
    step(.pods(namespace: namespace), .runsCommands, .execPods)
    step(.pods(namespace: namespace), .addsContainer, .ephemeralContainers)
    step(.pods(namespace: namespace), .changesImage, .patchPods)
    step(.accounts(namespace: namespace), .bindsAdminOfNamespace, .bindRoles, .writeRoleBindings)
    step(.secrets(namespace: namespace), .bindsAdminOfNamespace, .bindRoles, .writeRoleBindings)
    if let namespace {
      step(
        .accounts(namespace: namespace), .widensRoleOfNamespace, .escalateRoles, .writeRoles)
      if namespace == "kube-system" {
        step(.clusterAdmin, .changesControlPlane, .writeConfigMaps)
      }
    }
    for starts in [AccessCapability.createPods, .writeWorkloads] where set.has(starts) {
      if open.admitsEscape(namespace) {
        step(.node, .startsEscapingPod, starts)
      } else {
        step(.node, .relabelsNamespace, starts, .patchNamespaces)
      }
    }
  }

  // MARK: Pods

  /// Pods run as accounts, and some of them have already taken over their node.
  private mutating func addPods(_ snapshot: ClusterSnapshot, _ escapes: [[NodeEscape.Match]]?) {
    var seen = Set<AccessSubject>()
    struct Owned: Hashable {
      let namespace: String
      let gain: NodeEscape.Gain
    }
    var owned = Set<Owned>()
    var readers = Set<String>()
    let tokens = TokenMounts(snapshot)
    let volumes = ClaimedVolumes(snapshot)
    var single: [String: [(name: String, position: Position)]] = [:]
    for case .pod(let namespace, let name) in pods {
      single[namespace, default: []].append((name, .pod(namespace: namespace, name: name)))
    }
    for (index, workload) in snapshot.workloads.enumerated() {
      let namespace = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      // A pod of a workload is named after it.
      let mine = (single[namespace] ?? []).filter {
        Self.mayBear($0.name, workload.object.name)
      }.map(\.position)
      if tokens.hasToken(workload) {
        let isFirst = seen.insert(account).inserted
        for from in (isFirst ? [.pods(namespace: namespace)] : []) + mine {
          add(from, .subject(account), .usesToken, .token(of: workload.subject))
        }
        // What a node keeps of its pods is their tokens and Secrets, not a place in them.
        if isFirst { add(.nodeCredentials, .subject(account), .usesTokensOfPods, .token(of: workload.subject)) }
      }
      if let secret = workload.template.secretNames.first {
        if readers.insert(namespace).inserted {
          for from in [.pods(namespace: namespace), .nodeCredentials] as [Position] {
            add(
              from, .secrets(namespace: namespace), .isGivenSecret,
              .givenSecret(name: secret, to: workload.subject))
          }
        }
      }
      if !mine.isEmpty {
        for secret in workload.template.secretNames {
          for from in mine {
            add(
              from, .secret(namespace: namespace, name: secret), .isGivenSecret,
              .givenSecret(name: secret, to: workload.subject))
          }
        }
      }
      let open =
        escapes?[index] ?? NodeEscapes.open(to: volumes.resolved(workload))
      for escape in open {
        let means = Means.escape(escape, from: workload.subject)
        let isFirst = owned.insert(Owned(namespace: namespace, gain: escape.escape.gain)).inserted
        for from in (isFirst ? [.pods(namespace: namespace)] : []) + mine {
          switch escape.escape.gain {
          case .node: add(from, .node, .escapes, means)
          case .credentials: add(from, .nodeCredentials, .readsNodeCredentials, means)
          }
        }
      }
    }
  }

  private mutating func addTokenSecrets(_ snapshot: ClusterSnapshot) {
    for secret in snapshot.objects(.secret) where secret.root["type"]?.string == "kubernetes.io/service-account-token" {
      guard let name = secret.annotations["kubernetes.io/service-account.name"] else { continue }
      let account = AccessSubject.serviceAccount(namespace: secret.effectiveNamespace, name: name)
      let position = Position.secret(namespace: secret.effectiveNamespace, name: secret.name)
      add(.secrets(namespace: secret.effectiveNamespace), position, .isMember)
      add(position, .subject(account), .usesTokenSecret, .tokenSecret(name: secret.name))
    }
  }

  /// Shortest ways from every position to a goal.
  package struct Paths: Sendable {
    fileprivate let next: [Position: Int]
    fileprivate let distances: [Position: Int]
    fileprivate let goal: Position
  }

  /// Steps that merely name a member cost nothing.
  package func paths(to goal: Position) -> Paths {
    var next: [Position: Int] = [:]
    var distances: [Position: Int] = [goal: 0]
    var layer = [goal]
    var done = Set<Position>()
    var depth = 0
    while !layer.isEmpty {
      var following: [Position] = []
      var position = 0
      while position < layer.count {
        let node = layer[position]
        position += 1
        guard distances[node] == depth, done.insert(node).inserted else { continue }
        for index in incoming[node] ?? [] where gone.isEmpty || !gone[index] {
          let from = edges[index].from
          let distance = depth + (edges[index].technique.isMembership ? 0 : 1)
          guard distances[from].map({ distance < $0 }) ?? true else { continue }
          distances[from] = distance
          next[from] = index
          if distance == depth { layer.append(from) } else { following.append(from) }
        }
      }
      layer = following
      depth += 1
    }
    return Paths(next: next, distances: distances, goal: goal)
  }

  /// Where a subject begins: at itself, at its groups, and a node at what every node holds.
  package func starts(of subject: AccessSubject) -> [Position] {
    // Somebody whom the snapshot does not know acts with the rights of the groups that everybody is in.
    let identity = inventory.identity(of: subject)
    return ([subject] + identity.subjects).map { .subject($0) } + (identity.isNode ? [.nodeCredentials] : [])
  }

  /// The steps of a subject to the goal; nil where there is no path.
  package func steps(from subject: AccessSubject, _ paths: Paths) -> [Step]? {
    guard
      let start = starts(of: subject).filter({ paths.distances[$0] != nil }).min(by: {
        paths.distances[$0] ?? 0 < paths.distances[$1] ?? 0
      })
    else { return nil }
    return steps(from: start, paths)
  }

  /// The steps from a position to the goal; nil when there is no way.
  package func steps(from start: Position, _ paths: Paths) -> [Step]? {
    guard paths.distances[start] != nil else { return nil }
    var steps: [Step] = []
    var node = start
    while node != paths.goal, let index = paths.next[node] {
      steps.append(edges[index])
      node = edges[index].to
    }
    return steps
  }

  /// The steps of a subject by what it holds itself: a way that everybody has is not one of its own.
  package func ownSteps(from subject: AccessSubject, _ paths: Paths) -> [Step]? {
    guard let steps = steps(from: .subject(subject), paths) else { return nil }
    if !subject.isEverybody, let first = steps.first, first.technique.isMembership,
      case .subject(let group) = first.to, group.isEverybody
    {
      return nil
    }
    return steps
  }

  /// What the names are worth to which a binding restricts a right.
  package struct NamedGain: Sendable {
    /// What is named, such as `ClusterRole cluster-admin`, in order.
    package let objects: [String]
    /// Whether one of them leads to the goal.
    package let leadsToGoal: Bool
  }

  /// - Parameter techniques: ids of the steps that the right is for.
  /// - Returns: nil where no step of the graph goes by the names.
  package func gain(ofNamesIn binding: Int, by techniques: Set<String>, _ paths: Paths) -> NamedGain? {
    var objects = Set<String>()
    var leads = false
    for edge in edges {
      guard case .rightOn(let object, binding) = edge.means, techniques.contains(edge.technique.id) else { continue }
      objects.insert(object)
      leads = leads || paths.distances[edge.to] != nil
    }
    return objects.isEmpty ? nil : NamedGain(objects: objects.sorted(), leadsToGoal: leads)
  }

  /// Subjects with a path to the goal, shortest first. Steps that only follow a membership do not count towards the
  /// length.
  package func reaching(_ paths: Paths) -> [(subject: AccessSubject, steps: [Step])] {
    inventory.allSubjects.compactMap { subject in
      ownSteps(from: subject, paths).map { (subject: subject, steps: $0) }
    }.filter { !$0.steps.isEmpty }.sorted {
      (Self.length($0.steps), $0.subject) < (Self.length($1.steps), $1.subject)
    }
  }

  package static func length(_ steps: [Step]) -> Int {
    max(1, steps.count { !$0.technique.isMembership })
  }
}

/// Which namespaces admit a pod that can take over its node.
struct OpenNamespaces {
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
