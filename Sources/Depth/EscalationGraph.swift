package import Access
import Bytes
import Kube

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
      case .clusterAdmin: "cluster admin"
      case .secrets(let namespace): namespace.map { "the secrets of \($0)" } ?? "all secrets"
      }
    }
  }

  package struct Step: Sendable {
    package let from: Position
    package let to: Position
    /// What is done, in a few words.
    package let technique: String
    /// The binding that allows it; nil where no right is needed.
    package let binding: Int?
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
    add(.subject(.group("system:masters")), .clusterAdmin, "is never asked by RBAC", nil)
    for namespace in namespaces {
      add(.accounts(namespace: nil), .accounts(namespace: namespace), "is one of them", nil)
      add(.pods(namespace: nil), .pods(namespace: namespace), "is one of them", nil)
      add(.secrets(namespace: nil), .secrets(namespace: namespace), "are among them", nil)
    }
    var accounts = inventory.serviceAccounts
    for subject in inventory.allSubjects { if case .serviceAccount = subject { accounts.insert(subject) } }
    for case .serviceAccount(let namespace, let name) in accounts.sorted() {
      add(
        .accounts(namespace: namespace), .subject(.serviceAccount(namespace: namespace, name: name)), "is one of them",
        nil)
    }
    for case .user(let name) in inventory.allSubjects { add(.users, .subject(.user(name)), "is one of them", nil) }
    addPods(snapshot)
    // Controllers of the control plane act through accounts of kube-system, one of which manages all roles.
    add(.accounts(namespace: "kube-system"), .clusterAdmin, "acts as a controller of the control plane", nil)
    add(.node, .pods(namespace: nil), "reads the tokens of the pods on it", nil)
    add(.clusterAdmin, .secrets(namespace: nil), "reads them", nil)
    add(.clusterAdmin, .node, "starts a privileged pod", nil)
    add(.clusterAdmin, .accounts(namespace: nil), "issues tokens", nil)
    addTokenSecrets(snapshot)
    for (index, edge) in edges.enumerated() { incoming[edge.to, default: []].append(index) }
  }

  private mutating func add(_ from: Position, _ to: Position, _ technique: String, _ binding: Int?) {
    edges.append(Step(from: from, to: to, technique: technique, binding: binding))
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
    func step(_ to: Position, _ technique: String, _ capabilities: AccessCapability...) {
      guard set.hasAll(capabilities), let last = capabilities.last else { return }
      add(from, to, technique, binding(last))
    }
    if namespace == nil {
      if set.has(.everything) {
        add(from, .clusterAdmin, "may do everything", binding(.everything))
        return
      }
      step(.clusterAdmin, "impersonates a user of system:masters", .impersonateUsers, .impersonateGroups)
      step(.users, "impersonates them", .impersonateUsers)
      step(.clusterAdmin, "writes everything into a role that it holds", .escalateClusterRoles, .writeClusterRoles)
      step(.clusterAdmin, "binds cluster-admin to itself", .bindClusterRoles, .writeClusterRoleBindings)
      step(
        .clusterAdmin, "has a certificate of a control-plane user signed", .createSigningRequests,
        .approveSigningRequests,
        .approveSigners)
      step(.clusterAdmin, "rewrites objects by a mutating webhook or policy", .mutatingAdmission)
      step(.clusterAdmin, "intercepts requests of administrators by an APIService", .apiServices)
      step(.secrets(namespace: nil), "is sent them by a validating webhook", .validatingAdmission)
      step(.pods(namespace: nil), "runs commands through the kubelet", .proxyNodes)
      step(.node, "mounts the node by a persistent volume", .persistentVolumes, .createPods)
    }
    step(.accounts(namespace: namespace), "impersonates them", .impersonateAccounts)
    step(.accounts(namespace: namespace), "issues their tokens", .createTokens)
    step(.accounts(namespace: namespace), "starts a pod as one of them", .createPods)
    step(.accounts(namespace: namespace), "starts a workload as one of them", .writeWorkloads)
    step(.accounts(namespace: namespace), "mints a token by a secret", .createSecrets, .readSecrets)
    step(.secrets(namespace: namespace), "reads them", .readSecrets)
    step(.secrets(namespace: namespace), "mounts them into a pod", .createPods)
    step(.pods(namespace: namespace), "runs commands in it", .execPods)
    step(.pods(namespace: namespace), "adds a container to it", .ephemeralContainers)
    step(.pods(namespace: namespace), "changes its image", .patchPods)
    if let namespace {
      step(
        .accounts(namespace: namespace), "writes everything into a role of the namespace", .escalateRoles, .writeRoles)
      step(.accounts(namespace: namespace), "binds admin of the namespace to itself", .bindRoles, .writeRoleBindings)
      step(.secrets(namespace: namespace), "binds admin of the namespace to itself", .bindRoles, .writeRoleBindings)
      if namespace == "kube-system" {
        step(.clusterAdmin, "changes the configuration of the control plane", .writeConfigMaps)
      }
    }
    let startsPods: AccessCapability? =
      set.has(.createPods) ? .createPods : set.has(.writeWorkloads) ? .writeWorkloads : nil
    if let startsPods {
      if open.admitsEscape(namespace) {
        add(from, .node, "starts a pod that escapes to it: Pod Security does not stop it", binding(startsPods))
      } else if set.has(.patchNamespaces) {
        add(from, .node, "relabels the namespace, then starts a pod that escapes", binding(.patchNamespaces))
      }
    }
  }

  /// Pods run as accounts, and some of them own their node already.
  private mutating func addPods(_ snapshot: ClusterSnapshot) {
    var seen = Set<AccessSubject>()
    var owners = Set<String>()
    var readers = Set<String>()
    for workload in snapshot.workloads {
      let namespace = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      if workload.template.spec["automountServiceAccountToken"]?.bool != false, seen.insert(account).inserted {
        add(
          .pods(namespace: namespace), .subject(account),
          "uses the token of \(workload.object.kind) \(workload.object.name)", nil)
      }
      if let secret = Self.secret(of: workload), readers.insert(namespace).inserted {
        add(
          .pods(namespace: namespace), .secrets(namespace: namespace),
          "reads \(secret), which \(workload.object.kind) \(workload.object.name) is given", nil)
      }
      let escapes =
        workload.containers.contains { $0.securityContext?["privileged"]?.bool == true }
        || workload.template.volumes.contains { $0[path: "hostPath", "path"]?.string == "/" }
      if escapes, owners.insert(namespace).inserted {
        add(.pods(namespace: namespace), .node, "escapes from \(workload.object.kind) \(workload.object.name)", nil)
      }
    }
  }

  /// A Secret that the pods of a workload hold, by volume or environment.
  private static func secret(of workload: Workload) -> String? {
    for volume in workload.template.volumes {
      if let name = volume[path: "secret", "secretName"]?.string { return name }
    }
    for container in workload.containers {
      for source in container.node["envFrom"]?.elements ?? [] {
        if let name = source[path: "secretRef", "name"]?.string { return name }
      }
      for variable in container.node["env"]?.elements ?? [] {
        if let name = variable[path: "valueFrom", "secretKeyRef", "name"]?.string { return name }
      }
    }
    return nil
  }

  private mutating func addTokenSecrets(_ snapshot: ClusterSnapshot) {
    for secret in snapshot.objects(.secret) where secret.root["type"]?.string == "kubernetes.io/service-account-token" {
      guard let name = secret.annotations["kubernetes.io/service-account.name"] else { continue }
      let account = AccessSubject.serviceAccount(namespace: secret.effectiveNamespace, name: name)
      add(
        .secrets(namespace: secret.effectiveNamespace), .subject(account), "uses the token in Secret \(secret.name)",
        nil)
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
    max(1, steps.count { $0.technique != "is one of them" && $0.technique != "are among them" })
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
