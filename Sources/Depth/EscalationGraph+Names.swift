import Access
import Bytes
import Kube
import PodSecurity

/// Steps by rights that are restricted to names: the best-scoped grants name the prize.
extension EscalationGraph {
  private static let rbac = "rbac.authorization.k8s.io"
  private static let change = ["update", "patch"]

  mutating func addNamed(
    _ from: Position, _ identity: Identity, namespace: String?, _ profile: AccessProfile, _ open: OpenNamespaces
  ) {
    let rights = NamedRights(inventory, inventory.bindings(for: identity, namespace: namespace ?? ""))
    addOrders(from, rights, namespace: namespace)
    guard rights.hasNames else { return }
    addBinds(from, rights, namespace: namespace, open)
    addEscalations(from, identity, rights, namespace: namespace)
    addIdentities(from, rights, namespace: namespace)
    addSecrets(from, rights, namespace: namespace)
    addWorkloads(from, rights, namespace: namespace, open)
    if namespace == nil { addClusterObjects(from, identity, rights, profile, open) }
    if namespace == nil || namespace == "kube-system" {
      let maps = rights.names(Self.change, "", "configmaps")
      if maps.all == nil, let binding = maps.some["aws-auth"] {
        add(from, .clusterAdmin, .mapsItselfToMasters, .rightOn(object: "ConfigMap aws-auth", binding: binding))
      }
    }
  }

  // MARK: Roles

  private mutating func addBinds(
    _ from: Position, _ rights: NamedRights, namespace: String?, _ open: OpenNamespaces
  ) {
    func mayWrite(_ resource: String) -> Bool {
      let create = rights.names(["create"], Self.rbac, resource)
      // By apply, `create` restricted to a name makes the binding of that name.
      return create.all != nil || !create.intersection(rights.names(["patch"], Self.rbac, resource)).isEmpty
        || !rights.names(Self.change, Self.rbac, resource).isEmpty
    }
    for (resource, kind) in [("clusterroles", "ClusterRole"), ("roles", "Role")] {
      let bind = rights.names(["bind"], Self.rbac, resource)
      guard bind.all == nil else { continue }
      for name in bind.names {
        guard let binding = bind.some[name] else { continue }
        if namespace == nil, kind == "ClusterRole", mayWrite("clusterrolebindings") {
          addHolder(from, kind, name, in: nil, binding, open)
        }
        if mayWrite("rolebindings") {
          addHolder(from, kind, name, in: namespace ?? Position.anyNamespace, binding, open)
        }
      }
    }
  }

  private mutating func addHolder(
    _ from: Position, _ kind: String, _ name: String, in namespace: String?, _ binding: Int, _ open: OpenNamespaces
  ) {
    let places = namespace == Position.anyNamespace && kind == "Role" ? namespaces : [namespace ?? ""]
    for place in places {
      let role = inventory.roles.first {
        $0.name == name && $0.kind == kind && (kind == "ClusterRole" || $0.namespace == place)
      }
      guard let role else { continue }
      let set = CapabilitySet(role.rules, inNamespace: namespace != nil)
      guard !set.isEmpty else { continue }
      let means = Means.rightOn(object: "\(kind) \(name)", binding: binding)
      if set.has(.everything), namespace == nil {
        add(from, .clusterAdmin, .bindsClusterAdmin, means)
        continue
      }
      let own: String? = kind == "Role" ? place : namespace
      let position = Position.role(kind: kind, name: name, namespace: own)
      add(from, position, .bindsRole, means)
      guard roles.insert(position).inserted else { continue }
      addSteps(position, set, known: [], namespace: own == Position.anyNamespace ? nil : own, open, isLocal: own != nil)
      {
        _ in nil
      }
    }
  }

  private mutating func addEscalations(
    _ from: Position, _ identity: Identity, _ rights: NamedRights, namespace: String?
  ) {
    let resource = namespace == nil ? "clusterroles" : "roles"
    let escalate = rights.names(["escalate"], Self.rbac, resource)
    let write = rights.names(Self.change, Self.rbac, resource)
    guard escalate.all == nil || write.all == nil else { return }
    for name in escalate.intersection(write) {
      guard let right = escalate.binding(for: name) else { continue }
      // Only a role that one holds gives anything to oneself.
      let kind = namespace == nil ? "ClusterRole" : "Role"
      let means = Means.rightOn(object: "\(kind) \(name)", binding: right)
      for subject in identity.subjects {
        for index in inventory.bindings(of: subject) {
          let held = inventory.bindings[index]
          guard held.roleKind == kind, held.roleName == name, namespace == nil || held.namespace == namespace else {
            continue
          }
          if let place = held.namespace {
            add(from, .accounts(namespace: place), .widensRoleOfNamespace, means)
            add(from, .secrets(namespace: place), .widensRoleOfNamespace, means)
          } else {
            add(from, .clusterAdmin, .widensOwnRole, means)
          }
        }
      }
    }
  }

