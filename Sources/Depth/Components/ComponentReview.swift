package import Access
import Bytes
import Findings
package import Kube
package import PodSecurity

/// What a third-party component is granted: its accounts, their rights, its workloads.
package struct ComponentReview: Sendable {
  package let name: String
  package let accounts: [AccessSubject]
  package let workloads: [Workload]
  /// Workloads whose pods can take over their node, or a part of it; others are absent.
  package let escapes: [(workload: Workload, escape: NodeEscape.Match)]
  package let exposures: [(account: AccessSubject, exposure: AccessProfile.Exposure)]
  /// Why it is not known what an account may do: roles that its bindings name and the input does not hold.
  package let unknown: [(account: AccessSubject, reason: String)]
  /// Steps of each account to cluster admin.
  package let ways: [(account: AccessSubject, steps: [EscalationGraph.Step])]

  /// - Parameters:
  ///   - name: of a component (labels `app.kubernetes.io/name`, `instance`, `part-of`, or `app`), or of a namespace.
  ///   - only: accounts to review instead of those that belong to the name.
  /// - Returns: nil when nothing of that name is in the snapshot.
  package init?(_ name: String, accounts only: [AccessSubject] = [], _ profile: AccessProfile) {
    let snapshot = profile.inventory.snapshot
    func belongs(_ object: KubeObject) -> Bool {
      let labels = object.labels
      return object.effectiveNamespace == name || object.name == name || object.name.hasPrefix(name + "-")
        || ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/part-of", "app"]
          .contains { labels[$0] == name }
    }
    func account(_ workload: Workload) -> AccessSubject {
      .serviceAccount(namespace: workload.object.effectiveNamespace, name: workload.template.serviceAccountName)
    }
    var found = Set(only)
    let own: [Workload]
    if only.isEmpty {
      own = snapshot.workloads.filter { belongs($0.object) }
      found.formUnion(own.map(account))
      for object in snapshot.objects(.serviceAccount) where belongs(object) {
        found.insert(.serviceAccount(namespace: object.effectiveNamespace, name: object.name))
      }
    } else {
      own = snapshot.workloads.filter { found.contains(account($0)) }
    }
    guard !found.isEmpty else { return nil }
    let graph = EscalationGraph(profile)
    self.init(name, found.sorted(), own, profile, ClaimedVolumes(snapshot), graph, graph.paths(to: .clusterAdmin))
  }

  /// The access of a component that was recognised.
  init(_ component: Component, _ workloads: [Workload], _ context: ComponentDossier.Context) {
    var found = Set(
      workloads.map {
        AccessSubject.serviceAccount(
          namespace: $0.object.effectiveNamespace, name: $0.template.serviceAccountName)
      })
    for object in component.objects(.serviceAccount) {
      found.insert(.serviceAccount(namespace: object.effectiveNamespace, name: object.name))
    }
    // Where it is nothing but grants, they are to the accounts of others.
    if workloads.isEmpty {
      for object in component.objects(.roleBinding) + component.objects(.clusterRoleBinding) {
        for node in object.root["subjects"]?.elements ?? [] {
          guard let subject = AccessSubject(node, bindingNamespace: object.namespace),
            case .serviceAccount = subject
          else { continue }
          found.insert(subject)
        }
      }
    }
    self.init(
      component.name, found.sorted(), workloads, context.profile, context.volumes, context.escalation, context.ways)
  }

  private init(
    _ name: String, _ accounts: [AccessSubject], _ own: [Workload], _ profile: AccessProfile,
    _ volumes: ClaimedVolumes, _ graph: EscalationGraph, _ paths: EscalationGraph.Paths
  ) {
    self.name = name
    self.accounts = accounts
    let inventory = profile.inventory
    unknown = accounts.flatMap { account -> [(account: AccessSubject, reason: String)] in
      let held = Set(inventory.identity(of: account).subjects.flatMap { inventory.bindings(of: $0) }).sorted()
      let reasons = held.compactMap { inventory.unknownGrant(binding: $0) }
      return Set(reasons).sorted().map { (account: account, reason: $0) }
    }
    workloads = own
    escapes = own.flatMap { workload in
      NodeEscapes.open(to: volumes.resolved(workload)).map {
        (workload: workload, escape: $0)
      }
    }
    exposures = accounts.flatMap { account in
      profile.exposures(of: profile.inventory.identity(of: account)).map { (account: account, exposure: $0) }
    }
    ways = accounts.compactMap { account in graph.steps(from: account, paths).map { (account: account, steps: $0) } }
  }
}
