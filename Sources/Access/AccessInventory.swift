import Bytes
package import Findings
package import Kube

/// The RBAC objects of a snapshot, resolved and indexed.
package struct AccessInventory: Sendable {
  /// A Role or ClusterRole with its effective rules: its own, and for an aggregated ClusterRole those of every role
  /// that its selectors match.
  package struct Role: Sendable {
    package let object: KubeObject
    /// Nil for a ClusterRole.
    package let namespace: String?
    package let rules: [PolicyRule]
    /// Where each rule is written; for an aggregated rule, in the role that it comes from.
    package let origins: [Origin]

    package var name: String { object.name }
    package var kind: String { namespace == nil ? "ClusterRole" : "Role" }
    /// Whether one of the roles that come with Kubernetes, or one made like them, gathers its rules.
    var isGathered: Bool { object.labels.keys.contains { $0.hasPrefix(BootstrapPolicy.gatheringPrefix) } }
  }

  /// The place of one rule, for evidence and for fixes.
  package struct Origin: Sendable {
    package let object: KubeObject
    /// Index in that object's `rules`.
    package let index: Int
  }

  /// A RoleBinding or ClusterRoleBinding. A RoleBinding may refer to a ClusterRole; its rules then hold in the
  /// binding's namespace only.
  package struct Binding: Sendable {
    package let object: KubeObject
    /// Nil for a ClusterRoleBinding.
    package let namespace: String?
    package let roleKind: String
    package let roleName: String
    /// Index into `roles`; nil when the role does not exist.
    package let role: Int?
    package let subjects: [AccessSubject]
    /// Index of each subject in the `subjects` of the object.
    package let subjectIndexes: [Int]

    /// Also `SecurityContextConstraints`, whose users and groups hold what a binding would give them: to use it.
    package var kind: String { object.kind }

    /// Whether the object names its holders itself, and no role.
    package var isItsOwnRole: Bool { object.groupKind == AccessInventory.constraints }

    /// Whether its role is not there and may exist elsewhere: a ClusterRoleBinding never reaches a Role.
    package var mayBeOfAnotherRole: Bool {
      role == nil && !roleName.isEmpty && (roleKind == "ClusterRole" || roleKind == "Role" && namespace != nil)
    }
  }

  /// OpenShift's: which pods may be made, and by whom.
  static let constraints = GroupKind("security.openshift.io", "SecurityContextConstraints")

  package let roles: [Role]
  /// Those of the snapshot, then those that every cluster has and the snapshot does not carry.
  package private(set) var bindings: [Binding]
  /// Bindings of the snapshot, and those that every cluster has of roles to which the snapshot adds something.
  package let givenBindings: Range<Int>
  /// Mistakes in the RBAC objects, such as circular aggregation or invalid subjects.
  package let problems: [Problem]
  /// Service accounts that exist as objects.
  package let serviceAccounts: Set<AccessSubject>
  /// Earlier definitions, with other rules, of roles that the input holds more than once: the last one stands in `roles`.
  private let earlier: [Int: [Role]]
  /// Roles from this index on are built in and were not part of the snapshot.
  package let firstBuiltInRole: Int
  /// Whether the snapshot is one of a whole cluster as far as roles go: then a role that is not in it does not exist.
  package let hasAllRoles: Bool
  /// The same for the Roles of namespaces: a copy of a cluster may have been made without them.
  private let hasAllLocalRoles: Bool
  /// Kinds of bindings of which every cluster has some and the input, which is of files, none: what they grant is written elsewhere.
  package let absentBindings: [GroupKind]
  /// Who decides beside RBAC.
  package let otherAuthorizers: OtherAuthorizers
  /// Who is in which group, where the snapshot says so.
  package private(set) var memberships: GroupMemberships
  package let snapshot: ClusterSnapshot
  /// Everybody who holds a binding, and every service account that exists, in order.
  package private(set) var allSubjects: [AccessSubject]

  private(set) var clusterBindings: [AccessSubject: [Int]]
  package private(set) var namespacedBindings: [String: [AccessSubject: [Int]]]
  private var bySubject: [AccessSubject: [Int]]
  /// Bindings that every cluster has and the snapshot does not carry.
  package let builtInBindings: [AccessSubject: [Int]]

  package init(_ snapshot: ClusterSnapshot) {
    self.snapshot = snapshot
    var problems: [Problem] = []
    var roles: [Role] = []
    var roleIndex: [String: Int] = [:]
    let given = snapshot.objects(.clusterRole)
    // Every cluster has this one, and no manifest that is not a copy of a cluster brings it.
    hasAllRoles = given.contains { $0.name == "cluster-admin" && $0.labels[BootstrapPolicy.label] != nil }
    let isOfFiles = snapshot.serverMinor == nil && snapshot.refused.isEmpty
    hasAllLocalRoles = hasAllRoles && (!isOfFiles || !snapshot.objects(.role).isEmpty)
    absentBindings =
      isOfFiles
      ? [.clusterRoleBinding, .roleBinding].filter { snapshot.objects($0).isEmpty && snapshot.refusal(of: $0) == nil }
      : []
    let named = Set(given.map(\.name))
    let policy = BootstrapPolicy.standing(for: snapshot.serverMinor)
    if !hasAllRoles, let minor = snapshot.serverMinor, minor != policy.minor {
      problems.append(
        Problem(
          code: "bootstrap-roles", location: Location(file: BootstrapPolicy.file, line: 0),
          message:
            "the roles that every cluster has are not in the input; those of Kubernetes 1.\(policy.minor) stand in for those of 1.\(minor)",
          hidesInput: false))
    }
    otherAuthorizers = OtherAuthorizers(
      snapshot,
      nodeRules: policy.clusterRoles.first { $0.name == "system:node" }.map(PolicyRule.written(in:)) ?? [],
      isCopy: !isOfFiles || hasAllRoles)
    let builtIn = hasAllRoles ? [] : policy.clusterRoles.filter { !named.contains($0.name) }
    let aggregation = Aggregation(given + builtIn, &problems)
    var earlier: [Int: [Role]] = [:]
    func add(_ role: Role) {
      let key = (role.namespace ?? "") + "/" + role.name
      if let old = roleIndex[key] {
        let others = ((earlier[old] ?? []) + [roles[old]]).filter { Set($0.rules) != Set(role.rules) }
        if !others.isEmpty { earlier[roles.count] = others }
      }
      roleIndex[key] = roles.count
      roles.append(role)
    }
    for (position, object) in given.enumerated() { add(Role(object, aggregation.rules(position))) }
    for object in snapshot.objects(.role) { add(Role(local: object)) }
    // Those that name nobody are granted by roles, as any object is.
    let namingHolders = snapshot.objects(Self.constraints).filter {
      !($0.root["users"]?.strings ?? []).isEmpty || !($0.root["groups"]?.strings ?? []).isEmpty
    }
    for object in namingHolders {
      roleIndex[object.kind + "/" + object.name] = roles.count
      roles.append(
        Role(
          object: object, namespace: nil,
          rules: [
            PolicyRule(
              verbs: ["use"], apiGroups: [Self.constraints.group], resources: ["securitycontextconstraints"],
              resourceNames: [object.name])
          ], origins: [Origin(object: object, index: 0)]))
    }
    let builtInStart = roles.count
    for (offset, object) in builtIn.enumerated() {
      let resolved = aggregation.rules(given.count + offset)
      roleIndex["/" + object.name] = roles.count
      roles.append(Role(object, resolved))
    }
    for object in hasAllLocalRoles ? [] : policy.namespacedRoles {
      let key = object.effectiveNamespace + "/" + object.name
      guard roleIndex[key] == nil else { continue }
      roleIndex[key] = roles.count
      roles.append(Role(local: object))
    }
    var bindings: [Binding] = []
    func add(_ object: KubeObject, namespace: String?) {
      let kind = object.root[path: "roleRef", "kind"]?.string ?? ""
      let name = object.root[path: "roleRef", "name"]?.string ?? ""
      var subjects: [AccessSubject] = []
      var indexes: [Int] = []
      for (index, node) in (object.root["subjects"]?.elements ?? []).enumerated() {
        guard let subject = AccessSubject(node, bindingNamespace: namespace) else {
          problems.append(
            Problem(
              code: "bad-subject", location: object.location(of: node),
              message:
                node["kind"]?.string == "ServiceAccount" && node["name"]?.text?.isEmpty == false
                ? "\(object.subject.text): subject \(index) is a ServiceAccount without a namespace; the API server refuses it"
                : "\(object.subject.text): subject \(index) is no User, Group or ServiceAccount with a name; it grants nothing",
              hidesInput: false))
          continue
        }
        subjects.append(subject)
        indexes.append(index)
      }
      let key = (kind == "ClusterRole" ? "" : namespace ?? "") + "/" + name
      // A ClusterRoleBinding to a Role is refused by the server.
      let role = kind == "ClusterRole" || kind == "Role" && namespace != nil ? roleIndex[key] : nil
      bindings.append(
        Binding(
          object: object, namespace: namespace, roleKind: kind, roleName: name, role: role, subjects: subjects,
          subjectIndexes: indexes))
    }
    for object in snapshot.objects(.clusterRoleBinding) { add(object, namespace: nil) }
    for object in snapshot.objects(.roleBinding) { add(object, namespace: object.effectiveNamespace) }
    for object in namingHolders {
      let users = object.root["users"]?.strings ?? []
      let groups = object.root["groups"]?.strings ?? []
      let subjects = users.map { AccessSubject.account(ofUser: $0) ?? .user($0) } + groups.map { .group($0) }
      bindings.append(
        Binding(
          object: object, namespace: nil, roleKind: object.kind, roleName: object.name,
          role: roleIndex[object.kind + "/" + object.name], subjects: subjects,
          subjectIndexes: Array(subjects.indices)))
    }
    // What a role of every cluster is made to grant here, its holders of every cluster get.
    let present = Set(bindings.map { ($0.namespace ?? "") + "/" + $0.object.name })
    let missing =
      hasAllRoles ? [] : policy.bindings.filter { !present.contains(($0.namespace ?? "") + "/" + $0.name) }
    func isOfWidenedRole(_ object: KubeObject) -> Bool {
      let isLocal = object.root[path: "roleRef", "kind"]?.string == "Role"
      let name = object.root[path: "roleRef", "name"]?.string ?? ""
      guard let role = roleIndex[(isLocal ? object.namespace ?? "" : "") + "/" + name] else { return false }
      return role < builtInStart && ShippedRoles.verdict(roles[role]) == .widened
    }
    let standing = Dictionary(grouping: missing, by: isOfWidenedRole)
    for object in standing[true] ?? [] { add(object, namespace: object.namespace) }
    // The order decides which of several granting bindings is reported: cluster-wide first, then by name.
    bindings.sort {
      ($0.namespace ?? "", $0.object.name) < ($1.namespace ?? "", $1.object.name)
    }
    var cluster: [AccessSubject: [Int]] = [:]
    var namespaced: [String: [AccessSubject: [Int]]] = [:]
    var bySubject: [AccessSubject: [Int]] = [:]
    givenBindings = bindings.indices
    for (index, binding) in bindings.enumerated() {
      for subject in Set(binding.subjects) {
        bySubject[subject, default: []].append(index)
        if let namespace = binding.namespace {
          namespaced[namespace, default: [:]][subject, default: []].append(index)
        } else {
          cluster[subject, default: []].append(index)
        }
      }
    }
    var builtInBindings: [AccessSubject: [Int]] = [:]
    if !hasAllRoles {
      let given = bindings.count
      for object in standing[false] ?? [] { add(object, namespace: object.namespace) }
      for index in given..<bindings.count {
        for subject in bindings[index].subjects { builtInBindings[subject, default: []].append(index) }
      }
    }
    self.builtInBindings = builtInBindings
    self.earlier = earlier
    problems += Self.misplaced(snapshot, bindings)
    self.roles = roles
    self.bindings = bindings
    self.problems = problems
    firstBuiltInRole = builtInStart
    clusterBindings = cluster
    namespacedBindings = namespaced
    self.bySubject = bySubject
    let accounts = Set<AccessSubject>(
      snapshot.objects(.serviceAccount).map { .serviceAccount(namespace: $0.effectiveNamespace, name: $0.name) })
    serviceAccounts = accounts
    memberships = GroupMemberships(snapshot)
    allSubjects = accounts.union(bySubject.keys).union(memberships.groups.keys.map { .user($0) }).sorted()
  }

  /// The same with groups of a user that the snapshot does not tell: they are in the credential that the user comes with.
  package func with(groups: [String], ofUser name: String) -> AccessInventory {
    guard !groups.isEmpty else { return self }
    var other = self
    other.memberships.add(groups, ofUser: name)
    if !allSubjects.contains(.user(name)) { other.allSubjects = (allSubjects + [.user(name)]).sorted() }
    return other
  }

  /// The same but for one binding of the snapshot, which nobody holds any more. Indexes and subjects stay what they are.
  package func without(binding index: Int) -> AccessInventory {
    var other = self
    let binding = bindings[index]
    for subject in Set(binding.subjects) {
      other.bySubject[subject]?.removeAll { $0 == index }
      if let namespace = binding.namespace {
        other.namespacedBindings[namespace]?[subject]?.removeAll { $0 == index }
      } else {
        other.clusterBindings[subject]?.removeAll { $0 == index }
      }
    }
    other.bindings[index] = Binding(
      object: binding.object, namespace: binding.namespace, roleKind: binding.roleKind, roleName: binding.roleName,
      role: binding.role, subjects: [], subjectIndexes: [])
    return other
  }

  /// Accounts without a namespace that bindings look for in one: the manifest is meant to be applied with `kubectl -n`.
  private static func misplaced(_ snapshot: ClusterSnapshot, _ bindings: [Binding]) -> [Problem] {
    let homeless = snapshot.objects(.serviceAccount).filter {
      $0.namespace == nil && $0.effectiveNamespace == "default"
    }
    guard !homeless.isEmpty else { return [] }
    let placed = Set(
      snapshot.objects(.serviceAccount).filter { $0.namespace != nil }.map { $0.effectiveNamespace + "/" + $0.name })
    var wanted: [String: Set<String>] = [:]
    for binding in bindings where binding.namespace == nil {
      for case .serviceAccount(let namespace, let name) in binding.subjects
      where namespace != "default" && !placed.contains(namespace + "/" + name) {
        wanted[name, default: []].insert(namespace)
      }
    }
    var found: [String: [KubeObject]] = [:]
    for object in homeless {
      if let namespaces = wanted[object.name], namespaces.count == 1, let namespace = namespaces.first {
        found[namespace, default: []].append(object)
      }
    }
    return found.sorted { $0.key < $1.key }.compactMap { namespace, objects in
      objects.first.map { first in
        let others = objects.count > 1 ? " and \(objects.count - 1) more" : ""
        return Problem(
          code: "no-namespace", location: first.location,
          message:
            "ServiceAccount \"\(first.name)\"\(others) names no namespace and is judged in \"default\", but ClusterRoleBindings look for it in \"\(namespace)\"; read with --default-namespace \(namespace)",
          hidesInput: false)
      }
    }
  }

  /// Kinds that every answer on access rests on.
  package static let kinds: [GroupKind] = [.clusterRole, .clusterRoleBinding, .role, .roleBinding]

  /// What of them was not seen whole, and the roles that bindings name and that the input does not hold.
  package var notSeen: [NotSeen] { notSeen(by: givenBindings) }

  /// The same for an answer that rests on some of the bindings.
  ///
  /// - Parameter inNamespaces: whether it rests on what is granted in namespaces, too.
  package func notSeen(by bindings: some Sequence<Int>, inNamespaces: Bool = true) -> [NotSeen] {
    snapshot.notSeen(Self.kinds) + unknownGrants(bindings, inNamespaces: inNamespaces)
  }

  /// Why nobody knows what a binding grants; nil where its role is there, or exists nowhere.
  package func unknownGrant(binding index: Int) -> String? {
    let binding = bindings[index]
    guard binding.mayBeOfAnotherRole else { return nil }
    if let reason = snapshot.blindness(for: binding.roleKind == "ClusterRole" ? .clusterRole : .role) { return reason }
    return hasAll(binding.roleKind)
      ? nil : "the input does not hold \(binding.roleKind) \"\(binding.roleName)\", so what is granted is not known"
  }

  /// Whether a role of a kind that is not in the input exists nowhere.
  package func hasAll(_ roleKind: String) -> Bool { roleKind == "Role" ? hasAllLocalRoles : hasAllRoles }

  /// Whether the input is of files that hold no binding: who may do what is written elsewhere then.
  package var holdsNoBindings: Bool { absentBindings.count == 2 }

  /// Whether who is given what can be told from the absence of a binding: none was refused, unread or left out.
  package var seesAllBindings: Bool {
    absentBindings.isEmpty && snapshot.notSeen([.roleBinding, .clusterRoleBinding]).isEmpty
  }

  /// What bindings grant of which the input holds none.
  ///
  /// - Parameter inNamespaces: whether what is granted in namespaces matters, too.
  package func absentGrants(inNamespaces: Bool = true) -> [NotSeen] {
    if holdsNoBindings {
      let what = firstBuiltInRole == 0 ? "roles and no bindings" : "bindings"
      return [NotSeen(.clusterRoleBinding, reason: "the input holds no \(what), so nobody's rights are known")]
    }
    return absentBindings.filter { inNamespaces || $0 == .clusterRoleBinding }.map { kind in
      let place = kind == .clusterRoleBinding ? "everywhere" : "in namespaces"
      return NotSeen(kind, reason: "the input holds no \(kind.kind), so what is granted \(place) is not known")
    }
  }

  /// Other definitions of a role that the input holds more than once, which grant something else.
  package func earlierDefinitions(ofRole index: Int) -> [Role] { earlier[index] ?? [] }

  /// What keeps the grants of some bindings from being known: roles that they name and that the input does not hold, though
  /// the cluster may; roles that the input holds twice, with different rules; bindings of which it has none at all; and authorizers of
  /// which it has the name alone.
  ///
  /// In what was read of a whole cluster a role that is not there does not exist and grants nothing.
  ///
  /// - Parameter inNamespaces: whether what is granted in namespaces matters, too.
  package func unknownGrants(_ indexes: some Sequence<Int>, inNamespaces: Bool = true) -> [NotSeen] {
    absentGrants(inNamespaces: inNamespaces) + (holdsNoBindings ? [] : unknownRoles(indexes))
      + otherAuthorizers.others.map(\.notSeen)
  }

  /// The same without the bindings that are not there.
  package func unknownRoles(_ indexes: some Sequence<Int>) -> [NotSeen] {
    let twice = Set(indexes.compactMap { bindings[$0].role }).sorted().compactMap { index -> NotSeen? in
      guard let others = earlier[index] else { return nil }
      let role = roles[index]
      let places = (others + [role]).map(\.object.location.text)
      return NotSeen(
        GroupKind("rbac.authorization.k8s.io", role.kind),
        reason:
          "\(role.kind) \"\(role.name)\" is written \(Phrase.count(places.count, "time")) with different rules (\(Phrase.list(places))); the last was judged"
      )
    }
    var names: [GroupKind: Set<String>] = [:]
    for index in indexes where bindings[index].mayBeOfAnotherRole && !hasAll(bindings[index].roleKind) {
      let binding = bindings[index]
      if binding.roleKind == "ClusterRole" {
        names[.clusterRole, default: []].insert(binding.roleName)
      } else {
        names[.role, default: []].insert("\(binding.namespace ?? "")/\(binding.roleName)")
      }
    }
    return twice
      + names.sorted { $0.key < $1.key }.map { kind, names in
        NotSeen(kind, reason: "the input does not hold \(Phrase.list(names.sorted())), which bindings grant")
      }
  }

  /// The user name and groups with which requests of a subject arrive, as far as the snapshot tells.
  package func identity(of subject: AccessSubject) -> Identity {
    let own = subject.identity
    guard case .user(let name) = subject else { return own }
    let groups = memberships.groups(of: name)
    guard !groups.isEmpty else { return own }
    return Identity(user: own.user, groups: own.groups + groups.filter { !own.groups.contains($0) })
  }

  /// The groups by whose rights a subject acts as well.
  package func actingGroups(of subject: AccessSubject) -> [AccessSubject] {
    identity(of: subject).groups.map { .group($0) }.filter { group in
      group != subject && (group == .group("system:masters") || !bindings(of: group).isEmpty)
    }
  }

  /// Bindings that reach an identity in a namespace (cluster-wide ones included), in the order of evaluation.
  package func bindings(for identity: Identity, namespace: String) -> [Int] {
    var result: [Int] = []
    for subject in identity.subjects { result += clusterBindings[subject] ?? [] }
    if !namespace.isEmpty, let table = namespacedBindings[namespace] {
      for subject in identity.subjects { result += table[subject] ?? [] }
    }
    return result
  }

  /// Bindings that reach an identity in any namespace.
  package func bindings(for identity: Identity) -> [Int] { identity.subjects.flatMap { bySubject[$0] ?? [] } }

  /// Bindings of a subject itself, without those of its groups.
  package func bindings(of subject: AccessSubject) -> [Int] { bySubject[subject] ?? [] }

  /// Namespaces in which an identity holds bindings of its own.
  package func namespaces(of identity: Identity) -> [String] {
    var names = Set<String>()
    for subject in identity.subjects {
      for index in bySubject[subject] ?? [] { if let namespace = bindings[index].namespace { names.insert(namespace) } }
    }
    return names.sorted()
  }

  /// Rules that an identity holds in a namespace; only cluster-wide ones for an empty namespace.
  package func rules(for identity: Identity, namespace: String) -> [PolicyRule] {
    bindings(for: identity, namespace: namespace).flatMap { index in
      bindings[index].role.map { roles[$0].rules } ?? []
    }
  }
}