  // MARK: Identities

  private mutating func addIdentities(_ from: Position, _ rights: NamedRights, namespace: String?) {
    let accounts = rights.names(["impersonate"], "", "serviceaccounts")
    addAccounts(from, accounts, .impersonates, namespace: namespace)
    addAccounts(from, rights.names(["create"], "", "serviceaccounts/token"), .issuesToken, namespace: namespace)
    guard namespace == nil else { return }
    let users = rights.names(["impersonate"], "", "users")
    for name in users.names {
      guard let binding = users.some[name] else { continue }
      let user = AccessSubject.account(ofUser: name) ?? .user(name)
      add(from, .subject(user), .impersonates, .rightOn(object: user.text, binding: binding))
    }
    // A group is impersonated beside a user only.
    guard !users.isEmpty || !accounts.isEmpty else { return }
    let groups = rights.names(["impersonate"], "", "groups")
    if let all = groups.all, users.all == nil {
      add(from, .clusterAdmin, .impersonatesMasters, .right(binding: all))
    }
    for name in groups.names {
      guard let binding = groups.some[name] else { continue }
      let means = Means.rightOn(object: "Group \(name)", binding: binding)
      if name == "system:masters" {
        add(from, .clusterAdmin, .impersonatesMasters, means)
      } else {
        add(from, .subject(.group(name)), .impersonates, means)
      }
      // The node authorizer wants the name of a node together with the group.
      if name == "system:nodes", users.all != nil || users.names.contains(where: { $0.hasPrefix("system:node:") }) {
        add(from, .nodeCredentials, .impersonates, means)
      }
    }
  }

  private mutating func addAccounts(
    _ from: Position, _ names: NamedRights.Names, _ technique: Technique, namespace: String?
  ) {
    guard names.all == nil else { return }
    for name in names.names {
      guard let binding = names.some[name] else { continue }
      let accounts =
        namespace.map { [AccessSubject.serviceAccount(namespace: $0, name: name)] } ?? accountsByName[name] ?? []
      for account in accounts {
        add(from, .subject(account), technique, .rightOn(object: account.text, binding: binding))
      }
    }
  }

  // MARK: Secrets

  private mutating func addSecrets(_ from: Position, _ rights: NamedRights, namespace: String?) {
    let read = rights.names(["get", "list", "watch"], "", "secrets")
    let patch = rights.names(["patch"], "", "secrets")
    let create = rights.names(["create"], "", "secrets")
    for names in [read, patch] where names.all == nil {
      for name in names.names {
        guard let binding = names.some[name] else { continue }
        let places = namespace.map { [$0] } ?? (secretsByName[name] ?? []).map(\.effectiveNamespace)
        for place in places {
          add(
            from, .secret(namespace: place, name: name), .readsSecret,
            .rightOn(object: "Secret \(place)/\(name)", binding: binding))
        }
      }
    }
    // Whoever makes a token Secret and gets its answer, or reads it afterwards, has the token of any account beside it. The type
    // of a Secret that exists cannot be changed.
    guard read.all == nil && patch.all == nil || create.all == nil else { return }
    let ways = create.all != nil ? Set(read.names).union(patch.names).sorted() : create.intersection(patch)
    let free = ways.first { name in
      guard let namespace else { return true }
      return !(secretsByName[name] ?? []).contains {
        $0.effectiveNamespace == namespace && $0.root["type"]?.string != "kubernetes.io/service-account-token"
      }
    }
    guard let free, let binding = create.binding(for: free) else { return }
    add(
      from, .accounts(namespace: namespace), .mintsTokenByApply, .rightOn(object: "Secret \(free)", binding: binding))
  }

  // MARK: Pods and workloads

  /// Resources whose objects have pods made of them, by group and name, with the namespaces of the objects that bear a name.
  static func places(ofPodMakers snapshot: ClusterSnapshot) -> [NamedResource: [String]] {
    let known = Set(PodMakers.all.flatMap { line in line.resources.map { line.group + "/" + $0 } })
    var resources: [GroupKind: String?] = [:]
    var found: [NamedResource: Set<String>] = [:]
    for object in snapshot.objects {
      let kind = object.groupKind
      let resource: String?
      if let seen = resources[kind] {
        resource = seen
      } else {
        resource = [plural(kind.kind)].first { known.contains(kind.group + "/" + $0) }
        resources[kind] = resource
      }
      guard let resource else { continue }
      found[NamedResource(group: kind.group, resource: resource, name: object.name), default: []].insert(
        object.effectiveNamespace)
    }
    return found.mapValues { $0.sorted() }
  }

