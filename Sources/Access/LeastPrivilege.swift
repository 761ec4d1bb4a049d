/// The smallest roles that allow what an audit log shows.
package struct LeastPrivilege: Sendable {
  package struct Options: Sendable {
    /// Grant all names of a resource once more than this many were used with a verb; nil keeps every name.
    package var collapseNames: Int?
    /// Grant cluster-wide what was used in more than this many namespaces; nil keeps every namespace.
    package var joinNamespaces: Int?
    /// Leave out requests that were refused when they were made.
    package var allowedOnly = false

    package init() {}
  }

  /// A role with the bindings that hand it to one identity.
  package struct Grant: Sendable {
    package let subject: AccessSubject
    package let name: String
    package let rules: [PolicyRule]
    /// Nil: bound everywhere. One: a Role. Several: a ClusterRole with a RoleBinding in each.
    package let namespaces: [String]?
  }

  package let grants: [Grant]
  /// Requests that the grants were made from.
  package let requests: Int
  /// Requests among them that had been refused.
  package let refused: Int
  /// First and last time in the log.
  package let period: (from: String, to: String)?

  package init(_ observed: [ObservedRequest], subjects: Set<AccessSubject>? = nil, options: Options = Options()) {
    var wanted: [AccessSubject: [String: Set<Atom>]] = [:]
    var requests = 0
    var refused = 0
    var times: (String, String)?
    for event in observed {
      let wasRefused = event.outcome == .refused
      if wasRefused && options.allowedOnly || event.outcome == .unauthenticated { continue }
      var counted = false
      for (user, atom, namespace) in Self.atoms(event) {
        let subject = Self.subject(user)
        guard subjects?.contains(subject) ?? true else { continue }
        wanted[subject, default: [:]][namespace, default: []].insert(atom)
        counted = true
      }
      guard counted else { continue }
      requests += 1
      if wasRefused { refused += 1 }
      if !event.time.isEmpty {
        times = times.map { (min($0.0, event.time), max($0.1, event.time)) } ?? (event.time, event.time)
      }
    }
    self.requests = requests
    self.refused = refused
    period = times.map { (from: $0.0, to: $0.1) }
    grants = wanted.sorted { $0.key < $1.key }.flatMap { Self.grants($0.key, $0.value, options) }
  }

  private struct Atom: Hashable {
    let group: String
    let resource: String
    let verb: String
    /// Empty for any.
    let name: String
    let url: String
  }

  /// Requests of these verbs carry no name that a rule could be restricted to, or lose it on the way.
  private static let nameless: Set<String> = ["create", "list", "watch", "deletecollection"]

  private static func atoms(_ event: ObservedRequest) -> [(user: String, atom: Atom, namespace: String)] {
    var atoms: [(String, Atom, String)] = []
    let acting = event.actingUser
    switch event.target {
    case .resource(let object):
      let name = nameless.contains(event.verb) ? "" : object.name
      // A Namespace is its own namespace for the audit log; the right to it is cluster-wide, or given within it.
      atoms.append(
        (
          acting, Atom(group: object.group, resource: object.combined, verb: event.verb, name: name, url: ""),
          object.namespace
        )
      )
    case .path(let path):
      atoms.append((acting, Atom(group: "", resource: "", verb: event.verb, name: "", url: path), ""))
    }
    if let identity = event.impersonated {
      let impersonated = identity.user
      func impersonate(_ resource: String, _ name: String, _ namespace: String) {
        atoms.append(
          (event.user, Atom(group: "", resource: resource, verb: "impersonate", name: name, url: ""), namespace))
      }
      if case .serviceAccount(let namespace, let name) = subject(impersonated) {
        impersonate("serviceaccounts", name, namespace)
      } else {
        impersonate("users", impersonated, "")
      }
      let own = Identity(user: impersonated).groups
      for group in identity.groups where !own.contains(group) { impersonate("groups", group, "") }
    }
    return atoms
  }

  private static func subject(_ user: String) -> AccessSubject {
    let parts = user.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return .user(user) }
    return .serviceAccount(namespace: String(parts[2]), name: String(parts[3]))
  }

  private static func grants(
    _ subject: AccessSubject, _ used: [String: Set<Atom>], _ options: Options
  ) -> [Grant] {
    var used = used.mapValues { collapsed($0, options) }
    if let limit = options.joinNamespaces {
      var places: [Atom: Int] = [:]
      for (namespace, atoms) in used where !namespace.isEmpty { for atom in atoms { places[atom, default: 0] += 1 } }
      for (atom, count) in places where count > limit { used["", default: []].insert(atom) }
    }
    let everywhere = (used[""] ?? []).map(rule)
    var grants: [Grant] = []
    let base = roleName(subject)
    if !everywhere.isEmpty {
      grants.append(
        Grant(subject: subject, name: base, rules: RuleCompaction.compact(everywhere), namespaces: nil))
    }
    var byRules: [[PolicyRule]: [String]] = [:]
    for (namespace, atoms) in used where !namespace.isEmpty {
      // What is granted everywhere need not be granted here.
      let rules = RuleCompaction.compact(RuleCoverage.missing(atoms.map(rule), heldIn: everywhere))
      if !rules.isEmpty { byRules[rules, default: []].append(namespace) }
    }
    for (rules, namespaces) in byRules.map({ ($0.key, $0.value.sorted()) }).sorted(by: { $0.1[0] < $1.1[0] }) {
      if namespaces.count >= 3 {
        grants.append(
          Grant(subject: subject, name: "\(base)-\(namespaces[0])-and-others", rules: rules, namespaces: namespaces))
      } else {
        for namespace in namespaces {
          grants.append(Grant(subject: subject, name: base, rules: rules, namespaces: [namespace]))
        }
      }
    }
    return grants
  }

  private static func collapsed(_ atoms: Set<Atom>, _ options: Options) -> Set<Atom> {
    let groups = Dictionary(grouping: atoms) {
      Atom(group: $0.group, resource: $0.resource, verb: $0.verb, name: "", url: $0.url)
    }
    var result = Set<Atom>()
    for (any, members) in groups {
      let tooMany = options.collapseNames.map { members.count > $0 } ?? false
      if members.contains(any) || tooMany { result.insert(any) } else { result.formUnion(members) }
    }
    return result
  }

  private static func rule(_ atom: Atom) -> PolicyRule {
    atom.url.isEmpty
      ? PolicyRule(
        verbs: [atom.verb], apiGroups: [atom.group], resources: [atom.resource],
        resourceNames: atom.name.isEmpty ? [] : [atom.name])
      : PolicyRule(verbs: [atom.verb], nonResourceURLs: [atom.url])
  }

  /// A name that the API server accepts, made from the subject's.
  private static func roleName(_ subject: AccessSubject) -> String {
    let letters = subject.name.lowercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    return "used-by-" + String(letters.prefix(200)).split(separator: "-").joined(separator: "-")
  }
}