extension AccessInventory {
  /// The roles that a release gives every cluster, resolved.
  static func roles(of policy: BootstrapPolicy) -> [Role] {
    var problems: [Problem] = []
    let aggregation = Aggregation(policy.clusterRoles, &problems)
    return policy.clusterRoles.enumerated().map { Role($0.element, aggregation.rules($0.offset)) }
      + policy.namespacedRoles.map { Role(local: $0) }
  }
}

extension AccessInventory.Role {
  /// A ClusterRole with what aggregation makes of it.
  fileprivate init(_ object: KubeObject, _ resolved: [Aggregation.Resolved]) {
    self.init(object: object, namespace: nil, rules: resolved.map(\.rule), origins: resolved.map(\.origin))
  }

  /// A Role, which gathers no others.
  fileprivate init(local object: KubeObject) {
    let rules = PolicyRule.written(in: object)
    self.init(
      object: object, namespace: object.effectiveNamespace, rules: rules,
      origins: rules.indices.map { AccessInventory.Origin(object: object, index: $0) })
  }
}

/// Resolves `aggregationRule`s as the controller does, until nothing changes any more.
private struct Aggregation {
  typealias Resolved = (rule: PolicyRule, origin: AccessInventory.Origin)

  private let objects: [KubeObject]
  private let own: [[Resolved]]
  private let sources: [Int: [Int]]