  /// `prometheuses` of `Prometheus`, as the API spells resources of a kind.
  private static func plural(_ kind: String) -> String {
    let name = kind.lowercased()
    if ["s", "x", "ch", "sh"].contains(where: name.hasSuffix) { return name + "es" }
    let isAfterConsonant = name.dropLast().last.map { !"aeiou".contains($0) } ?? false
    return name.hasSuffix("y") && isAfterConsonant ? name.dropLast() + "ies" : name + "s"
  }

  /// Kinds of Kubernetes itself by their resources, for texts.
  private static let kinds = [
    "deployments": "Deployment", "daemonsets": "DaemonSet", "statefulsets": "StatefulSet", "replicasets": "ReplicaSet",
    "jobs": "Job", "cronjobs": "CronJob", "replicationcontrollers": "ReplicationController",
  ]

  private mutating func addWorkloads(
    _ from: Position, _ rights: NamedRights, namespace: String?, _ open: OpenNamespaces
  ) {
    let create = rights.names(["create"], "", "pods")
    if create.all == nil, let name = create.intersection(rights.names(["patch"], "", "pods")).first,
      let binding = create.some[name]
    {
      addStart(from, .startsPod, .rightOn(object: "Pod \(name)", binding: binding), namespace: namespace, open)
    }
    for (group, resource) in PodMakers.all.flatMap({ line in line.resources.map { (line.group, $0) } }) {
      let write = rights.names(Self.change, group, resource)
      guard write.all == nil else { continue }
      for name in write.names {
        guard let binding = write.some[name] else { continue }
        let isOfVendor = group.contains(".")
        let kind = isOfVendor ? resource + "." + group : Self.kinds[resource] ?? resource
        let means = Means.rightOn(object: "\(kind) \(name)", binding: binding)
        let places =
          namespace.map { [$0] }
          ?? workloadPlaces[NamedResource(group: group, resource: resource, name: name)] ?? []
        for place in places { addStart(from, .changesWorkload, means, namespace: place, open) }
      }
    }
    for (verbs, resource, technique) in [
      (["create", "get"], "pods/exec", Technique.runsCommands), (["create", "get"], "pods/attach", .runsCommands),
      (Self.change, "pods/ephemeralcontainers", .addsContainer), (Self.change, "pods", .changesImage),
    ] {
      let names = rights.names(verbs, "", resource)
      guard names.all == nil else { continue }
      for name in names.names {
        guard let binding = names.some[name] else { continue }
        // What holds everywhere is a right to a pod of the name in any namespace.
        for place in namespace.map({ [$0] }) ?? places(ofPod: name) {
          let pod = Position.pod(namespace: place, name: name)
          pods.insert(pod)
          add(from, pod, technique, .rightOn(object: "Pod \(place)/\(name)", binding: binding))
        }
      }
    }
  }

  /// Namespaces with a workload whose pods may bear the name.
  private func places(ofPod name: String) -> [String] {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    let beginnings = (1...max(1, parts.count)).map { parts.prefix($0).joined(separator: "-") }
    return Set(beginnings.flatMap { podOwners[$0] ?? [] }).sorted()
  }

  /// Whether a pod of a workload may be called so: pods are named after what they are of.
  static func mayBear(_ name: String, _ workload: String) -> Bool { name == workload || name.hasPrefix(workload + "-") }

  private mutating func addStart(
    _ from: Position, _ technique: Technique, _ means: Means, namespace: String?, _ open: OpenNamespaces
  ) {
    add(from, .accounts(namespace: namespace), technique, means)
    add(from, .secrets(namespace: namespace), .mountsSecrets, means)
    if open.admitsEscape(namespace) { add(from, .node, .startsEscapingPod, means) }
    if volumesOfNode.isOpen(in: namespace) { add(from, .node, .mountsVolumeOfNode, means) }
  }

  // MARK: Objects of the cluster

  private mutating func addClusterObjects(
    _ from: Position, _ identity: Identity, _ rights: NamedRights, _ profile: AccessProfile, _ open: OpenNamespaces
  ) {
    func changing(_ group: String, _ resource: String, _ to: Position, _ technique: Technique) {
      let names = rights.names(Self.change, group, resource)
      guard names.all == nil, let name = names.names.first, let binding = names.some[name] else { return }
      add(from, to, technique, .rightOn(object: name, binding: binding))
    }
    let admission = "admissionregistration.k8s.io"
    changing(admission, "mutatingwebhookconfigurations", .clusterAdmin, .mutatesByAdmission)
    changing(admission, "mutatingadmissionpolicies", .clusterAdmin, .mutatesByAdmission)
    changing(admission, "validatingwebhookconfigurations", .secrets(namespace: nil), .isSentByAdmission)
    changing("apiregistration.k8s.io", "apiservices", .clusterAdmin, .interceptsByAPIService)
    let proxy = rights.names(["get", "create", "update", "patch", "delete"], "", "nodes/proxy")
    if proxy.all == nil, let name = proxy.names.first, let binding = proxy.some[name] {
      add(from, .nodeCredentials, .runsThroughKubelet, .rightOn(object: "Node \(name)", binding: binding))
    }
    addSigners(from, rights)
    let labels = rights.names(Self.change, "", "namespaces")
    guard labels.all == nil else { return }
    for name in labels.names where !open.admitsEscape(name) {
      guard let binding = labels.some[name] else { continue }
      var set = profile.within(name, identity)
      set.formUnion(profile.clusterWide(identity))
      if set.has(.createPods) || set.has(.writeWorkloads) {
        add(from, .node, .relabelsNamespace, .rightOn(object: "Namespace \(name)", binding: binding))
      }
    }
  }

  /// Source: kubernetes.io, "Certificate Signing Requests": signers of Kubernetes, and names that end in `/*`.
  private mutating func addSigners(_ from: Position, _ rights: NamedRights) {
    let group = "certificates.k8s.io"
    guard !rights.names(["create"], group, "certificatesigningrequests").isEmpty,
      !rights.names(Self.change, group, "certificatesigningrequests/approval").isEmpty
    else { return }
    let approve = rights.names(["approve"], group, "signers")
    guard approve.all == nil else { return }
    for name in approve.names {
      guard let binding = approve.some[name] else { continue }
      let means = Means.rightOn(object: "signer \(name)", binding: binding)
      switch name {
      case "kubernetes.io/kube-apiserver-client", "kubernetes.io/*":
        add(from, .clusterAdmin, .hasCertificateSigned, means)
      case "kubernetes.io/kube-apiserver-client-kubelet":
        add(from, .nodeCredentials, .hasNodeCertificateSigned, means)
      default: break
      }
    }
  }

  // MARK: Controllers

  /// Whoever may change the source that a controller is told to apply, chooses what it applies.
  private mutating func addSources(_ from: Position, _ rights: NamedRights, namespace: String?) {
    guard !sources.isEmpty else { return }
    for (kind, resource) in ConfusedDeputies.sourceKinds.sorted(by: { $0.key < $1.key }) {
      let change = rights.names(Self.change, ConfusedDeputies.sourceGroup, resource)
      guard !change.isEmpty else { continue }
      let named = sources.filter { $0.key.resource == resource && (namespace == nil || $0.key.namespace == namespace) }
      for (source, lent) in named.sorted(by: { ($0.key.namespace, $0.key.name) < ($1.key.namespace, $1.key.name) }) {
        guard let binding = change.binding(for: source.name) else { continue }
        for account in lent {
          add(
            from, .subject(account), .changesSource,
            .rightOn(object: "\(kind) \(source.namespace)/\(source.name)", binding: binding))
        }
      }
    }
  }

  private mutating func addOrders(_ from: Position, _ rights: NamedRights, namespace: String?) {
    addSources(from, rights, namespace: namespace)
    for (index, order) in ConfusedDeputies.orders.enumerated() {
      for resource in order.resources {
        let write = rights.names(["create", "update", "patch"], order.group, resource)
        guard let binding = write.all ?? write.names.first.flatMap({ write.some[$0] }) else { continue }
        let means = Means.rightOn(object: "\(resource).\(order.group)", binding: binding)
        switch order.lends {
        case .clusterAdmin: add(from, .clusterAdmin, .ordersController, means)
        case .controller:
          // It acts as whichever account of its own namespace the object names.
          if lockedOrders.contains(index) { add(from, .accounts(namespace: namespace), .ordersControllerAs, means) }
          for case .serviceAccount(let place, let name) in deputies[index]
          where !order.onlyBeside || namespace == nil || namespace == place {
            add(
              from, .subject(.serviceAccount(namespace: place, name: name)), .ordersController, means)
          }
        }
      }
    }
  }
}