  init(_ objects: [KubeObject], _ problems: inout [Problem]) {
    self.objects = objects
    own = objects.map { object in
      (object.root["rules"]?.elements ?? []).enumerated().map {
        (PolicyRule($0.element), AccessInventory.Origin(object: object, index: $0.offset))
      }
    }
    var sources: [Int: [Int]] = [:]
    let labels = objects.map(\.labels)
    for (index, object) in objects.enumerated() {
      guard let selectors = object.root[path: "aggregationRule", "clusterRoleSelectors"]?.elements else { continue }
      var selected = Set<Int>()
      for node in selectors {
        do throws(LabelSelector.Invalid) {
          let selector = try LabelSelector(node)
          for other in objects.indices where other != index && selector.matches(labels[other]) {
            selected.insert(other)
          }
        } catch {
          problems.append(
            Problem(
              code: "bad-selector", location: object.location(of: error.node),
              message: "\(object.subject.text): \(error.message); this selector aggregates nothing", hidesInput: false))
        }
      }
      sources[index] = selected.sorted()
    }
    self.sources = sources
    for index in sources.keys.sorted() where reaches(index, from: index) {
      problems.append(
        Problem(
          code: "aggregation-circle", location: objects[index].location,
          message:
            "\(objects[index].subject.text) aggregates itself through other roles; it ends with the rules of all of them",
          hidesInput: false))
    }
  }

  private func reaches(_ target: Int, from start: Int) -> Bool {
    var seen = Set<Int>()
    var open = sources[start] ?? []
    while let next = open.popLast() {
      if next == target { return true }
      if seen.insert(next).inserted { open += sources[next] ?? [] }
    }
    return false
  }

  /// Rules of a role: its own, and for an aggregating one those of all roles that its selectors lead to.
  func rules(_ index: Int) -> [Resolved] {
    guard sources[index] != nil else { return own[index] }
    var seen: Set<Int> = [index]
    var open = sources[index] ?? []
    var gathered: [Resolved] = []
    while !open.isEmpty {
      let next = open.removeFirst()
      guard seen.insert(next).inserted else { continue }
      gathered += own[next]
      open += sources[next] ?? []
    }
    // The controller writes gathered rules into the role as well; the role that they come from is the better origin.
    let known = Set(gathered.map(\.rule))
    return gathered + own[index].filter { !known.contains($0.rule) }
  }
}
